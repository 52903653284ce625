/// A table of the catalog: `database.table`, or `catalog.schema.table` where the engine has three levels.
///
/// Parts hold no dot and are never empty; that is what makes the dotted form unambiguous.
package struct TableName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Two or three parts, outermost first.
    package let parts: [String]

    /// Reads the dotted form; nil unless it has two or three non-empty parts of at most 255 bytes.
    package init?(_ dotted: String) {
        self.init(parts: dotted.split(separator: ".", omittingEmptySubsequences: false).map(String.init))
    }

    /// Takes the parts; nil unless there are two or three, non-empty, without dots or control characters.
    package init?(parts: [String]) {
        guard parts.count == 2 || parts.count == 3 else { return nil }
        for part in parts {
            guard !part.isEmpty, part.utf8.count <= 255 else { return nil }
            guard part.unicodeScalars.allSatisfy({ $0 != "." && $0.value >= 0x20 && $0.value != 0x7F }) else {
                return nil
            }
        }
        self.parts = parts
    }

    /// The dotted form.
    package var description: String { parts.joined(separator: ".") }

    /// Orders by parts.
    package static func < (left: TableName, right: TableName) -> Bool {
        left.parts.lexicographicallyPrecedes(right.parts)
    }
}

extension TableName: Codable {
    /// Reads the dotted form.
    /// - Throws: `DecodingError.dataCorrupted` when it is no table name.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let name = TableName(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "`\(text)` is no table name: write `database.table`"
            )
        }
        self = name
    }

    /// Writes the dotted form.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// One column of one table, as lineage and tags name it: `database.table.column`.
package struct ColumnReference: Hashable, Sendable, Comparable, CustomStringConvertible, Codable {
    /// The table that has the column.
    package let table: TableName
    /// The column within it.
    package let column: ColumnName

    /// Joins a table and a column.
    package init(table: TableName, column: ColumnName) {
        self.table = table
        self.column = column
    }

    /// Reads `database.table.column`: everything before the last dot is the table; nil when that is no table name.
    package init?(_ dotted: String) {
        guard let dot = dotted.lastIndex(of: "."), let table = TableName(String(dotted[..<dot])) else {
            return nil
        }
        let column = String(dotted[dotted.index(after: dot)...])
        guard !column.isEmpty else { return nil }
        self.init(table: table, column: ColumnName(column))
    }

    /// The dotted form.
    package var description: String { "\(table).\(column)" }

    /// Orders by table, then column.
    package static func < (left: ColumnReference, right: ColumnReference) -> Bool {
        left.table == right.table ? left.column < right.column : left.table < right.table
    }
}
