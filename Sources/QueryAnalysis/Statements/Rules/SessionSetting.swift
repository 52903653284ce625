/// The settings that a consumer may change; what their values mean for row filters and masks is the same whatever
/// they are, which is why there are so few.
enum SessionSetting: String, Equatable, Sendable {
    case applicationName = "application_name"
    case clientEncoding = "client_encoding"
    case dateStyle = "datestyle"
    case extraFloatDigits = "extra_float_digits"
    case timeZone = "timezone"
    case statementTimeout = "statement_timeout"
    case lockTimeout = "lock_timeout"
    case idleTransactionTimeout = "idle_in_transaction_session_timeout"
    case readOnly = "default_transaction_read_only"
    case isolation = "default_transaction_isolation"
    case conformingStrings = "standard_conforming_strings"
    case minMessages = "client_min_messages"

    /// The value as it goes upstream; nil when it is refused.
    ///
    /// A custom mask may cast dates and numbers to text: their form must not be the consumer's choice.
    func accepted(_ value: String) -> String? {
        let lowered = value.lowercased()
        switch self {
        case .applicationName, .timeZone: return value.utf8.count <= 200 ? value : nil
        case .clientEncoding: return ["utf8", "utf-8", "unicode"].contains(lowered) ? "UTF8" : nil
        case .dateStyle: return ["iso", "iso, mdy", "iso,mdy"].contains(lowered) ? "ISO, MDY" : nil
        case .extraFloatDigits: return (Int(value) ?? 0) >= 1 && (Int(value) ?? 0) <= 3 ? value : nil
        case .statementTimeout, .lockTimeout, .idleTransactionTimeout:
            return value.utf8.count <= 20 && value.utf8.allSatisfy { $0 < 0x80 && $0 != 39 } ? value : nil
        case .readOnly, .conformingStrings: return ["on", "true", "1", "yes"].contains(lowered) ? "on" : nil
        case .isolation:
            let levels = ["read committed", "repeatable read", "serializable", "read uncommitted"]
            return levels.contains(lowered) ? lowered : nil
        case .minMessages: return ["notice", "warning", "error"].contains(lowered) ? lowered : nil
        }
    }
}
