package import CatalogModel

/// What is wrong with validity schedules, counted as Ranger's validator counts it.
package enum ValidityCheck {
    /// The problems of one schedule, in words; empty when there is none.
    package static func problems(of schedule: ValiditySchedule, zones: TimeZoneDatabase) -> [String] {
        guard !schedule.startTime.isEmpty || !schedule.endTime.isEmpty || !schedule.recurrences.isEmpty else {
            return ["neither a start, nor an end, nor recurrences"]
        }
        var problems: [String] = []
        let zone = zones.zone(schedule.timeZone)
        if zone == nil { problems.append("the time zone isn't known") }
        let moment = { (text: String) -> Instant? in
            RangerDates.moment(text, pattern: "yyyy/MM/dd HH:mm:ss", zone: zone ?? .utc)
        }
        let start = moment(schedule.startTime)
        let end = moment(schedule.endTime)
        if !schedule.startTime.isEmpty, start == nil { problems.append("`startTime` can't be read") }
        if !schedule.endTime.isEmpty, end == nil { problems.append("`endTime` can't be read") }
        if let start, let end, end <= start { problems.append("`endTime` isn't after `startTime`") }
        return problems + schedule.recurrences.flatMap { self.problems(of: $0) }
    }

    /// Whether any of these schedules holds at a moment, as Ranger reads them: recurring times in the zone of its machine.
    package static func isApplicable(
        _ schedules: [ValiditySchedule],
        at now: Instant,
        zones: TimeZoneDatabase,
        localZone: TimeZoneRules
    ) -> Bool {
        let times = ValidityTimes(zones: zones, localZone: localZone, isLenient: true)
        return schedules.contains { schedule in
            (try? schedule.period(times, at: PolicyPlace("schedule", "")))?.holds(at: now) ?? false
        }
    }

    /// The problems of one recurrence.
    static func problems(of recurrence: Recurrence) -> [String] {
        guard let interval = recurrence.interval else { return ["`interval` is missing"] }
        guard let schedule = recurrence.schedule else { return ["`schedule` is missing"] }
        var problems: [String] = []
        let isInRange =
            interval.days >= 0 && (0...23).contains(interval.hours) && (0...59).contains(interval.minutes)
        if !isInRange || interval.days == 0 && interval.hours == 0 && interval.minutes == 0 {
            problems.append(
                "`interval` must have days from 0, hours to 23 and minutes to 59, and not be empty"
            )
        }
        if schedule.dayOfMonth.trimmed.isEmpty, schedule.dayOfWeek.trimmed.isEmpty {
            problems.append("`dayOfMonth` and `dayOfWeek` are missing")
        }
        let fields: [(String, String, ClosedRange<Int>, isNeeded: Bool)] = [
            ("minute", schedule.minute, 0...59, true), ("hour", schedule.hour, 0...23, true),
            ("dayOfMonth", schedule.dayOfMonth, 1...31, false),
            ("dayOfWeek", schedule.dayOfWeek, 1...7, false),
            ("month", schedule.month, 1...12, true), ("year", schedule.year, 2017...2100, true),
        ]
        for (name, text, range, isNeeded) in fields {
            if text.trimmed.isEmpty {
                if isNeeded { problems.append("`\(name)` is missing") }
                continue
            }
            problems += RecurrenceField.problems(text, in: range, onlyLists: name == "minute").map {
                "`\(name)` \($0)"
            }
        }
        return problems
    }
}

/// A field of a recurrence: `*`, numbers, ranges, with commas between them.
enum RecurrenceField {
    /// The values, without those that cannot be read; nil for no field.
    static func values(_ text: String, in range: ClosedRange<Int>) -> [Int]? {
        guard !text.trimmed.isEmpty else { return nil }
        var values: Set<Int> = []
        for part in text.split(separator: ",") {
            let part = part.trimmed
            if part == "*" { return Array(range) }
            let ends = part.split(separator: "-").compactMap { Int($0.trimmed) }
            guard let first = ends.first, let last = ends.last, first <= last else { continue }
            values.formUnion(range.filter { $0 >= first && $0 <= last })
        }
        return values.sorted()
    }

    /// What is wrong with it; `onlyLists` allows neither `*` nor ranges.
    static func problems(_ text: String, in range: ClosedRange<Int>, onlyLists: Bool) -> [String] {
        let allowed = onlyLists ? "0123456789, " : "0123456789, -*"
        guard text.allSatisfy({ allowed.contains($0) }) else {
            return ["has characters that don't belong there"]
        }
        var problems: [String] = []
        var seen: [ClosedRange<Int>] = []
        var hasOverlap = false
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let part = part.trimmed
            if part == "*" { continue }
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0.trimmed) }
            guard (1...2).contains(ends.count), let first = ends.first ?? nil, let last = ends.last ?? nil,
                first <= last, range.contains(first), range.contains(last)
            else {
                problems.append("has a value outside \(range.lowerBound) to \(range.upperBound)")
                continue
            }
            if seen.contains(where: { $0.overlaps(first...last) }) { hasOverlap = true }
            seen.append(first...last)
        }
        if hasOverlap { problems.append("has values that overlap") }
        return problems
    }
}
