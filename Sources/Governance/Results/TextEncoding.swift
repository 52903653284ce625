/// Values as CSV fields and JSON literals.
enum TextEncoding {
    /// Adds a CSV field: quoted when it must be, and when it is empty, so that it can't be taken for NULL.
    static func appendCSV(_ value: ArraySlice<UInt8>, to output: inout [UInt8]) {
        let mustQuote = value.isEmpty || value.contains { $0 == 34 || $0 == 44 || $0 == 10 || $0 == 13 }
        guard mustQuote else {
            output.append(contentsOf: value)
            return
        }
        output.append(34)
        for byte in value {
            if byte == 34 { output.append(34) }
            output.append(byte)
        }
        output.append(34)
    }

    /// Adds a JSON string.
    static func appendJSON(_ value: ArraySlice<UInt8>, to output: inout [UInt8]) {
        output.append(34)
        var start = value.startIndex
        for index in value.indices {
            let byte = value[index]
            guard byte < 0x20 || byte == 34 || byte == 92 else { continue }
            output.append(contentsOf: value[start..<index])
            start = index + 1
            switch byte {
            case 34: output.append(contentsOf: [92, 34])
            case 92: output.append(contentsOf: [92, 92])
            case 10: output.append(contentsOf: [92, 110])
            case 13: output.append(contentsOf: [92, 114])
            case 9: output.append(contentsOf: [92, 116])
            default:
                let digits = Array("0123456789abcdef".utf8)
                output.append(contentsOf: [92, 117, 48, 48, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        output.append(contentsOf: value[start...])
        output.append(34)
    }

    /// Adds a number with all its digits in JSON's grammar; what isn't a number there (`NaN`) becomes a string.
    static func appendJSONNumber(_ value: ArraySlice<UInt8>, to output: inout [UInt8]) {
        var rest = value
        var negative = false
        if let sign = rest.first, sign == 43 || sign == 45 {
            negative = sign == 45
            rest = rest.dropFirst()
        }
        while rest.count > 1, rest.first == 48, let next = rest.dropFirst().first, next >= 48, next <= 57 {
            rest = rest.dropFirst()
        }
        guard let first = rest.first, first == 46 || (first >= 48 && first <= 57),
            rest.allSatisfy({
                $0 == 43 || $0 == 45 || $0 == 46 || $0 == 69 || $0 == 101 || ($0 >= 48 && $0 <= 57)
            })
        else { return appendJSON(value, to: &output) }
        if negative { output.append(45) }
        if first == 46 { output.append(48) }
        output.append(contentsOf: rest)
        if rest.last == 46 { output.append(48) }
    }
}
