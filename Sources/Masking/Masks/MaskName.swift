import CatalogModel

/// The masks that can be called by name: Hive's own, exactly as Hive does them, and ours.
enum MaskName: String, Sendable {
    case mask
    case maskFirst = "mask_first_n"
    case maskLast = "mask_last_n"
    case maskShowFirst = "mask_show_first_n"
    case maskShowLast = "mask_show_last_n"
    case maskHash = "mask_hash"
    case redact
    case showFirst = "show_first"
    case showLast = "show_last"
    case emailDomain = "email_domain"
    case year
    /// The literal `NULL`.
    case null
    /// The column itself, `{col}`.
    case unchanged = "{col}"

    /// A type that the mask fits, to check arguments with when the column isn't known.
    var exampleType: DataType {
        switch self {
        case .year: .date
        case .mask, .maskFirst, .maskLast, .maskShowFirst, .maskShowLast, .maskHash, .redact, .showFirst,
            .showLast,
            .emailDomain, .null, .unchanged:
            .string
        }
    }
}
