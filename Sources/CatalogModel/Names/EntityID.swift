/// The identity of an entity, relationship or type: a UUID as a rule, made by whoever created it.
///
/// **Shape.** Sixteen bytes for a UUID in canonical lower case, else the text.
package struct EntityID: Hashable, Sendable, Comparable, CustomStringConvertible {
    private enum Form: Hashable, Sendable {
        case uuid(UInt64, UInt64)
        case other(String)
    }

    private let form: Form

    /// Takes the text as it is.
    package init(_ text: String) {
        form = Self.uuid(text).map { .uuid($0, $1) } ?? .other(text)
    }

    /// A UUID made of 128 bits, with the version and variant of a random one put in.
    package init(bits high: UInt64, _ low: UInt64) {
        form = .uuid(high & ~0xF000 | 0x4000, low & ~(3 << 62) | 2 << 62)
    }

    /// A UUID as it is.
    package init(uuid high: UInt64, _ low: UInt64) { form = .uuid(high, low) }

    /// The halves of a UUID; nil for other texts.
    package var bits: (high: UInt64, low: UInt64)? {
        if case .uuid(let high, let low) = form { (high, low) } else { nil }
    }

    /// The text.
    package var text: String {
        switch form {
        case .other(let text): text
        case .uuid(let high, let low): Self.text(high, low)
        }
    }

    /// The text.
    package var description: String { text }

    /// Orders by text.
    package static func < (left: EntityID, right: EntityID) -> Bool {
        if case .uuid(let one, let two) = left.form, case .uuid(let three, let four) = right.form {
            return (one, two) < (three, four)
        }
        return left.text < right.text
    }

    private static func uuid(_ text: String) -> (UInt64, UInt64)? {
        guard text.utf8.count == 36 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for (index, byte) in text.utf8.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if digits < 16 {
                words.0 = words.0 << 4 | UInt64(digit)
            } else {
                words.1 = words.1 << 4 | UInt64(digit)
            }
            digits += 1
        }
        return words
    }

    private static func text(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                let word = index < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (index % 16))) & 15
                buffer[position] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                position += 1
            }
            return position
        }
    }
}

extension EntityID: Codable {
    /// Reads the bare string.
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the bare string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
