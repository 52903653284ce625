/// A query of the catalog's language, as its text says.
struct QuerySyntax: Sendable {
    var source: String
    var alias: String?
    var condition: Condition?
    var groupBy: [Path] = []
    var select: [Item]?
    var orderBy: Path?
    var isDescending = false
    var limit: Int?
    var offset: Int?

    /// Names with dots between them.
    typealias Path = [String]

    indirect enum Condition: Sendable {
        case all([Condition])
        case any([Condition])
        case comparison(Path, FilterOperator, [Literal])
        case isTagged(String)
        case has(Path)
        case hasTerm(String)
    }

    enum Literal: Sendable {
        case text(String)
        case number(String)
        case bool(Bool)

        var text: String {
            switch self {
            case .text(let text), .number(let text): text
            case .bool(let bool): bool ? "true" : "false"
            }
        }
    }

    enum Aggregate: String, Sendable {
        case count, min, max, sum
    }

    struct Item: Sendable {
        var path: Path
        var aggregate: Aggregate?
        var label: String
    }
}

/// Reads queries.
///
/// - Source: the grammar of `AtlasDSLParser.g4`.
struct QueryParser {
    private let text: String
    private let tokens: [QueryToken]
    private var position = 0
    private var depth = 0

    private static let clauses: Set<String> = ["groupby", "select", "orderby", "limit", "offset"]
    private static let deepest = 100
    private static let mostItems = 100

    /// - Throws: `.invalidQuery`.
    static func parse(_ text: String) throws(CatalogError) -> QuerySyntax {
        var parser = QueryParser(text: text, tokens: try QueryLexer.tokens(text))
        return try parser.query()
    }

    private init(text: String, tokens: [QueryToken]) {
        self.text = text
        self.tokens = tokens
    }

    private func fail(_ why: String) -> CatalogError { QueryFailure.invalid(text, why) }

    // MARK: Tokens

    private var keyword: String? { keyword(at: position) }

    private func keyword(at index: Int) -> String? {
        guard index < tokens.count, case .name(let name, false) = tokens[index] else { return nil }
        return name.lowercased()
    }

    private mutating func take(_ word: String) -> Bool {
        guard keyword == word else { return false }
        position += 1
        return true
    }

