import CatalogModel

/// The rule that a zone follows after its last recorded change, such as `PST8PDT,M3.2.0,M11.1.0`.
struct FooterRule: Hashable, Sendable {
    private struct Change: Hashable {
        let month: Int
        let week: Int
        let day: Int
        let second: Int
    }

    private let standard: Int32
    private let daylight: Int32
    private let changes: [Change]

    /// Nil for a text that isn't of the usual form.
    init?(_ text: String) {
        var rest = Substring(text)
        guard FooterRule.skipName(&rest), let standard = FooterRule.duration(&rest) else { return nil }
        self.standard = Int32(-standard)
        guard FooterRule.skipName(&rest) else {
            guard rest.isEmpty else { return nil }
            daylight = self.standard
            changes = []
            return
        }
        daylight = rest.first == "," ? self.standard + 3600 : Int32(-(FooterRule.duration(&rest) ?? 0))
        let parts = rest.split(separator: ",")
        guard parts.count == 2 else { return nil }
        changes = parts.compactMap { FooterRule.change(String($0)) }
        guard changes.count == 2 else { return nil }
    }

    func offset(at seconds: Int64) -> Int32 {
        guard changes.count == 2 else { return standard }
        let year = Instant(seconds: seconds + Int64(standard)).date.year
        let start = moment(changes[0], year) - Int64(standard)
        let end = moment(changes[1], year) - Int64(daylight)
        let isDaylight =
            start < end ? start <= seconds && seconds < end : !(end <= seconds && seconds < start)
        return isDaylight ? daylight : standard
    }

    private func moment(_ change: Change, _ year: Int) -> Int64 {
        guard let first = CivilDate(year: year, month: change.month, day: 1) else { return 0 }
        let weekday = (first.daysSinceEpoch % 7 + 7 + 4) % 7
        var day = first.daysSinceEpoch + (change.day - weekday + 7) % 7 + (change.week - 1) * 7
        while CivilDate(daysSinceEpoch: day).month != change.month { day -= 7 }
        return Int64(day) * 86_400 + Int64(change.second)
    }

    private static func skipName(_ rest: inout Substring) -> Bool {
        if rest.first == "<", let close = rest.firstIndex(of: ">") {
            rest = rest[rest.index(after: close)...]
            return true
        }
        let name = rest.prefix { $0.isLetter }
        rest = rest.dropFirst(name.count)
        return !name.isEmpty
    }

    private static func duration(_ rest: inout Substring) -> Int? {
        var sign = 1
        if let first = rest.first, first == "-" || first == "+" {
            sign = first == "-" ? -1 : 1
            rest = rest.dropFirst()
        }
        let text = rest.prefix { $0.isNumber || $0 == ":" }
        rest = rest.dropFirst(text.count)
        let parts = text.split(separator: ":").map { Int($0) ?? .max }
        guard let hours = parts.first, parts.allSatisfy({ $0 <= 167 }) else { return nil }
        return sign
            * (hours * 3600 + (parts.count > 1 ? parts[1] * 60 : 0) + (parts.count > 2 ? parts[2] : 0))
    }

    private static func change(_ text: String) -> Change? {
        let halves = text.split(separator: "/")
        guard let rule = halves.first, rule.first == "M" else { return nil }
        let numbers = rule.dropFirst().split(separator: ".").compactMap { Int($0) }
        guard numbers.count == 3, (1...12).contains(numbers[0]), (1...5).contains(numbers[1]) else {
            return nil
        }
        var second = 7200
        if halves.count > 1 {
            var rest = halves[1]
            second = duration(&rest) ?? 7200
        }
        return Change(month: numbers[0], week: numbers[1], day: numbers[2], second: second)
    }
}
