import CatalogModel

/// Writes numbers, texts and values as the bytes of a pack.
struct PackWriter {
    private(set) var bytes: [UInt8] = []
    /// Texts that come again and again, in the order of their numbers.
    private(set) var names: [String] = []
    private var numbers: [String: Int] = [:]
    /// The name that was asked for last, and before, with their numbers; most names come in the same order.
    private var recent: [(name: String, number: Int)] = Array(repeating: ("", 0), count: 16)
    private var turn = 0

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    var count: Int { bytes.count }

    mutating func byte(_ byte: UInt8) { bytes.append(byte) }

    mutating func number(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func number(_ number: Int) { self.number(UInt64(number)) }

    mutating func signed(_ number: Int64) {
        self.number(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    mutating func fixed(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }

    mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            number(utf8.count)
            bytes.append(contentsOf: utf8)
        }
    }

    /// Bytes that are of this form already.
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes.append(contentsOf: bytes) }

    /// A text by its number in the pack's list of names.
    mutating func name(_ name: String) { number(number(of: name)) }

    /// The number of a text in the pack's list of names.
    mutating func number(of name: String) -> Int {
        for step in 0..<recent.count {
            let place = (turn + step) & 15
            if recent[place].name == name, !name.isEmpty {
                turn = place + 1
                return recent[place].number
            }
        }
        let known = numbers[name] ?? names.count
        if known == names.count {
            numbers[name] = known
            names.append(name)
        }
        turn &+= 1
        recent[turn & 15] = (name, known)
        turn &+= 1
        return known
    }

    mutating func id(_ id: EntityID) {
        if let (high, low) = id.bits {
            byte(0)
            fixed(high)
            fixed(low)
        } else {
            byte(1)
            text(id.text)
        }
    }

    mutating func value(_ value: JSONValue) {
        switch value {
        case .null: byte(0)
        case .bool(let bool): byte(bool ? 2 : 1)
        case .integer(let number):
            byte(3)
            signed(number)
        case .number(let number):
            byte(4)
            fixed(number.bitPattern)
        case .string(let text):
            byte(5)
            self.text(text)
        case .array(let list):
            byte(6)
            number(list.count)
            for element in list { self.value(element) }
        case .object(let object):
            byte(7)
            self.object(object)
        }
    }

    mutating func object(_ object: JSONObject) {
        number(object.count)
        for pair in object.pairs {
            name(pair.name)
            value(pair.value)
        }
    }
}

/// Reads what a ``PackWriter`` wrote; bytes that nobody wrote so read as nothing, never beyond the end.
struct PackReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let names: [String]
    private(set) var position: Int
    /// Whether the bytes ended too early, or aren't a pack's.
    private(set) var isBroken = false

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ names: [String], at position: Int) {
        self.bytes = bytes
        self.names = names
        self.position = position
    }

    mutating func byte() -> UInt8 {
        guard position < bytes.count else {
            isBroken = true
            return 0
        }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func number() -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = byte()
            result |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return result }
            shift += 7
            guard shift < 64 else {
                isBroken = true
                return 0
            }
        }
    }

    /// A count of things of which each has a byte at least.
    mutating func count() -> Int {
        let number = number()
        guard number <= UInt64(bytes.count - min(position, bytes.count)) else {
            isBroken = true
            return 0
        }
        return Int(number)
    }

    mutating func signed() -> Int64 {
        let number = number()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    mutating func fixed() -> UInt64 {
        guard position + 8 <= bytes.count else {
            isBroken = true
            return 0
        }
        defer { position += 8 }
        return UInt64(
            littleEndian: UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped).loadUnaligned(
                fromByteOffset: position,
                as: UInt64.self
            )
        )
    }

    mutating func slice() -> UnsafeBufferPointer<UInt8> {
        let count = count()
        let start = position
        position += count
        return UnsafeBufferPointer(rebasing: bytes[start..<(start + count)])
    }

    mutating func text() -> String { String(decoding: slice(), as: UTF8.self) }

    mutating func name() -> String {
        let number = number()
        guard number < UInt64(names.count) else {
            isBroken = true
            return ""
        }
        return names[Int(number)]
    }

    mutating func id() -> EntityID {
        if byte() == 0 {
            let high = fixed()
            return EntityID(uuid: high, fixed())
        }
        return EntityID(text())
    }

    mutating func skipID() {
        if byte() == 0 { skip(16) } else { _ = slice() }
    }

    private mutating func skip(_ count: Int) {
        guard position + count <= bytes.count else {
            isBroken = true
            return
        }
        position += count
    }

    mutating func value(depth: Int = 0) -> JSONValue {
        guard depth < 256 else {
            isBroken = true
            return .null
        }
        switch byte() {
        case 0: return .null
        case 1: return .bool(false)
        case 2: return .bool(true)
        case 3: return .integer(signed())
        case 4: return .number(Double(bitPattern: fixed()))
        case 5: return .string(text())
        case 6:
            var list: [JSONValue] = []
            let count = count()
            list.reserveCapacity(count)
            for _ in 0..<count { list.append(value(depth: depth + 1)) }
            return .array(list)
        case 7: return .object(object(depth: depth + 1))
        default:
            isBroken = true
            return .null
        }
    }

    mutating func object(depth: Int = 0) -> JSONObject {
        var object = JSONObject()
        let count = count()
        object.reserve(count)
        for _ in 0..<count {
            let name = name()
            object.append(new: name, value(depth: depth))
        }
        return object
    }

    /// Passes over a value.
    mutating func skipValue(depth: Int = 0) {
        switch byte() {
        case 0, 1, 2: return
        case 3: _ = number()
        case 4: _ = fixed()
        case 5: _ = slice()
        case 6 where depth < 256:
            for _ in 0..<count() { skipValue(depth: depth + 1) }
        case 7 where depth < 256:
            for _ in 0..<count() {
                _ = number()
                skipValue(depth: depth + 1)
            }
        default: isBroken = true
        }
    }
}
