/// A tag on a table or column: its type, its attributes, and when it holds.
package struct Tag: Hashable, Sendable, Codable {
    /// The tag's type.
    package let name: TagName
    /// Attribute values by name, as text; what policy conditions and reasons may use.
    ///
    /// Never customer data.
    package var attributes: [String: String]
    /// The first moment at which it holds; nil for always.
    package let validFrom: Instant?
    /// The last moment at which it holds; nil for ever.
    package let validUntil: Instant?
    /// Further bounds: it holds only within one of these; none of them bounds nothing.
    package var periods: [TagPeriod]
    /// Whether it flows to what is made of the thing.
    package var propagates: Bool
    /// Whether it stays where it flowed when the thing itself is deleted.
    package var outlivesSource: Bool

    /// A tag that holds between two moments, both included.
    package init(
        _ name: TagName,
        attributes: [String: String] = [:],
        validFrom: Instant? = nil,
        validUntil: Instant? = nil,
        periods: [TagPeriod] = [],
        propagates: Bool = true,
        outlivesSource: Bool = true
    ) {
        self.name = name
        self.attributes = attributes
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.periods = periods
        self.propagates = propagates
        self.outlivesSource = outlivesSource
    }

    /// Reads the keyed form; what older Stewards didn't write has its default.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(TagName.self, forKey: .name),
            attributes: try container.decode([String: String].self, forKey: .attributes),
            validFrom: try container.decodeIfPresent(Instant.self, forKey: .validFrom),
            validUntil: try container.decodeIfPresent(Instant.self, forKey: .validUntil),
            periods: try container.decodeIfPresent([TagPeriod].self, forKey: .periods) ?? [],
            propagates: try container.decodeIfPresent(Bool.self, forKey: .propagates) ?? true,
            outlivesSource: try container.decodeIfPresent(Bool.self, forKey: .outlivesSource) ?? true
        )
    }

    /// Whether it holds at a moment.
    package func holds(at now: Instant) -> Bool {
        if let validFrom, now < validFrom { return false }
        if let validUntil, now > validUntil { return false }
        return periods.isEmpty || periods.contains { $0.contains(now) }
    }
}

/// A time in which a tag holds, as its setter wrote it and as moments.
package struct TagPeriod: Hashable, Sendable, Codable {
    /// `yyyy/MM/dd HH:mm:ss`, or nil for no bound.
    package let startTime: String?
    /// As `startTime`.
    package let endTime: String?
    /// `UTC`, `GMT`, a distance from it such as `GMT+02:00`, or a name such as `Europe/Berlin`; nil for UTC.
    package let timeZone: String?
    private let from: Instant?
    private let until: Instant?

    /// The moment at which clocks of a named zone show a time, both in seconds since 1970, the second as if it were UTC;
    /// nil for a zone that isn't known.
    package typealias LocalClock = @Sendable (_ zone: String, _ local: Int64) -> Int64?

    /// Reads a period; nil when a time or the zone is none, or it ends before it starts.
    ///
    /// Which moments it means is found out now and kept: rules of zones that change later don't move it.
    package init?(
        startTime: String?,
        endTime: String?,
        timeZone: String?,
        clock: LocalClock = { _, _ in nil }
    ) {
        let zone = timeZone ?? ""
        let offset = TagPeriod.offsetSeconds(of: zone)
        guard offset != nil || clock(zone, 0) != nil else { return nil }
        func moment(_ text: String?) -> (isValid: Bool, Instant?) {
            guard let text, !text.isEmpty else { return (true, nil) }
            guard let local = Instant(String(text.map { $0 == "/" ? "-" : $0 })) else { return (false, nil) }
            if let offset { return (true, local.adding(seconds: -offset)) }
            let seconds = local.microseconds / 1_000_000
            guard let moment = clock(zone, seconds) else { return (false, nil) }
            return (true, local.adding(seconds: moment - seconds))
        }
        let (start, end) = (moment(startTime), moment(endTime))
        guard start.isValid, end.isValid else { return nil }
        if let from = start.1, let until = end.1, until < from { return nil }
        (self.startTime, self.endTime, self.timeZone) = (startTime, endTime, timeZone)
        (from, until) = (start.1, end.1)
    }

    /// Whether a moment is in it, bounds included.
    package func contains(_ now: Instant) -> Bool {
        (from.map { $0 <= now } ?? true) && (until.map { now <= $0 } ?? true)
    }

    private static func offsetSeconds(of zone: String) -> Int64? {
        var rest = Substring(zone)
        for name in ["UTC", "GMT", "Z"] where rest.hasPrefix(name) {
            rest = rest.dropFirst(name.count)
            break
        }
        guard let sign = rest.first else { return 0 }
        guard sign == "+" || sign == "-" else { return nil }
        let parts = rest.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let hours = Int64(parts[0]), (0...18).contains(hours) else { return nil }
        let minutes = parts.count == 2 ? Int64(parts[1]) : 0
        guard let minutes, (0..<60).contains(minutes) else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}

/// How a tag came to be on a column: what reasons say of it.
package enum TagOrigin: Hashable, Sendable {
    /// Set on the column itself.
    case column
    /// Set on the column's table.
    case table
    /// Flowed along lineage; the path runs from the tagged column to this one, both included.
    case lineage(path: [ColumnReference])
}

/// A tag in force on a table or column, with the way it came there.
package struct EffectiveTag: Hashable, Sendable {
    /// The tag.
    package let tag: Tag
    /// The way it came.
    package let origin: TagOrigin

    /// Joins a tag and its origin.
    package init(_ tag: Tag, origin: TagOrigin) {
        self.tag = tag
        self.origin = origin
    }
}
