import CatalogModel

/// Parts of JSON documents, as PostgreSQL's operators and functions of `json` give them.
///
/// A part is the text that stands in the document, white space and order of members included. Documents were checked when
/// they became `json`; of one that is no document after all there are no parts.
///
/// **Source.** `jsonfuncs.c` of PostgreSQL 15.
enum JSONReading {
    /// What kind of value a text is.
    enum Kind: String {
        case object, array, string, number, boolean, null
    }

    static func apply(
        _ function: Builtin,
        _ a: [Datum],
        _ types: [EngineType]
    ) throws(EngineFault) -> Datum? {
        switch function {
        case .jsonField: return part(member(of: a[0].bytes[...], a[1].bytes))
        case .jsonElement: return part(element(of: a[0].bytes[...], a[1].integer))
        case .jsonPath: return part(part(of: a[0].bytes[...], a[1].list))
        case .jsonFieldText: return try text(member(of: a[0].bytes[...], a[1].bytes))
        case .jsonElementText: return try text(element(of: a[0].bytes[...], a[1].integer))
        case .jsonPathText: return try text(part(of: a[0].bytes[...], a[1].list))
        case .jsonArrayLength:
            switch kind(of: a[0].bytes[...]) {
            case .array: return .integer(Int64(elements(of: a[0].bytes[...]).count))
            case .object: throw EngineFault("22023", "cannot get array length of a non-array")
            default: throw EngineFault("22023", "cannot get array length of a scalar")
            }
        case .jsonTypeof: return kind(of: a[0].bytes[...]).map { .text($0.rawValue) } ?? .null
        default: return nil
        }
    }

    // MARK: Parts

    /// The members of an object in their order, with names that still have their quotes and escapes.
    static func members(of text: ArraySlice<UInt8>) -> [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] {
        var scanner = JSONScanner(text)
        guard scanner.skips(UInt8(ascii: "{")) else { return [] }
        var result: [(ArraySlice<UInt8>, ArraySlice<UInt8>)] = []
        while let name = scanner.value(), scanner.skips(UInt8(ascii: ":")), let value = scanner.value() {
            result.append((name, value))
            guard scanner.skips(UInt8(ascii: ",")) else { break }
        }
        return result
    }

    /// The elements of an array in their order; empty for anything else.
    static func elements(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var scanner = JSONScanner(text)
        guard scanner.skips(UInt8(ascii: "[")) else { return [] }
        var result: [ArraySlice<UInt8>] = []
        while let value = scanner.value() {
            result.append(value)
            guard scanner.skips(UInt8(ascii: ",")) else { break }
        }
        return result
    }

    /// What kind of value a text is; nil for no value.
    static func kind(of text: ArraySlice<UInt8>) -> Kind? {
        switch JSONScanner(text).first {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
        case UInt8(ascii: "n"): .null
        case nil: nil
        default: .number
        }
    }

    /// Of members with one name the last one counts.
    private static func member(of text: ArraySlice<UInt8>, _ name: [UInt8]) -> ArraySlice<UInt8>? {
        members(of: text).last { (try? plain($0.name)) == name }?.value
    }

    /// From 0, or from the end when negative.
    private static func element(of text: ArraySlice<UInt8>, _ index: Int64) -> ArraySlice<UInt8>? {
        let elements = elements(of: text)
        let place = index < 0 ? Int64(elements.count) + index : index
        return place >= 0 && place < elements.count ? elements[Int(place)] : nil
    }

    private static func part(of text: ArraySlice<UInt8>, _ path: [Datum]) -> ArraySlice<UInt8>? {
        var current = trimmed(text)
        for step in path {
            guard case .bytes(let name) = step else { return nil }
            let next: ArraySlice<UInt8>?
            switch kind(of: current) {
            case .object: next = member(of: current, name)
            case .array:
                guard let index = Int32(String(decoding: name, as: UTF8.self)) else { return nil }
                next = element(of: current, Int64(index))
            default: return nil
            }
            guard let next else { return nil }
            current = next
        }
        return current
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var scanner = JSONScanner(text)
        return scanner.value() ?? text
    }

    private static func part(_ text: ArraySlice<UInt8>?) -> Datum {
        text.map { .bytes(Array($0)) } ?? .null
    }

    /// A part as a text: a string without quotes and escapes, NULL for `null`.
    static func text(_ part: ArraySlice<UInt8>?) throws(EngineFault) -> Datum {
        guard let part else { return .null }
        switch kind(of: part) {
        case .string: return .bytes(try plain(part))
        case .null, nil: return .null
        case .object, .array, .number, .boolean: return .bytes(Array(part))
        }
    }

    /// What a string in quotes means.
    static func plain(_ quoted: ArraySlice<UInt8>) throws(EngineFault) -> [UInt8] {
        let inside = quoted.dropFirst().dropLast()
        guard inside.contains(92) else { return Array(inside) }
        guard case .string(let text)? = try? JSONReader.value(of: Array(quoted)), !text.utf8.contains(0)
        else {
            throw EngineFault("22P05", "unsupported Unicode escape sequence")
        }
        return Array(text.utf8)
    }
}

/// Goes over a JSON text value by value, without looking at what they mean.
private struct JSONScanner {
    private let text: ArraySlice<UInt8>
    private var index: Int

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        index = text.startIndex
        skipSpace()
    }

    /// The byte that comes next; nil at the end.
    var first: UInt8? { index < text.endIndex ? text[index] : nil }

    /// Whether a byte comes next, which is then passed with the white space behind it.
    mutating func skips(_ byte: UInt8) -> Bool {
        guard first == byte else { return false }
        index += 1
        skipSpace()
        return true
    }

    /// The text of the value that comes next, without white space around it; nil where there is none.
    mutating func value() -> ArraySlice<UInt8>? {
        let start = index
        guard let byte = first else { return nil }
        switch byte {
        case UInt8(ascii: "\""): string()
        case UInt8(ascii: "{"), UInt8(ascii: "["): nested()
        case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ","), UInt8(ascii: ":"): return nil
        default:
            while let byte = first, !isEnd(byte) { index += 1 }
        }
        let value = text[start..<index]
        skipSpace()
        return value
    }

    private mutating func string() {
        index += 1
        while let byte = first, byte != UInt8(ascii: "\"") { index += byte == 92 ? 2 : 1 }
        index = min(index + 1, text.endIndex)
    }

    /// An array or object, whatever is in it.
    private mutating func nested() {
        var depth = 0
        while let byte = first {
            switch byte {
            case UInt8(ascii: "\""):
                string()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            index += 1
            if depth == 0 { return }
        }
    }

    private func isEnd(_ byte: UInt8) -> Bool {
        byte == 32 || byte &- 9 < 5 || ",:]}".utf8.contains(byte)
    }

    private mutating func skipSpace() {
        while let byte = first, byte == 32 || byte == 9 || byte == 10 || byte == 13 { index += 1 }
    }
}
