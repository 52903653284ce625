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

    fileprivate static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte &- 9 <= 4 }

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
                if isWord(text, ["nan", "inf", "infinity", "+inf", "-inf", "+infinity", "-infinity"]) {
                    throw .missing("numeric without a finite value")
                }
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
            return .integer(try moment(text).micros.flooredDivision(by: 86_400_000_000))
        case .timestamp: return .integer(try moment(text).micros)
        case .timestamptz:
            let (micros, offset) = try moment(text)
            let moment = micros - Int64(offset) * 1_000_000
            guard Casting.days.contains(moment.flooredDivision(by: Casting.day)) else {
                throw .missing("dates outside of the years 1 to 9999")
            }
            return .integer(moment)
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

    /// A date and time, with the seconds by which it is ahead of UTC; PostgreSQL passes them over where a type has no zone.
    private static func moment(_ text: [UInt8]) throws(EngineFault) -> (micros: Int64, offset: Int) {
        let (bare, offset) = withoutZone(text)
        guard let micros = bare.withUnsafeBufferPointer({ ScalarText.timestamp($0) }) else {
            throw notADate(text)
        }
        return (micros, offset)
    }

    /// A text without a zone in figures at its end, such as `+02`, ` -05:30` or `Z`, and the zone in seconds.
    private static func withoutZone(_ text: [UInt8]) -> (bare: [UInt8], offset: Int) {
        let trimmed = text.withUnsafeBufferPointer { Array($0.trimmingBlanks) }
        if let last = trimmed.last, last | 0x20 == UInt8(ascii: "z") { return (Array(trimmed.dropLast()), 0) }
        guard trimmed.count > 10,
            let sign = trimmed[10...].lastIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") })
        else { return (trimmed, 0) }
        let parts = trimmed[(sign + 1)...].split(
            separator: UInt8(ascii: ":"),
            omittingEmptySubsequences: false
        )
        let numbers = parts.compactMap { part -> Int? in
            guard part.count == 2, part.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
            return Int(String(decoding: part, as: UTF8.self))
        }
        guard numbers.count == parts.count, numbers.count <= 3, numbers[0] <= 15,
            numbers.dropFirst().allSatisfy({ $0 < 60 })
        else { return (trimmed, 0) }
        let seconds = zip(numbers, [3600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
        return (Array(trimmed[..<sign]), trimmed[sign] == UInt8(ascii: "-") ? -seconds : seconds)
    }

    /// Dates that are written as such and don't exist are out of range.
    private static func notADate(_ text: [UInt8]) -> EngineFault {
        let form = text.prefix(10).map { $0 &- 48 <= 9 ? UInt8(ascii: "0") : $0 }
        let isDate = form == Array("0000-00-00".utf8)
        let rest = text.dropFirst(10).allSatisfy { $0 &- 48 <= 9 || " T:.".utf8.contains($0) }
        if isDate && rest { return .dateOutOfRange }
        let words = ["now", "today", "tomorrow", "yesterday", "epoch", "infinity", "-infinity", "allballs"]
        guard isWord(text, words) || text.contains(where: { $0 &- 48 <= 9 }) else { return .badDate }
        return .missing("this form of a date or time")
    }

    private static func isWord(_ text: [UInt8], _ words: [String]) -> Bool {
        let trimmed = text.withUnsafeBufferPointer { Array($0.trimmingBlanks) }
        return words.contains(String(decoding: trimmed, as: UTF8.self).lowercased())
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

    /// Hexadecimal digits in the form in which they are stored.
    ///
    /// **Source.** `string_to_uuid` of PostgreSQL's `uuid.c`: braces around it, and dashes after groups of four digits.
    private static func uuid(_ text: [UInt8]) throws(EngineFault) -> [UInt8] {
        let broken = EngineFault.badText(for: EngineType(.uuid))
        var rest = text[...]
        if rest.first == UInt8(ascii: "{") {
            guard rest.last == UInt8(ascii: "}"), rest.count > 1 else { throw broken }
            rest = rest.dropFirst().dropLast()
        }
        var digits: [UInt8] = []
        var endsWithDash = false
        for byte in rest {
            if byte == 45 {
                guard !digits.isEmpty, digits.count.isMultiple(of: 4), digits.count < 32, !endsWithDash else {
                    throw broken
                }
                endsWithDash = true
                continue
            }
            endsWithDash = false
            let lower = byte | 0x20
            guard byte &- 48 <= 9 || lower &- 97 <= 5 else { throw broken }
            digits.append(byte &- 48 <= 9 ? byte : lower)
        }
        guard digits.count == 32 else { throw broken }
        var result: [UInt8] = []
        for (index, byte) in digits.enumerated() {
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

    private static func digit(_ byte: UInt8) -> UInt8? {
        if byte &- 48 <= 9 { return byte - 48 }
        let lower = byte | 0x20
        return lower &- 97 <= 5 ? lower - 87 : nil
    }

    static func hexadecimal(_ text: [UInt8]) throws(EngineFault) -> [UInt8] {
        guard text.count.isMultiple(of: 2) else { throw .badArgument }
        var result: [UInt8] = []
        for index in stride(from: 0, to: text.count, by: 2) {
            guard let high = digit(text[index]), let low = digit(text[index + 1]) else { throw .badArgument }
            result.append(high << 4 | low)
        }
        return result
    }

    /// The elements of an array of one dimension.
    ///
    /// **Source.** `array_in` of PostgreSQL's `arrayfuncs.c`: blanks around braces and elements don't count, those
    /// inside of an element do.
    private static func array(_ text: [UInt8], _ element: EngineType) throws(EngineFault) -> [Datum] {
        let broken = EngineFault("22P02", "malformed array literal")
        let text = text.withUnsafeBufferPointer { Array($0.trimmingBlanks) }
        guard text.count >= 2, text.first == UInt8(ascii: "{"), text.last == UInt8(ascii: "}") else {
            throw broken
        }
        guard !text.dropFirst().dropLast().allSatisfy(DatumText.isSpace) else { return [] }
        var result: [Datum] = []
        var part: [UInt8] = []
        // How much of the part stays whatever blanks follow: what was quoted or escaped.
        var kept = 0
        var isQuoted = false
        var inQuotes = false
        var hasEnded = false
        var index = 1
        while index < text.count {
            let byte = text[index]
            if hasEnded, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}"), !DatumText.isSpace(byte) {
                throw broken
            } else if byte == 92 {
                guard index + 1 < text.count - 1 else { throw broken }
                index += 1
                part.append(text[index])
                kept = part.count
                // An escaped word is a word: `\\NULL` isn't NULL.
                isQuoted = true
            } else if inQuotes {
                if byte == 34 {
                    inQuotes = false
                    hasEnded = true
                } else {
                    part.append(byte)
                }
                kept = part.count
            } else if byte == 34 {
                guard part.isEmpty else { throw broken }
                inQuotes = true
                isQuoted = true
            } else if byte == UInt8(ascii: ",") || index == text.count - 1 {
                while part.count > kept, let last = part.last, DatumText.isSpace(last) { part.removeLast() }
                let isNull = !isQuoted && String(decoding: part, as: UTF8.self).lowercased() == "null"
                guard isQuoted || !part.isEmpty else { throw broken }
                result.append(isNull ? .null : try datum(part, element))
                part = []
                kept = 0
                isQuoted = false
                hasEnded = false
            } else if byte == UInt8(ascii: "{") {
                throw .missing("an array of several dimensions")
            } else if byte == UInt8(ascii: "}") {
                throw broken
            } else if !DatumText.isSpace(byte) || !part.isEmpty || isQuoted {
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
