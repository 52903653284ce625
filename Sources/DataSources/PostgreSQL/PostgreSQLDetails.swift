import QueryAnalysis

/// The keys and indexes of a database's relations, read from its catalogs.
struct PostgreSQLDetails {
    private var names: [String: RelationName] = [:]
    private let columns: [String: [PostgreSQLColumn]]
    private var keys: [String: [RelationKey]] = [:]
    private var indexes: [String: [RelationIndex]] = [:]

    /// Reads the rows of the queries below; what names an unknown relation or column is left out.
    init(
        relations: [[String?]],
        columns: [String: [PostgreSQLColumn]],
        keys: [[String?]],
        indexes: [[String?]]
    ) {
        self.columns = columns
        for row in relations {
            if let identifier = row[0], let schema = row[1], let name = row[2] {
                names[identifier] = RelationName(schema: schema, name: name)
            }
        }
        for row in keys {
            if let owner = row[0], let key = key(row, of: owner) { self.keys[owner, default: []].append(key) }
        }
        for row in indexes {
            if let owner = row[0], let index = index(row, of: owner) {
                self.indexes[owner, default: []].append(index)
            }
        }
    }

    /// What is known of a relation.
    func of(_ identifier: String) -> RelationDetails {
        var details = RelationDetails()
        details.columns = (columns[identifier] ?? []).map(\.details)
        details.keys = keys[identifier] ?? []
        details.indexes = indexes[identifier] ?? []
        return details
    }

    private func key(_ row: [String?], of owner: String) -> RelationKey? {
        guard let own = names[owner], let name = row[1], let kind = row[2],
            let columns = named(row[3], of: owner)
        else { return nil }
        let index = row[11].map { RelationName(schema: own.schema, name: $0) }
        switch kind {
        case "p": return RelationKey(name: name, kind: .primary, columns: columns, index: index)
        case "u": return RelationKey(name: name, kind: .unique, columns: columns, index: index)
        case "f":
            guard let other = row[4], let target = names[other], let theirs = named(row[5], of: other) else {
                return nil
            }
            let rules = ReferenceRules(
                update: row[6] ?? " ",
                delete: row[7] ?? " ",
                match: row[8] ?? " ",
                isDeferrable: row[9] == "t",
                isDeferred: row[10] == "t"
            )
            let index = row[11].map { RelationName(schema: target.schema, name: $0) }
            return RelationKey(
                name: name,
                kind: .reference(target, columns: theirs, rules),
                columns: columns,
                index: index
            )
        default: return nil
        }
    }

    private func index(_ row: [String?], of owner: String) -> RelationIndex? {
        guard names[owner] != nil, let name = row[1], let method = row[2],
            let count = row[3].flatMap({ Int($0) }),
            let columns = named(row[4], of: owner)
        else { return nil }
        return RelationIndex(
            name: name,
            method: method,
            columns: columns,
            keyCount: count,
            options: (row[5] ?? "").split(separator: ",").compactMap { Int($0) },
            isUnique: row[6] == "t",
            isPrimary: row[7] == "t"
        )
    }

    /// The columns of numbers in a list; nil when one of them isn't a column that statements can name.
    private func named(_ list: String?, of owner: String) -> [String]? {
        let known = Dictionary(
            (columns[owner] ?? []).map { ($0.number, $0.name) },
            uniquingKeysWith: { first, _ in first }
        )
        var names: [String] = []
        for part in (list ?? "").split(separator: ",") {
            guard let number = Int16(part), let name = known[number] else { return nil }
            names.append(name)
        }
        return names.isEmpty ? nil : names
    }

    static let keys = """
        SELECT k.conrelid, k.conname, k.contype, pg_catalog.array_to_string(k.conkey, ','), k.confrelid,
          pg_catalog.array_to_string(k.confkey, ','), k.confupdtype, k.confdeltype, k.confmatchtype,
          k.condeferrable, k.condeferred, i.relname
        FROM pg_catalog.pg_constraint k LEFT JOIN pg_catalog.pg_class i ON i.oid = k.conindid
        WHERE k.contype IN ('p', 'u', 'f') ORDER BY 1, 2
        """

    /// None on expressions and none with a condition: their texts could hold anything.
    static let indexes = """
        SELECT i.indrelid, c.relname, m.amname, i.indnkeyatts, pg_catalog.array_to_string(i.indkey::int2[], ','),
          pg_catalog.array_to_string(i.indoption::int2[], ','), i.indisunique, i.indisprimary
        FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
          JOIN pg_catalog.pg_am m ON m.oid = c.relam
        WHERE i.indexprs IS NULL AND i.indpred IS NULL AND i.indisvalid ORDER BY 1, 2
        """
}
