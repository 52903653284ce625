import CatalogModel

/// Parts of JSON documents, as they stand in them.
enum JSONParts {
    static func apply(_ function: Builtin, _ a: [Datum]) throws(EngineFault) -> Datum? {
        switch function {
        case .jsonPart: return part(a[0].bytes, a[1]).map { .bytes($0) } ?? .null
        case .jsonPartText: return part(a[0].bytes, a[1]).map(text) ?? .null
        case .jsonArrayLength: return .integer(Int64(try elements(a[0].bytes).count))
        case .jsonTypeOf: return .text(kind(a[0].bytes))
        default: return nil
        }
    }

    /// The elements of a document that is an array.
    static func elements(_ document: [UInt8]) throws(EngineFault) -> [[UInt8]] {
        let whole = trimmed(document[...])
        guard whole.first == UInt8(ascii: "[") else {
            throw EngineFault("22023", "cannot take elements of what is no array")
        }
        return split(whole.dropFirst().dropLast())
    }

    /// An element or a member; of members of one name the last one.
    private static func part(_ document: [UInt8], _ key: Datum) -> [UInt8]? {
        let whole = trimmed(document[...])
        if case .integer(let index) = key {
            guard whole.first == UInt8(ascii: "[") else { return nil }
            let all = split(whole.dropFirst().dropLast())
            let place = index >= 0 ? Int(index) : all.count + Int(index)
            return all.indices.contains(place) ? all[place] : nil
        }
        guard whole.first == UInt8(ascii: "{") else { return nil }
        var found: [UInt8]?
        for member in split(whole.dropFirst().dropLast()) {
            guard let colon = end(ofString: member[...]) else { continue }
            let name = text(Array(member[..<colon]))
            let rest = trimmed(member[colon...]).dropFirst()
            if name.bytes == key.bytes { found = Array(trimmed(rest)) }
        }
        return found
    }

    /// A document as a text: a string without its quotes, NULL for `null`.
    static func text(_ document: [UInt8]) -> Datum {
        switch document.first {
        case UInt8(ascii: "\""):
            guard let value = try? JSONReader.value(of: document), case .string(let text) = value else {
                return .bytes(document)
            }
            return .text(text)
        case UInt8(ascii: "n"): return .null
        default: return .bytes(document)
        }
    }

    private static func kind(_ document: [UInt8]) -> String {
        switch trimmed(document[...]).first {
        case UInt8(ascii: "{"): "object"
        case UInt8(ascii: "["): "array"
        case UInt8(ascii: "\""): "string"
        case UInt8(ascii: "t"), UInt8(ascii: "f"): "boolean"
        case UInt8(ascii: "n"): "null"
        default: "number"
        }
    }

    /// Where a string at the beginning ends; nil when there is none.
    private static func end(ofString bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.first == 34 else { return nil }
        var index = bytes.startIndex + 1
        while index < bytes.endIndex {
            if bytes[index] == 92 {
                index += 2
                continue
            }
            if bytes[index] == 34 { return index + 1 }
            index += 1
        }
        return nil
    }

    /// What stands between commas that are in no string, array or object.
    private static func split(_ bytes: ArraySlice<UInt8>) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var depth = 0
        var start = bytes.startIndex
        var index = bytes.startIndex
        while index < bytes.endIndex {
            switch bytes[index] {
            case 34:
                index = min(end(ofString: bytes[index...]) ?? bytes.endIndex, bytes.endIndex)
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                parts.append(Array(trimmed(bytes[start..<index])))
                start = index + 1
            default: break
            }
            index += 1
        }
        let last = trimmed(bytes[start...])
        if !last.isEmpty { parts.append(Array(last)) }
        return parts
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var slice = bytes
        while let first = slice.first, first <= 32 { slice = slice.dropFirst() }
        while let last = slice.last, last <= 32 { slice = slice.dropLast() }
        return slice
    }
}
