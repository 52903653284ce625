/// Makes random statements over the twins' tables, from a seed; each is ordered by all of its columns.
struct StatementGrammar {
    enum Kind { case int, text }

    struct Column {
        let name: String
        let kind: Kind
    }

    private var dice: Dice
    private var aliases = 0
    private var depth = 0
    private var common: [(name: String, columns: [Column])] = []

    init(seed: UInt64) { dice = Dice(seed: seed) }

    private static let tables: [(name: String, columns: [Column])] = [
        (
            "customers",
            [
                Column(name: "id", kind: .int), Column(name: "name", kind: .text),
                Column(name: "email", kind: .text), Column(name: "ssn", kind: .text),
                Column(name: "region", kind: .text), Column(name: "status", kind: .text),
                Column(name: "parent_id", kind: .int),
            ]
        ),
        ("orders", [Column(name: "id", kind: .int), Column(name: "customer_id", kind: .int)]),
        ("categories", [Column(name: "id", kind: .int), Column(name: "parent_id", kind: .int)]),
        (
            "eu_customers",
            [
                Column(name: "id", kind: .int), Column(name: "name", kind: .text),
                Column(name: "ssn", kind: .text),
            ]
        ),
    ]

    mutating func statement() -> String {
        aliases = 0
        common = []
        depth = 0
        var text = ""
        if chance(4) {
            let (query, columns) = select()
            let name = fresh("w")
            text = "WITH \(name) AS \(one(of: ["", "MATERIALIZED ", "NOT MATERIALIZED "]))(\(query)) "
            common.append((name, columns))
        }
        let (query, columns) = chance(5) ? combined() : select()
        text += query + " ORDER BY " + columns.indices.map { "\($0 + 1)" }.joined(separator: ", ")
        if chance(3) { text += " LIMIT \(number(1, 20))" }
        if chance(8) { text += " OFFSET \(number(0, 5))" }
        return text
    }

    /// A statement that passes columns on as they are, in an order that they don't make.
    mutating func passing() -> String {
        aliases = 0
        common = []
        depth = 2
        var text = ""
        var first = passingTable()
        if chance(3) {
            let name = fresh("w")
            text = "WITH \(name) AS \(one(of: ["", "MATERIALIZED "]))(SELECT * FROM \(first.text)) "
            let alias = fresh("t")
            let columns = first.columns.map { Column(name: "\(alias).\(bare($0.name))", kind: $0.kind) }
            first = ("\(name) AS \(alias)", columns, "\(alias).id")
        }
        var (from, scope, keys) = (first.text, first.columns, [first.key])
        if chance(2) {
            let second = passingTable()
            let join = one(of: ["JOIN", "LEFT JOIN", "FULL JOIN"])
            from += " \(join) \(second.text) ON \(first.key) = \(second.key)"
            scope += second.columns
            keys.append(second.key)
        }
        var targets = (0..<number(1, 4)).map { _ in one(of: scope).name }
        if chance(6) { targets.append(expression(.text, scope)) }
        let list = chance(5) ? "*" : targets.enumerated().map { "\($1) AS o\($0)" }.joined(separator: ", ")
        text += "SELECT \(list) FROM \(from)"
        if chance(3) { text += " WHERE \(boolean(scope))" }
        text += " ORDER BY \(keys.joined(separator: ", "))"
        return chance(4) ? text + " LIMIT \(number(1, 30))" : text
    }

    /// A table or a query of one, each row of which has a key.
    private mutating func passingTable() -> (text: String, columns: [Column], key: String) {
        let table = one(of: Self.tables.filter { $0.name != "categories" })
        let alias = fresh("t")
        let columns = table.columns.map { Column(name: "\(alias).\($0.name)", kind: $0.kind) }
        guard chance(2) else { return ("\(table.name) AS \(alias)", columns, "\(alias).id") }
        let outer = fresh("t")
        let shown = ["\(alias).id"] + columns.dropFirst().filter { _ in chance(2) }.map(\.name)
        let condition = chance(2) ? "" : " WHERE \(boolean(columns))"
        let text =
            "(SELECT \(shown.joined(separator: ", ")) FROM \(table.name) AS \(alias)\(condition)) AS \(outer)"
        let given = columns.filter { shown.contains($0.name) }.map {
            Column(name: "\(outer).\(bare($0.name))", kind: $0.kind)
        }
        return (text, given, "\(outer).id")
    }

    private func bare(_ name: String) -> String { String(name.drop { $0 != "." }.dropFirst()) }

    // MARK: Queries

