import CatalogModel

/// When a policy or tag counts, in microseconds, both ends included.
struct ValidityPeriod: Sendable, Hashable {
    let from: Int64
    let until: Int64
    /// Within it, only while one of these runs; empty for always.
    let recurrences: [CompiledRecurrence]

    func holds(at now: Instant) -> Bool {
        guard from <= now.microseconds, now.microseconds <= until else { return false }
        return recurrences.isEmpty || recurrences.contains { $0.runs(at: now) }
    }
}

/// A stretch of time that recurs, its fields as sets of bits.
struct CompiledRecurrence: Sendable, Hashable {
    let minutes: UInt64
    let hours: UInt64
    /// Nil when any day of the month will do for want of a wish.
    let daysOfMonth: UInt64?
    /// Bit 1 is Sunday; nil likewise.
    let daysOfWeek: UInt64?
    let months: UInt64
    /// Empty for any.
    let years: Set<Int>
    let days: Int
    let seconds: Int64
    let zone: TimeZoneRules

    /// A part of an interval: nothing for none and for less, no more than a century of days.
    static func bounded(_ number: Int?) -> Int { min(max(0, number ?? 0), 36_600) }

    /// Whether the latest start at or before `now` lies no longer ago than the stretch lasts.
    func runs(at now: Instant) -> Bool {
        if days == 0, seconds == 0 { return true }
        let second = now.microseconds.flooredDivision(by: 1_000_000)
        let local = second + Int64(zone.offset(at: second))
        let today = Int(local.flooredDivision(by: 86_400))
        let minuteOfDay = Int(local - Int64(today) * 86_400) / 60
        let reach = days + Int(seconds / 86_400) + 2
        for back in 0...reach {
            let day = today - back
            guard covers(day), let minute = lastMinute(before: back == 0 ? minuteOfDay : 1439) else {
                continue
            }
            let start = Int64(day) * 86_400 + Int64(minute) * 60
            let end = zone.moment(ofLocal: start + Int64(days) * 86_400 + seconds)
            return now.microseconds <= end * 1_000_000
        }
        return false
    }

    /// The latest minute of a day that may start the stretch and doesn't lie after `limit`.
    private func lastMinute(before limit: Int) -> Int? {
        var hour = limit / 60
        while hour >= 0 {
            if hours >> UInt64(hour) & 1 == 1 {
                let last = hour == limit / 60 ? limit % 60 : 59
                let allowed = last == 63 ? minutes : minutes & ((1 << UInt64(last + 1)) - 1)
                if allowed != 0 { return hour * 60 + 63 - allowed.leadingZeroBitCount }
            }
            hour -= 1
        }
        return nil
    }

    private func covers(_ day: Int) -> Bool {
        let date = CivilDate(daysSinceEpoch: day)
        guard months >> UInt64(date.month) & 1 == 1, years.isEmpty || years.contains(date.year) else {
            return false
        }
        let weekday = (day % 7 + 7 + 4) % 7 + 1
        switch (daysOfMonth, daysOfWeek) {
        case (nil, nil): return true
        case (let days?, nil): return days >> UInt64(date.day) & 1 == 1
        case (nil, let days?): return days >> UInt64(weekday) & 1 == 1
        case (let month?, let week?):
            return month >> UInt64(date.day) & 1 == 1 || week >> UInt64(weekday) & 1 == 1
        }
    }
}

/// How times in policies are read.
struct ValidityTimes: Sendable {
    /// Where named zones come from.
    var zones = TimeZoneDatabase.fixedOnly
    /// The zone in which recurring times are read; nil for the schedule's own.
    var localZone: TimeZoneRules?
    /// As Ranger: what can't be read is no bound.
    var isLenient = false
}

