import CatalogModel

/// A condition of a policy or an item that asks for facts of the request.
indirect enum ConditionRule: Sendable {
    /// A script; inverted when the policy asks for `no`.
    case script(Script, isInverted: Bool)
    /// The client's address is one of these, or begins so.
    case address([AddressPattern])
    /// The time of day lies in one of these.
    case timeOfDay([TimeOfDay])
    /// A value that the caller gave is among these, or isn't.
    case attribute(name: String, values: Set<String>, isWanted: Bool)
    /// A value that the caller gave fits one of these, with wildcards.
    case attributePattern(name: String, patterns: [String])
    /// The cluster, or its kind, is among these, or isn't.
    case cluster(values: Set<String>, isKind: Bool, isWanted: Bool)
    /// The resource's tags.
    case tags(Set<String>, TagWish)
    /// Whether resources are read together.
    case together([TogetherPattern], isWanted: Bool)
    /// What the client was doing.
    case action([String])
    /// A time.
    case validity(ValidityPeriod)

    /// What is asked of a resource's tags.
    enum TagWish: Sendable { case all, any, none }

    /// Whether it holds; nil when that can't be said, as the caller didn't tell enough or the script failed.
    ///
    /// When lenient there is always an answer: Ranger's.
    func holds(_ facts: RequestFacts, isLenient: Bool) -> Bool? {
        switch self {
        case .script(let script, let isInverted):
            guard let holds = script.holds(facts) else { return isLenient ? isInverted : nil }
            return holds != isInverted
        case .address(let patterns):
            guard let address = facts.address, !address.isEmpty else { return isLenient ? true : nil }
            return patterns.contains { $0.covers(address) }
        case .timeOfDay(let ranges):
            let local = facts.now.microseconds.flooredDivision(by: 1_000_000)
            let seconds = local + Int64(facts.localZone.offset(at: local))
            let minute = Int(seconds - seconds.flooredDivision(by: 86_400) * 86_400) / 60
            return ranges.contains { $0.covers(minute) }
        case .attribute(let name, let values, let isWanted):
            guard let value = facts.request.attributes[name] else { return isLenient ? true : nil }
            return values.contains(value) == isWanted
        case .attributePattern(let name, let patterns):
            guard let value = facts.request.attributes[name], !value.trimmed.isEmpty else {
                return isLenient ? false : nil
            }
            return patterns.contains { ByteMatch.covers($0, value) }
        case .cluster(let values, let isKind, let isWanted):
            let cluster = isKind ? facts.request.clusterType : facts.request.clusterName
            guard let cluster, !cluster.isEmpty else { return isLenient ? !isWanted : nil }
            return values.contains(cluster) == isWanted
        case .tags(let wanted, let wish):
            let present = Set(facts.tags.map(\.type))
            switch wish {
            case .all: return wanted.isSubset(of: present)
            case .any: return !wanted.isDisjoint(with: present)
            case .none: return wanted.isDisjoint(with: present)
            }
        case .together(let patterns, let isWanted):
            guard !patterns.isEmpty else { return isLenient ? true : nil }
            guard let resources = facts.request.togetherWith else { return isLenient ? !isWanted : nil }
            return TogetherPattern.isApart(resources, patterns) != isWanted
        case .action(let patterns):
            guard !patterns.isEmpty else { return true }
            guard let action = facts.request.action, !action.trimmed.isEmpty else {
                return isLenient ? false : nil
            }
            return ActionPattern.covers(patterns, action)
        case .validity(let period): return period.holds(at: facts.now)
        }
    }
}

/// An address, or the beginning of addresses.
struct AddressPattern: Sendable, Hashable {
    private let text: String
    private let isPrefix: Bool

    init(_ value: String) {
        var rest = Substring(value)
        var isPrefix = rest == "*"
        if isPrefix { rest = "" }
        while rest.hasSuffix(".*") || rest.hasSuffix(":*") {
            rest = rest.dropLast()
            isPrefix = true
            if rest.dropLast().hasSuffix("*") || rest == "*." || rest == "*:" { rest = rest.dropLast() }
            if rest == "*" { rest = "" }
        }
        text = rest.lowercased()
        self.isPrefix = isPrefix
    }

    func covers(_ address: String) -> Bool {
        isPrefix ? address.lowercased().hasPrefix(text) : address.lowercased() == text
    }
}

/// A stretch of the day, both ends included; over midnight when it ends before it begins.
struct TimeOfDay: Sendable, Hashable {
    let from: Int
    let until: Int

    func covers(_ minute: Int) -> Bool {
        from <= until ? from <= minute && minute <= until : from <= minute || minute <= until
    }

    /// Reads such as `9am-5pm` or `10:30PM - 1:15 a.m.`; nil for anything else.
    init?(_ text: String) {
        let halves = text.lowercased().split(separator: "-", omittingEmptySubsequences: false)
        guard halves.count == 2, let from = TimeOfDay.minute(halves[0]),
            let until = TimeOfDay.minute(halves[1])
        else { return nil }
        self.from = from
        self.until = until
    }

    private static func minute(_ text: Substring) -> Int? {
        let letters = text.filter { !$0.isWhitespace && $0 != "." }
        guard letters.hasSuffix("am") || letters.hasSuffix("pm") else { return nil }
        let parts = letters.dropLast(2).split(separator: ":", omittingEmptySubsequences: false)
        guard let first = parts.first, let hour = Int(first), (0...12).contains(hour), parts.count <= 2 else {
            return nil
        }
        var minute = 0
        if parts.count == 2 {
            guard let read = Int(parts[1]), (0..<60).contains(read) else { return nil }
            minute = read
        }
        return (hour % 12 + (letters.hasSuffix("pm") ? 12 : 0)) * 60 + minute
    }
}

/// `database[.table[.column]]`, each with wildcards; missing parts mean any.
struct TogetherPattern: Sendable, Hashable {
    private let parts: [String]

    init?(_ text: String) {
        let parts = text.trimmed.lowercased().split(separator: ".", omittingEmptySubsequences: false).map(
            String.init
        )
        guard (1...3).contains(parts.count), !parts.contains("") else { return nil }
        self.parts = parts + Array(repeating: "*", count: 3 - parts.count)
    }

    private func covers(_ resource: [String: [String]]) -> Bool {
        for (level, part) in zip(["database", "table", "column"], parts) {
            guard let values = resource[level] else {
                if part == "*" { continue }
                return false
            }
            let isMatch = values.contains { value in
                var text = value.lowercased()
                var pattern = part
                return text.withUTF8 { text in pattern.withUTF8 { ByteMatch.glob(text, $0) } }
            }
            if !isMatch { return false }
        }
        return true
    }

    /// Whether no two of the resources meet these patterns.
    static func isApart(_ resources: [[String: [String]]], _ patterns: [TogetherPattern]) -> Bool {
        guard resources.count > 1 else { return true }
        var met = 0
        for resource in resources {
            for pattern in patterns where pattern.covers(resource) { met += 1 }
        }
        return met < 2
    }
}

/// Names of actions, with `*` at the end for any that begins so.
enum ActionPattern {
    static func covers(_ patterns: [String], _ action: String) -> Bool {
        let action = action.lowercased()
        return patterns.contains { pattern in
            let pattern = pattern.lowercased()
            if pattern.isEmpty || pattern == "*" { return true }
            return pattern.hasSuffix("*") ? action.hasPrefix(pattern.dropLast()) : action == pattern
        }
    }
}
