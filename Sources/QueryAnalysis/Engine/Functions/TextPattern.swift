/// A regular expression, as far as PostgreSQL's kind is understood here.
///
/// Characters, sets, anchors, groups, alternatives and counts; anything else is refused by name. Says whether a text has
/// a match anywhere.
/// **Cost.** The text's length times the expression's: it never goes back.
struct TextPattern {
    private indirect enum Part {
        case empty
        case one(Set<Unicode.Scalar>, ranges: [ClosedRange<Unicode.Scalar>], negated: Bool)
        case start, end
        case sequence([Part])
        case choice([Part])
        case loop(Part, least: Int, most: Int?)
    }

    private enum Step {
        case one(Set<Unicode.Scalar>, [ClosedRange<Unicode.Scalar>], Bool)
        case start, end
        case split(Int, Int)
        case jump(Int)
        case match
    }

    private var steps: [Step] = []
    private var parts = 0
    private static let limit = 5000

    private let ignoresCase: Bool

    init(_ pattern: [UInt8], ignoresCase: Bool = false) throws(EngineFault) {
        self.ignoresCase = ignoresCase
        guard !pattern.starts(with: Array("***".utf8)), !pattern.starts(with: Array("(?".utf8)) else {
            throw .missing("this kind of regular expression")
        }
        var parser = Parser(scalars: TextFunctions.scalars(pattern))
        let part = try parser.choice(depth: 0)
        guard parser.isAtEnd else { throw EngineFault("2201B", "invalid regular expression") }
        try add(part)
        steps.append(.match)
    }

    private mutating func add(_ part: Part) throws(EngineFault) {
        parts += 1
        guard steps.count < TextPattern.limit, parts < TextPattern.limit * 4 else {
            throw EngineFault("54001", "regular expression is too complex")
        }
        switch part {
        case .empty: break
        case .one(let set, let ranges, let negated): steps.append(.one(set, ranges, negated))
        case .start: steps.append(.start)
        case .end: steps.append(.end)
        case .sequence(let parts): for part in parts { try add(part) }
        case .choice(let parts):
            var ends: [Int] = []
            for (index, part) in parts.enumerated() {
                let split = steps.count
                if index < parts.count - 1 { steps.append(.jump(0)) }
                try add(part)
                if index < parts.count - 1 {
                    ends.append(steps.count)
                    steps.append(.jump(0))
                    steps[split] = .split(split + 1, steps.count)
                }
            }
            for end in ends { steps[end] = .jump(steps.count) }
        case .loop(let part, let least, let most):
            for _ in 0..<least { try add(part) }
            guard let most else {
                let split = steps.count
                steps.append(.jump(0))
                try add(part)
                steps.append(.jump(split))
                steps[split] = .split(split + 1, steps.count)
                return
            }
            var splits: [Int] = []
            for _ in least..<max(least, most) {
                splits.append(steps.count)
                steps.append(.jump(0))
                try add(part)
            }
            for split in splits { steps[split] = .split(split + 1, steps.count) }
        }
    }

    /// How much there is to look at for a character, at worst.
    private var weight: Int {
        steps.reduce(0) { sum, step in
            if case .one(_, let ranges, _) = step { sum + 1 + ranges.count / 4 } else { sum + 1 }
        }
    }

    /// Whether the text has a match; `counting` is told how many steps were taken, and may stop it.
    ///
    /// - Throws: when the two are so long that it would take too long.
    func matches(
        _ text: [UInt8],
        counting: (_ steps: Int) throws(EngineFault) -> Void
    ) throws(EngineFault) -> Bool {
        try TextFunctions.afford(text.count, weight)
        let scalars = TextFunctions.scalars(text)
        var current: [Int] = []
        var marks = [Int](repeating: -1, count: steps.count)
        for position in 0...scalars.count {
            var waiting = current + [0]
            var live: [Int] = []
            while let step = waiting.popLast() {
                guard marks[step] != position else { continue }
                marks[step] = position
                switch steps[step] {
                case .match: return true
                case .jump(let target): waiting.append(target)
                case .split(let one, let other): waiting += [other, one]
                case .start: if position == 0 { waiting.append(step + 1) }
                case .end: if position == scalars.count { waiting.append(step + 1) }
                case .one: live.append(step)
                }
            }
            guard position < scalars.count else { return false }
            try counting(current.count + 1)
            current = []
            for step in live {
                guard case .one(let set, let ranges, let negated) = steps[step] else { continue }
                let isIn = cases(of: scalars[position]).contains { scalar in
                    set.contains(scalar) || ranges.contains { $0.contains(scalar) }
                }
                if isIn != negated { current.append(step + 1) }
            }
        }
        return false
    }

    /// The character in each case that counts as the same.
    private func cases(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        guard ignoresCase else { return [scalar] }
        let mapped = [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping]
        return [scalar] + mapped.compactMap { $0.unicodeScalars.count == 1 ? $0.unicodeScalars.first : nil }
    }

    private struct Parser {
        let scalars: [Unicode.Scalar]
        var index = 0

