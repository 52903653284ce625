/// A moment, counted in microseconds since 1970-01-01T00:00:00Z.
///
/// Pure rooms are given the moment as an argument; only the rim reads a clock.
package struct Instant: Hashable, Sendable, Comparable, Codable {
    /// Microseconds since the epoch; negative before it.
    package let microseconds: Int64

    /// Takes microseconds since the epoch.
    package init(microseconds: Int64) { self.microseconds = microseconds }

    /// Takes whole seconds since the epoch.
    package init(seconds: Int64) { self.init(microseconds: seconds * 1_000_000) }

    /// A day at a time of day, in UTC.
    package init(date: CivilDate, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        let seconds = Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        self.init(seconds: seconds)
    }

    /// The day in UTC.
    package var date: CivilDate {
        CivilDate(daysSinceEpoch: Int(microseconds.flooredDivision(by: 86_400_000_000)))
    }

    /// Microseconds since midnight UTC, 0 ..< 86,400,000,000.
    package var microsecondsOfDay: Int64 {
        microseconds - microseconds.flooredDivision(by: 86_400_000_000) * 86_400_000_000
    }

    /// The moment that lies so many seconds later.
    package func adding(seconds: Int64) -> Instant {
        Instant(microseconds: microseconds + seconds * 1_000_000)
    }

    /// Orders by time.
    package static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds, such as `2026-11-24T15:04:05.000Z`.
    package var description: String {
        let second = microsecondsOfDay / 1_000_000
        let pad = { (number: Int64, width: Int) in
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let clock = "\(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2))"
        return "\(date)T\(clock).\(pad(microsecondsOfDay / 1000 % 1000, 3))Z"
    }

    /// Reads `YYYY-MM-DD`, or `YYYY-MM-DDTHH:MM[:SS[.fff]][Z]` (a space may stand for the `T`); UTC; nil for
    /// anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, bytes.count <= 32 else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[range] {
                guard byte >= 48, byte <= 57 else { return nil }
                value = value * 10 + Int(byte - 48)
            }
            return value
        }
        guard let year = number(0..<4), bytes[4] == 45, let month = number(5..<7), bytes[7] == 45,
            let day = number(8..<10), let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        var end = bytes.count
        guard end > 10 else {
            self.init(date: date)
            return
        }
        guard bytes[10] == 84 || bytes[10] == 32 else { return nil }
        if bytes[end - 1] == 90 { end -= 1 }
        guard end >= 16, let hour = number(11..<13), bytes[13] == 58, let minute = number(14..<16), hour < 24,
            minute < 60
        else { return nil }
        var second = 0
        var fraction: Int64 = 0
        if end > 16 {
            guard end >= 19, bytes[16] == 58, let read = number(17..<19), read < 60 else { return nil }
            second = read
            if end > 19 {
                guard bytes[19] == 46, end > 20, end <= 26, let digits = number(20..<end) else { return nil }
                fraction = Int64(digits)
                for _ in (end - 20)..<6 { fraction *= 10 }
            }
        }
        let whole = Instant(date: date, hour: hour, minute: minute, second: second)
        self.init(microseconds: whole.microseconds + fraction)
    }
}

extension Int64 {
    /// The quotient rounded down, also for negative numbers.
    package func flooredDivision(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
