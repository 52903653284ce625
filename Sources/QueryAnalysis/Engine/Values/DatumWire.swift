import Masking

/// Values in PostgreSQL's binary format.
enum DatumWire {
    /// The binary form of a value that isn't NULL.
    static func bytes(_ value: Datum, _ type: EngineType) -> [UInt8] {
        switch (value, type.kind) {
        case (.truth(let truth), _): [truth ? 1 : 0]
        case (.integer(let number), .int2): big(Int16(truncatingIfNeeded: number))
        case (.integer(let number), .int4): big(Int32(truncatingIfNeeded: number))
        case (.integer(let days), .date): big(Int32(truncatingIfNeeded: days - epochDays))
        case (.integer(let micros), .timestamp), (.integer(let micros), .timestamptz):
            big(micros - epochDays * Casting.day)
        case (.integer(let number), _): big(number)
        case (.double(let number), .float4): big(Float(number).bitPattern)
        case (.double(let number), _): big(number.bitPattern)
        case (.exact(let packed), _): numeric(packed.number)
        case (.bytes(let bytes), .uuid): (try? TextInput.hexadecimal(bytes.filter { $0 != 45 })) ?? []
        case (.bytes(let bytes), .bytea): bytes
        case (.bytes, _): DatumText.bytes(value, type)
        case (.list(let fields), .record(let types)): record(fields, types)
        case (.list(let elements), _): array(elements, type.element ?? .text)
        case (.null, _): []
        }
    }

    /// Days between PostgreSQL's first day and that of 1970.
    private static let epochDays: Int64 = 10_957

