import CatalogModel
import Governance

/// How a CSV file is written: RFC 4180, but for what the source's options change.
struct CSVDialect: Sendable {
    let delimiter: UInt8
    let hasHeader: Bool
    let nullText: [UInt8]

    /// - Throws: `.invalidRequest` naming the option.
    init(_ source: SourceDefinition, fileName: String) throws(GovernanceError) {
        let isTabbed = SourceFiles.bareName(fileName).lowercased().hasSuffix(".tsv")
        let text = source.options.delimiter ?? (isTabbed ? "\t" : ",")
        let bytes = Array((text == "\\t" ? "\t" : text).utf8)
        guard bytes.count == 1, bytes[0] < 0x80, bytes[0] >= 0x20 || bytes[0] == 9, bytes[0] != 34,
            bytes[0] != 0x7F
        else {
            throw GovernanceError(
                .invalidRequest,
                "source `\(source.name)`: `delimiter` must be one ASCII character (`\\t` for a tab), and no "
                    + "quote or line end"
            )
        }
        delimiter = bytes[0]
        hasHeader = source.options.header ?? true
        nullText = Array((source.options.nullText ?? "").utf8)
        guard !nullText.contains(where: { $0 == bytes[0] || $0 == 34 || $0 == 10 || $0 == 13 || $0 == 0 })
        else {
            throw GovernanceError(
                .invalidRequest,
                "source `\(source.name)`: `nullText` can't hold a delimiter, a quote or a line end"
            )
        }
    }
}
