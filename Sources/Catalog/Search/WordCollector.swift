/// Words as they come, each with a number, and the entities that have them.
struct WordCollector {
    private var bytes: [UInt8] = []
    private var starts: [Int] = [0]
    /// The upper half of a word's hash, and its number and one; 0 where there is none.
    private var slots = [UInt64](repeating: 0, count: 4096)
    private var postings: [Posting] = []
    private let seed = ByteHash.seed

    /// That an entity has a word.
    private struct Posting {
        let word: UInt32
        let handle: UInt32
        let weight: UInt8
    }

    var isEmpty: Bool { postings.isEmpty }

    private var count: Int { starts.count - 1 }

    /// Adds that an entity has a word; entities come in ascending order.
    @inline(__always)
    mutating func add(_ word: UnsafeBufferPointer<UInt8>, _ handle: UInt32, _ weight: UInt8) {
        postings.append(Posting(word: number(of: word), handle: handle, weight: weight))
    }

    @inline(__always)
    private mutating func number(of word: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let hash = ByteHash.hash(word, seed)
        let tag = hash >> 32
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if slots[slot] >> 32 == tag {
                let number = Int(slots[slot] & 0xFFFF_FFFF) - 1
                let isSame = bytes.withUnsafeBufferPointer { bytes in
                    ByteHash.isSame(
                        UnsafeBufferPointer(rebasing: bytes[starts[number]..<starts[number + 1]]),
                        word
                    )
                }
                if isSame { return UInt32(number) }
            }
            slot = (slot + 1) & mask
        }
        return add(word, tag, slot)
    }

    private mutating func add(_ word: UnsafeBufferPointer<UInt8>, _ tag: UInt64, _ slot: Int) -> UInt32 {
        let number = count
        bytes.append(contentsOf: word)
        starts.append(bytes.count)
        slots[slot] = tag << 32 | UInt64(number + 1)
        if 2 * count > slots.count { grow() }
        return UInt32(number)
    }

    private mutating func grow() {
        slots = [UInt64](repeating: 0, count: 4 * slots.count)
        bytes.withUnsafeBufferPointer { bytes in
            for number in 0..<count {
                let word = UnsafeBufferPointer(rebasing: bytes[starts[number]..<starts[number + 1]])
                let hash = ByteHash.hash(word, seed)
                var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
                while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
                slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(number + 1)
            }
        }
    }

    /// All that was added, as a segment.
    func segment(_ batches: ClosedRange<UInt32>) -> SearchSegment {
        bytes.withUnsafeBufferPointer { bytes in
            func text(_ number: Int) -> UnsafeBufferPointer<UInt8> {
                UnsafeBufferPointer(rebasing: bytes[starts[number]..<starts[number + 1]])
            }
            let order = (0..<count).sorted { TermList.order(text($0), text($1)) < 0 }
            var terms = TermList()
            for word in order { terms.append(text(word)) }
            let (ends, sorted) = sorted(order)
            return SearchSegment(batches, terms, ends, sorted)
        }
    }

    /// Where the entities of each word end, and all of them by word: as a rule each once for a word.
    private func sorted(_ order: [Int]) -> (ends: [Int], postings: [SearchSegment.Posting]) {
        var next = [Int](repeating: 0, count: count)
        for posting in postings { next[Int(posting.word)] += 1 }
        var sum = 0
        for word in order {
            let size = next[word]
            next[word] = sum
            sum += size
        }
        let sorted = [SearchSegment.Posting](unsafeUninitializedCapacity: postings.count) { buffer, filled in
            next.withUnsafeMutableBufferPointer { next in
                for posting in postings {
                    let place = next[Int(posting.word)]
                    next[Int(posting.word)] = place + 1
                    buffer.initializeElement(
                        at: place,
                        to: SearchSegment.Posting(handle: posting.handle, weight: posting.weight)
                    )
                }
            }
            filled = postings.count
        }
        return (order.map { next[$0] }, sorted)
    }
}