    private mutating func combined() -> (String, [Column]) {
        let kinds: [Kind] = chance(2) ? [.int, .text] : [.int]
        let left = select(of: kinds)
        let right = select(of: kinds)
        let word = one(of: ["UNION", "UNION ALL", "INTERSECT", "EXCEPT"])
        return ("(\(left.0)) \(word) (\(right.0))", left.1)
    }

    private mutating func select(of kinds: [Kind]? = nil) -> (String, [Column]) {
        depth += 1
        defer { depth -= 1 }
        let (from, scope) = source()
        let condition = chance(3) ? "" : " WHERE \(boolean(scope))"
        let kinds = kinds ?? (0..<number(1, 4)).map { _ in chance(2) ? .int : .text }
        if chance(4) { return grouped(from, condition, scope, kinds) }
        var targets: [String] = []
        var columns: [Column] = []
        for kind in kinds {
            let name = fresh("c")
            let value = kind == .int && chance(6) ? window(scope) : expression(kind, scope)
            targets.append("\(value) AS \(name)")
            columns.append(Column(name: name, kind: kind))
        }
        let distinct = chance(6) ? "DISTINCT " : ""
        return ("SELECT \(distinct)\(targets.joined(separator: ", ")) FROM \(from)\(condition)", columns)
    }

    private mutating func grouped(
        _ from: String,
        _ condition: String,
        _ scope: [Column],
        _ kinds: [Kind]
    ) -> (String, [Column]) {
        var targets: [String] = []
        var columns: [Column] = []
        let key = column(.text, scope) ?? column(.int, scope) ?? "1"
        for kind in kinds {
            let name = fresh("g")
            let value: String
            switch kind {
            case .int: value = "\(one(of: ["count", "sum", "min", "max"]))(\(expression(.int, scope)))::int8"
            case .text:
                let inner = expression(.text, scope)
                value = chance(2) ? "min(\(inner))" : "string_agg(\(inner), ',' ORDER BY \(inner))"
            }
            let filter = chance(5) ? value : value
            targets.append("\(filter) AS \(name)")
            columns.append(Column(name: name, kind: kind))
        }
        let having = chance(4) ? " HAVING count(*) > \(number(0, 3))" : ""
        let list = targets.joined(separator: ", ")
        return ("SELECT \(list) FROM \(from)\(condition) GROUP BY \(key)\(having)", columns)
    }

    private mutating func window(_ scope: [Column]) -> String {
        let order = expression(.text, scope)
        return "\(one(of: ["rank()", "dense_rank()", "count(*)"])) OVER (ORDER BY \(order))::int8"
    }

    // MARK: Sources

    private mutating func source() -> (String, [Column]) {
        var (text, scope) = table()
        while chance(3), scope.count < 9 {
            let (right, columns) = table()
            guard equality(scope, columns) != "true" else { break }
            var all = scope + columns
            switch number(0, 3) {
            case 0:
                guard scope.contains(where: { $0.name.hasSuffix(".id") }) else { break }
                text += " NATURAL JOIN (SELECT id FROM categories) AS \(fresh("n"))"
                all = scope
            case 1: text += " JOIN \(right) ON \(equality(scope, columns))"
            case 2: text += " LEFT JOIN \(right) ON \(equality(scope, columns)) AND \(boolean(columns))"
            default: text += " FULL JOIN \(right) ON \(equality(scope, columns))"
            }
            scope = all
        }
        return (text, scope)
    }

    private mutating func equality(_ left: [Column], _ right: [Column]) -> String {
        let kind: Kind = chance(4) ? .text : .int
        guard let first = column(kind, left), let second = column(kind, right) else { return "true" }
        return "\(first) = \(second)"
    }

    private mutating func table() -> (String, [Column]) {
        let alias = fresh("t")
        func qualified(_ columns: [Column]) -> [Column] {
            columns.map { Column(name: "\(alias).\($0.name)", kind: $0.kind) }
        }
        if depth < 3, chance(5) {
            let (query, columns) = select()
            // More than any query gives: which rows a smaller limit leaves is nobody's promise.
            let order = chance(2) ? "" : " LIMIT 1000000"
            return ("(\(query)\(order)) AS \(alias)", qualified(columns))
        }
        if let named = common.last, chance(3) {
            return ("\(named.name) AS \(alias)", qualified(named.columns))
        }
        if chance(8) {
            let values = "(VALUES (1, 'EU'), (2, 'US'), (3, NULL)) AS \(alias)(n, r)"
            return (values, qualified([Column(name: "n", kind: .int), Column(name: "r", kind: .text)]))
        }
        if chance(12) {
            return (
                "generate_series(1, \(number(1, 5))) AS \(alias)(n)",
                qualified([Column(name: "n", kind: .int)])
            )
        }
        let table = chance(2) ? Self.tables[0] : one(of: Self.tables)
        return ("\(one(of: ["", "public."]))\(table.name) AS \(alias)", qualified(table.columns))
    }

