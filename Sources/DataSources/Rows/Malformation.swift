import CatalogModel
import Governance

/// Why a row doesn't fit; never with a value.
enum Malformation: Error, Hashable {
    case wrongFieldCount(found: Int, expected: Int)
    case quoteInsideField
    case textAfterQuote
    case unterminatedQuote
    case loneCarriageReturn
    case nul
    case invalidUTF8
    case misfit(DataType)
    case notText
    case notJSON(StaticReason, byte: Int)
    case notAnObject
    case duplicateKey
    case ambiguousPath
    case noObjectOnPath
    case nestedValue
    case tooDeep(Int)
    case repeatedElement
    case elementWithChildren

    /// What is wrong with a JSON text.
    enum StaticReason: String {
        case endsEarly = "it ends too early"
        case unexpectedByte = "something that JSON doesn't allow"
        case textBehind = "something stands behind the value"
        case badNumber = "no number of JSON"
        case badEscape = "no escape of JSON"
        case loneSurrogate = "half a surrogate pair"
        case controlCharacter = "a control character inside a string"
    }

    /// Whether rows behind it can't be told apart, so that leaving it out would lose them unseen.
    var endsTable: Bool {
        switch self {
        case .unterminatedQuote: true
        case .wrongFieldCount, .quoteInsideField, .textAfterQuote, .loneCarriageReturn, .nul, .invalidUTF8,
            .misfit,
            .notText, .notJSON, .notAnObject, .duplicateKey, .ambiguousPath, .noObjectOnPath, .nestedValue,
            .tooDeep, .repeatedElement, .elementWithChildren:
            false
        }
    }

    var text: String {
        switch self {
        case .wrongFieldCount(let found, let expected):
            "it has \(found) fields where the table has \(expected) columns"
        case .quoteInsideField: "a quote inside a field that doesn't begin with one"
        case .textAfterQuote: "text between a closing quote and the end of its field"
        case .unterminatedQuote:
            "a quote opens in it that never closes, so rows behind it can't be told apart"
        case .loneCarriageReturn: "a carriage return that doesn't end a line"
        case .nul: "a NUL byte"
        case .invalidUTF8: "it is not valid UTF-8"
        case .misfit(let type): "its value is no `\(type)`"
        case .notText: "it holds bytes where text is expected, or the other way round"
        case .notJSON(let reason, let byte):
            "no valid JSON at byte \(byte + 1) of the line: \(reason.rawValue)"
        case .notAnObject: "the line is no JSON object"
        case .duplicateKey: "an object has the same key twice"
        case .ambiguousPath: "its path leads to two values"
        case .noObjectOnPath: "its path leads through something that is no object"
        case .nestedValue: "its value is an object or array, and the column isn't `json`"
        case .tooDeep(let limit): "it nests deeper than \(limit) levels"
        case .repeatedElement: "its element is there more than once"
        case .elementWithChildren: "its element holds other elements"
        }
    }
}

/// A malformed row and where it stands, counted from 1; the header is no row.
struct RowFault: Error {
    let row: Int
    /// The line of the file on which it begins; nil where there are no lines.
    let line: Int?
    let column: ColumnName?
    let why: Malformation

    /// The error that ends a read.
    func error(in table: TableName) -> GovernanceError {
        let place = line.map { " (line \($0))" } ?? ""
        let part = column.map { ", column `\($0)`" } ?? ""
        return GovernanceError(
            .malformedRow,
            "table `\(table)`, row \(row)\(place)\(part): \(why.text)"
        )
    }
}
