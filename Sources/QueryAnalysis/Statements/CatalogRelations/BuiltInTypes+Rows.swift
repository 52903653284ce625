extension BuiltInTypes {
    /// A type as `pg_type` describes it.
    private struct Fact {
        let name: String
        let title: String
        let length: Int
        let isByValue: Bool
        let category: String
        let alignment: String
        let storage: String
    }

    /// Name, what PostgreSQL calls it in messages, length, whether it is passed by value, category, alignment, storage.
    ///
    /// **Source.** PostgreSQL's `pg_type.dat`.
    private static let facts: [Fact] = """
        bool|boolean|1|t|B|c|p
        bytea|bytea|-1|f|U|i|x
        name|name|64|f|S|c|p
        int8|bigint|8|t|N|d|p
        int2|smallint|2|t|N|s|p
        int4|integer|4|t|N|i|p
        text|text|-1|f|S|i|x
        json|json|-1|f|U|i|x
        float4|real|4|t|N|i|p
        float8|double precision|8|t|N|d|p
        bpchar|character|-1|f|S|i|x
        varchar|character varying|-1|f|S|i|x
        date|date|4|t|D|i|p
        time|time without time zone|8|t|D|d|p
        timestamp|timestamp without time zone|8|t|D|d|p
        timestamptz|timestamp with time zone|8|t|D|d|p
        numeric|numeric|-1|f|N|i|m
        uuid|uuid|16|f|U|c|p
        """
        .split(separator: "\n").map { line in
            let parts = line.split(separator: "|").map(String.init)
            return Fact(
                name: parts[0],
                title: parts[1],
                length: Int(parts[2]) ?? -1,
                isByValue: parts[3] == "t",
                category: parts[4],
                alignment: parts[5],
                storage: parts[6]
            )
        }

    /// Writes the types that statements over files can have, each with its array.
    static func add(to rows: inout CatalogRows) {
        for fact in facts {
            guard let own = identifier(of: fact.name), let array = identifier(of: "_" + fact.name) else {
                continue
            }
            let collation = fact.category == "S" ? (fact.name == "name" ? 950 : 100) : 0
            rows.row {
                $0.add(own)
                $0.add(fact.name)
                $0.add(fact.title)
                $0.add(fact.length)
                $0.add(fact.isByValue)
                for part in [fact.category, fact.alignment, fact.storage] { $0.add(part) }
                $0.add(0)
                $0.add(array)
                $0.add(collation)
            }
            rows.row {
                $0.add(array)
                $0.add("_" + fact.name)
                $0.add(fact.title + "[]")
                $0.add(-1)
                $0.add(false)
                for part in ["A", fact.alignment == "d" ? "d" : "i", "x"] { $0.add(part) }
                $0.add(own)
                $0.add(0)
                $0.add(collation)
            }
        }
    }
}