    // MARK: Expressions

    private mutating func column(_ kind: Kind, _ scope: [Column]) -> String? {
        let fitting = scope.filter { $0.kind == kind }
        return fitting.isEmpty ? nil : one(of: fitting).name
    }

    private mutating func expression(_ kind: Kind, _ scope: [Column]) -> String {
        depth += 1
        defer { depth -= 1 }
        guard depth < 5, !chance(3) else {
            return column(kind, scope) ?? (kind == .int ? "\(number(-2, 50))" : "'EU'")
        }
        return kind == .int ? int(scope) : text(scope)
    }

    private mutating func int(_ scope: [Column]) -> String {
        switch number(0, 9) {
        case 0: return "(\(expression(.int, scope)) + \(number(0, 9)))"
        case 1: return "(\(expression(.int, scope)) % \(number(2, 9)))"
        case 2: return "length(\(expression(.text, scope)))"
        case 3: return "coalesce(\(expression(.int, scope)), 0)"
        case 4: return "CASE WHEN \(boolean(scope)) THEN \(expression(.int, scope)) ELSE \(number(0, 9)) END"
        case 5 where depth < 3 && chance(2):
            let (query, _) = correlated(scope)
            return "(SELECT count(*)::int FROM \(query))"
        case 6: return "ascii(\(expression(.text, scope)))"
        case 7 where chance(4): return "(100 / (\(expression(.int, scope)) - \(number(0, 60))))"
        case 8 where chance(6): return "(\(expression(.text, scope)))::int"
        default: return column(.int, scope) ?? "7"
        }
    }

    private mutating func text(_ scope: [Column]) -> String {
        switch number(0, 8) {
        case 0: return "upper(\(expression(.text, scope)))"
        case 1: return "substr(\(expression(.text, scope)), \(number(1, 4)), \(number(1, 5)))"
        case 2: return "(\(expression(.text, scope)) || '-' || \(expression(.text, scope)))"
        case 3: return "(\(expression(.int, scope)))::text"
        case 4: return "md5(\(expression(.text, scope)))"
        case 5: return "coalesce(\(expression(.text, scope)), 'none')"
        case 6: return "reverse(\(expression(.text, scope)))"
        case 7: return "greatest(\(expression(.text, scope)), \(expression(.text, scope)))"
        default: return column(.text, scope) ?? "'EU'"
        }
    }

    private mutating func boolean(_ scope: [Column]) -> String {
        depth += 1
        defer { depth -= 1 }
        guard depth < 5 else { return "true" }
        switch number(0, 10) {
        case 0: return "(\(boolean(scope)) AND \(boolean(scope)))"
        case 1: return "(\(boolean(scope)) OR \(boolean(scope)))"
        case 2: return "NOT \(boolean(scope))"
        case 3: return "\(expression(.text, scope)) LIKE '%\(number(0, 9))%'"
        case 4: return "\(expression(.int, scope)) IN (\(number(1, 9)), \(number(10, 99)), NULL)"
        case 5: return "\(expression(.text, scope)) IS \(one(of: ["", "NOT "]))NULL"
        case 6 where depth < 3 && chance(2):
            let (query, _) = correlated(scope)
            return "EXISTS (SELECT 1 FROM \(query))"
        case 7: return "\(expression(.int, scope)) BETWEEN \(number(0, 20)) AND \(number(21, 90))"
        case 8: return "\(expression(.text, scope)) IS DISTINCT FROM \(expression(.text, scope))"
        default:
            let kind: Kind = chance(2) ? .int : .text
            let symbol = one(of: ["=", "<>", "<", ">", "<=", ">="])
            return "\(expression(kind, scope)) \(symbol) \(expression(kind, scope))"
        }
    }

    private mutating func correlated(_ scope: [Column]) -> (String, [Column]) {
        let (text, columns) = table()
        return ("\(text) WHERE \(boolean(chance(2) ? columns + scope : columns))", columns)
    }

    // MARK: Chance

    private mutating func fresh(_ prefix: String) -> String {
        aliases += 1
        return "\(prefix)\(aliases)"
    }

    private mutating func number(_ low: Int, _ high: Int) -> Int { Int.random(in: low...high, using: &dice) }

    private mutating func chance(_ sides: Int) -> Bool { number(1, sides) == 1 }

    private mutating func one<Item>(of items: [Item]) -> Item { items[number(0, items.count - 1)] }
}
