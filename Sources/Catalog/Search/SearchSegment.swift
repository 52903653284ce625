/// Words of some entities: for each word the entities that have it, and how much it counts there.
///
/// Immutable; sorted by word, then by entity.
final class SearchSegment: Sendable {
    /// The batches of changes whose words it holds.
    let batches: ClosedRange<UInt32>
    let terms: TermList
    /// Where the entities of each word begin; one more at the end.
    let starts: [UInt32]
    let handles: [UInt32]
    let weights: [UInt8]
    /// The most entities that a word of each block of words has.
    private let peaks: [UInt32]

    static let blockSize = 64

    fileprivate init(
        _ batches: ClosedRange<UInt32>,
        _ terms: TermList,
        _ starts: [UInt32],
        _ handles: [UInt32],
        _ weights: [UInt8]
    ) {
        (self.batches, self.terms, self.starts) = (batches, terms, starts)
        (self.handles, self.weights) = (handles, weights)
        peaks = stride(from: 0, to: terms.count, by: SearchSegment.blockSize).map { first in
            (first..<min(first + SearchSegment.blockSize, terms.count)).map { starts[$0 + 1] - starts[$0] }
                .max() ?? 0
        }
    }

    /// That an entity has a word.
    struct Posting {
        let handle: UInt32
        let weight: UInt8
    }

    /// Words in order, where the entities of each end, and these; what comes twice for a word counts once.
    convenience init(
        _ batches: ClosedRange<UInt32>,
        _ terms: TermList,
        _ ends: [Int],
        _ postings: [Posting]
    ) {
        var starts: [UInt32] = [0]
        starts.reserveCapacity(ends.count + 1)
        var handles: [UInt32] = []
        var weights: [UInt8] = []
        handles.reserveCapacity(postings.count)
        weights.reserveCapacity(postings.count)
        var place = 0
        for end in ends {
            let first = place
            while place < end {
                let posting = postings[place]
                if place > first, posting.handle == postings[place - 1].handle {
                    weights[weights.count - 1] = max(weights[weights.count - 1], posting.weight)
                } else {
                    handles.append(posting.handle)
                    weights.append(posting.weight)
                }
                place += 1
            }
            starts.append(UInt32(handles.count))
        }
        self.init(batches, terms, starts, handles, weights)
    }

    var count: Int { handles.count }

    /// How many entities have the word at a position, also of a former time.
    func count(at position: Int) -> Int { Int(starts[position + 1] - starts[position]) }

    /// The first and the last entity that has the word at a position.
    func bounds(at position: Int) -> (UInt32, UInt32) {
        (handles[Int(starts[position])], handles[Int(starts[position + 1]) - 1])
    }

    /// Gives each entity of the word at a position, in ascending order.
    @inline(__always)
    func forEach(at position: Int, _ body: (UInt32, UInt8) -> Void) {
        let range = Int(starts[position])..<Int(starts[position + 1])
        handles.withUnsafeBufferPointer { handles in
            weights.withUnsafeBufferPointer { weights in
                for index in range { body(handles[index], weights[index]) }
            }
        }
    }

    /// Gives the entities of the word at a position until `body` says that it is enough.
    func contains(at position: Int, where body: (UInt32) -> Bool) -> Bool {
        handles[Int(starts[position])..<Int(starts[position + 1])].contains(where: body)
    }

    /// The words of some places that most entities have, in no order: as many as are wanted.
    func frequent(in range: Range<Int>, limit: Int) -> [Int] {
        var best: [(count: UInt32, position: Int)] = []
        var least: UInt32 = 0
        var position = range.lowerBound
        while position < range.upperBound {
            let block = position / SearchSegment.blockSize
            let end = min((block + 1) * SearchSegment.blockSize, range.upperBound)
            if best.count >= limit, peaks[block] <= least {
                position = end
                continue
            }
            for position in position..<end {
                let count = starts[position + 1] - starts[position]
                guard best.count < limit || count > least else { continue }
                best.append((count, position))
                if best.count >= 4 * limit {
                    best.sort { $0.count > $1.count }
                    best.removeSubrange(limit...)
                    least = best[limit - 1].count
                }
            }
            position = end
        }
        best.sort { $0.count > $1.count }
        return best.prefix(limit).map(\.position)
    }

    /// The words of some segments, the earliest first, without those that `isCurrent` says are of a former time.
    ///
    /// - Parameters:
    ///   - segments: The segments, of batches that follow each other.
    ///   - isCurrent: Whether what a segment, given by its position, says of an entity still counts.
    /// - Returns: One segment for all their batches.
    static func merged(
        _ segments: [SearchSegment],
        isCurrent: (UInt32, Int) -> Bool
    ) -> SearchSegment {
        var builder = SegmentBuilder(capacity: segments.reduce(0) { $0 + $1.count })
        var cursors = segments.map { _ in 0 }
        while true {
            var least = -1
            for index in segments.indices where cursors[index] < segments[index].terms.count {
                guard least >= 0 else {
                    least = index
                    continue
                }
                let order = segments[index].terms.word(cursors[index]) { word in
                    segments[least].terms.word(cursors[least]) { TermList.order(word, $0) }
                }
                if order < 0 { least = index }
            }
            guard least >= 0 else { break }
            segments[least].terms.word(cursors[least]) { word in
                for index in segments.indices where segments[index].terms.isWord(word, at: cursors[index]) {
                    segments[index].forEach(at: cursors[index]) { handle, weight in
                        if isCurrent(handle, index) { builder.add(handle, weight) }
                    }
                    if index != least { cursors[index] += 1 }
                }
                builder.end(word)
            }
            cursors[least] += 1
        }
        let batches = segments[0].batches.lowerBound...segments[segments.count - 1].batches.upperBound
        return builder.segment(batches)
    }
}

/// Puts a segment together word by word.
struct SegmentBuilder {
    private var terms = TermList()
    private var starts: [UInt32] = [0]
    private var handles: [UInt32] = []
    private var weights: [UInt8] = []
    private var isSorted = true

    init(capacity: Int) {
        handles.reserveCapacity(capacity)
        weights.reserveCapacity(capacity)
    }

    /// Adds an entity that has the word that comes to its end next.
    @inline(__always)
    mutating func add(_ handle: UInt32, _ weight: UInt8) {
        if handles.count > Int(starts[starts.count - 1]), let last = handles.last {
            if last == handle {
                weights[weights.count - 1] = max(weights[weights.count - 1], weight)
                return
            }
            if last > handle { isSorted = false }
        }
        handles.append(handle)
        weights.append(weight)
    }

    /// Ends a word; one that no entity has is left out.
    mutating func end(_ word: UnsafeBufferPointer<UInt8>) {
        let start = Int(starts[starts.count - 1])
        guard handles.count > start else { return }
        if !isSorted {
            let sorted = (start..<handles.count).map { (handles[$0], weights[$0]) }.sorted { $0.0 < $1.0 }
            handles.removeSubrange(start...)
            weights.removeSubrange(start...)
            isSorted = true
            for (handle, weight) in sorted { add(handle, weight) }
        }
        terms.append(word)
        starts.append(UInt32(handles.count))
    }

    func segment(_ batches: ClosedRange<UInt32>) -> SearchSegment {
        SearchSegment(batches, terms, starts, handles, weights)
    }
}
