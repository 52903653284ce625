/// Names as PostgreSQL writes them.
enum CatalogName {
    /// A name in quotes where the grammar needs them.
    static func quoted(_ name: String) -> String {
        let isPlain = name.utf8.enumerated().allSatisfy { index, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): index > 0
            default: false
            }
        }
        guard !isPlain || name.isEmpty || reserved.contains(name) else { return name }
        return "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }

    /// The keywords that can't be names without quotes, among those that tables and columns are called.
    private static let reserved: Set<String> = [
        "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "between", "bigint", "bit",
        "boolean", "both",
        "case", "cast", "char", "character", "check", "coalesce", "collate", "column", "constraint", "create",
        "cross", "current_date", "current_role", "current_time", "current_user", "dec", "decimal", "default",
        "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists", "extract", "false",
        "fetch",
        "float", "for", "foreign", "from", "full", "grant", "group", "having", "in", "initially", "inner",
        "int",
        "integer", "intersect", "interval", "into", "is", "join", "leading", "left", "like", "limit",
        "natural",
        "not", "null", "numeric", "offset", "on", "only", "or", "order", "outer", "overlaps", "primary",
        "real",
        "references", "returning", "right", "row", "select", "session_user", "set", "similar", "smallint",
        "some",
        "substring", "symmetric", "table", "then", "time", "timestamp", "to", "trailing", "trim", "true",
        "union",
        "unique", "user", "using", "values", "varchar", "variadic", "verbose", "when", "where", "window",
        "with",
    ]

    /// The rows of `pg_get_keywords()` that there are without a database to ask: the reserved ones.
    static let keywords: Query = {
        let rows: [[QueryExpression]] = reserved.sorted().map { word in
            [
                .cast(.literal(.text(word)), QueryType(name: "text")),
                .cast(.literal(.text("R")), QueryType(name: "text")), .literal(.boolean(true)),
                .cast(.literal(.text("reserved")), QueryType(name: "text")),
                .cast(.literal(.text("can be bare label")), QueryType(name: "text")),
            ]
        }
        return Query(body: .values(rows))
    }()

    /// A name as somebody writes it, such as `public."Orders"`: one or two parts; nil for what isn't one.
    static func parts(of text: String) -> [String]? {
        var parts: [String] = []
        var rest = Substring(text)
        while true {
            guard let part = next(in: &rest, endingAt: "."), parts.count < 2 else { return nil }
            parts.append(part)
            if rest.isEmpty { return parts }
            guard rest.first == "." else { return nil }
            rest.removeFirst()
        }
    }

    /// Takes a name off the front of a list that `end` separates; nil when there is none.
    static func next(in rest: inout Substring, endingAt end: Character) -> String? {
        guard rest.first == "\"" else {
            let part = rest.prefix { $0 != end && $0 != "\"" && $0 != " " }
            rest = rest.dropFirst(part.count)
            return part.isEmpty ? nil : part.lowercased()
        }
        var part = ""
        rest.removeFirst()
        while let character = rest.popFirst() {
            guard character == "\"" else {
                part.append(character)
                continue
            }
            guard rest.first == "\"" else { return part.isEmpty ? nil : part }
            part.append(rest.removeFirst())
        }
        return nil
    }
}

extension VisibleRelation {
    /// The numbers of columns, from 1, in the order of their names.
    func numbers(of names: [String]) -> [Int] {
        let positions = Dictionary(
            zip(columns.map(\.name), 1...max(1, columns.count)),
            uniquingKeysWith: { $1 }
        )
        return names.compactMap { positions[$0] }
    }
}

extension RelationIndex {
    /// The statement that would make it, of names and plain words alone.
    func definition(on relation: RelationName) -> String {
        let keys = zip(
            columns.prefix(keyCount),
            options + Array(repeating: 0, count: max(0, keyCount - options.count))
        )
        .map { column, option in
            let isDescending = option & 1 == 1
            let nullsFirst = option & 2 == 2
            var text = CatalogName.quoted(column) + (isDescending ? " DESC" : "")
            if isDescending != nullsFirst { text += nullsFirst ? " NULLS FIRST" : " NULLS LAST" }
            return text
        }
        var text = "CREATE \(isUnique ? "UNIQUE " : "")INDEX \(CatalogName.quoted(name)) ON "
        text += "\(CatalogName.quoted(relation.schema)).\(CatalogName.quoted(relation.name)) USING \(method) "
        text += "(\(keys.joined(separator: ", ")))"
        if columns.count > keyCount {
            text +=
                " INCLUDE (\(columns.dropFirst(keyCount).map(CatalogName.quoted).joined(separator: ", ")))"
        }
        return text
    }
}

extension RelationKey {
    /// The constraint as `pg_get_constraintdef` words it.
    func definition(_ shown: (RelationName) -> String) -> String {
        let list = { (names: [String]) in "(" + names.map(CatalogName.quoted).joined(separator: ", ") + ")" }
        switch kind {
        case .primary: return "PRIMARY KEY \(list(columns))"
        case .unique: return "UNIQUE \(list(columns))"
        case .reference(let other, let theirs, let rules):
            var text = "FOREIGN KEY \(list(columns)) REFERENCES \(shown(other))\(list(theirs))"
            if rules.match == "f" { text += " MATCH FULL" }
            let acts = ["r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"]
            if let act = acts[rules.update] { text += " ON UPDATE \(act)" }
            if let act = acts[rules.delete] { text += " ON DELETE \(act)" }
            if rules.isDeferrable { text += " DEFERRABLE" }
            if rules.isDeferred { text += " INITIALLY DEFERRED" }
            return text
        }
    }
}
