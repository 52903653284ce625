/// A time during which a policy or tag counts.
package struct ValiditySchedule: Hashable, Sendable {
    /// `yyyy/MM/dd HH:mm:ss`; empty for no start.
    package var startTime: String = ""
    /// `yyyy/MM/dd HH:mm:ss`; empty for no end.
    package var endTime: String = ""
    /// Empty for GMT.
    package var timeZone: String = ""
    /// Times within it that recur.
    package var recurrences: [Recurrence] = []

    /// Empty; members are set one by one.
    package init() {}
}

extension ValiditySchedule: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case startTime
        case endTime
        case timeZone
        case recurrences
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        startTime = try members.value(Name.startTime, default: "")
        endTime = try members.value(Name.endTime, default: "")
        timeZone = try members.value(Name.timeZone, default: "")
        recurrences = try members.list(Name.recurrences)
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.startTime, startTime)
        try members.put(.endTime, endTime)
        try members.put(.timeZone, timeZone)
        try members.put(.recurrences, recurrences)
    }
}

/// A stretch of time that recurs.
package struct Recurrence: Hashable, Sendable {
    /// When it starts.
    package var schedule: RecurrenceSchedule? = nil
    /// How long it lasts.
    package var interval: RecurrenceInterval? = nil

    /// Empty; members are set one by one.
    package init() {}
}

extension Recurrence: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case schedule
        case interval
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        schedule = try members.optional(Name.schedule)
        interval = try members.optional(Name.interval)
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.schedule, schedule)
        try members.put(.interval, interval)
    }
}

/// When a stretch of time starts, in fields like those of cron.
package struct RecurrenceSchedule: Hashable, Sendable {
    /// 0 to 59.
    package var minute: String = ""
    /// 0 to 23.
    package var hour: String = ""
    /// 1 to 31.
    package var dayOfMonth: String = ""
    /// 1 is Sunday.
    package var dayOfWeek: String = ""
    /// 1 to 12.
    package var month: String = ""
    /// 2017 to 2100.
    package var year: String = ""

    /// Empty; members are set one by one.
    package init() {}
}

extension RecurrenceSchedule: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case minute
        case hour
        case dayOfMonth
        case dayOfWeek
        case month
        case year
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        minute = try members.optional(Name.minute, OptionText.self)?.text ?? ""
        hour = try members.optional(Name.hour, OptionText.self)?.text ?? ""
        dayOfMonth = try members.optional(Name.dayOfMonth, OptionText.self)?.text ?? ""
        dayOfWeek = try members.optional(Name.dayOfWeek, OptionText.self)?.text ?? ""
        month = try members.optional(Name.month, OptionText.self)?.text ?? ""
        year = try members.optional(Name.year, OptionText.self)?.text ?? ""
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.minute, minute)
        try members.put(.hour, hour)
        try members.put(.dayOfMonth, dayOfMonth)
        try members.put(.dayOfWeek, dayOfWeek)
        try members.put(.month, month)
        try members.put(.year, year)
    }
}

/// How long a stretch of time lasts.
package struct RecurrenceInterval: Hashable, Sendable {
    /// Days.
    package var days: Int = 0
    /// Hours.
    package var hours: Int = 0
    /// Minutes.
    package var minutes: Int = 0

    /// Empty; members are set one by one.
    package init() {}
}

extension RecurrenceInterval: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case days
        case hours
        case minutes
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        days = try members.value(Name.days, default: 0)
        hours = try members.value(Name.hours, default: 0)
        minutes = try members.value(Name.minutes, default: 0)
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.days, days)
        try members.put(.hours, hours)
        try members.put(.minutes, minutes)
    }
}
