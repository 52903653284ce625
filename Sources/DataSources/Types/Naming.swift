import CatalogModel
import Governance

/// Names that tables and columns get from files, fit for `database.table.column`.
enum Naming {
    /// The name of a table: letters, digits, `_` and `-` stay, anything else becomes `_`.
    ///
    /// - Throws: `.invalidRequest` when no name is left.
    static func table(_ text: some StringProtocol, of source: SourceDefinition) throws(GovernanceError)
        -> TableName
    {
        let clean = String(
            text.unicodeScalars.map { scalar -> Character in
                let isWord =
                    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || scalar.properties.generalCategory == .nonspacingMark
                return isWord || scalar == "_" || scalar == "-" ? Character(scalar) : "_"
            }
        )
        guard let name = TableName("\(source.database).\(clean)") else {
            throw GovernanceError(
                .invalidRequest,
                "source `\(source.name)`: `\(text)` can't be a table's name"
            )
        }
        return name
    }

    /// The name of a column: without outer spaces, and with `_` for dots and control characters, so that
    /// `table.column` stays unambiguous.
    static func column(_ text: String) -> String {
        let trimmed = text.drop { $0 == " " || $0 == "\t" }
        let end = trimmed.lastIndex { $0 != " " && $0 != "\t" }
        let core = end.map { trimmed[...$0] } ?? ""
        return String(
            String.UnicodeScalarView(
                core.unicodeScalars.map { $0 == "." || $0.value < 0x20 || $0.value == 0x7F ? "_" : $0 }
            )
        )
    }

    /// Columns with the types that were guessed, named after where they are found.
    ///
    /// - Throws: `.sourceUnavailable` naming the columns when two get the same name.
    static func columns(
        _ found: [(path: String, name: String, type: DataType)],
        of table: TableName
    ) throws(GovernanceError) -> [ColumnDefinition] {
        var seen: [String: String] = [:]
        var result: [ColumnDefinition] = []
        for (path, name, type) in found {
            if let other = seen.updateValue(path, forKey: name) {
                let what =
                    other == path
                    ? "has column `\(name)` twice"
                    : "has columns `\(other)` and `\(path)`, which would both be `\(name)`"
                throw GovernanceError(.sourceUnavailable, "table `\(table)` \(what): rename one")
            }
            result.append(
                ColumnDefinition(name: ColumnName(name), type: type, path: path == name ? nil : path)
            )
        }
        return result
    }
}
