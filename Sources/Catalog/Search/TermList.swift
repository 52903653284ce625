/// Words sorted by their bytes, as one run of bytes.
struct TermList: Sendable {
    private var bytes: [UInt8] = []
    private var starts: [UInt32] = [0]

    var count: Int { starts.count - 1 }

    mutating func append(_ word: UnsafeBufferPointer<UInt8>) {
        bytes.append(contentsOf: word)
        starts.append(UInt32(bytes.count))
    }

    func text(_ index: Int) -> String { word(index) { String(decoding: $0, as: UTF8.self) } }

    @inline(__always)
    func word<Value>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        let range = Int(starts[index])..<Int(starts[index + 1])
        return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    /// Where a word stands, or would.
    func position(of wanted: UnsafeBufferPointer<UInt8>) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if word(middle, { TermList.order($0, wanted) }) < 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The places of the words that begin so.
    func range(from prefix: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        let first = position(of: prefix)
        var (low, high) = (first, count)
        while low < high {
            let middle = (low + high) / 2
            if word(middle, { TermList.hasPrefix($0, prefix) }) { low = middle + 1 } else { high = middle }
        }
        return first..<low
    }

    func isWord(_ wanted: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        index < count && word(index) { TermList.order($0, wanted) == 0 }
    }

    /// Negative when the first comes before the second.
    @inline(__always)
    static func order(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Int {
        for index in 0..<min(one.count, other.count) where one[index] != other[index] {
            return Int(one[index]) - Int(other[index])
        }
        return one.count - other.count
    }

    private static func hasPrefix(
        _ word: UnsafeBufferPointer<UInt8>,
        _ prefix: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        word.count >= prefix.count
            && order(UnsafeBufferPointer(rebasing: word[..<prefix.count]), prefix) == 0
    }
}
