/// Writes our trees as SQL text: the only text that goes upstream.
///
/// Every part that has parts stands in parentheses and every name in quotes, so that the text reads back to the same
/// tree whatever the operators' ranks.
struct QueryPrinter {
    /// Bytes of text that one statement may become.
    static let sizeLimit = 1 << 20

    private(set) var text = ""

    /// Bytes of a text that also lists what is visible, for its catalogs.
    static let catalogSizeLimit = 8 << 20

    mutating func write(_ part: String) { text += part }

    mutating func name(_ name: String) {
        text += "\""
        text +=
            name.contains("\"")
            ? name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") : name
        text += "\""
    }

    mutating func names(_ names: [String]) {
        separated(names) { $0.name($1) }
    }

    /// A quoted text; backslashes are what they are, since conforming strings are on upstream and checked there.
    mutating func quoted(_ value: String) {
        text += "'"
        text +=
            value.contains("'")
            ? value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") : value
        text += "'"
    }

    mutating func separated<Item>(
        _ items: [Item],
        by separator: String = ", ",
        _ one: (inout QueryPrinter, Item) -> Void
    ) {
        for (index, item) in items.enumerated() {
            if index > 0 { text += separator }
            one(&self, item)
        }
    }

    mutating func query(_ query: Query) {
        if let common = query.common { commonTables(common) }
        body(query.body)
        orders(query.order)
        if let limit = query.limit {
            if query.limitKeepsTies {
                write(" FETCH FIRST ")
                parenthesised(limit)
                write(" ROWS WITH TIES")
            } else {
                write(" LIMIT ")
                parenthesised(limit)
            }
        }
        if let offset = query.offset {
            write(" OFFSET ")
            parenthesised(offset)
        }
    }

    private mutating func commonTables(_ common: CommonTables) {
        write(common.isRecursive ? "WITH RECURSIVE " : "WITH ")
        separated(common.tables) { printer, table in
            printer.name(table.name)
            if !table.columns.isEmpty {
                printer.write("(")
                printer.names(table.columns)
                printer.write(")")
            }
            switch table.isMaterialized {
            case true?: printer.write(" AS MATERIALIZED (")
            case false?: printer.write(" AS NOT MATERIALIZED (")
            case nil: printer.write(" AS (")
            }
            printer.query(table.query)
            printer.write(")")
        }
        write(" ")
    }

    private mutating func body(_ body: QueryBody) {
        switch body {
        case .plain(let plain): self.plain(plain)
        case .values(let rows):
            write("VALUES ")
            separated(rows) { printer, row in
                printer.write("(")
                printer.separated(row) { $0.expression($1) }
                printer.write(")")
            }
        case .combined(let kind, let all, let left, let right):
            write("(")
            query(left)
            write(") \(kind.rawValue)\(all ? " ALL" : "") (")
            query(right)
            write(")")
        }
    }

    private mutating func plain(_ plain: PlainQuery) {
        write("SELECT ")
        switch plain.distinct {
        case .no: break
        case .all: write("DISTINCT ")
        case .on(let parts):
            write("DISTINCT ON (")
            separated(parts) { $0.expression($1) }
            write(") ")
        }
        separated(plain.targets) { $0.target($1) }
        if !plain.from.isEmpty {
            write(" FROM ")
            separated(plain.from) { $0.source($1) }
        }
        clause(" WHERE ", plain.condition)
        if !plain.groups.isEmpty {
            write(plain.groupsAreDistinct ? " GROUP BY DISTINCT " : " GROUP BY ")
            separated(plain.groups) { $0.expression($1) }
        }
        clause(" HAVING ", plain.groupCondition)
        if !plain.windows.isEmpty {
            write(" WINDOW ")
            separated(plain.windows) { printer, window in
                printer.name(window.name ?? "")
                printer.write(" AS ")
                printer.window(window)
            }
        }
    }

    private mutating func clause(_ keyword: String, _ value: QueryExpression?) {
        guard let value else { return }
        write(keyword)
        expression(value)
    }

    private mutating func target(_ target: QueryTarget) {
        switch target.value {
        case .everything(let relation, _):
            if let relation {
                name(relation)
                write(".")
            }
            write("*")
        case .expression(let value):
            expression(value)
            if let name = target.name {
                write(" AS ")
                self.name(name)
            }
        }
    }

    mutating func orders(_ orders: [QueryOrder]) {
        guard !orders.isEmpty else { return }
        write(" ORDER BY ")
        separated(orders) { printer, order in
            printer.expression(order.value)
            if order.isDescending { printer.write(" DESC") }
            if let first = order.nullsFirst { printer.write(first ? " NULLS FIRST" : " NULLS LAST") }
        }
    }

    mutating func source(_ source: QuerySource) {
        switch source {
        case .relation(let relation):
            if relation.isOnly { write("ONLY ") }
            if let schema = relation.schema {
                name(schema)
                write(".")
            }
            name(relation.name)
            alias(relation.alias)
        case .query(let query, let isLateral, let alias):
            write(isLateral ? "LATERAL (" : "(")
            self.query(query)
            write(")")
            self.alias(alias)
        case .call(let call, let isLateral, let withOrdinality, let alias):
            if isLateral { write("LATERAL ") }
            rows(of: call)
            if withOrdinality { write(" WITH ORDINALITY") }
            self.alias(alias)
        case .join(let join): self.join(join)
        }
    }

    /// A function; `unnest` of several arrays as one of each, which is how PostgreSQL understands it.
    private mutating func rows(of call: QueryCall) {
        guard call.function == "unnest", call.arguments.count > 1 else { return self.call(call) }
        write("ROWS FROM (")
        separated(call.arguments) { $0.call(QueryCall(function: "unnest", arguments: [$1])) }
        write(")")
    }

    private mutating func alias(_ alias: QueryAlias?) {
        guard let alias else { return }
        write(" AS ")
        name(alias.name)
        guard !alias.columns.isEmpty else { return }
        write("(")
        names(alias.columns)
        write(")")
    }

    private mutating func join(_ join: QueryJoin) {
        write("(")
        source(join.left)
        write(" ")
        if join.isNatural {
            write("NATURAL ")
        } else if join.kind == .inner, join.using.isEmpty, join.condition == nil {
            write("CROSS ")
        }
        write("\(join.kind.rawValue) ")
        source(join.right)
        if !join.using.isEmpty {
            write(" USING (")
            names(join.using)
            write(")")
        }
        clause(" ON ", join.condition)
        write(")")
        alias(join.alias)
    }
}
