import CatalogModel

/// An author's text made ready for PostgreSQL's parser: macros replaced by parameters of the same width, so that
/// positions stay true.
///
/// The text can't leave the parentheses that it is put in: comments, dollar quotes and unbalanced parentheses are
/// refused here, and the parser checks the shape of the statement afterwards.
struct PreparedText {
    /// What stands before the author's text.
    static let opening = "SELECT ("

    let bytes: [UInt8]
    /// For each byte, and the end, how many characters begin before it.
    private let charactersBefore: [Int32]

    init(_ text: String) throws(ExpressionSyntaxError) {
        var scanner = PreparedTextScanner(Array(text.utf8))
        try scanner.scan()
        bytes = scanner.bytes
        var counts: [Int32] = [0]
        counts.reserveCapacity(bytes.count + 1)
        for byte in bytes { counts.append(counts[counts.count - 1] + (byte & 0xC0 != 0x80 ? 1 : 0)) }
        charactersBefore = counts
    }

    /// The whole statement, ended by a zero byte.
    var statement: [CChar] {
        (Array(PreparedText.opening.utf8) + bytes + Array("\n)".utf8) + [0]).map { CChar(bitPattern: $0) }
    }

    /// The character position, from 1, of a byte of the statement.
    func position(ofStatementByte offset: Int) -> Int {
        1 + Int(charactersBefore[min(max(0, offset - PreparedText.opening.utf8.count), bytes.count)])
    }
}

/// Walks over a text as PostgreSQL's lexer would, as far as quotes go.
private struct PreparedTextScanner {
    var bytes: [UInt8]
    private var index = 0
    private var depth = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func scan() throws(ExpressionSyntaxError) {
        guard !bytes.contains(0) else { throw refusal("a zero character", at: bytes.firstIndex(of: 0) ?? 0) }
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "'"): try skipQuoted(backslashes: escapeStringStarts)
            case UInt8(ascii: "\""): try skipIdentifier()
            case UInt8(ascii: "{"): try replaceMacro()
            case UInt8(ascii: "$"): throw refusal("`$`", at: index)
            case UInt8(ascii: ";"): throw refusal("`;`", at: index)
            case UInt8(ascii: "-") where next == UInt8(ascii: "-"): throw refusal("a comment", at: index)
            case UInt8(ascii: "/") where next == UInt8(ascii: "*"): throw refusal("a comment", at: index)
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                guard depth >= 0 else { throw unbalanced(at: index) }
            default: break
            }
            index += 1
        }
        guard depth == 0 else { throw unbalanced(at: bytes.count) }
    }

    private var next: UInt8? { index + 1 < bytes.count ? bytes[index + 1] : nil }

    /// Whether the quote here belongs to an `E'…'`.
    private var escapeStringStarts: Bool {
        guard index > 0, bytes[index - 1] | 0x20 == UInt8(ascii: "e") else { return false }
        guard index > 1 else { return true }
        let before = bytes[index - 2]
        let isLetter = (before | 0x20) >= 97 && (before | 0x20) <= 122
        return !(isLetter || (before >= 48 && before <= 57) || before == 95 || before >= 128)
    }

    /// Stops on the closing quote.
    private mutating func skipQuoted(backslashes: Bool) throws(ExpressionSyntaxError) {
        let start = index
        index += 1
        while index < bytes.count {
            if backslashes, bytes[index] == UInt8(ascii: "\\") {
                index += 2
                continue
            }
            if bytes[index] == UInt8(ascii: "'") {
                guard next == UInt8(ascii: "'") else {
                    try refuseMacros(in: start..<index)
                    return
                }
                index += 1
            }
            index += 1
        }
        throw ExpressionSyntaxError(
            message: "the quote at position \(position(start)) is not closed",
            position: position(start)
        )
    }

    private mutating func skipIdentifier() throws(ExpressionSyntaxError) {
        let start = index
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") { index += 1 }
        guard index < bytes.count else {
            throw ExpressionSyntaxError(
                message: "the quote at position \(position(start)) is not closed",
                position: position(start)
            )
        }
    }

    /// Refuses what other engines would replace inside quotes: here it would silently be compared as it stands.
    private func refuseMacros(in range: Range<Int>) throws(ExpressionSyntaxError) {
        for start in range where bytes[start] == UInt8(ascii: "{") {
            let name = bytes[(start + 1)..<range.upperBound].prefix { byte in
                (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == 95 || byte == 46
            }
            let text = String(decoding: name, as: UTF8.self)
            let isScript = start > range.lowerBound && bytes[start - 1] == UInt8(ascii: "$")
            let isClosed = name.endIndex < range.upperBound && bytes[name.endIndex] == UInt8(ascii: "}")
            if isScript || bytes[start...].starts(with: Array("{{".utf8)) {
                throw ExpressionSyntaxError(
                    message: "an expression in `${{…}}` at position \(position(start)) is not in the subset",
                    position: position(start)
                )
            }
            guard isClosed, Self.macroNames.contains(text.split(separator: ".").first.map(String.init) ?? "")
            else { continue }
            throw ExpressionSyntaxError(
                message: "macro `{\(text)}` at position \(position(start)) is inside quotes: "
                    + (ExpressionMacro(rawValue: text) == nil
                        ? "there are none but `{USER}` and `{col}`, and they stand without quotes"
                        : "write it without them, it is a value already"),
                position: position(start)
            )
        }
    }

    /// First words of what Ranger replaces in braces, and ours.
    private static let macroNames: Set<String> = [
        "USER", "OWNER", "col", "REQ", "RES", "TAG", "TAGS", "TAGNAMES", "UGNAMES", "URNAMES", "UG", "UGA",
        "UR",
        "GET_UG_NAMES", "GET_UR_NAMES", "GET_TAG_NAMES", "USERGROUPS", "USERROLES",
    ]

    private mutating func replaceMacro() throws(ExpressionSyntaxError) {
        for macro in ExpressionMacro.allCases {
            let pattern = Array("{\(macro.rawValue)}".utf8)
            guard bytes[index...].starts(with: pattern) else { continue }
            let parameter = Array("$\(macro.parameterNumber)".utf8)
            let padding = [UInt8](repeating: 32, count: pattern.count - parameter.count)
            bytes.replaceSubrange(index..<(index + pattern.count), with: parameter + padding)
            index += pattern.count - 1
            return
        }
        throw refusal("a macro other than `{USER}` and `{col}`", at: index)
    }

    private func position(_ index: Int) -> Int { 1 + bytes[..<index].count { $0 & 0xC0 != 0x80 } }

    private func refusal(_ what: String, at index: Int) -> ExpressionSyntaxError {
        ExpressionSyntaxError(
            message: "\(what) at position \(position(index)) is not in the subset",
            position: position(index)
        )
    }

    private func unbalanced(at index: Int) -> ExpressionSyntaxError {
        ExpressionSyntaxError(
            message: "the parentheses don't match at position \(position(index))",
            position: position(index)
        )
    }
}

extension ExpressionMacro {
    /// The number of the parameter that stands for it while parsing.
    var parameterNumber: Int {
        switch self {
        case .user: 1
        case .column: 2
        }
    }
}
