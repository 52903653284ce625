import CatalogModel
import Foundation

/// An invented catalog, the same for the same table numbers: what the catalog benchmark loads and asks for.
///
/// Words come as often as in real catalogs: the most frequent one in about one of ten texts.
struct CatalogWorkload {
    let columnsPerTable: Int

    private static let base = [
        "order", "payment", "customer", "account", "invoice", "shipment", "product", "price", "discount",
        "user",
        "session", "event", "click", "page", "campaign", "email", "phone", "address", "city", "country",
        "region",
        "store", "employee", "salary", "department", "manager", "contract", "vendor", "purchase", "stock",
        "warehouse", "item", "category", "review", "rating", "ticket", "support", "agent", "call", "message",
        "device", "browser", "login", "token", "role", "permission", "policy", "audit", "metric", "sensor",
        "temperature", "pressure", "claim", "premium", "insurance", "loan", "credit", "card", "balance",
        "branch",
    ]
    private static let endings = [
        "", "id", "name", "ts", "date", "amount", "count", "flag", "code", "type", "status", "key", "value",
        "hash",
        "daily", "monthly", "rate", "group", "level", "source",
    ]
    /// The words, the most frequent one first.
    static let words: [String] = endings.flatMap { ending in base.map { $0 + ending } }
    private static let weights: [Double] = {
        var sum = 0.0
        return words.indices.map { index in
            sum += 1 / Double(index + 3)
            return sum
        }
    }()

    /// Draws the same numbers for the same seed.
    struct Draw {
        private var state: UInt64

        init(_ seed: Int) {
            state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 ^ 0xD1B5_4A32_D192_ED03
            if state == 0 { state = 1 }
            for _ in 0..<4 { _ = next(2) }
        }

        mutating func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int((state >> 11) % UInt64(bound))
        }

        /// A word, frequent ones more often.
        mutating func word() -> String {
            let place = Double(next(1 << 30)) / Double(1 << 30) * (weights.last ?? 0)
            var (low, high) = (0, weights.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if weights[middle] < place { low = middle + 1 } else { high = middle }
            }
            return words[low]
        }

        mutating func text() -> String { (0..<(4 + next(6))).map { _ in word() }.joined(separator: " ") }
    }

    /// A table or column as the catalog and the peer get it.
    struct Asset {
        let name: String
        let qualifiedName: String
        let description: String
        let owner: String
        let type: String
    }

    /// The types that the entities are of, in Atlas's form.
    static let types = """
        {"entityDefs": [
          {"name": "bench_table", "superTypes": ["DataSet"], "attributeDefs": []},
          {"name": "bench_column", "superTypes": ["DataSet"], "attributeDefs": [
            {"name": "type", "typeName": "string", "isOptional": true, "cardinality": "SINGLE"},
            {"name": "position", "typeName": "int", "isOptional": true, "cardinality": "SINGLE"}]}],
         "relationshipDefs": [
          {"name": "bench_table_columns", "relationshipCategory": "COMPOSITION", "propagateTags": "NONE",
           "endDef1": {"type": "bench_table", "name": "columns", "isContainer": true, "cardinality": "SET"},
           "endDef2": {"type": "bench_column", "name": "table", "isContainer": false, "cardinality": "SINGLE"}}]}
        """

    /// A table with its columns.
    func table(_ number: Int, columns: Int) -> (table: Asset, columns: [Asset]) {
        var draw = Draw(number)
        let database = "db\(number % 100)"
        let owner = "team\(draw.next(200))"
        let name = "\(draw.word())_\(draw.word())_\(number)"
        let table = Asset(
            name: name,
            qualifiedName: "\(database).\(name)@bench",
            description: draw.text(),
            owner: owner,
            type: ""
        )
        let kinds = ["varchar", "bigint", "timestamp", "decimal(18,2)", "boolean"]
        let columns = (0..<columns).map { position in
            let column = "\(draw.word())_\(draw.word())_\(position)"
            return Asset(
                name: column,
                qualifiedName: "\(database).\(name).\(column)@bench",
                description: draw.text(),
                owner: owner,
                type: kinds[draw.next(kinds.count)]
            )
        }
        return (table, columns)
    }

    /// A request that makes some tables with their columns, as a crawler would send it.
    func request(_ tables: Range<Int>, columns: Int) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.name("entities")
        json.beginArray()
        var guid = 0
        for number in tables {
            let (table, columns) = table(number, columns: columns)
            guid -= 1
            let tableGUID = String(guid)
            write(table, "bench_table", guid: tableGUID, to: &json)
            for (position, column) in columns.enumerated() {
                guid -= 1
                write(column, "bench_column", guid: String(guid), of: tableGUID, at: position, to: &json)
            }
        }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    private func write(
        _ asset: Asset,
        _ type: String,
        guid: String,
        of table: String? = nil,
        at position: Int = 0,
        to json: inout JSONWriter
    ) {
        json.beginObject()
        json.pair("typeName", .string(type))
        json.pair("guid", .string(guid))
        json.name("attributes")
        json.beginObject()
        json.pair("qualifiedName", .string(asset.qualifiedName))
        json.pair("name", .string(asset.name))
        json.pair("description", .string(asset.description))
        json.pair("owner", .string(asset.owner))
        if table != nil {
            json.pair("type", .string(asset.type))
            json.pair("position", .integer(Int64(position)))
        }
        json.endObject()
        if let table {
            json.pair(
                "relationshipAttributes",
                ["table": ["guid": .string(table), "typeName": "bench_table"]]
            )
        }
        json.endObject()
    }

    /// The kinds of questions.
    enum Kind: String, CaseIterable {
        /// One word.
        case word
        /// Two words of one description.
        case words
        /// The beginning of a word.
        case prefix
    }

    /// Questions of a kind, the same each time; all of them find something.
    func questions(_ kind: Kind, _ count: Int, tables: Int) -> [String] {
        (0..<count).map { index in
            var draw = Draw(7_000_000 + index)
            let asset = table(draw.next(tables), columns: 0).table
            let words = asset.description.split(separator: " ").map(String.init)
            switch kind {
            case .word: return words[0]
            case .words: return words[0] + " " + (words.last ?? "")
            case .prefix: return String(words[0].prefix(4))
            }
        }
    }
}
