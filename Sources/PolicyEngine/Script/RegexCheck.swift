/// Finds regular expressions in scripts that may take for ever: those that repeat what repeats itself.
///
/// Running ones are stopped in any case; these are refused when they are published, as nobody can mean them.
enum RegexCheck {
    /// The position, from 1, of the first regular expression of a script that may explode; nil for none.
    ///
    /// Looks at literals between slashes and at texts given to `RegExp`. Some that wouldn't explode are found, too:
    /// those whose repeated group has no character that tells its repetitions apart.
    static func exploding(in script: String) -> Int? {
        patterns(of: Array(script.unicodeScalars)).firstIndex { pattern in
            var parser = RegexShape(pattern)
            return parser.explodes()
        }.map { $0 + 1 }
    }

    /// Refuses a script with such an expression.
    ///
    /// - Throws: `.unsupported` with the position of the expression among those of the script.
    static func check(_ script: String, at place: PolicyPlace) throws(PolicyError) {
        guard let position = exploding(in: script) else { return }
        let what =
            "regular expression \(position) of the script repeats what repeats itself and may take for ever"
        throw PolicyError(.unsupported(what), at: place)
    }

    private static let beforeLiterals: Set<Unicode.Scalar> = [
        "(", ",", "=", ":", "[", "!", "&", "|", "?", "{", "}", ";", "+", "-", "*", "%", "<", ">", "~", "^",
        "\n",
    ]

    private static func patterns(of text: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
        var found: [[Unicode.Scalar]] = []
        var index = 0
        var word = ""
        var last: Unicode.Scalar = "("
        while index < text.count {
            let scalar = text[index]
            if scalar == "\"" || scalar == "'" {
                let (content, end) = quoted(text, from: index)
                if word == "RegExp" { found.append(content) }
                index = end
                last = scalar
                word = ""
                continue
            }
            if scalar == "/", index + 1 < text.count {
                if text[index + 1] == "/" {
                    while index < text.count, text[index] != "\n" { index += 1 }
                    continue
                }
                if text[index + 1] == "*" {
                    index += 2
                    while index + 1 < text.count, text[index] != "*" || text[index + 1] != "/" { index += 1 }
                    index += 2
                    continue
                }
                if beforeLiterals.contains(last) || ["return", "typeof", "case", "in"].contains(word) {
                    let (content, end) = literal(text, from: index)
                    found.append(content)
                    index = end
                    last = "/"
                    word = ""
                    continue
                }
            }
            if scalar.properties.isAlphabetic || scalar == "_" || scalar == "$"
                || ("0"..."9").contains(scalar)
            {
                if index == 0 || !isOfWord(text[index - 1]) { word = "" }
                word.unicodeScalars.append(scalar)
                last = scalar
            } else if !scalar.properties.isWhitespace {
                if scalar != "(" { word = "" }
                last = scalar
            }
            index += 1
        }
        return found
    }

    private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar == "_" || scalar == "$" || ("0"..."9").contains(scalar)
    }

    private static func quoted(_ text: [Unicode.Scalar], from start: Int) -> ([Unicode.Scalar], Int) {
        var content: [Unicode.Scalar] = []
        var index = start + 1
        while index < text.count, text[index] != text[start] {
            if text[index] == "\\", index + 1 < text.count { index += 1 }
            content.append(text[index])
            index += 1
        }
        return (content, index + 1)
    }

    private static func literal(_ text: [Unicode.Scalar], from start: Int) -> ([Unicode.Scalar], Int) {
        var content: [Unicode.Scalar] = []
        var index = start + 1
        var isInClass = false
        while index < text.count, isInClass || text[index] != "/" {
            if text[index] == "[" { isInClass = true }
            if text[index] == "]" { isInClass = false }
            if text[index] == "\\", index + 1 < text.count {
                content.append(text[index])
                index += 1
            }
            content.append(text[index])
            index += 1
        }
        return (content, index + 1)
    }
}

/// The shape of a regular expression, as far as repetitions go.
private struct RegexShape {
    /// What one element matches.
    private indirect enum Element {
        case character(Unicode.Scalar)
        /// A class, an escape or a dot: whether it may match a character.
        case anyOf((Unicode.Scalar) -> Bool)
        case group([[Item]])
        /// Matches no character.
        case nothing
    }

    private struct Item {
        let element: Element
        let isOptional: Bool
        let isUnbounded: Bool
    }

    private let text: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    private var found = false

    init(_ text: [Unicode.Scalar]) { self.text = text }

    mutating func explodes() -> Bool {
        while index < text.count, !found {
            _ = branches()
            index += 1
        }
        return found
    }

    private mutating func branches() -> [[Item]] {
        depth += 1
        defer { depth -= 1 }
        // Deeper than anybody writes: what can't be looked at isn't let through.
        guard depth < 64 else {
            found = true
            index = text.count
            return []
        }
        var branches: [[Item]] = [[]]
        while index < text.count, text[index] != ")" {
            if text[index] == "|" {
                branches.append([])
                index += 1
                continue
            }
            branches[branches.count - 1].append(item())
        }
        return branches
    }

    private mutating func item() -> Item {
        let element = element()
        var isOptional = false
        var isUnbounded = false
        if index < text.count {
            switch text[index] {
            case "*": (isOptional, isUnbounded) = (true, true)
            case "+": isUnbounded = true
            case "?": isOptional = true
            case "{": (isOptional, isUnbounded) = bounds()
            default: return Item(element: element, isOptional: false, isUnbounded: false)
            }
            index += 1
            if index < text.count, text[index] == "?" { index += 1 }
        }
        if isUnbounded, case .group(let branches) = element, RegexShape.isAmbiguous(branches) { found = true }
        return Item(element: element, isOptional: isOptional, isUnbounded: isUnbounded)
    }

