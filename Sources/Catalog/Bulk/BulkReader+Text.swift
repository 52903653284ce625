import CatalogModel

/// The parts that JSON is made of.
extension BulkReader {
    @inline(__always)
    var peek: UInt8 { position < scanner.count ? scanner[position] : 0 }

    @inline(__always)
    mutating func skipSpace() {
        while position < scanner.count {
            let byte = scanner[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    @inline(__always)
    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard position < scanner.count, scanner[position] == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }

    /// Begins an object or list; false for an empty one.
    @inline(__always)
    mutating func open(_ first: Unicode.Scalar, _ last: Unicode.Scalar) throws(Unfit) -> Bool {
        guard take(first) else { throw Unfit() }
        skipSpace()
        return !take(last)
    }

    /// Whether another member or element follows.
    @inline(__always)
    mutating func more(_ last: Unicode.Scalar) throws(Unfit) -> Bool {
        skipSpace()
        if take(",") {
            skipSpace()
            return true
        }
        guard take(last) else { throw Unfit() }
        return false
    }

    /// The name of a member; what follows is its value.
    @inline(__always)
    mutating func name() throws(Unfit) -> BulkText {
        let name = try plainText()
        skipSpace()
        guard take(":") else { throw Unfit() }
        skipSpace()
        return name
    }

    /// A text of ASCII characters without escapes.
    mutating func plainText() throws(Unfit) -> BulkText {
        guard take("\"") else { throw Unfit() }
        let start = position
        while position < scanner.count {
            let byte = scanner[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return BulkText(start, position - 1 - start)
            }
            guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\\") else { throw Unfit() }
            position += 1
        }
        throw Unfit()
    }

    /// Any text.
    mutating func text() throws(Unfit) -> BulkText {
        let first = position
        guard take("\"") else { throw Unfit() }
        let start = position
        var bits: UInt8 = 0
        while position < scanner.count {
            let byte = scanner[position]
            if byte == UInt8(ascii: "\"") {
                let text = BulkText(start, position - start)
                if bits >= 0x80 {
                    guard String(validating: texts[text], as: UTF8.self) != nil else { throw Unfit() }
                }
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") {
                position = first
                guard case .string(let text) = try value(depth: 4) else { throw Unfit() }
                return try keep(text)
            }
            guard byte >= 0x20 else { throw Unfit() }
            bits |= byte
            position += 1
        }
        throw Unfit()
    }

    /// A whole number of few digits; nil, and nothing is read, for all else.
    mutating func wholeNumber() -> Int64? {
        var place = position
        let isNegative = place < scanner.count && scanner[place] == UInt8(ascii: "-")
        if isNegative { place += 1 }
        let first = place
        var number: Int64 = 0
        while place < scanner.count, scanner[place] >= 48, scanner[place] <= 57 {
            number = number &* 10 &+ Int64(scanner[place] - 48)
            place += 1
        }
        guard place > first, place - first <= 17, scanner[first] != 48 || place == first + 1,
            place < scanner.count
        else { return nil }
        let next = scanner[place]
        guard next != UInt8(ascii: "."), next | 0x20 != UInt8(ascii: "e") else { return nil }
        position = place
        return isNegative ? -number : number
    }

    /// Any value.
    mutating func value(depth: Int) throws(Unfit) -> JSONValue {
        do throws(JSONSyntaxError) {
            return try values.value(at: &position, depth: depth)
        } catch {
            throw Unfit()
        }
    }

    mutating func skip(depth: Int) throws(Unfit) { _ = try value(depth: depth) }

    /// A value that says nothing.
    mutating func nothing(depth: Int) throws(Unfit) {
        switch try value(depth: depth) {
        case .null: return
        case .array(let list): guard list.isEmpty else { throw Unfit() }
        case .object(let object): guard object.isEmpty else { throw Unfit() }
        case .bool, .integer, .number, .string: throw Unfit()
        }
    }
}
