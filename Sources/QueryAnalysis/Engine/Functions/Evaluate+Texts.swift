import Masking

/// What functions of texts give; arguments are what their signatures say.
enum TextFunctions {
    static func apply(_ function: Builtin, _ a: [Datum]) throws(EngineFault) -> Datum? {
        switch function {
        case .concatenate:
            return .bytes(try within(a[0].bytes.count + a[1].bytes.count, a[0].bytes + a[1].bytes))
        case .lower: return .bytes(lowered(a[0].bytes))
        case .upper: return .bytes(mapped(a[0].bytes) { $0.properties.uppercaseMapping })
        case .length: return .integer(Int64(count(a[0].bytes)))
        case .byteLength: return .integer(Int64(a[0].bytes.count))
        case .bitLength: return .integer(Int64(a[0].bytes.count * 8))
        case .reverse: return .bytes(encoded(scalars(a[0].bytes).reversed()))
        case .md5: return .bytes(DatumText.hexadecimal(Digests.md5(a[0].bytes)))
        case .sha256: return .bytes(Digests.sha256(a[0].bytes))
        case .left:
            let all = scalars(a[0].bytes)
            let wanted = Int(a[1].integer)
            return .bytes(encoded(all.prefix(wanted >= 0 ? wanted : max(0, all.count + wanted))))
        case .right:
            let all = scalars(a[0].bytes)
            let wanted = Int(a[1].integer)
            return .bytes(encoded(all.suffix(wanted >= 0 ? wanted : max(0, all.count + wanted))))
        case .leftPad, .rightPad: return try padded(a, isLeft: function == .leftPad)
        case .trim, .trimStart, .trimEnd:
            let set = a.count > 1 ? Set(scalars(a[1].bytes)) : [" "]
            var all = scalars(a[0].bytes)[...]
            if function != .trimEnd { all = all.drop { set.contains($0) } }
            if function != .trimStart {
                while let last = all.last, set.contains(last) { all = all.dropLast() }
            }
            return .bytes(encoded(all))
        case .substring, .substringTo: return .bytes(try part(a))
        case .position:
            try afford(a[0].bytes.count, a[1].bytes.count)
            return .integer(Int64(position(of: a[1].bytes, in: a[0].bytes)))
        case .replace:
            guard !a[1].bytes.isEmpty else { return a[0] }
            try afford(a[0].bytes.count, a[1].bytes.count)
            return .bytes(try replaced(a[0].bytes, a[1].bytes, a[2].bytes))
        case .repeatText:
            let times = max(0, Int(a[1].integer))
            let (size, overflow) = a[0].bytes.count.multipliedReportingOverflow(by: times)
            guard !overflow, size <= limit else { throw EngineFault("54000", "requested length too large") }
            return .bytes(repeated(a[0].bytes, times))
        case .splitPart:
            try afford(a[0].bytes.count, a[1].bytes.count)
            return .bytes(try split(a))
        case .startsWith: return .truth(a[0].bytes.starts(with: a[1].bytes))
        case .ascii: return .integer(Int64(scalars(a[0].bytes).first?.value ?? 0))
        case .character:
            guard a[0].integer > 0, let scalar = UInt32(exactly: a[0].integer).flatMap(Unicode.Scalar.init)
            else { throw EngineFault("54000", "requested character not valid") }
            return .bytes(encoded([scalar]))
        case .initialCapitals: return .bytes(capitalised(a[0].bytes))
        case .translate:
            try afford(a[0].bytes.count, a[1].bytes.count)
            return .bytes(translated(a))
        case .overlay, .overlayTo: return .bytes(try overlaid(a))
        default: return try QuotingFunctions.apply(function, a)
        }
    }

    /// Refuses work that grows with the product of two lengths, once nobody would wait for it.
    static func afford(_ one: Int, _ other: Int) throws(EngineFault) {
        let (product, overflow) = one.multipliedReportingOverflow(by: max(1, other))
        guard !overflow, product <= 1 << 28 else {
            throw EngineFault("54000", "texts are too long to be compared like this")
        }
    }

    /// Bytes of a text that a function may make.
    static let limit = 16 << 20

    /// A text that a function made, unless it is too long.
    static func made(_ parts: some Sequence<[UInt8]>, between: [UInt8] = []) throws(EngineFault) -> [UInt8] {
        var result: [UInt8] = []
        var isFirst = true
        for part in parts {
            if !isFirst { result += between }
            isFirst = false
            result += part
            guard result.count <= limit else { throw EngineFault("54000", "requested length too large") }
        }
        return result
    }

    private static func within(_ size: Int, _ bytes: @autoclosure () -> [UInt8]) throws(EngineFault)
        -> [UInt8]
    {
        guard size <= limit else { throw EngineFault("54000", "requested length too large") }
        return bytes()
    }

