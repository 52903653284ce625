/// An array whose copies share what didn't change: a change copies one chunk and the list of chunks.
///
/// Cost: a look-up is two steps; a change after a copy costs a chunk of 256 elements and a reference per chunk.
struct ChunkedArray<Element: Sendable>: Sendable {
    private var chunks: [[Element]] = []
    private(set) var count = 0

    subscript(index: Int) -> Element {
        get { chunks[index >> 8][index & 255] }
        _modify { yield &chunks[index >> 8][index & 255] }
    }

    mutating func append(_ element: Element) {
        if count & 255 == 0 {
            var chunk: [Element] = []
            chunk.reserveCapacity(count == 0 ? 8 : 256)
            chunks.append(chunk)
        }
        chunks[count >> 8].append(element)
        count += 1
    }

    var isEmpty: Bool { count == 0 }
}

extension ChunkedArray: Sequence {
    struct Iterator: IteratorProtocol {
        fileprivate let array: ChunkedArray
        fileprivate var next_ = 0

        mutating func next() -> Element? {
            guard next_ < array.count else { return nil }
            defer { next_ += 1 }
            return array[next_]
        }
    }

    func makeIterator() -> Iterator { Iterator(array: self) }
}
