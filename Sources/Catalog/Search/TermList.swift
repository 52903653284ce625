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

/// Words as they come, each with a number, and the entities that have them.
struct WordCollector {
    private var bytes: [UInt8] = []
    private var starts: [Int] = [0]
    private var hashes: [Int] = []
    private var slots = [Int32](repeating: -1, count: 4096)
    private var words: [UInt32] = []
    private var handles: [UInt32] = []
    private var weights: [UInt8] = []

    var isEmpty: Bool { words.isEmpty }

    /// Adds that an entity has a word; entities come in ascending order.
    mutating func add(_ word: UnsafeBufferPointer<UInt8>, _ handle: UInt32, _ weight: UInt8) {
        words.append(number(of: word))
        handles.append(handle)
        weights.append(weight)
    }

    private mutating func number(of word: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let hash = Int(truncatingIfNeeded: ByteHash.hash(word, ByteHash.seed))
        var slot = hash & (slots.count - 1)
        while slots[slot] >= 0 {
            let known = Int(slots[slot])
            if hashes[known] == hash, isWord(known, word) { return UInt32(known) }
            slot = (slot + 1) & (slots.count - 1)
        }
        let number = hashes.count
        slots[slot] = Int32(number)
        hashes.append(hash)
        bytes.append(contentsOf: word)
        starts.append(bytes.count)
        if 2 * hashes.count > slots.count { grow() }
        return UInt32(number)
    }

    private func isWord(_ number: Int, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        let (start, end) = (starts[number], starts[number + 1])
        guard end - start == word.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            for index in 0..<word.count where bytes[start + index] != word[index] { return false }
            return true
        }
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: 2 * slots.count)
        for (number, hash) in hashes.enumerated() {
            var slot = hash & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(number)
        }
    }

    /// All that was added, as a segment.
    func segment(_ batches: ClosedRange<UInt32>) -> SearchSegment {
        var counts = [Int](repeating: 0, count: hashes.count + 1)
        for word in words { counts[Int(word) + 1] += 1 }
        for index in counts.indices.dropFirst() { counts[index] += counts[index - 1] }
        var next = counts
        var places = [UInt32](repeating: 0, count: words.count)
        for (place, word) in words.enumerated() {
            places[next[Int(word)]] = UInt32(place)
            next[Int(word)] += 1
        }
        return bytes.withUnsafeBufferPointer { bytes in
            func text(_ number: Int) -> UnsafeBufferPointer<UInt8> {
                UnsafeBufferPointer(rebasing: bytes[starts[number]..<starts[number + 1]])
            }
            var builder = SegmentBuilder(capacity: words.count)
            for word in (0..<hashes.count).sorted(by: { TermList.order(text($0), text($1)) < 0 }) {
                for place in counts[word]..<counts[word + 1] {
                    let place = Int(places[place])
                    builder.add(handles[place], weights[place])
                }
                builder.end(text(word))
            }
            return builder.segment(batches)
        }
    }
}
