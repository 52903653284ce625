import CatalogModel

/// A comparison of an attribute's value with a given one.
struct Comparison: Sendable {
    private let operation: FilterOperator
    private let text: String
    private let lower: String
    private let texts: [String]
    private let number: Double
    private let bool: Bool?
    private let kind: ComparedKind
    private let pattern: WildcardPattern?
    private let range: ClosedRange<Int64>?

    /// - Throws: `.badRequest` for a value that can't be compared with the attribute's.
    init(
        _ operation: FilterOperator,
        _ text: String,
        _ kind: ComparedKind,
        _ attribute: String,
        now: Int64
    ) throws(CatalogError) {
        self.operation = operation
        self.text = text
        self.kind = kind
        lower = text.lowercased()
        texts = Comparison.list(text)
        pattern = operation == .like ? WildcardPattern(text) : nil
        range = operation == .timeRange ? TimeRange.milliseconds(text, now: now) : nil
        if operation == .timeRange, range == nil {
            throw CatalogError(
                .badRequest,
                "\(attribute): a time range is `start,end` in milliseconds, or a name"
            )
        }
        let isOrdered =
            switch operation {
            case .less, .greater, .lessOrEqual, .greaterOrEqual, .equal, .notEqual: true
            case .oneOf, .like, .startsWith, .endsWith, .contains, .containsNot, .containsAny, .containsAll,
                .isNull,
                .isNotNull, .isNotEmpty, .timeRange:
                false
            }
        let parsed =
            Double(text) ?? (kind == .date ? Instant(text).map { Double($0.microseconds / 1000) } : nil)
        if isOrdered, kind == .number || kind == .date, parsed == nil {
            throw CatalogError(.badRequest, "\(attribute): the value of the filter is no number")
        }
        number = parsed ?? 0
        // Atlas counts `__isIncomplete` as a number.
        let truths = ["true": true, "1": true, "false": false, "0": false]
        bool = truths[lower]
        if isOrdered, kind == .bool, bool == nil {
            throw CatalogError(.badRequest, "\(attribute): the value of the filter is neither true nor false")
        }
    }

    private static func list(_ text: String) -> [String] {
        if let list = (try? JSONReader.value(of: Array(text.utf8)))?.list {
            return list.map { $0.text ?? $0.json }
        }
        return text.split(separator: ",").map { part in
            var part = part
            while part.first == " " { part.removeFirst() }
            while part.last == " " { part.removeLast() }
            return String(part)
        }
    }

    /// The text that a value must be equal to; nil for other comparisons.
    var requiredText: String? { operation == .equal && kind == .text ? text : nil }

    func holds(_ value: JSONValue) -> Bool {
        switch operation {
        case .isNull: return value.isNull || value == .string("")
        case .isNotNull: return !value.isNull && value != .string("")
        case .isNotEmpty: return !value.isNull && value != .string("") && value != .array([])
        case .notEqual:
            if let list = value.list { return !list.contains(where: equals) }
            return !equals(value)
        case .containsNot: return !contains(value)
        case .contains: return contains(value)
        case .containsAny: return texts.contains { has(value, $0) }
        case .containsAll: return !value.isNull && texts.allSatisfy { has(value, $0) }
        case .less, .greater, .lessOrEqual, .greaterOrEqual, .equal, .oneOf, .like, .startsWith, .endsWith,
            .timeRange:
            if let list = value.list { return list.contains(where: holdsForOne) }
            return holdsForOne(value)
        }
    }

    private func holdsForOne(_ value: JSONValue) -> Bool {
        if value.isNull { return false }
        switch operation {
        case .equal: return equals(value)
        case .oneOf: return texts.contains(plain(value))
        case .like: return pattern?.matches(plain(value)) ?? false
        case .startsWith: return plain(value).lowercased().hasPrefix(lower)
        case .endsWith: return plain(value).lowercased().hasSuffix(lower)
        case .timeRange: return value.integer.map { range?.contains($0) ?? false } ?? false
        case .less, .greater, .lessOrEqual, .greaterOrEqual: return ordered(value)
        case .notEqual, .contains, .containsNot, .containsAny, .containsAll, .isNull, .isNotNull, .isNotEmpty:
            return false
        }
    }

