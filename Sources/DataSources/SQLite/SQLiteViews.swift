import Governance

extension SQLiteSource {
    func views() throws(GovernanceError) -> [String: String] {
        let schema = SQLiteSchema(try handle())
        return try translating { () throws(SQLiteFault) in try schema.views() }
    }
}

extension SQLiteSchema {
    /// The query of each view: what stands behind the first `AS` of its definition.
    func views() throws(SQLiteFault) -> [String: String] {
        let comparesOtherwise = try hasCollations()
        let statement = try handle.prepare("SELECT name, sql FROM main.sqlite_master WHERE type = 'view'")
        var views: [String: String] = [:]
        while try statement.step() {
            // A definition that isn't understood leaves a view that can't be read, and not a table.
            let query = comparesOtherwise ? nil : SQLiteSchema.query(ofView: statement.string(1))
            views[statement.string(0)] = query ?? ""
        }
        return views
    }

    /// Whether columns of any table may be compared in another way than byte by byte.
    private func hasCollations() throws(SQLiteFault) -> Bool {
        let statement = try handle.prepare(
            "SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND lower(sql) LIKE '%collate%' LIMIT 1"
        )
        return try statement.step()
    }

    /// The text behind the first `AS` that stands outside quotes, comments and parentheses; nil when there is none.
    static func query(ofView sql: String) -> String? {
        let bytes = Array(sql.utf8)
        let closers: [UInt8: UInt8] = [34: 34, 39: 39, 96: 96, 91: 93]
        var index = 0
        var depth = 0
        var isInWord = false
        while index < bytes.count {
            let byte = bytes[index]
            if let closer = closers[byte] {
                guard let end = bytes[(index + 1)...].firstIndex(of: closer) else { return nil }
                index = end + 1
                isInWord = false
                continue
            }
            if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") { return nil }
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            let isLetter =
                byte | 0x20 >= 97 && byte | 0x20 <= 122 || byte == 95 || byte >= 0x80 || byte &- 48 < 10
            if isLetter, !isInWord, depth == 0, index + 2 < bytes.count, byte | 0x20 == 97,
                bytes[index + 1] | 0x20 == 115, bytes[index + 2] <= 32
            {
                return String(decoding: bytes[(index + 3)...], as: UTF8.self)
            }
            isInWord = isLetter
            index += 1
        }
        return nil
    }
}
