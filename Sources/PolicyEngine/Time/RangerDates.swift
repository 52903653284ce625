import CatalogModel

/// Dates as policies, tags and scripts write them.
enum RangerDates {
    /// Reads a text by one of Java's patterns of `y M d H m s S`, quoted text and anything else literally.
    ///
    /// As Java does: numbers may be shorter or longer than the pattern, what follows is ignored, the zone is the given
    /// one. Nil when the text doesn't begin so.
    static func moment(_ text: String, pattern: String, zone: TimeZoneRules) -> Instant? {
        var fields: [Character: Int] = [:]
        var input = Substring(text)
        var rest = Substring(pattern)
        while let letter = rest.first {
            let run = rest.prefix { $0 == letter }.count
            if letter == "'" {
                rest = rest.dropFirst()
                let literal = rest.prefix { $0 != "'" }
                rest = rest.dropFirst(literal.count + 1)
                guard input.hasPrefix(literal) else { return nil }
                input = input.dropFirst(literal.count)
            } else if "yMdHmsS".contains(letter) {
                rest = rest.dropFirst(run)
                let isFollowedByNumber = rest.first.map { "yMdHmsS".contains($0) } ?? false
                let digits = input.prefix { $0.isASCII && $0.isNumber }
                let used = isFollowedByNumber ? digits.prefix(run) : digits
                guard let number = Int(used), used.count <= 6 else { return nil }
                fields[letter] = number
                input = input.dropFirst(used.count)
            } else if letter.isLetter {
                return nil
            } else {
                rest = rest.dropFirst()
                guard input.first == letter else { return nil }
                input = input.dropFirst()
            }
        }
        return moment(fields, zone)
    }

    private static func moment(_ fields: [Character: Int], _ zone: TimeZoneRules) -> Instant? {
        guard let year = fields["y"], year <= 9999 else { return nil }
        // Java carries what is too large: month 13 is January of the next year.
        let months = year * 12 + (fields["M"] ?? 1) - 1
        guard let first = CivilDate(year: months / 12, month: months % 12 + 1, day: 1) else { return nil }
        let day = Int64(first.daysSinceEpoch + (fields["d"] ?? 1) - 1)
        let second = (fields["H"] ?? 0) * 3600 + (fields["m"] ?? 0) * 60 + (fields["s"] ?? 0)
        let seconds = zone.moment(ofLocal: day * 86_400 + Int64(second))
        return Instant(microseconds: seconds * 1_000_000 + Int64(fields["S"] ?? 0) * 1000)
    }

    /// A date in a tag's attribute, by the first format that fits.
    static func tagDate(_ text: String, more: [String], zone: TimeZoneRules) -> Instant? {
        let known = more + ["yyyy/MM/dd", "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"]
        let longestFirst = known.enumerated().sorted {
            ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
        }
        for (_, pattern) in longestFirst {
            if let moment = moment(text, pattern: pattern, zone: zone) { return moment }
        }
        return nil
    }

    /// `yyyy/MM/dd`, `yyyy/MM/dd HH:mm` or `yyyy/MM/dd HH:mm:ss`, as macros take it.
    static func macroTime(_ text: String, zone: TimeZoneRules) -> Instant? {
        for pattern in ["yyyy/MM/dd HH:mm:ss", "yyyy/MM/dd HH:mm", "yyyy/MM/dd"] {
            if let moment = moment(text, pattern: pattern, zone: zone) { return moment }
        }
        return nil
    }
}
