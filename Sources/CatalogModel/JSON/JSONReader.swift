/// Where JSON text is not JSON.
package struct JSONSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Bytes before the place.
    package let offset: Int
    /// What is wrong there; never a part of the text.
    package let problem: String

    /// The problem with its place.
    package var description: String { "byte \(offset): \(problem)" }
}

/// Reads JSON text (RFC 8259) from bytes.
///
/// Of names given twice in one object the last one counts. Bytes that are no UTF-8 become U+FFFD.
/// **Limits.** 200 levels of nesting.
/// **Cost.** One pass; names of up to 64 bytes that come again and again share their storage.
package struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0
    private var names: [String?] = Array(repeating: nil, count: 128)

    private static let maximumDepth = 200

    /// A reader of single values in a text; the bytes must outlive it.
    package init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The value that begins at a place; the place is set behind it.
    ///
    /// The place is where the value's first byte is, which is no white space; the depth, how many arrays and objects it
    /// lies in.
    /// - Throws: the first place that isn't JSON.
    package mutating func value(at place: inout Int, depth: Int) throws(JSONSyntaxError) -> JSONValue {
        (position, self.depth) = (place, depth)
        let value = try value()
        place = position
        return value
    }

    /// The value that the text is, with nothing but white space around it.
    ///
    /// - Throws: the first place that isn't JSON.
    package static func value(of bytes: [UInt8]) throws(JSONSyntaxError) -> JSONValue {
        let result = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(JSONSyntaxError) in
                var reader = JSONReader(buffer)
                reader.skipSpace()
                let value = try reader.value()
                reader.skipSpace()
                guard reader.position == buffer.count else { throw reader.error("more than one value") }
                return value
            }
        }
        return try result.get()
    }

    private func error(_ problem: String) -> JSONSyntaxError {
        JSONSyntaxError(offset: position, problem: problem)
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func value() throws(JSONSyntaxError) -> JSONValue {
        guard position < bytes.count else { throw error("the text ends too early") }
        switch bytes[position] {
        case UInt8(ascii: "{"):
            return .object(try nested { reader throws(JSONSyntaxError) in try reader.object() })
        case UInt8(ascii: "["):
            return .array(try nested { reader throws(JSONSyntaxError) in try reader.array() })
        case UInt8(ascii: "\""): return .string(try string(isName: false))
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error("no value starts like this")
        }
    }

    private mutating func nested<Value>(
        _ body: (inout JSONReader) throws(JSONSyntaxError) -> Value
    ) throws(JSONSyntaxError) -> Value {
        depth += 1
        guard depth <= Self.maximumDepth else { throw error("nested too deep") }
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(JSONSyntaxError) -> JSONObject {
        position += 1
        var pairs: [(name: String, value: JSONValue)] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return JSONObject() }
        while true {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw error("a name is missing")
            }
            let name = try string(isName: true)
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error("`:` is missing") }
            skipSpace()
            pairs.append((name, try value()))
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw error("`,` or `}` is missing") }
            return JSONObject(unique: Self.lastOfEach(pairs))
        }
    }

    private static func lastOfEach(
        _ pairs: [(name: String, value: JSONValue)]
    ) -> [(name: String, value: JSONValue)] {
        if pairs.count <= 16 {
            for index in pairs.indices.dropFirst() {
                let name = pairs[index].name
                for earlier in 0..<index where pairs[earlier].name == name { return deduplicated(pairs) }
            }
            return pairs
        }
        return Set(pairs.map(\.name)).count == pairs.count ? pairs : deduplicated(pairs)
    }

    private static func deduplicated(
        _ pairs: [(name: String, value: JSONValue)]
    ) -> [(name: String, value: JSONValue)] {
        var last: [String: Int] = [:]
        for (index, pair) in pairs.enumerated() { last[pair.name] = index }
        return pairs.enumerated().filter { last[$1.name] == $0 }.map(\.element)
    }

    private mutating func array() throws(JSONSyntaxError) -> [JSONValue] {
        position += 1
        var list: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return list }
        while true {
            skipSpace()
            list.append(try value())
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw error("`,` or `]` is missing") }
            return list
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue
    {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count else { throw error("no value starts like this") }
        for index in 0..<length where bytes[position + index] != word.utf8Start[index] {
            throw error("no value starts like this")
        }
        position += length
        return value
    }
}

extension JSONReader {
    private mutating func number() throws(JSONSyntaxError) -> JSONValue {
        let start = position
        var isWhole = true
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let first = position
        try digits()
        if bytes[first] == UInt8(ascii: "0"), position > first + 1 {
            throw error("a number with a leading zero")
        }
        if take(UInt8(ascii: ".")) {
            isWhole = false
            try digits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            position += 1
            if position < bytes.count, bytes[position] == 0x2B || bytes[position] == 0x2D { position += 1 }
            try digits()
        }
        if isWhole, position - start <= 18 {
            let isNegative = first > start
            var value: Int64 = 0
            for index in first..<position { value = value * 10 + Int64(bytes[index] - 48) }
            return .integer(isNegative ? -value : value)
        }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw error("a number that is too large") }
        return .number(number)
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = position
        while position < bytes.count, bytes[position] >= 48, bytes[position] <= 57 { position += 1 }
        guard position > start else { throw error("a digit is missing") }
    }

    private mutating func string(isName: Bool) throws(JSONSyntaxError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let slice = UnsafeBufferPointer(rebasing: bytes[start..<position])
                position += 1
                return isName ? interned(slice) : String(decoding: slice, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\") { return try escaped(from: start) }
            guard byte >= 0x20 else { throw error("a control character in a string") }
            position += 1
        }
        throw error("a string without an end")
    }

    /// The name, with the storage of the same name read before.
    private mutating func interned(_ slice: UnsafeBufferPointer<UInt8>) -> String {
        guard slice.count > 15, slice.count <= 64 else { return String(decoding: slice, as: UTF8.self) }
        let slot =
            (Int(slice[slice.count - 1]) &* 31 &+ Int(slice[slice.count / 2]) &+ slice.count &* 7) & 127
        if let known = names[slot], known.utf8.elementsEqual(slice) { return known }
        let name = String(decoding: slice, as: UTF8.self)
        names[slot] = name
        return name
    }

    private mutating func escaped(from start: Int) throws(JSONSyntaxError) -> String {
        var text = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw error("a control character in a string")
            default: text.append(byte)
            }
        }
        throw error("a string without an end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
        guard position < bytes.count else { throw error("a string without an end") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"):
            var scalar = try hexadecimal()
            if scalar & 0xFC00 == 0xD800, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            {
                let before = position
                position += 2
                let low = try hexadecimal()
                if low & 0xFC00 == 0xDC00 {
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + (low & 0x3FF)
                } else {
                    position = before
                }
            }
            text += Array(String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
        default: throw error("an unknown escape in a string")
        }
    }

    private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw error("a string without an end") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw error("an unknown escape in a string")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
