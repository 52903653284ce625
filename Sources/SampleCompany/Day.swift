/// A day of the Gregorian calendar, counted from 1970-01-01; no clock and no locale behind it.
struct Day: Hashable, Comparable {
    let number: Int

    init(number: Int) { self.number = number }

    /// Howard Hinnant's `days_from_civil`: years begin in March, eras last 400 years.
    init(_ year: Int, _ month: Int, _ day: Int) {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    var civil: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// `YYYY-MM-DD`.
    var text: String {
        let (year, month, day) = civil
        return "\(year)-\(month.padded(2))-\(day.padded(2))"
    }

    static func < (left: Day, right: Day) -> Bool { left.number < right.number }
    static func + (day: Day, days: Int) -> Day { Day(number: day.number + days) }
}

/// A second of a day, without a time zone.
struct Moment {
    let day: Day
    let second: Int

    /// `YYYY-MM-DD HH:MM:SS`.
    var text: String {
        "\(day.text) \((second / 3600).padded(2)):\((second / 60 % 60).padded(2)):\((second % 60).padded(2))"
    }
}

extension Dice {
    mutating func day(from first: Day, through last: Day) -> Day {
        Day(number: roll(first.number...last.number))
    }

    /// A moment of that day, mostly while people are awake.
    mutating func moment(of day: Day) -> Moment {
        Moment(day: day, second: chance(percent: 90) ? roll(25_200...82_800) : roll(0...86_399))
    }
}

extension Int {
    /// The number with zeros before it.
    func padded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }

    /// Hundredths as a decimal with two places, such as `12.05`.
    var hundredths: String {
        (self < 0 ? "-" : "") + "\(abs(self) / 100).\((abs(self) % 100).padded(2))"
    }

    /// Millionths as a decimal with six places, as coordinates are written.
    var millionths: String {
        (self < 0 ? "-" : "") + "\(abs(self) / 1_000_000).\((abs(self) % 1_000_000).padded(6))"
    }
}