    private mutating func take(symbol: String) -> Bool {
        guard position < tokens.count, tokens[position] == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func name(_ what: String) throws(CatalogError) -> String {
        guard position < tokens.count, case .name(let name, _) = tokens[position] else {
            throw fail("\(what) is missing")
        }
        position += 1
        return name
    }

    private mutating func path() throws(CatalogError) -> QuerySyntax.Path {
        var path = [try name("an attribute")]
        while take(symbol: ".") { path.append(try name("an attribute after `.`")) }
        return path
    }

    // MARK: Clauses

    private mutating func query() throws(CatalogError) -> QuerySyntax {
        _ = take("from")
        var query = QuerySyntax(source: try name("a type"))
        if take("as") { query.alias = try name("an alias") }
        if take("where") {
            query.condition = try condition()
        } else if position < tokens.count, !isClause, tokens[position] != .symbol(",") {
            query.condition = try condition()
        }
        var seen: Set<String> = []
        while let word = keyword, Self.clauses.contains(word) {
            guard seen.insert(word).inserted else { throw fail("there are several `\(word)`") }
            position += 1
            switch word {
            case "groupby": try groupBy(&query)
            case "select": try select(&query)
            case "orderby":
                query.orderBy = try path()
                if take("desc") { query.isDescending = true } else { _ = take("asc") }
            case "limit": query.limit = try number("limit")
            default: query.offset = try number("offset")
            }
        }
        guard position == tokens.count else { throw fail("something is left over at the end") }
        return query
    }

    private var isClause: Bool { keyword.map { Self.clauses.contains($0) } ?? false }

    private mutating func number(_ what: String) throws(CatalogError) -> Int {
        guard position < tokens.count, case .number(let text) = tokens[position], let number = Int(text),
            (0...Int(Int32.max)).contains(number)
        else { throw fail("\(what) needs a whole number") }
        position += 1
        return number
    }

    private mutating func groupBy(_ query: inout QuerySyntax) throws(CatalogError) {
        let isBracketed = take(symbol: "(")
        repeat { query.groupBy.append(try path()) } while take(symbol: ",")
        guard query.groupBy.count <= Self.mostItems else {
            throw fail("groupby takes \(Self.mostItems) at most")
        }
        if isBracketed, !take(symbol: ")") { throw fail("`)` is missing after groupby") }
    }

    private mutating func select(_ query: inout QuerySyntax) throws(CatalogError) {
        var items: [QuerySyntax.Item] = []
        repeat { items.append(try item()) } while take(symbol: ",")
        guard items.count <= Self.mostItems else { throw fail("select takes \(Self.mostItems) at most") }
        query.select = items
    }

    private mutating func item() throws(CatalogError) -> QuerySyntax.Item {
        var item: QuerySyntax.Item
        if let word = keyword, let aggregate = QuerySyntax.Aggregate(rawValue: word),
            position + 1 < tokens.count, tokens[position + 1] == .symbol("(")
        {
            position += 2
            var path: QuerySyntax.Path = []
            if aggregate != .count { path = try self.path() }
            guard take(symbol: ")") else { throw fail("`)` is missing after \(word)") }
            item = QuerySyntax.Item(
                path: path,
                aggregate: aggregate,
                label: "\(word)(\(path.joined(separator: ".")))"
            )
        } else {
            let path = try path()
            item = QuerySyntax.Item(path: path, aggregate: nil, label: path.joined(separator: "."))
        }
        if take("as") {
            if position < tokens.count, case .text(let label) = tokens[position] {
                position += 1
                item.label = label
            } else {
                item.label = try name("a label")
            }
        }
        return item
    }

    // MARK: Conditions

    private mutating func condition() throws(CatalogError) -> QuerySyntax.Condition {
        depth += 1
        guard depth <= Self.deepest else { throw fail("nested too deep") }
        defer { depth -= 1 }
        // From left to right: in this language `and` doesn't bind stronger than `or`.
        var parts = [try term()]
        var isConjunction: Bool?
        while let word = keyword, word == "and" || word == "or" {
            position += 1
            if let before = isConjunction, before != (word == "and") {
                parts = [before ? .all(parts) : .any(parts)]
            }
            isConjunction = word == "and"
            parts.append(try term())
        }
        return isConjunction.map { $0 ? .all(parts) : .any(parts) } ?? parts[0]
    }

    private mutating func term() throws(CatalogError) -> QuerySyntax.Condition {
        if take(symbol: "(") {
            let inner = try condition()
            guard take(symbol: ")") else { throw fail("`)` is missing") }
            return inner
        }
        if let bare = try predicate() { return bare }
        let path = try path()
        if path.count == 1, let about = try predicate() { return about }
        return try comparison(of: path)
    }

    /// `isa Tag`, `has attribute`, `hasTerm "term"`; nil when there is none of them here.
    private mutating func predicate() throws(CatalogError) -> QuerySyntax.Condition? {
        switch keyword {
        case "isa"?, "is"?:
            position += 1
            return .isTagged(try name("a classification"))
        case "has"?:
            position += 1
            return .has(try path())
        case "hasterm"?:
            position += 1
            guard position < tokens.count else { throw fail("hasTerm needs a term") }
            if case .text(let term) = tokens[position] {
                position += 1
                return .hasTerm(term)
            }
            return .hasTerm(try name("a term"))
        default: return nil
        }
    }

    private mutating func comparison(of path: QuerySyntax.Path) throws(CatalogError) -> QuerySyntax.Condition
    {
        guard position < tokens.count else { throw fail("a comparison is missing") }
        let operation: FilterOperator
        switch tokens[position] {
        case .symbol("="): operation = .equal
        case .symbol("!="): operation = .notEqual
        case .symbol("<"): operation = .less
        case .symbol(">"): operation = .greater
        case .symbol("<="): operation = .lessOrEqual
        case .symbol(">="): operation = .greaterOrEqual
        case .name(let word, false) where word.lowercased() == "like": operation = .like
        case .name(let word, false) where word.lowercased() == "in": operation = .equal
        case .name, .text, .number, .symbol: throw fail("a comparison is missing after an attribute")
        }
        position += 1
        if take(symbol: "[") {
            guard operation == .equal || operation == .notEqual else { throw fail("a list needs `=`") }
            var literals: [QuerySyntax.Literal] = []
            repeat { literals.append(try literal()) } while take(symbol: ",")
            guard take(symbol: "]") else { throw fail("`]` is missing") }
            return .comparison(path, operation, literals)
        }
        return .comparison(path, operation, [try literal()])
    }

    private mutating func literal() throws(CatalogError) -> QuerySyntax.Literal {
        guard position < tokens.count else { throw fail("a value is missing") }
        defer { position += 1 }
        switch tokens[position] {
        case .text(let text): return .text(text)
        case .number(let text):
            guard Double(text) != nil else { throw fail("a number is none") }
            return .number(text)
        case .name(let word, false) where word.lowercased() == "true": return .bool(true)
        case .name(let word, false) where word.lowercased() == "false": return .bool(false)
        case .name, .symbol: throw fail("a value is missing")
        }
    }
}