    static func scalars(_ bytes: [UInt8]) -> [Unicode.Scalar] {
        if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.map { Unicode.Scalar($0) } }
        return Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    }

    static func encoded(_ scalars: some Sequence<Unicode.Scalar>) -> [UInt8] {
        var result: [UInt8] = []
        for scalar in scalars {
            if scalar.isASCII {
                result.append(UInt8(scalar.value))
            } else {
                result += UTF8.encode(scalar) ?? .init()
            }
        }
        return result
    }

    static func count(_ bytes: [UInt8]) -> Int { bytes.count { $0 & 0xC0 != 0x80 } }

    static func lowered(_ bytes: [UInt8]) -> [UInt8] {
        // The capital I with a dot has one small letter for C, two characters for Unicode.
        mapped(bytes) { $0 == "\u{130}" ? "i" : $0.properties.lowercaseMapping }
    }

    /// One character for one, as C's functions do.
    private static func mapped(_ bytes: [UInt8], _ change: (Unicode.Scalar) -> String) -> [UInt8] {
        encoded(
            scalars(bytes).map { scalar in
                let changed = change(scalar).unicodeScalars
                return changed.count == 1 ? changed.first ?? scalar : scalar
            }
        )
    }

    private static func capitalised(_ bytes: [UInt8]) -> [UInt8] {
        var isInside = false
        return encoded(
            scalars(bytes).map { scalar in
                let changed =
                    isInside ? scalar.properties.lowercaseMapping : scalar.properties.uppercaseMapping
                isInside = scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
                return changed.unicodeScalars.count == 1 ? changed.unicodeScalars.first ?? scalar : scalar
            }
        )
    }

    private static func repeated(_ text: [UInt8], _ times: Int) -> [UInt8] {
        var result: [UInt8] = []
        var power = text
        var rest = times
        while rest > 0 {
            if rest & 1 == 1 { result += power }
            rest >>= 1
            if rest > 0 { power += power }
        }
        return result
    }

    private static func padded(_ a: [Datum], isLeft: Bool) throws(EngineFault) -> Datum {
        let all = scalars(a[0].bytes)
        let fill = a.count > 2 ? scalars(a[2].bytes) : [" "]
        let length = max(0, Int(a[1].integer))
        guard length <= limit / 4 else { throw EngineFault("54000", "requested length too large") }
        guard length > all.count, !fill.isEmpty else { return .bytes(encoded(all.prefix(length))) }
        let missing = (0..<(length - all.count)).map { fill[$0 % fill.count] }
        return .bytes(encoded(isLeft ? missing + all : all + missing))
    }

    private static func part(_ a: [Datum]) throws(EngineFault) -> [UInt8] {
        let all = scalars(a[0].bytes)
        let start = Int(a[1].integer)
        var end = Int.max
        if a.count > 2 {
            guard a[2].integer >= 0 else {
                throw EngineFault("22011", "negative substring length not allowed")
            }
            end = start + Int(a[2].integer)
        }
        let first = max(1, start)
        guard first <= all.count, end > first else { return [] }
        return encoded(all[(first - 1)..<min(all.count, end - 1)])
    }

    private static func find(_ part: [UInt8], in text: [UInt8], from start: Int) -> Int? {
        guard part.count <= text.count else { return nil }
        var index = start
        while index + part.count <= text.count {
            if text[index] == part[0], text[index..<index + part.count].elementsEqual(part) { return index }
            index += 1
        }
        return nil
    }

    /// The character, from 1, at which a text begins in another; 0 when it doesn't.
    private static func position(of part: [UInt8], in text: [UInt8]) -> Int {
        guard !part.isEmpty else { return 1 }
        guard let index = find(part, in: text, from: 0) else { return 0 }
        return 1 + text[..<index].count { $0 & 0xC0 != 0x80 }
    }

    private static func replaced(
        _ text: [UInt8],
        _ part: [UInt8],
        _ other: [UInt8]
    ) throws(EngineFault) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while let next = find(part, in: text, from: index) {
            result += text[index..<next]
            result += other
            index = next + part.count
            guard result.count <= limit else { throw EngineFault("54000", "requested length too large") }
        }
        return result + text[index...]
    }

    /// The parts between separators.
    ///
    /// One more than an array may have, at most.
    static func parts(_ text: [UInt8], _ separator: [UInt8]) -> [[UInt8]] {
        guard !separator.isEmpty else { return [text] }
        var result: [[UInt8]] = []
        var index = 0
        while result.count <= ListFunctions.limit, let next = find(separator, in: text, from: index) {
            result.append(Array(text[index..<next]))
            index = next + separator.count
        }
        result.append(Array(text[index...]))
        return result
    }

    private static func split(_ a: [Datum]) throws(EngineFault) -> [UInt8] {
        let number = Int(a[2].integer)
        guard number != 0 else { throw EngineFault("22023", "field position must not be zero") }
        let all = a[0].bytes.isEmpty ? [] : parts(a[0].bytes, a[1].bytes)
        let index = number > 0 ? number - 1 : all.count + number
        return all.indices.contains(index) ? all[index] : []
    }

    private static func translated(_ a: [Datum]) -> [UInt8] {
        let from = scalars(a[1].bytes)
        let to = scalars(a[2].bytes)
        var result: [Unicode.Scalar] = []
        for scalar in scalars(a[0].bytes) {
            guard let index = from.firstIndex(of: scalar) else {
                result.append(scalar)
                continue
            }
            if index < to.count { result.append(to[index]) }
        }
        return encoded(result)
    }

    private static func overlaid(_ a: [Datum]) throws(EngineFault) -> [UInt8] {
        let all = scalars(a[0].bytes)
        let start = Int(a[2].integer)
        guard start > 0 else { throw EngineFault("22011", "negative substring length not allowed") }
        let length = a.count > 3 ? Int(a[3].integer) : count(a[1].bytes)
        let rest = max(0, start - 1 + length)
        return encoded(all.prefix(start - 1)) + a[1].bytes + encoded(all.dropFirst(rest))
    }
}
