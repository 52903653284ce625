import CatalogModel
import Masking

/// Values as PostgreSQL writes them.
enum DatumText {
    /// The text of a value that isn't NULL.
    static func bytes(_ value: Datum, _ type: EngineType) -> [UInt8] {
        switch (value, type.kind) {
        case (.null, _): []
        case (.truth(let truth), _): [truth ? UInt8(ascii: "t") : UInt8(ascii: "f")]
        case (.integer(let days), .date): Array(ScalarText.text(date: days).utf8)
        case (.integer(let micros), .timestamp): Array(ScalarText.text(timestamp: micros).utf8)
        case (.integer(let micros), .timestamptz): Array((ScalarText.text(timestamp: micros) + "+00").utf8)
        case (.integer(let micros), .time): Array(ScalarText.text(timestamp: micros).dropFirst(11).utf8)
        case (.integer(let number), _): Array(String(number).utf8)
        case (.double(let number), _):
            Array(ScalarText.text(double: number, isSingle: type.kind == .float4).utf8)
        case (.exact(let number), _): Array(number.number.text.utf8)
        case (.bytes(let bytes), .bytea): Array("\\x".utf8) + hexadecimal(bytes)
        case (.bytes(let bytes), .bpchar): padded(bytes, type)
        case (.bytes(let bytes), _): bytes
        case (.list(let fields), .record(let types)): record(fields, types)
        case (.list(let elements), _): array(elements, type.element ?? .text)
        }
    }

    static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            result.append(digits[Int(byte >> 4)])
            result.append(digits[Int(byte & 15)])
        }
        return result
    }

    private static func padded(_ bytes: [UInt8], _ type: EngineType) -> [UInt8] {
        guard let length = type.length else { return bytes }
        let count = bytes.count { $0 & 0xC0 != 0x80 }
        return bytes + [UInt8](repeating: 32, count: max(0, length - count))
    }

    /// The text of a row.
    ///
    /// **Source.** `record_out` of PostgreSQL's `rowtypes.c`.
    private static func record(_ fields: [Datum], _ types: [EngineType.Field]) -> [UInt8] {
        var result: [UInt8] = [UInt8(ascii: "(")]
        for (index, field) in fields.enumerated() {
            if index > 0 { result.append(UInt8(ascii: ",")) }
            guard !field.isNull else { continue }
            let text = bytes(field, types[index].type)
            let isPlain = !text.isEmpty && !text.contains { isSpecial($0, "\"\\(),") || isSpace($0) }
            quote(text, unless: isPlain, doubling: true, into: &result)
        }
        result.append(UInt8(ascii: ")"))
        return result
    }

    /// The text of an array.
    ///
    /// **Source.** `array_out` of PostgreSQL's `arrayfuncs.c`.
    private static func array(_ elements: [Datum], _ type: EngineType) -> [UInt8] {
        var result: [UInt8] = [UInt8(ascii: "{")]
        for (index, element) in elements.enumerated() {
            if index > 0 { result.append(UInt8(ascii: ",")) }
            guard !element.isNull else {
                result += Array("NULL".utf8)
                continue
            }
            let text = bytes(element, type)
            let isNullWord = text.count == 4 && String(decoding: text, as: UTF8.self).lowercased() == "null"
            let isPlain =
                !text.isEmpty && !isNullWord && !text.contains { isSpecial($0, "\"\\{},") || isSpace($0) }
            quote(text, unless: isPlain, doubling: false, into: &result)
        }
        result.append(UInt8(ascii: "}"))
        return result
    }

    private static func isSpecial(_ byte: UInt8, _ characters: StaticString) -> Bool {
        characters.withUTF8Buffer { $0.contains(byte) }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte &- 9 <= 4 }

    private static func quote(
        _ text: [UInt8],
        unless isPlain: Bool,
        doubling: Bool,
        into result: inout [UInt8]
    ) {
        guard !isPlain else {
            result += text
            return
        }
        result.append(34)
        for byte in text {
            if byte == 34 || byte == 92 { result.append(doubling ? byte : 92) }
            result.append(byte)
        }
        result.append(34)
    }
}

/// Values from the texts that PostgreSQL takes.
enum TextInput {
    static func datum(_ text: [UInt8], _ type: EngineType) throws(EngineFault) -> Datum {
        switch type.kind {
        case .bool:
            guard let truth = text.withUnsafeBufferPointer({ ScalarText.truth($0) }) else {
                throw .badText(for: type)
            }
            return .truth(truth)
        case .int2, .int4, .int8:
            guard let number = text.withUnsafeBufferPointer({ ScalarText.integer($0) }) else {
                throw isWhole(text) ? .outOfRange : .badText(for: type)
            }
            return .integer(try Casting.inRange(number, type))
        case .float4, .float8:
            guard let number = text.withUnsafeBufferPointer({ ScalarText.double($0) }) else {
                throw isDecimal(text) ? .outOfRange : .badText(for: type)
            }
            return type.kind == .float8 ? .double(number) : try Casting.single(number)
        case .numeric:
            guard let number = text.withUnsafeBufferPointer({ ExactNumber($0) }) else {
                throw isDecimal(text) ? .tooWide : .badText(for: type)
            }
            return .exact(try Casting.limited(number, type))
        case .unknown, .text, .name: return .bytes(text)
        case .varchar, .bpchar: return .bytes(try Casting.cut(text, type, isExplicit: false))
        case .json:
            guard JSONWriting.isDocument(text) else { throw .badText(for: type) }
            return .bytes(text)
        case .date:
            if let days = text.withUnsafeBufferPointer({ ScalarText.date($0) }) { return .integer(days) }
            guard let micros = text.withUnsafeBufferPointer({ ScalarText.timestamp($0) }) else {
                throw notADate(text)
            }
            return .integer(micros.flooredDivision(by: 86_400_000_000))
        case .timestamp:
            guard let micros = text.withUnsafeBufferPointer({ ScalarText.timestamp($0) }) else {
                throw notADate(text)
            }
            return .integer(micros)
        case .timestamptz:
            let bare = text.suffix(3) == Array("+00".utf8)[...] ? Array(text.dropLast(3)) : text
            let zoned = bare.last == UInt8(ascii: "Z") ? Array(bare.dropLast()) : bare
            guard let micros = zoned.withUnsafeBufferPointer({ ScalarText.timestamp($0) }) else {
                throw notADate(text)
            }
            return .integer(micros)
        case .time:
            let dated = Array("2000-01-01 ".utf8) + text
            guard let micros = dated.withUnsafeBufferPointer({ ScalarText.timestamp($0) }) else {
                throw notADate(text)
            }
            return .integer(micros - 946_684_800_000_000)
        case .uuid: return .bytes(try uuid(text))
        case .bytea: return .bytes(try bytea(text))
        case .array(let element): return .list(try array(text, EngineType(element)))
        case .record: throw .missing("a row from its text")
        }
    }

