import CatalogModel

/// The arguments of a text function for one row.
struct TextRow {
    let arguments: [ScalarValues]
    let row: Int

    /// The bytes of a text argument.
    func text(_ index: Int) -> ArraySlice<UInt8> {
        guard case .texts(let slots) = arguments[index] else { preconditionFailure("a text") }
        let range = slots.ranges.values[row]
        return slots.bytes[Int(range.lowerBound)..<Int(range.upperBound)]
    }

    /// A whole-number argument.
    func integer(_ index: Int) -> Int {
        guard case .integers(let slots) = arguments[index] else { preconditionFailure("a number") }
        return Int(slots.values[row])
    }

    /// Code points.
    static func length(_ text: ArraySlice<UInt8>) -> Int { text.count { $0 & 0xC0 != 0x80 } }

    /// The first so many code points, and the rest.
    static func split(_ text: ArraySlice<UInt8>, at count: Int) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
        var seen = 0
        for index in text.indices where text[index] & 0xC0 != 0x80 {
            if seen >= count { return (text[..<index], text[index...]) }
            seen += 1
        }
        return (text, text[text.endIndex...])
    }

    /// Where the second argument begins in the first, in code points from 1; 0 when it doesn't.
    static func position(_ row: TextRow) -> Int {
        let text = row.text(0)
        guard let found = find(row.text(1), in: text) else { return 0 }
        return length(text[..<found]) + 1
    }

    static func find(_ wanted: ArraySlice<UInt8>, in text: ArraySlice<UInt8>) -> Int? {
        guard let first = wanted.first else { return text.startIndex }
        guard wanted.count <= text.count else { return nil }
        for start in text.startIndex...(text.endIndex - wanted.count)
        where text[start] == first && text[start..<(start + wanted.count)].elementsEqual(wanted) {
            return start
        }
        return nil
    }

    /// Longest text that padding and repeating may make, in bytes.
    private static let longest = 1 << 20

    static func apply(_ function: SQLFunction, _ row: TextRow) throws(ExpressionError) -> [UInt8] {
        let text = row.text(0)
        switch function {
        case .left:
            let count = row.integer(1)
            return Array(split(text, at: count >= 0 ? count : max(0, length(text) + count)).0)
        case .right:
            let count = row.integer(1)
            return Array(split(text, at: count >= 0 ? max(0, length(text) - count) : -count).1)
        case .substring: return try substring(row)
        case .replace: return try replace(row)
        case .repeatText:
            let count = max(0, row.integer(1))
            guard count == 0 || text.count <= longest / count else { throw .outOfRange }
            return Array(repeatElement(text, count: count).joined())
        case .lpad, .rpad: return try pad(function, row)
        case .trim, .trimStart, .trimEnd: return trim(function, row)
        case .splitPart: return try splitPart(row)
        case .lower, .upper, .length, .reverse, .concat, .md5, .position, .startsWith, .abs, .round, .floor,
            .ceil,
            .mod, .sign, .now, .currentDate:
            preconditionFailure("a function of text, row by row")
        }
    }

    private static func substring(_ row: TextRow) throws(ExpressionError) -> [UInt8] {
        let start = row.integer(1)
        let tail = split(row.text(0), at: max(0, start - 1)).1
        guard row.arguments.count == 3 else { return Array(tail) }
        let count = row.integer(2)
        guard count >= 0 else { throw .invalidArgument }
        return Array(split(tail, at: max(0, start + count - max(1, start))).0)
    }

    private static func replace(_ row: TextRow) throws(ExpressionError) -> [UInt8] {
        var rest = row.text(0)
        let wanted = row.text(1)
        guard !wanted.isEmpty else { return Array(rest) }
        var result: [UInt8] = []
        while let found = find(wanted, in: rest) {
            result.append(contentsOf: rest[..<found])
            result.append(contentsOf: row.text(2))
            rest = rest[(found + wanted.count)...]
            guard result.count <= 1 << 28 else { throw .outOfRange }
        }
        return result + rest
    }

    private static func pad(_ function: SQLFunction, _ row: TextRow) throws(ExpressionError) -> [UInt8] {
        let text = row.text(0)
        let wanted = max(0, row.integer(1))
        let have = length(text)
        if have >= wanted { return Array(split(text, at: wanted).0) }
        let filler = row.arguments.count == 3 ? row.text(2) : [32][...]
        guard !filler.isEmpty else { return Array(text) }
        guard wanted <= longest / 4 else { throw .outOfRange }
        let missing = wanted - have
        let times = missing / length(filler)
        var padding = Array(repeatElement(filler, count: times).joined())
        padding += split(filler, at: missing - times * length(filler)).0
        return function == .lpad ? padding + text : text + padding
    }

    private static func trim(_ function: SQLFunction, _ row: TextRow) -> [UInt8] {
        var characters = String(decoding: row.text(0), as: UTF8.self).unicodeScalars[...]
        let given = row.arguments.count == 2 ? String(decoding: row.text(1), as: UTF8.self) : " "
        let unwanted = Set(given.unicodeScalars)
        if function != .trimEnd { characters = characters.drop { unwanted.contains($0) } }
        if function != .trimStart {
            while let last = characters.last, unwanted.contains(last) { characters.removeLast() }
        }
        return Array(String(String.UnicodeScalarView(characters)).utf8)
    }

    private static func splitPart(_ row: TextRow) throws(ExpressionError) -> [UInt8] {
        let number = row.integer(2)
        let separator = row.text(1)
        guard number != 0 else { throw .invalidArgument }
        var parts: [ArraySlice<UInt8>] = []
        var rest = row.text(0)
        if rest.isEmpty { return [] }
        while !separator.isEmpty, let found = find(separator, in: rest) {
            parts.append(rest[..<found])
            rest = rest[(found + separator.count)...]
        }
        parts.append(rest)
        let index = number > 0 ? number - 1 : parts.count + number
        return parts.indices.contains(index) ? Array(parts[index]) : []
    }
}