extension ValiditySchedule {
    /// The period in microseconds.
    ///
    /// - Throws: `.unreadable` for a time or zone, `.contradiction` for an end before the start; nothing when lenient.
    func period(_ times: ValidityTimes, at place: PolicyPlace) throws(PolicyError) -> ValidityPeriod {
        guard times.isLenient || !startTime.isEmpty || !endTime.isEmpty || !recurrences.isEmpty else {
            throw PolicyError(.missing("`startTime`, `endTime` or `recurrences`"), at: place)
        }
        let named = times.zones.zone(timeZone)
        guard times.isLenient || named != nil else {
            let why = "`\(timeZone)` is no time zone that is known here"
            throw PolicyError(.unreadable(kind: "timeZone", why: why), at: place)
        }
        let zone = named ?? .utc
        let start = try moment(startTime, zone, isEnd: false, times, place.member("startTime"))
        let end = try moment(endTime, zone, isEnd: true, times, place.member("endTime"))
        guard times.isLenient || (start ?? .min) <= (end ?? .max) else {
            throw PolicyError(.contradiction("`endTime` is before `startTime`"), at: place)
        }
        var compiled: [CompiledRecurrence] = []
        for (index, recurrence) in recurrences.enumerated() {
            let place = place.member("recurrences[\(index)]")
            if let one = try recurrence.compiled(in: times.localZone ?? zone, times, at: place) {
                compiled.append(one)
            }
        }
        return ValidityPeriod(from: start ?? .min, until: end ?? .max, recurrences: compiled)
    }

    private func moment(
        _ text: String,
        _ zone: TimeZoneRules,
        isEnd: Bool,
        _ times: ValidityTimes,
        _ place: PolicyPlace
    ) throws(PolicyError) -> Int64? {
        guard !text.isEmpty else { return nil }
        if times.isLenient {
            return RangerDates.moment(text, pattern: "yyyy/MM/dd HH:mm:ss", zone: zone)?.microseconds
        }
        let isDay = text.utf8.count == 10
        let dashed = String(text.map { $0 == "/" ? "-" : $0 })
        guard let instant = Instant(dashed), !text.hasSuffix("Z") || zone == .utc else {
            throw PolicyError(.unreadable(kind: "time", why: "write `yyyy/MM/dd HH:mm:ss`"), at: place)
        }
        let local = instant.microseconds.flooredDivision(by: 1_000_000)
        let fraction = instant.microseconds - local * 1_000_000
        let wholeDay: Int64 = isEnd && isDay ? 86_400_000_000 - 1 : 0
        return zone.moment(ofLocal: local) * 1_000_000 + fraction + wholeDay
    }
}

extension Recurrence {
    /// The fields as sets; nil for one without a schedule.
    fileprivate func compiled(in zone: TimeZoneRules, _ times: ValidityTimes, at place: PolicyPlace)
        throws(PolicyError)
        -> CompiledRecurrence?
    {
        guard let schedule else {
            if times.isLenient { return nil }
            throw PolicyError(.missing("`schedule`"), at: place)
        }
        if !times.isLenient, let problem = ValidityCheck.problems(of: self).first {
            throw PolicyError(.unreadable(kind: "recurrence", why: problem), at: place)
        }
        let bits = { (text: String, range: ClosedRange<Int>) -> UInt64? in
            RecurrenceField.values(text, in: range)?.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
        }
        return CompiledRecurrence(
            minutes: bits(schedule.minute, 0...59) ?? ~0,
            hours: bits(schedule.hour, 0...23) ?? 0xFF_FFFF,
            daysOfMonth: bits(schedule.dayOfMonth, 1...31),
            daysOfWeek: bits(schedule.dayOfWeek, 1...7),
            months: bits(schedule.month, 1...12) ?? 0x1FFE,
            years: Set(RecurrenceField.values(schedule.year, in: 2017...2100) ?? []),
            days: CompiledRecurrence.bounded(interval?.days),
            seconds: Int64(
                CompiledRecurrence.bounded(interval?.hours) * 3600
                    + CompiledRecurrence.bounded(interval?.minutes) * 60
            ),
            zone: zone
        )
    }
}
