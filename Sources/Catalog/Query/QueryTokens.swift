/// A piece of a query's text.
enum QueryToken: Hashable, Sendable {
    /// A name or keyword, as written; names in backticks are never keywords.
    case name(String, isQuoted: Bool)
    /// A text in quotes.
    case text(String)
    /// A number as written.
    case number(String)
    /// `( ) [ ] , .` and operators.
    case symbol(String)
}

/// Takes a query's text apart.
enum QueryLexer {
    /// - Throws: `.invalidQuery` for a text without an end or a character that has no meaning.
    static func tokens(_ text: String) throws(CatalogError) -> [QueryToken] {
        let characters = Array(text)
        var tokens: [QueryToken] = []
        var index = 0
        func take(while test: (Character) -> Bool) -> String {
            let start = index
            while index < characters.count, test(characters[index]) { index += 1 }
            return String(characters[start..<index])
        }
        while index < characters.count {
            let character = characters[index]
            switch character {
            case _ where character.isWhitespace: index += 1
            case "\"", "'", "`":
                index += 1
                let start = index
                while index < characters.count, characters[index] != character { index += 1 }
                guard index < characters.count else { throw QueryFailure.invalid(text, "a text has no end") }
                let inner = String(characters[start..<index])
                index += 1
                tokens.append(character == "`" ? .name(inner, isQuoted: true) : .text(inner))
            case "0"..."9", "-":
                index += 1
                let rest = take { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "e" || $0 == "E") }
                guard character != "-" || !rest.isEmpty else { throw QueryFailure.invalid(text, "`-` alone") }
                tokens.append(.number(String(character) + rest))
            case "(", ")", "[", "]", ",", ".", "=":
                tokens.append(.symbol(String(character)))
                index += 1
            case "<", ">", "!":
                index += 1
                if index < characters.count, characters[index] == "=" {
                    tokens.append(.symbol("\(character)="))
                    index += 1
                } else {
                    guard character != "!" else { throw QueryFailure.invalid(text, "`!` without `=`") }
                    tokens.append(.symbol(String(character)))
                }
            case _ where character.isLetter || character == "_":
                tokens.append(
                    .name(take { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }, isQuoted: false)
                )
            default: throw QueryFailure.invalid(text, "a character that has no meaning here")
            }
        }
        return tokens
    }
}

/// Refusals of queries.
enum QueryFailure {
    static func invalid(_ text: String, _ why: String) -> CatalogError {
        CatalogError(
            .invalidQuery,
            "Invalid DSL query: \(text) | Reason: \(why). Please refer to Atlas DSL grammar for more information"
        )
    }
}
