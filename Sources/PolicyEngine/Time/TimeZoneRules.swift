/// The distances of one time zone from UTC over time.
package struct TimeZoneRules: Hashable, Sendable {
    private let starts: [Int64]
    private let offsets: [Int32]
    private let first: Int32
    private let footer: FooterRule?

    /// Coordinated universal time.
    package static let utc = TimeZoneRules(fixed: 0)

    /// A zone that never changes, so many seconds east of UTC.
    package init(fixed seconds: Int) {
        starts = []
        offsets = []
        first = Int32(seconds)
        footer = nil
    }

    /// Reads a compiled zone of the tz database; nil when the bytes are none.
    ///
    /// - Source: RFC 9636, version 2 and later; the footer is read for zones with the usual yearly rules.
    package init?(compiled bytes: [UInt8]) {
        guard let header = Header(bytes, at: 0), header.version >= 2,
            let wide = Header(bytes, at: header.end(wide: false))
        else { return nil }
        let start = header.end(wide: false) + 44
        let types = start + wide.times * 9
        let end = header.end(wide: false) + wide.length(wide: true)
        guard end <= bytes.count, wide.types > 0 else { return nil }
        var starts: [Int64] = []
        var offsets: [Int32] = []
        let offset = { (index: Int) -> Int32 in
            Int32(truncatingIfNeeded: TimeZoneRules.integer(bytes, types + index * 6, 4))
        }
        for index in 0..<wide.times {
            let type = Int(bytes[start + wide.times * 8 + index])
            guard type < wide.types else { return nil }
            starts.append(TimeZoneRules.integer(bytes, start + index * 8, 8))
            offsets.append(offset(type))
        }
        self.starts = starts
        self.offsets = offsets
        first = offset(0)
        let text = String(decoding: bytes[end...].dropFirst().prefix { $0 != 10 }, as: UTF8.self)
        footer = FooterRule(text)
    }

    /// Seconds east of UTC at a moment in seconds since the epoch.
    package func offset(at seconds: Int64) -> Int {
        guard let last = starts.last else { return Int(footer?.offset(at: seconds) ?? first) }
        if seconds >= last, let footer { return Int(footer.offset(at: seconds)) }
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? Int(first) : Int(offsets[low - 1])
    }

    /// The moment at which clocks of the zone show a time, given as seconds since the epoch as if it were UTC.
    package func moment(ofLocal local: Int64) -> Int64 {
        let guess = local - Int64(offset(at: local))
        let before = Int64(offset(at: guess - 86_400))
        if local - before < guess, Int64(offset(at: local - before)) == before { return local - before }
        return local - Int64(offset(at: guess))
    }

    private static func integer(_ bytes: [UInt8], _ at: Int, _ width: Int) -> Int64 {
        var value: Int64 = width == 8 ? 0 : bytes[at] >= 0x80 ? -1 : 0
        for index in at..<at + width { value = value << 8 | Int64(bytes[index]) }
        return value
    }

    private struct Header {
        let version: Int
        let start: Int
        let flags: Int
        let standards: Int
        let leaps: Int
        let times: Int
        let types: Int
        let characters: Int

        init?(_ bytes: [UInt8], at start: Int) {
            guard start + 44 <= bytes.count, bytes[start...].starts(with: Array("TZif".utf8)) else {
                return nil
            }
            version = bytes[start + 4] == 0 ? 1 : Int(bytes[start + 4]) - 48
            self.start = start
            let count = { (index: Int) -> Int in Int(TimeZoneRules.integer(bytes, start + 20 + index * 4, 4))
            }
            flags = count(0)
            standards = count(1)
            leaps = count(2)
            times = count(3)
            types = count(4)
            characters = count(5)
            guard [flags, standards, leaps, times, types, characters].allSatisfy({ $0 >= 0 && $0 < 1 << 20 })
            else { return nil }
        }

        func length(wide: Bool) -> Int {
            let width = wide ? 8 : 4
            return 44 + times * (width + 1) + types * 6 + characters + leaps * (width + 4) + standards + flags
        }

        func end(wide: Bool) -> Int { start + length(wide: wide) }
    }
}

/// Where time zones come from: the pure rooms read no files.
package struct TimeZoneDatabase: Sendable {
    private let find: @Sendable (String) -> TimeZoneRules?

    /// A source of zones by name, such as `Europe/Berlin`; nil for one that doesn't exist.
    package init(_ find: @escaping @Sendable (String) -> TimeZoneRules?) { self.find = find }

    /// Knows UTC and fixed distances from it only.
    package static let fixedOnly = TimeZoneDatabase { _ in nil }

    /// The zone of a name: a fixed distance such as `GMT+02:00`, or one of the source's; empty is GMT.
    package func zone(_ name: String) -> TimeZoneRules? {
        if let fixed = TimeZoneOffset(name) { return TimeZoneRules(fixed: fixed.seconds) }
        return find(name)
    }
}
