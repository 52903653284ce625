import CatalogModel

/// Reads one posted value as the canonical text of a column's type; digits stay as they were written.
struct CellReader: Sendable {
    let type: DataType

    /// Reads a JSON value.
    func read(_ reader: inout JSONReader, into vector: inout ColumnVector) throws(JSONError) {
        let kind = try reader.kind()
        let place = reader.offset
        switch (kind, type) {
        case (.null, _):
            try reader.null()
            vector.appendNull()
        case (_, .json), (.object, .complex), (.array, .complex):
            vector.append(JSONCompaction.compacted(reader.bytes[try reader.skip()]))
        case (.bool, .boolean): vector.append((try reader.bool() ? "true" : "false").utf8)
        case (.number, .tinyint), (.number, .smallint), (.number, .int), (.number, .bigint),
            (.number, .decimal),
            (.number, .float), (.number, .double):
            try read(reader.bytes[try reader.number()], at: place, into: &vector)
        case (.string, _):
            var text: [UInt8] = []
            try reader.string(into: &text)
            try read(text[...], at: place, into: &vector)
        case (.number, _), (.bool, _), (.object, _), (.array, _): throw mismatch(at: place)
        }
    }

    /// Reads a text.
    func read(_ text: ArraySlice<UInt8>, at place: Int, into vector: inout ColumnVector) throws(JSONError) {
        switch type {
        case .string, .varchar, .char: vector.append(text)
        case .boolean:
            guard text.elementsEqual("true".utf8) || text.elementsEqual("false".utf8) else {
                throw mismatch(at: place)
            }
            vector.append(text)
        case .tinyint: try whole(text, Int64(Int8.min)...Int64(Int8.max), place, &vector)
        case .smallint: try whole(text, Int64(Int16.min)...Int64(Int16.max), place, &vector)
        case .int: try whole(text, Int64(Int32.min)...Int64(Int32.max), place, &vector)
        case .bigint: try whole(text, Int64.min...Int64.max, place, &vector)
        case .decimal:
            guard NumberText.isDecimal(text) else { throw mismatch(at: place) }
            vector.append(text)
        case .float, .double:
            let names: Set = ["NaN", "Infinity", "-Infinity"]
            guard NumberText.isNumber(text) || names.contains(String(decoding: text, as: UTF8.self)) else {
                throw mismatch(at: place)
            }
            vector.append(text)
        case .date:
            guard text.count == 10, CivilText.isDate(text) else { throw mismatch(at: place) }
            vector.append(text)
        case .timestamp:
            guard let canonical = CivilText.timestamp(text) else { throw mismatch(at: place) }
            vector.append(canonical)
        case .binary:
            let lowered = text.map { (65...70).contains($0) ? $0 + 32 : $0 }
            let isHexadecimal = lowered.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
            guard isHexadecimal, lowered.count.isMultiple(of: 2) else { throw mismatch(at: place) }
            vector.append(lowered)
        case .json: try json(text, place, &vector)
        case .complex: vector.append(text)
        case .void: throw mismatch(at: place)
        }
    }

    private func whole(
        _ text: ArraySlice<UInt8>,
        _ range: ClosedRange<Int64>,
        _ place: Int,
        _ vector: inout ColumnVector
    ) throws(JSONError) {
        guard text.first != UInt8(ascii: "+"), let number = Int64(String(decoding: text, as: UTF8.self)),
            range.contains(number)
        else { throw mismatch(at: place) }
        vector.append(text)
    }

    /// A JSON document inside a CSV field.
    private func json(_ text: ArraySlice<UInt8>, _ place: Int, _ vector: inout ColumnVector) throws(JSONError)
    {
        do throws(JSONError) {
            var reader = try JSONReader(Array(text))
            try reader.skip()
            try reader.end()
        } catch {
            throw mismatch(at: place)
        }
        vector.append(JSONCompaction.compacted(text))
    }

    private func mismatch(at place: Int) -> JSONError {
        JSONError(problem: "a value that isn't of the column's type `\(type)`", offset: place)
    }
}

/// JSON without white space between its parts, so that it fits on a line.
enum JSONCompaction {
    /// The text of a valid document without white space outside strings.
    static func compacted(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var (inString, escaped) = (false, false)
        for byte in text {
            if inString {
                output.append(byte)
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
            } else if byte != 0x20, byte != 0x0A, byte != 0x0D, byte != 0x09 {
                output.append(byte)
                inString = byte == UInt8(ascii: "\"")
            }
        }
        return output
    }
}

/// Numbers as text.
enum NumberText {
    /// Digits with at most one point and a leading minus.
    static func isDecimal(_ text: ArraySlice<UInt8>) -> Bool {
        let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count <= 2 && digits.count <= 80
            && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (48...57).contains($0) } }
    }

    /// A decimal with an exponent or without.
    static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
        guard let exponent = text.firstIndex(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") })
        else {
            return isDecimal(text) || text.count <= 400 && isDecimalOfAnyLength(text)
        }
        var power = text[(exponent + 1)...]
        if power.first == UInt8(ascii: "+") || power.first == UInt8(ascii: "-") { power = power.dropFirst() }
        return isDecimal(text[..<exponent]) && (1...5).contains(power.count)
            && power.allSatisfy { (48...57).contains($0) }
    }

    private static func isDecimalOfAnyLength(_ text: ArraySlice<UInt8>) -> Bool {
        let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text
        return digits.filter { $0 == UInt8(ascii: ".") }.count <= 1 && digits.first != UInt8(ascii: ".")
            && digits.last != UInt8(ascii: ".") && !digits.isEmpty
            && digits.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
    }
}

/// Days and moments as text.
enum CivilText {
    /// `YYYY-MM-DD`, a real day.
    static func isDate(_ text: ArraySlice<UInt8>) -> Bool {
        let bytes = Array(text)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10])
        else { return false }
        return CivilDate(year: year, month: month, day: day) != nil
    }

    /// `YYYY-MM-DD HH:MM:SS[.fraction]`, a `T` may stand for the space, nil for anything else, time zones too.
    static func timestamp(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes = Array(text)
        guard bytes.count >= 19, bytes.count <= 29, isDate(bytes[0..<10]), bytes[13] == 58, bytes[16] == 58,
            bytes[10] == 32 || bytes[10] == UInt8(ascii: "T"), let hour = number(bytes[11..<13]), hour < 24,
            let minute = number(bytes[14..<16]), minute < 60, let second = number(bytes[17..<19]), second < 60
        else { return nil }
        if bytes.count > 19 {
            guard bytes[19] == UInt8(ascii: "."), bytes.count > 20, number(bytes[20...]) != nil else {
                return nil
            }
        }
        bytes[10] = 32
        return bytes
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        digits.reduce(0) { total, digit in
            total.flatMap { (48...57).contains(digit) ? $0 * 10 + Int(digit - 48) : nil }
        }
    }
}
