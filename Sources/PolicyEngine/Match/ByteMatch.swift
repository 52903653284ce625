/// Comparisons of bytes that patterns are made of: no allocation, time at most the product of both lengths.
enum ByteMatch {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    /// The same bytes read as another type, which has no more of them.
    @inline(__always)
    static func bits<Value, Read: BitwiseCopyable>(of value: Value) -> Read {
        withUnsafeBytes(of: value) { $0.loadUnaligned(as: Read.self) }
    }

    @inline(__always)
    static func equals(_ left: Bytes, _ right: Bytes) -> Bool {
        let count = left.count
        guard count == right.count else { return false }
        guard count > 0, let left = left.baseAddress, let right = right.baseAddress else { return true }
        let first = UnsafeRawPointer(left)
        let second = UnsafeRawPointer(right)
        if count < 8 { return shortWord(first, count) == shortWord(second, count) }
        var index = 0
        while index + 8 <= count {
            if word(first + index) != word(second + index) { return false }
            index += 8
        }
        // The last eight bytes once more, so that none is left over.
        return word(first + count - 8) == word(second + count - 8)
    }

    @inline(__always)
    static func word(_ text: UnsafeRawPointer) -> UInt64 { text.loadUnaligned(as: UInt64.self) }

    /// The first eight bytes of at least one, from the lowest on; zeros where there are fewer.
    @inline(__always)
    static func begin(of text: UnsafeRawPointer, _ count: Int) -> UInt64 {
        count < 8 ? shortWord(text, count) : word(text)
    }

    /// One to seven bytes, from the lowest on, and zeros.
    @inline(__always)
    static func shortWord(_ text: UnsafeRawPointer, _ count: Int) -> UInt64 {
        if count >= 4 {
            let end = UInt64((text + count - 4).loadUnaligned(as: UInt32.self))
            return UInt64(text.loadUnaligned(as: UInt32.self)) | end << UInt64(8 * (count - 4))
        }
        let middle = UInt64((text + count / 2).load(as: UInt8.self)) << UInt64(8 * (count / 2))
        let end = UInt64((text + count - 1).load(as: UInt8.self)) << UInt64(8 * (count - 1))
        return UInt64(text.load(as: UInt8.self)) | middle | end
    }

    static func hasPrefix(_ text: Bytes, _ prefix: Bytes) -> Bool {
        guard prefix.count <= text.count else { return false }
        return equals(Bytes(start: text.baseAddress, count: prefix.count), prefix)
    }

    static func hasSuffix(_ text: Bytes, _ suffix: Bytes) -> Bool {
        let start = text.count - suffix.count
        guard start >= 0 else { return false }
        for index in 0..<suffix.count where text[start + index] != suffix[index] { return false }
        return true
    }

    /// Whether a pattern with `*` (any run) and `?` (one character) covers the whole text.
    static func glob(_ text: Bytes, _ pattern: Bytes) -> Bool {
        var at = 0
        var next = 0
        var star = -1
        var resume = 0
        while at < text.count {
            if next < pattern.count, pattern[next] == 42 {
                star = next
                next += 1
                resume = at
            } else if next < pattern.count, pattern[next] == 63 {
                at += characterLength(text, at)
                next += 1
            } else if next < pattern.count, pattern[next] == text[at] {
                at += 1
                next += 1
            } else if star >= 0 {
                resume += 1
                at = resume
                next = star + 1
            } else {
                return false
            }
        }
        while next < pattern.count, pattern[next] == 42 { next += 1 }
        return next == pattern.count
    }

    /// The same for texts.
    static func covers(_ pattern: String, _ text: String) -> Bool {
        var pattern = pattern
        var text = text
        return text.withUTF8 { text in pattern.withUTF8 { glob(text, $0) } }
    }

    /// Whether the path is the pattern's, or lies below it.
    static func below(_ path: Bytes, _ pattern: Bytes, separator: UInt8) -> Bool {
        var count = pattern.count
        if count > 0, pattern[count - 1] == separator { count -= 1 }
        guard path.count >= count, hasPrefix(path, Bytes(rebasing: pattern[0..<count])) else { return false }
        return path.count == count || path[count] == separator
    }

    /// Whether the pattern covers the path or any leading part of it that ends at a separator.
    ///
    /// Separators in a row count as one, but for those of a scheme.
    static func globBelow(_ path: Bytes, _ pattern: Bytes, separator: UInt8, from start: Int = 0) -> Bool {
        guard hasDoubleSeparator(path, separator, from: start) else {
            return globBelowSingle(path, pattern, separator: separator, from: start)
        }
        var collapsed = ContiguousArray(path.prefix(start))
        for byte in path.dropFirst(start)
        where byte != separator || collapsed.count == start || collapsed.last != separator {
            collapsed.append(byte)
        }
        return collapsed.withUnsafeBufferPointer {
            globBelowSingle($0, pattern, separator: separator, from: start)
        }
    }

    private static func hasDoubleSeparator(_ path: Bytes, _ separator: UInt8, from start: Int) -> Bool {
        var index = start + 1
        while index < path.count {
            if path[index] == separator, path[index - 1] == separator { return true }
            index += 1
        }
        return false
    }

    private static func globBelowSingle(_ path: Bytes, _ pattern: Bytes, separator: UInt8, from start: Int)
        -> Bool
    {
        var index = start + 1
        while index < path.count {
            if path[index] == separator,
                glob(Bytes(rebasing: path[0..<index]), pattern)
            {
                return true
            }
            index += 1
        }
        return glob(path, pattern)
    }

    /// The length of `scheme://`; 0 when the text has none.
    static func schemeLength(_ text: Bytes) -> Int {
        guard let colon = text.firstIndex(of: 58), colon + 2 < text.count, text[colon + 1] == 47,
            text[colon + 2] == 47
        else { return 0 }
        var end = colon + 3
        while end < text.count, text[end] == 47 { end += 1 }
        return end
    }

    private static func characterLength(_ text: Bytes, _ index: Int) -> Int {
        var end = index + 1
        while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
        return end - index
    }
}
