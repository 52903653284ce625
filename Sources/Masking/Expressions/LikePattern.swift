/// `LIKE` on UTF-8: `%` any number of characters, `_` one.
package enum LikePattern {
    static func match(
        _ values: ScalarValues,
        _ patterns: ScalarValues,
        escape: UInt32?,
        ignoringCase: Bool
    ) throws(ExpressionError) -> [UInt8] {
        guard case .texts(var texts) = values, case .texts(var wanted) = patterns else {
            preconditionFailure("LIKE on texts")
        }
        if ignoringCase {
            texts = ScalarFunctions.mapped(texts) { ScalarFunctions.lowered($0) }
            wanted = ScalarFunctions.mapped(wanted) { ScalarFunctions.lowered($0) }
        }
        var escapeBytes: [UInt8] = []
        if let escape, let scalar = Unicode.Scalar(escape) {
            escapeBytes = Array(String(Character(scalar)).utf8)
        }
        var result: [UInt8] = []
        result.reserveCapacity(texts.count)
        var isBroken = false
        texts.bytes.withUnsafeBufferPointer { first in
            wanted.bytes.withUnsafeBufferPointer { second in
                for row in 0..<texts.count {
                    guard !texts.isNull(row), !wanted.isNull(row) else {
                        result.append(2)
                        continue
                    }
                    let matched = matches(
                        TextSlots.slice(first, texts.ranges.values[row]),
                        TextSlots.slice(second, wanted.ranges.values[row]),
                        escapeBytes
                    )
                    isBroken = isBroken || matched == nil
                    result.append(matched == true ? 1 : 0)
                }
            }
        }
        guard !isBroken else { throw .invalidPattern }
        return result
    }

    /// Whether a text is as a pattern says; nil when the pattern ends with its escape character and matching gets there.
    package static func matches(
        _ text: UnsafeBufferPointer<UInt8>,
        _ pattern: UnsafeBufferPointer<UInt8>,
        _ escape: [UInt8]
    ) -> Bool? {
        var position = 0
        var wanted = 0
        var retryPattern = -1
        var retryText = 0
        while true {
            if wanted < pattern.count {
                var literal = wanted
                let escapes = !escape.isEmpty && startsWith(pattern, wanted, escape)
                if escapes {
                    literal = wanted + escape.count
                    guard literal < pattern.count else {
                        if position < text.count { return nil }
                        return false
                    }
                } else if pattern[wanted] == UInt8(ascii: "%") {
                    wanted += 1
                    retryPattern = wanted
                    retryText = position
                    continue
                }
                if position < text.count {
                    if !escapes, pattern[wanted] == UInt8(ascii: "_") {
                        position = next(text, position)
                        wanted += 1
                        continue
                    }
                    if pattern[literal] == text[position] {
                        wanted = literal + 1
                        position += 1
                        continue
                    }
                }
            } else if position == text.count {
                return true
            }
            guard retryPattern >= 0, retryText < text.count else { return false }
            retryText = next(text, retryText)
            position = retryText
            wanted = retryPattern
        }
    }

    private static func startsWith(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ prefix: [UInt8])
        -> Bool
    {
        start + prefix.count <= bytes.count && prefix.indices.allSatisfy { bytes[start + $0] == prefix[$0] }
    }

    /// Where the character after the one here begins.
    @inline(__always)
    static func next(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
        var index = index + 1
        while index < text.count, text[index] & 0xC0 == 0x80 { index += 1 }
        return index
    }
}