    static func big(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func field(_ value: Datum, _ type: EngineType) -> [UInt8] {
        guard !value.isNull else { return big(Int32(-1)) }
        let own = bytes(value, type)
        return big(Int32(own.count)) + own
    }

    private static func record(_ fields: [Datum], _ types: [EngineType.Field]) -> [UInt8] {
        var result = big(Int32(fields.count))
        for (value, type) in zip(fields, types) {
            result += big(type.type.identifier) + field(value, type.type)
        }
        return result
    }

    private static func array(_ elements: [Datum], _ type: EngineType) -> [UInt8] {
        let hasNulls: Int32 = elements.contains { $0.isNull } ? 1 : 0
        var result = big(Int32(elements.isEmpty ? 0 : 1)) + big(hasNulls) + big(type.identifier)
        guard !elements.isEmpty else { return result }
        result += big(Int32(elements.count)) + big(Int32(1))
        for element in elements { result += field(element, type) }
        return result
    }

    /// The form of a number.
    ///
    /// **Source.** `numeric_send` of PostgreSQL's `numeric.c`: digits to the base 10,000.
    private static func numeric(_ number: ExactNumber) -> [UInt8] {
        var digits = Array(String(number.mantissa.magnitude).utf8).map { Int16($0) - 48 }
        var scale = number.scale
        while scale % 4 != 0 {
            digits.append(0)
            scale += 1
        }
        while digits.count % 4 != 0 || digits.count <= scale { digits.insert(0, at: 0) }
        var groups = stride(from: 0, to: digits.count, by: 4).map { start in
            digits[start..<start + 4].reduce(Int16(0)) { $0 * 10 + $1 }
        }
        var weight = groups.count - scale / 4 - 1
        while let first = groups.first, first == 0 {
            groups.removeFirst()
            weight -= 1
        }
        while groups.last == 0 { groups.removeLast() }
        if groups.isEmpty { weight = 0 }
        let sign: Int16 = number.mantissa < 0 ? 0x4000 : 0
        return big(Int16(groups.count)) + big(Int16(weight)) + big(sign) + big(Int16(number.scale))
            + groups.flatMap { big($0) }
    }

    /// A parameter's value from its binary form.
    static func datum(_ bytes: [UInt8], _ type: EngineType) throws(EngineFault) -> Datum {
        switch (type.kind, bytes.count) {
        case (.bool, 1): return .truth(bytes[0] != 0)
        case (.int2, 2): return .integer(Int64(Int16(truncatingIfNeeded: whole(bytes))))
        case (.int4, 4): return .integer(Int64(Int32(truncatingIfNeeded: whole(bytes))))
        case (.int8, 8): return .integer(whole(bytes))
        case (.float4, 4): return .double(Double(Float(bitPattern: UInt32(truncatingIfNeeded: whole(bytes)))))
        case (.float8, 8): return .double(Double(bitPattern: UInt64(bitPattern: whole(bytes))))
        case (.date, 4):
            return .integer(
                try moment(Int64(Int32(truncatingIfNeeded: whole(bytes))), days: epochDays, unit: 1)
            )
        case (.timestamp, 8), (.timestamptz, 8):
            let unit = Casting.day
            return .integer(try moment(whole(bytes), days: epochDays, unit: unit))
        case (.numeric, 8...): return try numeric(bytes)
        case (.uuid, 16): return try TextInput.datum(DatumText.hexadecimal(bytes), type)
        case (.bytea, _): return .bytes(bytes)
        case (.text, _), (.varchar, _), (.name, _), (.unknown, _), (.json, _), (.bpchar, _):
            guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else { throw malformed }
            return try TextInput.datum(bytes, type)
        case (.array(let element), 12...): return .list(try array(bytes, EngineType(element)))
        default: throw malformed
        }
    }

    /// A moment counted from 1970 instead of PostgreSQL's first day, within the years 1 to 9999; `unit` is what a day has.
    private static func moment(_ value: Int64, days: Int64, unit: Int64) throws(EngineFault) -> Int64 {
        let (sum, overflow) = value.addingReportingOverflow(days * unit)
        let range = Casting.days.lowerBound * unit..<Casting.days.upperBound * unit
        guard !overflow, range.contains(sum) else { throw .dateOutOfRange }
        return sum
    }

    private static let malformed = EngineFault("22P03", "incorrect binary data format in a parameter")

    private static func whole(_ bytes: some Sequence<UInt8>) -> Int64 {
        Int64(bitPattern: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    private static func numeric(_ bytes: [UInt8]) throws(EngineFault) -> Datum {
        let words = stride(from: 0, to: bytes.count - 1, by: 2).map {
            UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
        }
        let count = Int(words[0])
        let weight = Int(Int16(bitPattern: words[1]))
        let scale = Int(words[3])
        guard words.count == 4 + count, words[2] == 0 || words[2] == 0x4000, scale <= 38, abs(weight) < 20
        else {
            throw words[2] == 0xC000 ? .missing("numeric without a finite value") : malformed
        }
        var text = words[2] == 0 ? "" : "-"
        for place in stride(from: max(weight, 0), through: min(-(scale + 3) / 4, 0), by: -1) {
            let index = weight - place
            let digits = (0..<count).contains(index) ? String(words[4 + index]) : "0"
            if place == -1 { text += "." }
            text += String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }
        guard let number = Array(text.utf8).withUnsafeBufferPointer({ ExactNumber($0) }),
            let scaled = number.rescaled(to: scale)
        else { throw .tooWide }
        return .exact(scaled)
    }

    private static func array(_ bytes: [UInt8], _ type: EngineType) throws(EngineFault) -> [Datum] {
        let dimensions = whole(bytes[0..<4])
        guard dimensions != 0 else { return [] }
        guard dimensions == 1, bytes.count >= 20 else { throw .missing("an array of several dimensions") }
        var result: [Datum] = []
        var index = 20
        for _ in 0..<whole(bytes[12..<16]) {
            guard index + 4 <= bytes.count else { throw malformed }
            let length = Int(Int32(truncatingIfNeeded: whole(bytes[index..<index + 4])))
            index += 4
            guard length >= 0 else {
                result.append(.null)
                continue
            }
            guard index + length <= bytes.count else { throw malformed }
            result.append(try datum(Array(bytes[index..<index + length]), type))
            index += length
        }
        return result
    }
}
