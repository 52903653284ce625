extension CharacterMask {
    /// The mask as an expression; nil when its replacements chase each other, which no order of steps could carry out.
    ///
    /// Three ways by what the value holds: ASCII alone, nothing beyond the basic plane, or pairs of UTF-16 units, of
    /// which Hive counts and replaces each half.
    func postgreSQL(_ value: String) -> String? {
        guard let steps = classes.orderedSteps else { return nil }
        let ascii = extent.postgreSQL(value, replaced: classes.replacedASCII)
        let basic = extent.postgreSQL(value) { steps.reduce($0) { text, step in step.applied(to: text) } }
        let pairs = paired(value, steps)
        return """
            CASE WHEN octet_length(\(value)) = length(\(value)) THEN \(ascii) \
            WHEN \(value) COLLATE "C" !~ '\(PairedText.beyond)' THEN \(basic) ELSE \(pairs) END
            """
    }

    /// The value with a mark behind each character beyond the basic plane, so that lengths count UTF-16 units.
    private func paired(_ value: String, _ steps: [ReplacementStep]) -> String {
        let marked = PairedText.marked(value)
        let replaced = { (part: String) in steps.reduce(part) { text, step in step.applied(to: text) } }
        guard classes.other != nil else {
            return PairedText.unmarked(extent.postgreSQL(marked, replaced: replaced))
        }
        let rest = { (count: Int) in "greatest(length(\(marked)) - \(count), 0)" }
        switch extent {
        case .all: return replaced(marked)
        case .first(let count):
            let hidden = "left(\(marked), \(count))"
            return
                "(\(replaced(hidden)) || \(PairedText.suffix("substr(\(marked), \(count + 1))", after: hidden)))"
        case .allButLast(let count):
            let hidden = "left(\(marked), \(rest(count)))"
            return
                "(\(replaced(hidden)) || \(PairedText.suffix("right(\(marked), \(count))", after: hidden)))"
        case .last(let count):
            return """
                (\(PairedText.prefix("left(\(marked), \(rest(count)))")) \
                || \(replaced("right(\(marked), \(count))")))
                """
        case .allButFirst(let count):
            return """
                (\(PairedText.prefix("left(\(marked), \(count))")) \
                || \(replaced("substr(\(marked), \(count + 1))")))
                """
        }
    }
}

/// Texts in which characters beyond the basic plane count twice.
private enum PairedText {
    static let beyond = "[\u{10000}-\u{10FFFF}]"
    private static let mark = "\u{FFFF}"

    static func marked(_ text: String) -> String {
        "regexp_replace(\(text), '(\(beyond))', '\\1\(mark)', 'g')"
    }

    static func unmarked(_ text: String) -> String {
        "regexp_replace(\(text), '(\(beyond))\(mark)', '\\1', 'g')"
    }

    /// A shown beginning: the first half of a pair whose second half is hidden shows as `?`.
    static func prefix(_ text: String) -> String { unmarked("regexp_replace(\(text), '\(beyond)$', '?')") }

    /// A shown end: the second half of a pair whose first half is hidden shows as `?`.
    static func suffix(_ text: String, after hidden: String) -> String {
        unmarked(
            "CASE WHEN right(\(hidden), 1) ~ '\(beyond)' THEN '?' || substr(\(text), 2) ELSE \(text) END"
        )
    }
}

/// One class of characters and what takes its place.
private struct ReplacementStep {
    let pattern: String
    let replacement: String

    func applied(to text: String) -> String {
        let escaped = replacement == "\\" ? "\\\\" : replacement
        return "regexp_replace(\(text), '\(pattern)', \(PostgreSQLText.quoted(escaped)), 'g')"
    }
}

extension CharacterClasses {
    /// All replacements of ASCII characters in one pass.
    fileprivate func replacedASCII(_ text: String) -> String {
        var from = ""
        var to = ""
        for unit in UInt16(1)..<128 {
            let replacement = replacement(of: unit)
            guard replacement != UInt32(unit), let old = Unicode.Scalar(unit),
                let new = Unicode.Scalar(replacement)
            else { continue }
            from.unicodeScalars.append(old)
            to.unicodeScalars.append(new)
        }
        guard !from.isEmpty else { return text }
        return "translate(\(text), \(PostgreSQLText.quoted(from)), \(PostgreSQLText.quoted(to)))"
    }

    /// The replacements in an order in which none touches what another put in; nil when there is none.
    fileprivate var orderedSteps: [ReplacementStep]? {
        var waiting: [CharacterClass: UInt32] = [:]
        for (kind, code) in [
            (CharacterClass.upper, upper), (.lower, lower), (.digit, digit), (.other, other),
        ] {
            if let code { waiting[kind] = code }
        }
        var steps: [ReplacementStep] = []
        while !waiting.isEmpty {
            // A class may go when what it puts in is of a class that is done, or of itself.
            let ready = CharacterClass.allCases.first { kind in
                guard let code = waiting[kind] else { return false }
                let target = CharacterClass(of: code)
                return target == kind || waiting[target] == nil
            }
            guard let ready, let code = waiting.removeValue(forKey: ready), let scalar = Unicode.Scalar(code)
            else { return nil }
            steps.append(ReplacementStep(pattern: ready.pattern, replacement: String(Character(scalar))))
        }
        return steps
    }
}

/// Hive's classes of characters.
enum CharacterClass: CaseIterable {
    case upper, lower, digit, other

    init(of code: UInt32) {
        guard code <= 0xFFFF, let scalar = Unicode.Scalar(code) else {
            self = .other
            return
        }
        self =
            switch scalar.properties.generalCategory {
            case .uppercaseLetter: .upper
            case .lowercaseLetter: .lower
            case .decimalNumber: .digit
            default: .other
            }
    }

    /// The characters of the class, as a bracket expression of PostgreSQL's regular expressions.
    fileprivate var pattern: String {
        switch self {
        case .upper: "[\(Self.ranges.upper)]"
        case .lower: "[\(Self.ranges.lower)]"
        case .digit: "[\(Self.ranges.digit)]"
        case .other: "[^\(Self.ranges.upper)\(Self.ranges.lower)\(Self.ranges.digit)]"
        }
    }

    /// The letters and digits of the basic plane as this process's Unicode tables know them; the same tables that the
    /// masks themselves look at.
    private static let ranges: (upper: String, lower: String, digit: String) = {
        var found: [CharacterClass: String] = [:]
        var start: (kind: CharacterClass, code: UInt32)?
        for code in UInt32(1)...0x10000 {
            let kind = code == 0x10000 ? .other : CharacterClass(of: code)
            if let begun = start, begun.kind != kind {
                found[begun.kind, default: ""] += range(begun.code, code - 1)
                start = nil
            }
            if start == nil, kind != .other { start = (kind, code) }
        }
        return (found[.upper] ?? "", found[.lower] ?? "", found[.digit] ?? "")
    }()

    private static func range(_ first: UInt32, _ last: UInt32) -> String {
        let scalars = [first, last].compactMap(Unicode.Scalar.init).map { String(Character($0)) }
        return first == last ? scalars[0] : scalars.joined(separator: last == first + 1 ? "" : "-")
    }
}
