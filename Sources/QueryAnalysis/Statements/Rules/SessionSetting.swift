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
    case intervalStyle = "intervalstyle"
    case byteaOutput = "bytea_output"
    /// Whether plans are compiled: of no meaning to results.
    case jit
    /// Only to what it is, for tools that insist: names have one meaning from a session's beginning to its end.
    case searchPath = "search_path"

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
        case .readOnly, .conformingStrings: return SessionSetting.flag(lowered) == "on" ? "on" : nil
        case .isolation:
            let levels = ["read committed", "repeatable read", "serializable", "read uncommitted"]
            return levels.contains(lowered) ? lowered : nil
        case .intervalStyle: return lowered == "postgres" ? lowered : nil
        case .byteaOutput: return lowered == "hex" ? lowered : nil
        case .searchPath: return value.isEmpty || SessionManner.searchPath(value) != nil ? value : nil
        case .jit: return SessionSetting.flag(lowered)
        case .minMessages: return ["notice", "warning", "error"].contains(lowered) ? lowered : nil
        }
    }

    /// How it is written in a startup packet.
    var startName: String {
        switch self {
        case .timeZone: "TimeZone"
        case .dateStyle: "DateStyle"
        case .intervalStyle: "IntervalStyle"
        case .applicationName, .clientEncoding, .extraFloatDigits, .statementTimeout, .lockTimeout,
            .idleTransactionTimeout, .readOnly, .isolation, .conformingStrings, .minMessages, .byteaOutput,
            .jit, .searchPath:
            rawValue
        }
    }

    /// Whether whatever PostgreSQL takes is accepted, so that a value needn't be known.
    var takesAnything: Bool { self == .applicationName || self == .timeZone || self == .jit }

    private static func flag(_ lowered: String) -> String? {
        if ["on", "true", "yes", "1"].contains(lowered) { return "on" }
        return ["off", "false", "no", "0"].contains(lowered) ? "off" : nil
    }
}

/// A setting that a client asks for when its session begins.
package enum StartSetting: Equatable, Sendable {
    /// It may be, under PostgreSQL's name.
    case accepted(name: String, value: String)
    /// The setting may be asked for, not this value.
    case refused
    /// The setting may not be asked for.
    case unknown

    /// What becomes of a setting that a startup packet names; the rules are those of `SET`.
    package init(_ name: String, _ value: String) {
        guard let setting = SessionSetting(rawValue: name.lowercased()) else {
            self = .unknown
            return
        }
        self = setting.accepted(value).map { .accepted(name: setting.startName, value: $0) } ?? .refused
    }
}
