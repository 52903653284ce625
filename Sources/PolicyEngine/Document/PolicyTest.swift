package import CatalogModel

/// A sentence that says what policy must decide, such as `as alice, sales.customers.email is last-4`.
///
/// Forms, after `as USER[, for PURPOSE][, at 2026-03-01[T12:00]], `:
/// - `TABLE.COLUMN is clear|denied|masked|redacted|last-4|first-4|hash|null|year|custom|MASK_…`
/// - `TABLE is denied` (no column may be read), `TABLE is readable` (some may); a table of three parts as
///   `table catalog.schema.table is …`
/// - `TABLE rows are all`, `TABLE rows where EXPRESSION` (the filter's text, spaces aside)
package struct PolicyTest: Hashable, Sendable {
    /// The sentence as written.
    package let sentence: String
    /// Who asks.
    package let user: UserName
    /// What for; nil when the sentence doesn't say.
    package let purpose: String?
    /// When; nil for now.
    package let moment: Instant?
    /// What must come out.
    package let expectation: PolicyExpectation

    /// The table that it speaks of.
    package var table: TableName {
        switch expectation {
        case .column(let column, _): column.table
        case .readable(let table), .denied(let table), .allRows(let table), .rows(let table, _): table
        }
    }

    /// The columns that the decision must be asked for; nil for all of the table.
    package var columns: [ColumnName]? {
        switch expectation {
        case .column(let column, _): [column.column]
        case .readable, .denied, .allRows, .rows: nil
        }
    }
}

/// What a policy test expects.
package enum PolicyExpectation: Hashable, Sendable {
    /// A column comes out so.
    case column(ColumnReference, ExpectedTreatment)
    /// Some column of the table may be read.
    case readable(TableName)
    /// No column of the table may be read.
    case denied(TableName)
    /// No row filter.
    case allRows(TableName)
    /// This row filter.
    case rows(TableName, filter: String)
}

/// How a policy test expects a column to come out.
package enum ExpectedTreatment: Hashable, Sendable, CustomStringConvertible {
    /// As it is.
    case clear
    /// Not at all.
    case denied
    /// Through any mask.
    case masked
    /// Through one of these mask types.
    case mask(word: String, types: [String])

    /// The word of the sentence.
    package var description: String {
        switch self {
        case .clear: "clear"
        case .denied: "denied"
        case .masked: "masked"
        case .mask(let word, _): word
        }
    }

    /// The words, and the mask types that they mean in the definitions that come with Steward.
    static let words: [String: [String]] = [
        "redacted": ["MASK", "REDACT"], "last-4": ["MASK_SHOW_LAST_4", "SHOW_LAST_4"],
        "first-4": ["MASK_SHOW_FIRST_4", "SHOW_FIRST_4"], "hash": ["MASK_HASH"], "null": ["MASK_NULL"],
        "year": ["MASK_DATE_SHOW_YEAR", "YEAR"], "domain": ["EMAIL_DOMAIN"], "custom": ["CUSTOM"],
    ]

    init?(word: String) {
        switch word {
        case "clear", "none", "MASK_NONE": self = .clear
        case "denied": self = .denied
        case "masked": self = .masked
        default:
            if let types = ExpectedTreatment.words[word] {
                self = .mask(word: word, types: types)
            } else if !word.isEmpty, word.utf8.allSatisfy(\.isMaskTypeCharacter) {
                self = .mask(word: word, types: [word])
            } else {
                return nil
            }
        }
    }
}

extension UInt8 {
    /// Upper-case letters, digits and `_`.
    fileprivate var isMaskTypeCharacter: Bool {
        self >= 65 && self <= 90 || self >= 48 && self <= 57 || self == 95
    }
}
