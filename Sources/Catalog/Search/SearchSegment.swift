/// Words of some entities: for each word the entities that have it, and how much it counts there.
///
/// Immutable; sorted by word, then by entity.
final class SearchSegment: Sendable {
    /// The batches of changes whose words it holds.
    let batches: ClosedRange<UInt32>
    let words: [String]
    /// Where the entities of each word begin; one more at the end.
    private let starts: [UInt32]
    private let handles: [UInt32]
    private let weights: [UInt8]

    /// An entity that has a word.
    struct Posting {
        let word: String
        let handle: UInt32
        var weight: UInt8
    }

    /// Takes postings in any order.
    init(batches: ClosedRange<UInt32>, _ postings: [Posting]) {
        self.batches = batches
        let sorted = postings.sorted { ($0.word, $0.handle) < ($1.word, $1.handle) }
        var words: [String] = []
        var starts: [UInt32] = []
        var handles: [UInt32] = []
        var weights: [UInt8] = []
        handles.reserveCapacity(sorted.count)
        weights.reserveCapacity(sorted.count)
        for posting in sorted {
            if words.last != posting.word {
                words.append(posting.word)
                starts.append(UInt32(handles.count))
            } else if handles.last == posting.handle {
                weights[weights.count - 1] = max(weights[weights.count - 1], posting.weight)
                continue
            }
            handles.append(posting.handle)
            weights.append(posting.weight)
        }
        starts.append(UInt32(handles.count))
        (self.words, self.starts, self.handles, self.weights) = (words, starts, handles, weights)
    }

    private init(
        batches: ClosedRange<UInt32>,
        _ words: [String],
        _ starts: [UInt32],
        _ handles: [UInt32],
        _ weights: [UInt8]
    ) {
        (self.batches, self.words, self.starts, self.handles, self.weights) = (
            batches, words, starts, handles, weights
        )
    }

    var count: Int { handles.count }

    /// The position of a word, or of the first one after it.
    func position(of word: String) -> Int {
        var (low, high) = (0, words.count)
        while low < high {
            let middle = (low + high) / 2
            if words[middle] < word { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Gives each entity of the word at a position.
    func forEach(at position: Int, _ body: (UInt32, UInt8) -> Void) {
        for index in Int(starts[position])..<Int(starts[position + 1]) {
            body(handles[index], weights[index])
        }
    }

    /// How many entities have the word at a position, also of a former time.
    func count(at position: Int) -> Int { Int(starts[position + 1] - starts[position]) }

    /// The words of an earlier segment and a later one, without those that `isCurrent` says are of a former time.
    static func merged(
        _ earlier: SearchSegment,
        _ later: SearchSegment,
        isCurrent: (UInt32, SearchSegment) -> Bool
    ) -> SearchSegment {
        var words: [String] = []
        var starts: [UInt32] = []
        var handles: [UInt32] = []
        var weights: [UInt8] = []
        handles.reserveCapacity(earlier.count + later.count)
        weights.reserveCapacity(earlier.count + later.count)
        func take(_ segment: SearchSegment, _ position: Int, _ into: inout [(UInt32, UInt8)]) {
            segment.forEach(at: position) { if isCurrent($0, segment) { into.append(($0, $1)) } }
        }
        var (left, right) = (0, 0)
        while left < earlier.words.count || right < later.words.count {
            var found: [(UInt32, UInt8)] = []
            let word: String
            if right == later.words.count
                || (left < earlier.words.count && earlier.words[left] < later.words[right])
            {
                word = earlier.words[left]
            } else {
                word = later.words[right]
            }
            if left < earlier.words.count, earlier.words[left] == word {
                take(earlier, left, &found)
                left += 1
            }
            if right < later.words.count, later.words[right] == word {
                take(later, right, &found)
                right += 1
            }
            guard !found.isEmpty else { continue }
            words.append(word)
            starts.append(UInt32(handles.count))
            for (handle, weight) in found {
                handles.append(handle)
                weights.append(weight)
            }
        }
        starts.append(UInt32(handles.count))
        let batches = earlier.batches.lowerBound...later.batches.upperBound
        return SearchSegment(batches: batches, words, starts, handles, weights)
    }
}