    private func ordered(_ value: JSONValue) -> Bool {
        if kind == .number || kind == .date {
            guard let other = value.double else { return false }
            return compare(other, number)
        }
        return compare(plain(value), text)
    }

    private func compare<Value: Comparable>(_ one: Value, _ other: Value) -> Bool {
        switch operation {
        case .less: one < other
        case .greater: one > other
        case .lessOrEqual: one <= other
        case .greaterOrEqual: one >= other
        case .equal, .notEqual, .oneOf, .like, .startsWith, .endsWith, .contains, .containsNot, .containsAny,
            .containsAll, .isNull, .isNotNull, .isNotEmpty, .timeRange:
            false
        }
    }

    private func equals(_ value: JSONValue) -> Bool {
        switch kind {
        case .text: plain(value) == text
        case .number, .date: value.double == number
        case .bool: value.bool == bool && bool != nil
        }
    }

    private func contains(_ value: JSONValue) -> Bool {
        if let list = value.list { return list.contains { plain($0).lowercased().contains(lower) } }
        return !value.isNull && plain(value).lowercased().contains(lower)
    }

    private func has(_ value: JSONValue, _ text: String) -> Bool {
        if let list = value.list { return list.contains { plain($0) == text } }
        return !value.isNull && plain(value).lowercased().contains(text.lowercased())
    }

    private func plain(_ value: JSONValue) -> String { value.isNull ? "" : value.text ?? value.json }
}

extension JSONValue {
    /// The number; nil for anything but numbers and texts that are numbers.
    var double: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        case .string(let text): Double(text)
        case .null, .bool, .array, .object: nil
        }
    }
}

/// Ranges of time that searches name.
enum TimeRange {
    private static let day: Int64 = 86_400_000

    /// The range that a text of two numbers or a name stands for.
    ///
    /// Nil for anything else; days are those of UTC.
    static func milliseconds(_ text: String, now: Int64) -> ClosedRange<Int64>? {
        let parts = text.split(separator: ",").map { $0.filter { $0 != " " } }
        if parts.count == 2, let start = Int64(parts[0]), let end = Int64(parts[1]), start <= end {
            return start...end
        }
        let today = now - (now % day + day) % day
        let date = Instant(microseconds: now * 1000).date
        func month(_ back: Int) -> Int64 {
            let months = date.year * 12 + date.month - 1 - back
            let first = CivilDate(year: months / 12, month: months % 12 + 1, day: 1)
            return Int64(first?.daysSinceEpoch ?? 0) * day
        }
        let quarter = (date.month - 1) % 3
        switch text.uppercased() {
        case "TODAY": return today...(today + day - 1)
        case "YESTERDAY": return (today - day)...(today - 1)
        case "LAST_7_DAYS": return (today - 6 * day)...(today + day - 1)
        case "LAST_30_DAYS": return (today - 29 * day)...(today + day - 1)
        case "THIS_MONTH": return month(0)...(month(-1) - 1)
        case "LAST_MONTH": return month(1)...(month(0) - 1)
        case "LAST_3_MONTHS": return month(3)...(month(0) - 1)
        case "LAST_6_MONTHS": return month(6)...(month(0) - 1)
        case "LAST_12_MONTHS": return month(12)...(month(0) - 1)
        case "THIS_QUARTER": return month(quarter)...(month(quarter - 3) - 1)
        case "LAST_QUARTER": return month(quarter + 3)...(month(quarter) - 1)
        case "THIS_YEAR": return month(date.month - 1)...(month(date.month - 13) - 1)
        case "LAST_YEAR": return month(date.month + 11)...(month(date.month - 1) - 1)
        default: return nil
        }
    }
}
