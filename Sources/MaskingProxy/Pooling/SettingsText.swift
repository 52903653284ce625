import NIOCore

/// Asks a connection for the settings that its session has changed, and gives them to another one.
enum SettingsText {
    /// Names and values of what `SET` has changed, in the units that `set_config` takes without one.
    static let question = """
        SELECT name, setting FROM pg_catalog.pg_settings \
        WHERE source = 'session' AND name NOT LIKE 'transaction\\_%'
        """

    /// What makes a connection's settings those of a session.
    static func apply(_ settings: [String: String], over present: [String: String]) -> String {
        var statements = present.keys.filter { settings[$0] == nil }.sorted().map { name in
            "RESET \"\(name.replacing("\"", with: "\"\""))\""
        }
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) where present[name] != value {
            statements.append("SELECT pg_catalog.set_config(\(literal(name)), \(literal(value)), false)")
        }
        return statements.joined(separator: "; ")
    }

    /// Sets the time zone; nil is the one that the connection began with.
    static func zone(_ zone: String?) -> String {
        zone.map { "SELECT pg_catalog.set_config('TimeZone', \(literal($0)), false)" } ?? "RESET \"TimeZone\""
    }

    /// Strings are as the standard has them on every connection of ours.
    private static func literal(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }

    /// Reads whole rows that answer the question.
    static func read(_ rows: ByteBuffer, into settings: inout [String: String]) {
        var rows = rows
        while rows.readInteger(as: UInt8.self) == UInt8(ascii: "D"), rows.readInteger(as: Int32.self) != nil,
            rows.readInteger(as: Int16.self) == 2, let name = text(&rows), let value = text(&rows)
        {
            settings[name] = value
        }
    }

    private static func text(_ row: inout ByteBuffer) -> String? {
        guard let length = row.readInteger(as: Int32.self), length >= 0 else { return nil }
        return row.readString(length: Int(length))
    }
}

/// What PostgreSQL says of a statement that ended, as far as it outlives transactions.
enum CommandTag {
    case setting
    case prepare
    case deallocate
    case deallocateAll
    case discardAll

    /// Nil for any other message.
    init?(_ message: ByteBuffer) {
        guard message.messageKind == UInt8(ascii: "C") else { return nil }
        // Nearly all of them count rows.
        guard let first = message.getInteger(at: message.readerIndex + 5, as: UInt8.self),
            [UInt8(ascii: "S"), UInt8(ascii: "R"), UInt8(ascii: "P"), UInt8(ascii: "D")].contains(first),
            message.getInteger(at: message.readerIndex + 7, as: UInt8.self) != UInt8(ascii: "L")
        else { return nil }
        var body = message
        body.moveReaderIndex(forwardBy: 5)
        switch body.readZeroEnded() {
        case "SET", "RESET": self = .setting
        case "PREPARE": self = .prepare
        case "DEALLOCATE": self = .deallocate
        case "DEALLOCATE ALL": self = .deallocateAll
        case "DISCARD ALL": self = .discardAll
        default: return nil
        }
    }
}
