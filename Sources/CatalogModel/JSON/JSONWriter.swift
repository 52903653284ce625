/// Writes JSON text as bytes, in the order it is told.
///
/// Commas are its business: tell it names and values, and where objects and lists begin and end.
package struct JSONWriter {
    /// The text so far.
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// An empty text.
    package init() {}

    /// The text so far as a string.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Begins an object.
    package mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Ends the object begun last.
    package mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Begins a list.
    package mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// Ends the list begun last.
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// A name, to which the next value belongs.
    package mutating func name(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A string.
    package mutating func string(_ text: String) {
        separate()
        quote(text)
        needsComma = true
    }

    /// A whole number.
    package mutating func integer(_ number: Int64) {
        separate()
        bytes.append(contentsOf: String(number).utf8)
        needsComma = true
    }

    /// `true` or `false`.
    package mutating func bool(_ bool: Bool) {
        separate()
        bytes.append(contentsOf: (bool ? "true" : "false").utf8)
        needsComma = true
    }

    /// `null`.
    package mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
        needsComma = true
    }

    /// Any value.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let bool): self.bool(bool)
        case .integer(let number): integer(number)
        case .number(let number):
            guard number.isFinite else { return null() }
            separate()
            bytes.append(contentsOf: "\(number)".utf8)
            needsComma = true
        case .string(let text): string(text)
        case .array(let list):
            beginArray()
            for element in list { self.value(element) }
            endArray()
        case .object(let object): self.object(object)
        }
    }

    /// An object.
    package mutating func object(_ object: JSONObject) {
        beginObject()
        for pair in object.pairs {
            name(pair.name)
            value(pair.value)
        }
        endObject()
    }

    /// A name with its value.
    package mutating func pair(_ name: String, _ value: JSONValue) {
        self.name(name)
        self.value(value)
    }

    private mutating func open(_ byte: UInt8) {
        separate()
        bytes.append(byte)
        needsComma = false
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            for index in 0..<utf8.count {
                let byte = utf8[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                    continue
                }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
                escape(byte)
                start = index + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<utf8.count]))
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
        case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
        case 10: bytes.append(contentsOf: "\\n".utf8)
        case 13: bytes.append(contentsOf: "\\r".utf8)
        case 9: bytes.append(contentsOf: "\\t".utf8)
        default:
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }
}

extension JSONValue {
    /// The value as JSON text.
    package var json: String {
        var writer = JSONWriter()
        writer.value(self)
        return writer.text
    }
}
