import Masking
import NIOCore
import QueryAnalysis

/// The columns of a result, read where they lie.
struct RowDescription {
    /// Where a column says that it comes from.
    struct Origin: Hashable {
        let relation: UInt32
        let number: Int16
    }

    private struct Field {
        /// The message's byte at which the origin begins.
        let start: Int
        /// Nil for an expression.
        let origin: Origin?
        let type: UInt32
        let modifier: Int32
        let format: Int16
    }

    private let message: ByteBuffer
    private let count: Int

    /// Nil for a message that isn't as PostgreSQL makes them.
    init?(_ message: ByteBuffer) {
        self.message = message
        var count = 0
        let isWhole = RowDescription.walk(message) { _ in
            count += 1
            return true
        }
        guard isWhole else { return nil }
        self.count = count
    }

    /// The formats in which the values come.
    var formats: ResultFormats {
        var formats: [Bool] = []
        _ = RowDescription.walk(message) { field in
            formats.append(field.format == 1)
            return true
        }
        return .each(formats)
    }

    /// `FirstNormalObjectId` of PostgreSQL's `transam.h`.
    private static let firstOfUsers: UInt32 = 16_384

    /// The same of a `ParameterDescription`; nil for a message that isn't as PostgreSQL makes them.
    static func parameters(_ message: ByteBuffer, showing shown: (UInt32) -> UInt32) -> ByteBuffer? {
        var result = message
        let start = message.readerIndex + 7
        guard let count = message.getInteger(at: start - 2, as: UInt16.self),
            start + 4 * Int(count) == message.writerIndex
        else { return nil }
        for place in stride(from: start, to: message.writerIndex, by: 4) {
            guard let type = message.getInteger(at: place, as: UInt32.self), type >= firstOfUsers else {
                continue
            }
            result.setInteger(shown(type), at: place)
        }
        return result
    }

    /// Whether nothing is in it that policy hides: columns that say where they come from may be seen as they are, but for
    /// those that are masked on their way, which have the type that their masks give.
    func hides(_ late: [LateColumn?], _ isClear: (Origin) -> Bool) -> Bool {
        guard late.isEmpty || late.count == count else { return false }
        var position = 0
        return RowDescription.walk(message) { field in
            defer { position += 1 }
            if !late.isEmpty, let column = late[position] {
                return field.type == column.mask.type && field.modifier == -1
            }
            return field.origin.map(isClear) ?? true
        }
    }

    /// Writes the message without origins: what lies upstream is none of the client's business.
    ///
    /// In the place of types that the database's users defined go those that `shown` says.
    func write(to output: inout ByteBuffer, showing shown: (UInt32) -> UInt32) {
        let start = output.writerIndex
        output.writeImmutableBuffer(message)
        _ = RowDescription.walk(message) { field in
            output.setInteger(UInt32(0), at: start + field.start)
            output.setInteger(Int16(0), at: start + field.start + 4)
            if field.type >= RowDescription.firstOfUsers {
                output.setInteger(shown(field.type), at: start + field.start + 6)
            }
            return true
        }
    }

    /// Takes the fields in turn for as long as that says true; false when it didn't to the end, or the message isn't as
    /// PostgreSQL makes them.
    private static func walk(_ message: ByteBuffer, _ take: (Field) -> Bool) -> Bool {
        message.withUnsafeReadableBytes { bytes in
            guard bytes.count >= 7 else { return false }
            func number<Number: FixedWidthInteger>(_ type: Number.Type, at index: Int) -> Number {
                Number(bigEndian: bytes.loadUnaligned(fromByteOffset: index, as: type))
            }
            var index = 7
            for _ in 0..<max(0, number(Int16.self, at: 5)) {
                guard let end = bytes[index...].firstIndex(of: 0), bytes.count - end >= 19 else {
                    return false
                }
                let relation = number(UInt32.self, at: end + 1)
                let column = number(Int16.self, at: end + 5)
                let field = Field(
                    start: end + 1,
                    origin: relation == 0 ? nil : Origin(relation: relation, number: column),
                    type: number(UInt32.self, at: end + 7),
                    modifier: number(Int32.self, at: end + 13),
                    format: number(Int16.self, at: end + 17)
                )
                guard take(field) else { return false }
                index = end + 19
            }
            return index == bytes.count
        }
    }
}
