/// What functions of forms and encodings give.
enum QuotingFunctions {
    static func apply(_ function: Builtin, _ a: [Datum]) throws(EngineFault) -> Datum? {
        switch function {
        case .quoteIdentifier:
            let text = a[0].bytes
            let isPlain =
                !text.isEmpty && text.allSatisfy { $0 == 95 || $0 &- 97 < 26 || $0 &- 48 < 10 }
                && text[0] &- 48 >= 10
            // Key words are quoted, too: there is no list of them here, so nothing is left plain that could be one.
            guard isPlain, text.contains(95) || text.contains(where: { $0 &- 48 < 10 }) else {
                guard isPlain else { return .bytes(quoted(text, 34)) }
                throw EngineFault.missing("quoting of a name that could be a key word")
            }
            return a[0]
        case .quoteLiteral: return .bytes(literal(a[0].bytes))
        case .quoteNullable: return a[0].isNull ? .text("NULL") : .bytes(literal(a[0].bytes))
        case .toHexadecimal: return nil
        case .encode:
            switch a[1].string.lowercased() {
            case "hex": return .bytes(DatumText.hexadecimal(a[0].bytes))
            case "base64": return .bytes(base64(a[0].bytes))
            default: throw .missing("this encoding")
            }
        case .decode:
            guard a[1].string.lowercased() == "hex" else { throw .missing("this encoding") }
            return .bytes(try TextInput.hexadecimal(a[0].bytes))
        case .convertTo, .convertFrom:
            guard ["utf8", "utf-8", "unicode"].contains(a[1].string.lowercased()) else {
                throw .missing("an encoding other than UTF8")
            }
            if function == .convertFrom, String(validating: a[0].bytes, as: UTF8.self) == nil {
                throw EngineFault("22021", "invalid byte sequence for encoding UTF8")
            }
            return a[0]
        default: return nil
        }
    }

    static func quoted(_ text: [UInt8], _ mark: UInt8) -> [UInt8] {
        var result = [mark]
        for byte in text {
            if byte == mark { result.append(mark) }
            result.append(byte)
        }
        return result + [mark]
    }

    static func literal(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(92) else { return quoted(text, 39) }
        var doubled: [UInt8] = []
        for byte in text {
            if byte == 92 { doubled.append(92) }
            doubled.append(byte)
        }
        return Array("E".utf8) + quoted(doubled, 39)
    }

    /// In lines of 76 characters.
    ///
    /// **Source.** RFC 2045: lines of 76 characters, as PostgreSQL breaks them.
    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        var line = 0
        for start in stride(from: 0, to: bytes.count, by: 3) {
            if line == 76 {
                result.append(10)
                line = 0
            }
            let count = min(3, bytes.count - start)
            var group = 0
            for index in 0..<3 { group = group << 8 | (index < count ? Int(bytes[start + index]) : 0) }
            for index in 0..<4 {
                result.append(index <= count ? digits[group >> (18 - index * 6) & 63] : 61)
            }
            line += 4
        }
        return result
    }
}
