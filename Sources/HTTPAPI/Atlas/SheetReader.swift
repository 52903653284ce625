import Catalog

/// The rows of a sheet that came as CSV (RFC 4180).
enum SheetReader {
    /// The most rows.
    static let mostRows = 100_000

    /// The rows, each a list of cells.
    ///
    /// Blank ones are left out; numbers are those of the sheet's rows, from 1.
    ///
    /// - Throws: `.badRequest` for a quote without an end and for bytes that are no text, `.tooMany` for too many rows.
    static func rows(of bytes: [UInt8]) throws(CatalogError) -> [(number: Int, cells: [String])] {
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
            throw CatalogError(.badRequest, "the sheet is no text in UTF-8: send CSV")
        }
        var rows: [(number: Int, cells: [String])] = []
        var cells: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        var number = 1
        var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        func endRow() throws(CatalogError) {
            cells.append(String(decoding: cell, as: UTF8.self))
            if cells.contains(where: { !$0.isEmpty }) { rows.append((number, cells)) }
            guard rows.count <= mostRows else {
                throw CatalogError(.tooMany, "the sheet has more than \(mostRows) rows")
            }
            (cells, cell) = ([], [])
            number += 1
        }
        while index < bytes.count {
            let byte = bytes[index]
            if isQuoted {
                if byte == UInt8(ascii: "\""), index + 1 < bytes.count, bytes[index + 1] == byte {
                    cell.append(byte)
                    index += 1
                } else if byte == UInt8(ascii: "\"") {
                    isQuoted = false
                } else {
                    cell.append(byte)
                }
            } else {
                switch byte {
                case UInt8(ascii: "\"") where cell.isEmpty: isQuoted = true
                case UInt8(ascii: ","):
                    cells.append(String(decoding: cell, as: UTF8.self))
                    cell = []
                case 10: try endRow()
                case 13: break
                default: cell.append(byte)
                }
            }
            index += 1
        }
        guard !isQuoted else { throw CatalogError(.badRequest, "row \(number): a quote has no end") }
        if !cell.isEmpty || !cells.isEmpty { try endRow() }
        return rows
    }
}
