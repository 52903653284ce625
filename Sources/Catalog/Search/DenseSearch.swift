/// A search for words that many entities have, block by block of their handles.
///
/// How much a block's entities count lies in one small run of memory, where parts of a question are put together without a
/// look at each entity.
struct DenseSearch {
    /// How many handles a block has; a multiple of a facet column's chunk.
    static let blockSize = 1 << 14

    private let index: SearchIndex
    private let count: Int
    private var parts: [Part]

    /// One part of the question.
    private struct Part {
        var places: [Place] = []
        let factor: UInt32
    }

    /// The entities of one word in one segment.
    private struct Place {
        let held: SearchIndex.Held
        /// The next of the segment's entities, and the one behind the word's last.
        var next: Int
        let end: Int
        /// The entity at `next`; the greatest number when there is none.
        var handle: UInt32
    }

    /// - Parameters:
    ///   - parts: The places of each part's words, with how much each counts; the rarest part first.
    ///   - index: The index.
    ///   - count: How many handles there are.
    init(
        _ parts: [(places: [(held: SearchIndex.Held, position: Int)], factor: Float)],
        in index: SearchIndex,
        among count: Int
    ) {
        self.index = index
        self.count = count
        self.parts = parts.map { part in
            let places = part.places.map { place in
                let range = place.held.segment.range(at: place.position)
                return Place(
                    held: place.held,
                    next: range.lowerBound,
                    end: range.upperBound,
                    handle: range.isEmpty ? .max : place.held.segment.handle(range.lowerBound)
                )
            }
            return Part(places: places, factor: UInt32(part.factor))
        }
    }

    /// Gives each block in which something is found: its first handle, and how well each of its entities fits, 0 for
    /// those that weren't found.
    mutating func forEachBlock(_ body: (UInt32, UnsafeBufferPointer<UInt32>) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: DenseSearch.blockSize) { scores in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: DenseSearch.blockSize) { weights in
                while let first = parts.first?.places.lazy.map(\.handle).min(), first < UInt32(count) {
                    let start = first & ~UInt32(DenseSearch.blockSize - 1)
                    let size = min(DenseSearch.blockSize, count - Int(start))
                    scores.initialize(repeating: 0)
                    for number in parts.indices {
                        weights.initialize(repeating: 0)
                        collect(number, from: start, into: weights)
                        DenseSearch.add(weights, parts[number].factor, isFirst: number == 0, to: scores)
                    }
                    body(start, UnsafeBufferPointer(rebasing: scores[..<size]))
                }
            }
        }
    }

    /// Puts how much a part counts in each entity of a block into `weights`.
    private mutating func collect(
        _ number: Int,
        from start: UInt32,
        into weights: UnsafeMutableBufferPointer<UInt8>
    ) {
        let end = start + UInt32(DenseSearch.blockSize)
        for index in parts[number].places.indices where parts[number].places[index].handle < end {
            let place = parts[number].places[index]
            let segment = place.held.segment
            let next: Int
            if place.held.isWhole {
                next = segment.collect(place.next..<place.end, from: start, to: end, into: weights) { _ in
                    true
                }
            } else {
                next = segment.collect(place.next..<place.end, from: start, to: end, into: weights) {
                    handle in
                    self.index.isCurrent(handle, place.held)
                }
            }
            parts[number].places[index].next = next
            parts[number].places[index].handle = next < place.end ? segment.handle(next) : .max
        }
    }

    /// Adds what a part counts to scores; those of entities that lack it become 0.
    private static func add(
        _ weights: UnsafeMutableBufferPointer<UInt8>,
        _ factor: UInt32,
        isFirst: Bool,
        to scores: UnsafeMutableBufferPointer<UInt32>
    ) {
        if isFirst {
            for index in 0..<blockSize { scores[index] = UInt32(weights[index]) &* factor }
            return
        }
        for index in 0..<blockSize {
            let (weight, score) = (UInt32(weights[index]), scores[index])
            let mask = 0 &- (isFound(weight) & isFound(score))
            scores[index] = (score &+ weight &* factor) & mask
        }
    }
}

extension DenseSearch {
    /// How many counts stand behind those of the numbers, for what isn't found.
    static let spare = 8

    /// 1 for a score above 0, without a branch that the processor would have to guess.
    @inline(__always)
    private static func isFound(_ score: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: (UInt64(score) &+ 0xFFFF_FFFF) >> 32)
    }

    /// Counts the facets of what is found in a part of a block.
    ///
    /// What isn't found is counted too, in turn in one of the spare counts: that is quicker than to guess what is found, or to
    /// wait for one count.
    static func count(
        _ scores: UnsafeBufferPointer<UInt32>,
        _ numbers: [UInt32],
        into counts: inout [Int]
    ) {
        var found: UInt32 = 0
        for score in scores { found &+= isFound(score) }
        guard found > 0 else { return }
        let size = min(scores.count, numbers.count)
        counts.withUnsafeMutableBufferPointer { counts in
            numbers.withUnsafeBufferPointer { numbers in
                if Int(found) < size / 32 {
                    for index in 0..<size where scores[index] > 0 { counts[Int(numbers[index])] &+= 1 }
                    return
                }
                let first = UInt32(truncatingIfNeeded: counts.count - spare)
                for index in 0..<size {
                    let mask = 0 &- isFound(scores[index])
                    let other = first &+ UInt32(truncatingIfNeeded: index & (spare - 1))
                    counts[Int(numbers[index] & mask | other & ~mask)] &+= 1
                }
            }
        }
    }
}

extension SearchSegment {
    /// The places of the entities of the word at a position.
    func range(at position: Int) -> Range<Int> { Int(starts[position])..<Int(starts[position + 1]) }

    func handle(_ place: Int) -> UInt32 { handles[place] }

    /// Puts the weights of entities from `start` and below `end` into `weights`, the greatest of each; gives the place
    /// of the first entity from `end`.
    @inline(__always)
    func collect(
        _ range: Range<Int>,
        from start: UInt32,
        to end: UInt32,
        into weights: UnsafeMutableBufferPointer<UInt8>,
        where isCurrent: (UInt32) -> Bool
    ) -> Int {
        handles.withUnsafeBufferPointer { handles in
            self.weights.withUnsafeBufferPointer { known in
                var place = handles[range.lowerBound] < start ? seek(start, in: range) : range.lowerBound
                while place < range.upperBound, handles[place] < end {
                    let slot = Int(handles[place] &- start)
                    if known[place] > weights[slot], isCurrent(handles[place]) {
                        weights[slot] = known[place]
                    }
                    place += 1
                }
                return place
            }
        }
    }

    /// The place of the first entity of some that isn't before a handle; the end for none.
    ///
    /// Cost: the logarithm of how far away it is.
    func seek(_ handle: UInt32, in range: Range<Int>) -> Int {
        var (low, step) = (range.lowerBound, 1)
        while low + step < range.upperBound, handles[low + step] < handle {
            low += step
            step *= 2
        }
        var high = min(low + step, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if handles[middle] < handle { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
