/// A place in memory to write text to, byte after byte; whoever makes one has seen to it that there is room.
struct ByteWriter {
    private(set) var count = 0
    private let start: UnsafeMutablePointer<UInt8>

    init(_ start: UnsafeMutablePointer<UInt8>) { self.start = start }

    @inline(__always)
    mutating func put(_ byte: UInt8) {
        start[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let first = bytes.baseAddress else { return }
        (start + count).update(from: first, count: bytes.count)
        count += bytes.count
    }

    mutating func put(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { put($0) } }
}

/// Values as CSV fields and JSON literals.
enum TextEncoding {
    /// The most bytes that one byte of a value can become: a control character in JSON is `\u0000`.
    static let growth = 6
    private static let digits = Array("0123456789abcdef".utf8)

    /// Writes a CSV field: quoted when it must be, and when it is empty, so that it can't be taken for NULL.
    static func putCSV(_ value: UnsafeBufferPointer<UInt8>, to output: inout ByteWriter) {
        var mustQuote = value.isEmpty
        for byte in value {
            mustQuote = mustQuote || byte == 34 || byte == 44 || byte == 10 || byte == 13
        }
        guard mustQuote else { return output.put(value) }
        output.put(34)
        for byte in value {
            if byte == 34 { output.put(34) }
            output.put(byte)
        }
        output.put(34)
    }

    /// Writes a JSON string.
    static func putJSON(_ value: UnsafeBufferPointer<UInt8>, to output: inout ByteWriter) {
        output.put(34)
        for byte in value {
            guard byte < 0x20 || byte == 34 || byte == 92 else {
                output.put(byte)
                continue
            }
            output.put(92)
            switch byte {
            case 34, 92: output.put(byte)
            case 10: output.put(110)
            case 13: output.put(114)
            case 9: output.put(116)
            default:
                output.put(117)
                output.put(48)
                output.put(48)
                output.put(digits[Int(byte >> 4)])
                output.put(digits[Int(byte & 15)])
            }
        }
        output.put(34)
    }

    /// Writes a number with all its digits in JSON's grammar; what isn't a number there (`NaN`) becomes a string.
    static func putJSONNumber(_ value: UnsafeBufferPointer<UInt8>, to output: inout ByteWriter) {
        guard let form = JSONNumberForm(value) else { return putJSON(value, to: &output) }
        if form.isNegative { output.put(45) }
        if form.startsWithPoint { output.put(48) }
        for index in form.digits { output.put(value[index]) }
        if form.endsWithPoint { output.put(48) }
    }

    /// A text as a finished CSV field or JSON string, for headers and member names.
    static func bytes(
        of text: String,
        _ put: (UnsafeBufferPointer<UInt8>, inout ByteWriter) -> Void
    ) -> [UInt8] {
        let value = Array(text.utf8)
        return [UInt8](unsafeUninitializedCapacity: value.count * growth + 2) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            var output = ByteWriter(start)
            value.withUnsafeBufferPointer { put($0, &output) }
            count = output.count
        }
    }
}

/// How a canonical number has to be written in JSON: without a plus and leading zeros, with digits around its point.
private struct JSONNumberForm {
    let isNegative: Bool
    let digits: Range<Int>
    let startsWithPoint: Bool
    let endsWithPoint: Bool

    /// Nil for what isn't digits with at most one point and one exponent.
    init?(_ value: UnsafeBufferPointer<UInt8>) {
        var start = 0
        isNegative = value.first == 45
        if isNegative || value.first == 43 { start = 1 }
        var whole = 0
        var fraction = 0
        var index = start
        while index < value.count, value[index] &- 48 < 10 {
            index += 1
            whole += 1
        }
        var hasPoint = false
        if index < value.count, value[index] == 46 {
            hasPoint = true
            index += 1
            while index < value.count, value[index] &- 48 < 10 {
                index += 1
                fraction += 1
            }
        }
        guard whole + fraction > 0 else { return nil }
        let mantissaEnd = index
        if index < value.count, value[index] | 0x20 == 101 {
            index += 1
            if index < value.count, value[index] == 43 || value[index] == 45 { index += 1 }
            let exponent = index
            while index < value.count, value[index] &- 48 < 10 { index += 1 }
            guard index > exponent, mantissaEnd > 0, value[mantissaEnd - 1] != 46 else { return nil }
        }
        guard index == value.count else { return nil }
        while whole > 1, value[start] == 48 {
            start += 1
            whole -= 1
        }
        digits = start..<value.count
        startsWithPoint = whole == 0
        endsWithPoint = hasPoint && fraction == 0
    }
}
