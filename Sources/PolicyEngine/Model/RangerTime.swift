package import CatalogModel

/// The time of a record: epoch milliseconds in REST bodies, `yyyyMMdd-HH:mm:ss.SSSZ` in test files.
struct RangerTime: Hashable, Sendable, Codable {
    let milliseconds: Int64

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
            milliseconds = number
            return
        }
        let text = try container.decode(String.self)
        guard let read = RangerTime.milliseconds(of: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "`\(text)` is no time")
        }
        milliseconds = read
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    /// Reads `yyyyMMdd-HH:mm:ss.SSS`, then a zone such as `+0000` or `-0700`, with or without a dash before it.
    static func milliseconds(of text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 22, bytes[8] == 45, bytes[11] == 58, bytes[14] == 58, bytes[17] == 46,
            let year = bytes.number(0..<4), let month = bytes.number(4..<6), let day = bytes.number(6..<8),
            let hour = bytes.number(9..<11), let minute = bytes.number(12..<14),
            let second = bytes.number(15..<17), let fraction = bytes.number(18..<21),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        var zone = String(decoding: bytes[21...], as: UTF8.self)
        if zone.hasPrefix("-+") || zone.hasPrefix("--") { zone.removeFirst() }
        guard let offset = TimeZoneOffset(zone) else { return nil }
        let instant = Instant(date: date, hour: hour, minute: minute, second: second)
        return instant.microseconds / 1000 - Int64(offset.seconds) * 1000 + Int64(fraction)
    }
}

extension [UInt8] {
    /// The decimal number that stands there; nil when it isn't all digits.
    func number(_ range: Range<Int>) -> Int? {
        guard range.upperBound <= count, !range.isEmpty else { return nil }
        var value = 0
        for byte in self[range] {
            guard byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        return value
    }
}

/// A time zone that is a fixed distance from UTC: the only kind that validity periods may name so far.
struct TimeZoneOffset: Hashable, Sendable {
    let seconds: Int

    /// Reads `GMT`, `UTC`, `Z`, `Etc/UTC`, `Etc/GMT`, `GMT+2`, `UTC-05:30`, `+0200`; nil for anything else.
    init?(_ text: String) {
        var rest = Substring(text)
        if ["", "GMT", "UTC", "Z", "Etc/UTC", "Etc/GMT"].contains(text) {
            seconds = 0
            return
        }
        if rest.hasPrefix("GMT") || rest.hasPrefix("UTC") { rest = rest.dropFirst(3) }
        guard let sign = rest.first, sign == "+" || sign == "-" else { return nil }
        let digits = Array(rest.dropFirst().utf8)
        let read: (Int?, Int?)
        switch digits.count {
        case 1, 2: read = (digits.number(0..<digits.count), 0)
        case 4: read = (digits.number(0..<2), digits.number(2..<4))
        case 5 where digits[2] == 58: read = (digits.number(0..<2), digits.number(3..<5))
        default: return nil
        }
        guard let hours = read.0, let minutes = read.1, hours <= 18, minutes < 60 else { return nil }
        seconds = (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}

extension Instant {
    /// Reads a moment as Ranger's test files write it: `yyyyMMdd-HH:mm:ss.SSS` and a zone such as `+0000`.
    package init?(rangerTime text: String) {
        guard let milliseconds = RangerTime.milliseconds(of: text) else { return nil }
        self.init(microseconds: milliseconds * 1000)
    }
}