    /// Dates that are written as such and don't exist are out of range.
    private static func notADate(_ text: [UInt8]) -> EngineFault {
        let form = text.prefix(10).map { $0 &- 48 <= 9 ? UInt8(ascii: "0") : $0 }
        let isDate = form == Array("0000-00-00".utf8)
        let rest = text.dropFirst(10).allSatisfy { $0 &- 48 <= 9 || " T:.".utf8.contains($0) }
        return isDate && rest ? .dateOutOfRange : .badDate
    }

    private static func isWhole(_ text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { text in
            var digits = text.trimmingBlanks
            if let first = digits.first, first == 43 || first == 45 { digits = digits.dropFirst() }
            return !digits.isEmpty && digits.allSatisfy { $0 &- 48 <= 9 }
        }
    }

    private static func isDecimal(_ text: [UInt8]) -> Bool {
        let trimmed = text.withUnsafeBufferPointer { Array($0.trimmingBlanks) }
        guard let value = String(validating: trimmed, as: UTF8.self) else { return false }
        return Double(value) != nil && trimmed.contains { $0 &- 48 <= 9 }
            && trimmed.allSatisfy { $0 &- 48 <= 9 || [43, 45, 46, 69, 101].contains($0) }
    }

    private static func uuid(_ text: [UInt8]) throws(EngineFault) -> [UInt8] {
        var digits = String(decoding: text, as: UTF8.self).lowercased().filter { $0 != "-" }
        if digits.hasPrefix("{"), digits.hasSuffix("}") { digits = String(digits.dropFirst().dropLast()) }
        guard digits.utf8.count == 32, digits.utf8.allSatisfy({ $0 &- 48 <= 9 || $0 &- 97 <= 5 }) else {
            throw .badText(for: EngineType(.uuid))
        }
        var result: [UInt8] = []
        for (index, byte) in digits.utf8.enumerated() {
            if [8, 12, 16, 20].contains(index) { result.append(45) }
            result.append(byte)
        }
        return result
    }

    private static func bytea(_ text: [UInt8]) throws(EngineFault) -> [UInt8] {
        guard text.starts(with: Array("\\x".utf8)) else {
            guard !text.contains(92) else { throw .missing("the escape form of bytea") }
            return text
        }
        return try hexadecimal(Array(text.dropFirst(2)))
    }

    static func hexadecimal(_ text: [UInt8]) throws(EngineFault) -> [UInt8] {
        guard text.count.isMultiple(of: 2) else { throw .badArgument }
        var result: [UInt8] = []
        for index in stride(from: 0, to: text.count, by: 2) {
            guard let byte = UInt8(String(decoding: text[index..<index + 2], as: UTF8.self), radix: 16) else {
                throw .badArgument
            }
            result.append(byte)
        }
        return result
    }

    /// The elements of an array of one dimension.
    private static func array(_ text: [UInt8], _ element: EngineType) throws(EngineFault) -> [Datum] {
        let broken = EngineFault("22P02", "malformed array literal")
        guard text.first == UInt8(ascii: "{"), text.last == UInt8(ascii: "}"), text.count >= 2 else {
            throw broken
        }
        guard text.count > 2 else { return [] }
        var result: [Datum] = []
        var part: [UInt8] = []
        var isQuoted = false
        var inQuotes = false
        var index = 1
        while index < text.count {
            let byte = text[index]
            if inQuotes {
                if byte == 92, index + 1 < text.count {
                    index += 1
                    part.append(text[index])
                } else if byte == 34 {
                    inQuotes = false
                } else {
                    part.append(byte)
                }
            } else if byte == 34 {
                inQuotes = true
                isQuoted = true
            } else if byte == UInt8(ascii: ",") || index == text.count - 1 {
                let isNull = !isQuoted && String(decoding: part, as: UTF8.self).lowercased() == "null"
                guard isQuoted || !part.isEmpty else { throw broken }
                result.append(isNull ? .null : try datum(part, element))
                part = []
                isQuoted = false
            } else if byte == UInt8(ascii: "{") {
                throw .missing("an array of several dimensions")
            } else {
                part.append(byte)
            }
            index += 1
        }
        guard !inQuotes, part.isEmpty else { throw broken }
        return result
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate var trimmingBlanks: Slice<UnsafeBufferPointer<UInt8>> {
        var slice = self[...]
        while let first = slice.first, first == 32 || first &- 9 <= 4 { slice = slice.dropFirst() }
        while let last = slice.last, last == 32 || last &- 9 <= 4 { slice = slice.dropLast() }
        return slice
    }
}