    /// Reads bounds such as two or more, and leaves the index at the closing brace.
    ///
    /// Many repetitions count as unbounded.
    private mutating func bounds() -> (isOptional: Bool, isUnbounded: Bool) {
        let start = index + 1
        while index < text.count - 1, text[index] != "}" { index += 1 }
        let parts = text[start..<max(start, index)].split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.map { part in Int(String(String.UnicodeScalarView(part))) }
        let least = numbers.first.flatMap { $0 } ?? 0
        let most = numbers.count == 2 ? numbers[1] ?? .max : least
        return (least == 0, most > 16)
    }

    private mutating func element() -> Element {
        let scalar = text[index]
        index += 1
        switch scalar {
        case "(":
            if index + 1 < text.count, text[index] == "?" { index += 2 }
            let inner = branches()
            index += 1
            return .group(inner)
        case "[": return classElement()
        case ".": return .anyOf { $0 != "\n" }
        case "^", "$": return .nothing
        case "\\":
            guard index < text.count else { return .nothing }
            index += 1
            return RegexShape.escape(text[index - 1])
        default: return .character(scalar)
        }
    }

    private mutating func classElement() -> Element {
        var isInverted = false
        var tests: [(Unicode.Scalar) -> Bool] = []
        if index < text.count, text[index] == "^" {
            isInverted = true
            index += 1
        }
        while index < text.count, text[index] != "]" {
            var first = text[index]
            if first == "\\", index + 1 < text.count {
                index += 1
                first = text[index]
                if case .anyOf(let test) = RegexShape.escape(first) {
                    tests.append(test)
                    index += 1
                    continue
                }
            }
            if index + 2 < text.count, text[index + 1] == "-", text[index + 2] != "]" {
                let (low, high) = (first, text[index + 2])
                tests.append { low.value <= $0.value && $0.value <= high.value }
                index += 3
            } else {
                let only = first
                tests.append { $0 == only }
                index += 1
            }
        }
        index += 1
        let all = tests
        return .anyOf { scalar in all.contains { $0(scalar) } != isInverted }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> Element {
        let isDigit = { (scalar: Unicode.Scalar) in ("0"..."9").contains(scalar) }
        let isWord = { (scalar: Unicode.Scalar) in
            isDigit(scalar) || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
        }
        switch scalar {
        case "d": return .anyOf(isDigit)
        case "D": return .anyOf { !isDigit($0) }
        case "w": return .anyOf(isWord)
        case "W": return .anyOf { !isWord($0) }
        case "s": return .anyOf { $0.properties.isWhitespace }
        case "S": return .anyOf { !$0.properties.isWhitespace }
        case "b", "B": return .nothing
        case "1"..."9": return .anyOf { _ in true }
        default: return .character(scalar)
        }
    }

    /// Whether repetitions of a group can be told apart in more than one way, as far as is plain to see.
    private static func isAmbiguous(_ branches: [[Item]]) -> Bool {
        if branches.contains(where: isAmbiguous) { return true }
        for (index, one) in branches.enumerated() {
            for other in branches[..<index] where mayBeginAlike(one, other) { return true }
        }
        return false
    }

    /// Whether a sequence has something unbounded, and no character that ends or begins it for sure.
    private static func isAmbiguous(_ items: [Item]) -> Bool {
        // What may be nothing at all can be repeated in any number of ways.
        if items.allSatisfy({ $0.isOptional || isNothing($0.element) }) { return !items.isEmpty }
        let loose = items.filter { $0.isUnbounded || isOptionalText($0) }
        let groups = items.filter {
            if case .group(let inner) = $0.element { inner.contains { !$0.isEmpty } } else { false }
        }
        if loose.isEmpty, groups.allSatisfy({ !hasUnbounded($0) }) { return false }
        return !items.contains { item in
            guard !item.isOptional, case .character(let scalar) = item.element else { return false }
            return items.allSatisfy { other in
                if case .character = other.element, !other.isUnbounded, !other.isOptional { return true }
                return !mayMatch(other.element, scalar)
            }
        }
    }

    private static func isOptionalText(_ item: Item) -> Bool { item.isOptional && !isNothing(item.element) }

    private static func isNothing(_ element: Element) -> Bool {
        if case .nothing = element { true } else { false }
    }

    private static func hasUnbounded(_ item: Item) -> Bool {
        if item.isUnbounded || item.isOptional { return true }
        guard case .group(let branches) = item.element else { return false }
        return branches.contains { $0.contains(where: hasUnbounded) }
    }

    private static func mayMatch(_ element: Element, _ scalar: Unicode.Scalar) -> Bool {
        switch element {
        case .character(let own): own == scalar
        case .anyOf(let test): test(scalar)
        case .group(let branches): branches.contains { $0.contains { mayMatch($0.element, scalar) } }
        case .nothing: false
        }
    }

    private static func mayBeginAlike(_ one: [Item], _ other: [Item]) -> Bool {
        guard let one = one.first, let other = other.first else { return true }
        switch (one.element, other.element) {
        case (.character(let left), .character(let right)): return left == right
        case (.character(let scalar), .anyOf(let test)), (.anyOf(let test), .character(let scalar)):
            return test(scalar)
        case (.anyOf(let left), .anyOf(let right)):
            return (0..<0x250).contains { value in
                Unicode.Scalar(value).map { left($0) && right($0) } ?? false
            }
        default: return true
        }
    }
}
