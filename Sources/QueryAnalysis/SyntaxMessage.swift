/// One message of PostgreSQL's tree in protobuf's encoding, read one level at a time.
///
/// **Promise.** Reading takes a field out; ``isSpent`` says whether anything was left, so that a construct that the
/// reader doesn't know is refused instead of passed over.
struct SyntaxMessage {
    private var fields: [(number: Int, value: Value)] = []

    private enum Value {
        case number(Int64)
        case bytes(ArraySlice<UInt8>)
    }

    /// Nil when the bytes are no message.
    init?(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            guard let key = SyntaxMessage.varint(&rest) else { return nil }
            let number = Int(key >> 3)
            switch key & 7 {
            case 0:
                guard let value = SyntaxMessage.varint(&rest) else { return nil }
                fields.append((number, .number(Int64(bitPattern: value))))
            case 2:
                guard let length = SyntaxMessage.varint(&rest), length <= UInt64(rest.count) else {
                    return nil
                }
                fields.append((number, .bytes(rest.prefix(Int(length)))))
                rest = rest.dropFirst(Int(length))
            default: return nil
            }
        }
    }

    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = bytes.popFirst() {
            guard shift < 64 else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        return nil
    }

    /// Whether every field was taken.
    var isSpent: Bool { fields.isEmpty }

    /// The numbers of the fields that are left.
    var numbers: [Int] { fields.map(\.number) }

    /// Takes a number; 0 when it isn't there, as the encoding has it.
    mutating func number(_ field: Int) -> Int {
        guard let index = fields.firstIndex(where: { $0.number == field }),
            case .number(let value) = fields[index].value
        else { return 0 }
        fields.remove(at: index)
        return Int(value)
    }

    /// Takes a text.
    mutating func text(_ field: Int) -> String? {
        guard let index = fields.firstIndex(where: { $0.number == field }),
            case .bytes(let bytes) = fields[index].value
        else { return nil }
        fields.remove(at: index)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Takes a message; nil when it isn't there.
    mutating func message(_ field: Int) -> SyntaxMessage? {
        guard let index = fields.firstIndex(where: { $0.number == field }),
            case .bytes(let bytes) = fields[index].value
        else { return nil }
        fields.remove(at: index)
        return SyntaxMessage(bytes)
    }

    /// Takes all messages of a repeated field.
    mutating func messages(_ field: Int) -> [SyntaxMessage] {
        var found: [SyntaxMessage] = []
        fields.removeAll { entry in
            guard entry.number == field, case .bytes(let bytes) = entry.value,
                let message = SyntaxMessage(bytes)
            else { return false }
            found.append(message)
            return true
        }
        return found
    }
}
