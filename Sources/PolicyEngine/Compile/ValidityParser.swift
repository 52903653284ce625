import CatalogModel

extension ValiditySchedule {
    /// The period in microseconds.
    ///
    /// - Throws: `.unreadable` for a time or zone, `.contradiction` for an end before the start, `.unsupported` for
    ///   recurrences.
    func period(at place: PolicyPlace) throws(PolicyError) -> ValidityPeriod {
        guard recurrences.isEmpty else { throw PolicyError(.unsupported("recurrences"), at: place) }
        guard !startTime.isEmpty || !endTime.isEmpty else {
            throw PolicyError(.missing("`startTime` or `endTime`"), at: place)
        }
        guard let offset = TimeZoneOffset(timeZone) else {
            let why = "`\(timeZone)` is not GMT or a fixed distance from it such as `GMT+02:00`"
            throw PolicyError(.unreadable(kind: "timeZone", why: why), at: place)
        }
        let start = try moment(startTime, offset, isEnd: false, place.member("startTime"))
        let end = try moment(endTime, offset, isEnd: true, place.member("endTime"))
        guard (start ?? .min) <= (end ?? .max) else {
            throw PolicyError(.contradiction("`endTime` is before `startTime`"), at: place)
        }
        return ValidityPeriod(from: start ?? .min, until: end ?? .max)
    }

    private func moment(
        _ text: String,
        _ offset: TimeZoneOffset,
        isEnd: Bool,
        _ place: PolicyPlace
    ) throws(PolicyError) -> Int64? {
        guard !text.isEmpty else { return nil }
        let isDay = text.utf8.count == 10
        let dashed = String(text.map { $0 == "/" ? "-" : $0 })
        guard let instant = Instant(dashed), !text.hasSuffix("Z") || offset.seconds == 0 else {
            throw PolicyError(.unreadable(kind: "time", why: "write `yyyy/MM/dd HH:mm:ss`"), at: place)
        }
        let wholeDay: Int64 = isEnd && isDay ? 86_400_000_000 - 1 : 0
        return instant.microseconds - Int64(offset.seconds) * 1_000_000 + wholeDay
    }
}
