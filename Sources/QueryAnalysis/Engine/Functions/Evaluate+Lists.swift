/// What functions of arrays and of any number of values give.
enum ListFunctions {
    static func apply(
        _ function: Builtin,
        _ a: [Datum],
        _ types: [EngineType]
    ) throws(EngineFault) -> Datum? {
        switch function {
        case .concat:
            return .bytes(try TextFunctions.made(zip(a, types).lazy.map { DatumText.bytes($0, $1) }))
        case .concatWithSeparator:
            guard !a[0].isNull else { return .null }
            let parts = zip(a, types).dropFirst().filter { !$0.0.isNull }.lazy.map { DatumText.bytes($0, $1) }
            return .bytes(try TextFunctions.made(parts, between: a[0].bytes))
        case .format: return a[0].isNull ? .null : .bytes(try formatted(a, types))
        case .countNulls: return .integer(Int64(a.count { $0.isNull }))
        case .countNonNulls: return .integer(Int64(a.count { !$0.isNull }))
        case .cardinality: return .integer(Int64(a[0].list.count))
        case .arrayLength, .arrayUpper:
            let count = a[0].list.count
            return a[1].integer == 1 && count > 0 ? .integer(Int64(count)) : .null
        case .arrayLower: return a[1].integer == 1 && !a[0].list.isEmpty ? .integer(1) : .null
        case .arrayAppend: return .list(try joined(a[0].list, [a[1]]))
        case .arrayPrepend: return .list(try joined([a[0]], a[1].list))
        case .arrayConcatenate:
            if a[0].isNull { return a[1] }
            return a[1].isNull ? a[0] : .list(try joined(a[0].list, a[1].list))
        case .arrayPosition:
            guard !a[0].isNull else { return .null }
            let index = a[0].list.firstIndex { Order.compare($0, a[1]) == 0 }
            return index.map { .integer(Int64($0 + 1)) } ?? .null
        case .arrayRemove:
            return a[0].isNull ? .null : .list(a[0].list.filter { Order.compare($0, a[1]) != 0 })
        case .arrayReplace:
            return a[0].isNull ? .null : .list(a[0].list.map { Order.compare($0, a[1]) == 0 ? a[2] : $0 })
        case .arrayContains:
            try TextFunctions.afford(a[0].list.count, a[1].list.count)
            return .truth(a[1].list.allSatisfy { part in contains(a[0].list, part) })
        case .arrayOverlaps:
            try TextFunctions.afford(a[0].list.count, a[1].list.count)
            return .truth(a[1].list.contains { part in contains(a[0].list, part) })
        case .arrayToText:
            guard !a[0].isNull, !a[1].isNull else { return .null }
            let element = types[0].element ?? .text
            let null: [UInt8]? = a.count > 2 && !a[2].isNull ? a[2].bytes : nil
            let parts = a[0].list.lazy.compactMap { $0.isNull ? null : DatumText.bytes($0, element) }
            return .bytes(try TextFunctions.made(parts, between: a[1].bytes))
        case .textToArray:
            guard !a[0].isNull else { return .null }
            try TextFunctions.afford(a[0].bytes.count, a[1].bytes.count)
            guard !a[1].isNull || a[0].bytes.count <= limit else { throw tooMany }
            let parts =
                a[1].isNull
                ? TextFunctions.scalars(a[0].bytes).map { TextFunctions.encoded([$0]) }
                : a[0].bytes.isEmpty ? [] : TextFunctions.parts(a[0].bytes, a[1].bytes)
            guard parts.count <= limit else { throw tooMany }
            let null: [UInt8]? = a.count > 2 && !a[2].isNull ? a[2].bytes : nil
            return .list(parts.map { $0 == null ? .null : .bytes($0) })
        default: return nil
        }
    }

    /// Elements of an array that a function may make.
    static let limit = 1 << 20

    private static let tooMany = EngineFault("54000", "requested array is too large")

    private static func joined(_ one: [Datum], _ other: [Datum]) throws(EngineFault) -> [Datum] {
        guard one.count + other.count <= limit else { throw tooMany }
        return one + other
    }

    /// NULL is in nothing.
    private static func contains(_ list: [Datum], _ part: Datum) -> Bool {
        !part.isNull && list.contains { !$0.isNull && Order.compare($0, part) == 0 }
    }

    /// `format()` with `%s`, `%I`, `%L` and `%%`.
    private static func formatted(_ a: [Datum], _ types: [EngineType]) throws(EngineFault) -> [UInt8] {
        var result: [UInt8] = []
        var next = 1
        let text = a[0].bytes
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "%") else {
                result.append(text[index])
                index += 1
                continue
            }
            guard index + 1 < text.count else {
                throw EngineFault("22023", "unterminated format() type specifier")
            }
            let kind = text[index + 1]
            index += 2
            if kind == UInt8(ascii: "%") {
                result.append(kind)
                continue
            }
            guard "sIL".utf8.contains(kind) else { throw .missing("this specifier of format()") }
            guard next < a.count else { throw EngineFault("22023", "too few arguments for format()") }
            let value = DatumText.bytes(a[next], types[next])
            switch kind {
            case UInt8(ascii: "s"): result += value
            case UInt8(ascii: "L"):
                result += a[next].isNull ? Array("NULL".utf8) : QuotingFunctions.literal(value)
            default:
                guard !a[next].isNull else {
                    throw EngineFault("22004", "null values cannot be formatted as an SQL identifier")
                }
                result += try QuotingFunctions.apply(.quoteIdentifier, [.bytes(value)])?.bytes ?? []
            }
            next += 1
            guard result.count <= TextFunctions.limit else {
                throw EngineFault("54000", "requested length too large")
            }
        }
        return result
    }
}
