/// One word of a script.
enum ScriptToken: Hashable, Sendable {
    case name(String)
    case number(Double)
    case string(String)
    case mark(String)
    case end
}

/// Cuts a script into words.
struct ScriptLexer {
    private let text: [Unicode.Scalar]
    private var at = 0
    private static let marks = [
        "===", "!==", "...", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=",
        "**", "<<", ">>", "(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "?", "=", "<", ">", "!", "+", "-",
        "*", "/", "%", "&", "|", "^", "~",
    ].map { Array($0.unicodeScalars) }

    /// - Throws: `.beyond` for template literals and regular expressions, `.syntax` for text without an end.
    static func tokens(of text: String) throws(ScriptError) -> [ScriptToken] {
        var lexer = ScriptLexer(text: Array(text.unicodeScalars))
        var tokens: [ScriptToken] = []
        while true {
            let token = try lexer.next(after: tokens.last)
            tokens.append(token)
            if token == .end { return tokens }
        }
    }

    private mutating func next(after last: ScriptToken?) throws(ScriptError) -> ScriptToken {
        try skipSpace()
        guard at < text.count else { return .end }
        let first = text[at]
        if first == "`" { throw .beyond("template literal") }
        if first == "\"" || first == "'" { return .string(try string(first)) }
        if ScriptLexer.isDigit(first)
            || first == "." && at + 1 < text.count && ScriptLexer.isDigit(text[at + 1])
        {
            return .number(try number())
        }
        if ScriptLexer.isName(first) {
            let start = at
            while at < text.count, ScriptLexer.isName(text[at]) || ScriptLexer.isDigit(text[at]) { at += 1 }
            return .name(String(String.UnicodeScalarView(text[start..<at])))
        }
        if first == "/", ScriptLexer.startsExpression(after: last) { throw .beyond("regular expression") }
        for mark in ScriptLexer.marks where text[at...].starts(with: mark) {
            at += mark.count
            return .mark(String(String.UnicodeScalarView(mark)))
        }
        throw .syntax("a character that doesn't belong there")
    }

    private static func startsExpression(after token: ScriptToken?) -> Bool {
        switch token {
        case nil: true
        case .mark(let mark)?: ![")", "]", "}"].contains(mark)
        case .name?, .number?, .string?, .end?: false
        }
    }

    private mutating func skipSpace() throws(ScriptError) {
        while at < text.count {
            if text[at].properties.isWhitespace {
                at += 1
            } else if text[at...].starts(with: "//".unicodeScalars) {
                while at < text.count, text[at] != "\n" { at += 1 }
            } else if text[at...].starts(with: "/*".unicodeScalars) {
                at += 2
                while at < text.count, !text[at...].starts(with: "*/".unicodeScalars) { at += 1 }
                guard at < text.count else { throw .syntax("a comment without an end") }
                at += 2
            } else {
                return
            }
        }
    }

    private mutating func string(_ quote: Unicode.Scalar) throws(ScriptError) -> String {
        at += 1
        var value = String.UnicodeScalarView()
        while at < text.count, text[at] != quote {
            var scalar = text[at]
            if scalar == "\n" { throw .syntax("text without an end") }
            at += 1
            if scalar == "\\" {
                guard at < text.count else { break }
                scalar = text[at]
                at += 1
                switch scalar {
                case "n": scalar = "\n"
                case "t": scalar = "\t"
                case "r": scalar = "\r"
                case "b", "f", "v", "0", "x", "u", "\n": throw .beyond("escape")
                default: break
                }
            }
            value.append(scalar)
        }
        guard at < text.count else { throw .syntax("text without an end") }
        at += 1
        return String(value)
    }

    private mutating func number() throws(ScriptError) -> Double {
        let start = at
        while at < text.count, ScriptLexer.isDigit(text[at]) || text[at] == "." { at += 1 }
        if at < text.count, ScriptLexer.isName(text[at]) { throw .beyond("number") }
        guard let value = Double("0" + String(String.UnicodeScalarView(text[start..<at]))) else {
            throw .syntax("a number that can't be read")
        }
        return value
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }

    private static func isName(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "$" || scalar.properties.isAlphabetic
    }
}
