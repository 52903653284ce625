import CatalogModel
import Governance

/// Many lines of the audit log as one piece of bytes, for one row of a table.
///
/// Bytes: the form's version, a checksum of what follows (eight bytes, the lowest first), the counts of lines, texts and
/// subjects, the texts, the subjects, the lines. Numbers are of variable length.
struct AuditPack {
    /// What is stored.
    let bytes: [UInt8]
    /// When its last line was, in microseconds since 1970.
    let time: Int64
    /// How many lines it has.
    let lines: Int
    /// The users of its lines, each once.
    let users: [String]
    /// The resources of its lines, each once.
    let resources: [String]

    /// The most lines of a pack.
    static let maximumLines = 8192
    /// Bytes from which on a pack takes no further line.
    static let maximumBytes = 1 << 20
    /// What the first byte says.
    static let form: UInt8 = 1
    /// Bytes before the counts.
    static let head = 9

    /// A body behind its head.
    static func sealed(_ body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [form]
        bytes.reserveCapacity(head + body.count)
        let sum = checksum(body[...])
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: sum >> shift)) }
        return bytes + body
    }

    /// Another one for bytes that differ in up to eight neighbours; for others, all but surely.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBytes { bytes in
            var sum = UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15
            func take(_ word: UInt64) {
                sum = (sum ^ word) &* 0xD6E8_FEB8_6659_FD93
                sum ^= sum >> 32
            }
            let whole = bytes.count & ~7
            for start in stride(from: 0, to: whole, by: 8) {
                take(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)))
            }
            var rest: UInt64 = 0
            for index in whole..<bytes.count { rest = rest << 8 | UInt64(bytes[index]) }
            take(rest)
            return sum
        }
    }
}

/// Which lines of the audit log are wanted.
struct AuditFilter {
    /// Only lines of this user; nil for all.
    let user: String?
    /// Only lines about this; nil for all.
    let resource: String?

    /// Whether a line is among them: compared byte by byte, as the tables' columns are.
    func takes(_ line: AuditRecord) -> Bool {
        (user.map { $0.utf8.elementsEqual(line.user.text.utf8) } ?? true)
            && (resource.map { $0.utf8.elementsEqual(line.resource.utf8) } ?? true)
    }
}