        var isAtEnd: Bool { index >= scalars.count }
        var next: Unicode.Scalar? { isAtEnd ? nil : scalars[index] }

        let broken = EngineFault("2201B", "invalid regular expression")

        mutating func choice(depth: Int) throws(EngineFault) -> Part {
            guard depth < 50 else { throw EngineFault("54001", "regular expression is too complex") }
            var parts = [try sequence(depth)]
            while next == "|" {
                index += 1
                parts.append(try sequence(depth))
            }
            return parts.count == 1 ? parts[0] : .choice(parts)
        }

        private mutating func sequence(_ depth: Int) throws(EngineFault) -> Part {
            var parts: [Part] = []
            while let scalar = next, scalar != "|", scalar != ")" {
                var part = try atom(depth)
                if let (least, most) = try count() {
                    switch part {
                    case .start, .end: throw broken
                    case .empty, .one, .sequence, .choice, .loop: break
                    }
                    part = .loop(part, least: least, most: most)
                    // Shortest or longest: whether there is a match is the same.
                    if next == "?" { index += 1 }
                    if try count() != nil { throw broken }
                }
                parts.append(part)
            }
            return .sequence(parts)
        }

        private mutating func count() throws(EngineFault) -> (Int, Int?)? {
            switch next {
            case "*":
                index += 1
                return (0, nil)
            case "+":
                index += 1
                return (1, nil)
            case "?":
                index += 1
                return (0, 1)
            case "{":
                guard index + 1 < scalars.count, isDigit(scalars[index + 1]) else { return nil }
                index += 1
                let least = try number()
                var most: Int? = least
                if next == "," {
                    index += 1
                    most = next == "}" ? nil : try number()
                }
                guard next == "}", least <= 255, (most ?? 0) <= 255, (most ?? least) >= least else {
                    throw broken
                }
                index += 1
                return (least, most)
            default: return nil
            }
        }

        private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

        private mutating func number() throws(EngineFault) -> Int {
            var value = 0
            guard let first = next, isDigit(first) else { throw broken }
            while let scalar = next, isDigit(scalar), value < 10_000 {
                value = value * 10 + Int(scalar.value - 48)
                index += 1
            }
            return value
        }

        private mutating func atom(_ depth: Int) throws(EngineFault) -> Part {
            guard let scalar = next else { throw broken }
            index += 1
            switch scalar {
            case "(":
                if next == "?" {
                    guard index + 1 < scalars.count, scalars[index + 1] == ":" else {
                        throw .missing("looking around in a regular expression")
                    }
                    index += 2
                }
                let inner = try choice(depth: depth + 1)
                guard next == ")" else { throw broken }
                index += 1
                return inner
            case ".": return .one([], ranges: [], negated: true)
            case "^": return .start
            case "$": return .end
            case "[": return try set()
            case "\\": return try escape()
            case "*", "+", "?": throw broken
            default: return .one([scalar], ranges: [], negated: false)
            }
        }

        private mutating func escape() throws(EngineFault) -> Part {
            guard let scalar = next else { throw EngineFault("2201B", "invalid regular expression") }
            index += 1
            switch scalar {
            case "d", "D": return .one([], ranges: ["0"..."9"], negated: scalar == "D")
            case "w", "W", "s", "S": return try letterClass(scalar)
            case "n": return .one(["\n"], ranges: [], negated: false)
            case "t": return .one(["\t"], ranges: [], negated: false)
            case "r": return .one(["\r"], ranges: [], negated: false)
            default:
                guard !scalar.properties.isAlphabetic, !isDigit(scalar) else {
                    throw .missing("this escape in a regular expression")
                }
                return .one([scalar], ranges: [], negated: false)
            }
        }

        private func letterClass(_ scalar: Unicode.Scalar) throws(EngineFault) -> Part {
            if scalar == "s" || scalar == "S" {
                return .one([" ", "\t", "\n", "\r", "\u{B}", "\u{C}"], ranges: [], negated: scalar == "S")
            }
            throw .missing("`\\w` in a regular expression")
        }

        private mutating func set() throws(EngineFault) -> Part {
            var negated = false
            if next == "^" {
                negated = true
                index += 1
            }
            var characters: Set<Unicode.Scalar> = []
            var ranges: [ClosedRange<Unicode.Scalar>] = []
            var isFirst = true
            while let scalar = next, isFirst || scalar != "]" {
                isFirst = false
                index += 1
                if scalar == "[", let following = next, ":.=".unicodeScalars.contains(following) {
                    throw .missing("a named class in a regular expression")
                }
                guard scalar != "\\" else { throw .missing("an escape in a set of a regular expression") }
                if next == "-", index + 1 < scalars.count, scalars[index + 1] != "]" {
                    let end = scalars[index + 1]
                    guard end >= scalar, end != "[", end != "\\" else { throw broken }
                    index += 2
                    ranges.append(scalar...end)
                } else {
                    characters.insert(scalar)
                }
            }
            guard next == "]" else { throw broken }
            index += 1
            return .one(characters, ranges: ranges, negated: negated)
        }
    }
}
