import Masking
import NIOCore
import QueryAnalysis

/// The columns of a result.
struct RowDescription {
    /// Where a column says that it comes from.
    struct Origin: Hashable {
        let relation: UInt32
        let number: Int16
    }

    private struct Field {
        /// Nil for an expression.
        let origin: Origin?
        let type: UInt32
        let modifier: Int32
        let format: Int16
        /// Where its type stands in the message.
        let place: Int
    }

    private var fields: [Field] = []
    /// The message without origins: what lies upstream is none of the client's business.
    var message: ByteBuffer

    /// Nil for a message that isn't as PostgreSQL makes them.
    init?(_ message: ByteBuffer) {
        self.message = message
        var index = message.readerIndex + 5
        guard let count = message.getInteger(at: index, as: Int16.self) else { return nil }
        index += 2
        for _ in 0..<max(0, count) {
            guard
                let end = message.viewBytes(at: index, length: message.writerIndex - index)?.firstIndex(
                    of: 0
                ),
                let relation = message.getInteger(at: end + 1, as: UInt32.self),
                let number = message.getInteger(at: end + 5, as: Int16.self),
                let type = message.getInteger(at: end + 7, as: UInt32.self),
                let modifier = message.getInteger(at: end + 13, as: Int32.self),
                let format = message.getInteger(at: end + 17, as: Int16.self)
            else { return nil }
            fields.append(
                Field(
                    origin: relation == 0 ? nil : Origin(relation: relation, number: number),
                    type: type,
                    modifier: modifier,
                    format: format,
                    place: end + 7
                )
            )
            self.message.setInteger(UInt32(0), at: end + 1)
            self.message.setInteger(Int16(0), at: end + 5)
            index = end + 19
        }
        guard index == message.writerIndex else { return nil }
    }

    /// The formats in which the values come.
    var formats: ResultFormats { .each(fields.map { $0.format == 1 }) }

    /// Puts types that clients know in the place of those that the database's users defined.
    mutating func showTypes(_ shown: (UInt32) -> UInt32) {
        for field in fields where field.type >= RowDescription.firstOfUsers {
            message.setInteger(shown(field.type), at: field.place)
        }
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
        guard late.isEmpty || late.count == fields.count else { return false }
        return fields.enumerated().allSatisfy { position, field in
            if !late.isEmpty, let column = late[position] {
                return field.type == column.mask.type && field.modifier == -1
            }
            return field.origin.map(isClear) ?? true
        }
    }
}
