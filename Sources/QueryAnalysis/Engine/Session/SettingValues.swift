/// Settings as PostgreSQL reads and shows them.
enum SettingValues {
    /// What `SHOW` says of a setting that nobody changed.
    static let initial: [String: String] = [
        "server_version": "15.0 (Steward)", "server_version_num": "150000", "server_encoding": "UTF8",
        "client_encoding": "UTF8", "integer_datetimes": "on", "standard_conforming_strings": "on",
        "transaction_isolation": "read committed", "transaction_read_only": "on",
        "max_identifier_length": "63", "default_transaction_isolation": "read committed",
        "default_transaction_read_only": "on", "bytea_output": "hex", "lc_collate": "C",
        "application_name": "", "datestyle": "ISO, MDY", "extra_float_digits": "1", "timezone": "UTC",
        "statement_timeout": "0", "lock_timeout": "0", "idle_in_transaction_session_timeout": "0",
        "client_min_messages": "notice", "intervalstyle": "postgres", "jit": "off",
    ]

    /// The value as it is kept.
    static func accepted(_ setting: SessionSetting, _ value: String) throws(EngineFault) -> String {
        switch setting {
        case .timeZone:
            guard ["utc", "etc/utc", "gmt", "zulu", "universal", "utc0"].contains(value.lowercased()) else {
                throw .missing("a time zone other than UTC")
            }
            return "UTC"
        case .statementTimeout, .lockTimeout, .idleTransactionTimeout:
            guard let milliseconds = milliseconds(value) else {
                throw EngineFault("22023", "invalid value for parameter \"\(setting.rawValue)\"")
            }
            return text(milliseconds)
        case .applicationName, .clientEncoding, .dateStyle, .extraFloatDigits, .readOnly, .isolation,
            .conformingStrings, .minMessages, .intervalStyle, .byteaOutput, .jit, .searchPath:
            return value
        }
    }

    /// A time with a unit, or in milliseconds.
    static func milliseconds(_ value: String) -> Int? {
        let text = value.filter { $0 != " " }
        let digits = text.prefix { $0.isNumber }
        guard let number = Int(digits), number <= 2_147_483_647 else { return nil }
        let units = ["": 1, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let unit = units[String(text.dropFirst(digits.count))] else { return nil }
        let (result, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow || result > 2_147_483_647 ? nil : result
    }

    /// In the largest unit that leaves a whole number.
    private static func text(_ milliseconds: Int) -> String {
        guard milliseconds > 0 else { return "0" }
        for (name, size) in [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)]
        where milliseconds.isMultiple(of: size) {
            return "\(milliseconds / size)\(name)"
        }
        return "\(milliseconds)ms"
    }
}
