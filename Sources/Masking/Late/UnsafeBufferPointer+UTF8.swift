/// Characters in UTF-8, looked at where they lie.
extension UnsafeBufferPointer<UInt8> {
    /// The code point that begins at a place, and its bytes; nil when none does, or one that no text may have.
    @inline(__always)
    func scalar(at index: Int) -> (code: UInt32, length: Int)? {
        let first = self[index]
        if first < 0x80 { return (UInt32(first), 1) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, first < 0xF5, index + length <= count else { return nil }
        var code = UInt32(first) & (0x7F >> UInt32(length))
        for place in index + 1..<index + length {
            guard self[place] & 0xC0 == 0x80 else { return nil }
            code = code << 6 | UInt32(self[place] & 0x3F)
        }
        let lowest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
        guard code >= lowest, code <= 0x10FFFF, code & 0xFFFF_F800 != 0xD800 else { return nil }
        return (code, length)
    }

    /// UTF-16 units of the text.
    var unitCount: Int {
        var units = 0
        for byte in self where byte & 0xC0 != 0x80 { units += byte < 0xF0 ? 1 : 2 }
        return units
    }

    /// Where the first so many characters end.
    func end(of characters: Int) -> Int {
        var left = characters
        var index = 0
        while index < count {
            if self[index] & 0xC0 != 0x80 {
                guard left > 0 else { break }
                left -= 1
            }
            index += 1
        }
        return index
    }

    /// Where the last so many characters start.
    func start(ofLast characters: Int) -> Int {
        var left = characters
        var index = count
        while left > 0, index > 0 {
            index -= 1
            if self[index] & 0xC0 != 0x80 { left -= 1 }
        }
        return index
    }

    /// Writes a part at a place and returns its length.
    @inline(__always)
    func copy(_ part: Range<Int>, to output: UnsafeMutablePointer<UInt8>, at place: Int) -> Int {
        var end = place
        for index in part {
            output[end] = self[index]
            end += 1
        }
        return part.count
    }
}
