/// The resource of one request: its bytes, folded and not, and their numbers among a repository's values.
///
/// Made to be used again for the next request without new memory.
struct RequestElements {
    private struct Element {
        var rawStart: Int32 = 0
        var rawEnd: Int32 = 0
        var foldedStart: Int32 = 0
        var foldedEnd: Int32 = 0
        var rawId: Int32 = -1
        var foldedId: Int32 = -1
        var isAll = false
    }

    /// The levels that the request names, as bits.
    private(set) var keys: UInt64 = 0
    private var elements: ContiguousArray<Element>
    private var bytes: ContiguousArray<UInt8> = []
    /// Further values of levels that name several.
    private(set) var further: [Int: [RequestElements]] = [:]
    /// Levels that don't match as themselves only.
    var scopes: [Int: ElementScope] = [:]
    /// Whether it names a level that the service doesn't have: nothing matches it.
    var hasUnknownLevel = false

    init(levelCount: Int) { elements = ContiguousArray(repeating: Element(), count: levelCount) }

    /// Whether an index over whole values can't be asked.
    var needsScan: Bool { !further.isEmpty || !scopes.isEmpty }

    mutating func removeAll() {
        keys = 0
        bytes.removeAll(keepingCapacity: true)
        further.removeAll()
        scopes.removeAll()
        hasUnknownLevel = false
    }

    /// Names one level; a level named again takes the new value, so that columns can follow each other.
    mutating func set(_ level: Int, to value: String, names: FrozenNames) {
        var element = Element()
        element.rawStart = Int32(bytes.count)
        bytes.append(contentsOf: value.utf8)
        element.rawEnd = Int32(bytes.count)
        let isFolded = bytes.withUnsafeBufferPointer { bytes in
            let raw = UnsafeBufferPointer(rebasing: bytes[Int(element.rawStart)..<Int(element.rawEnd)])
            element.rawId = names.find(raw)
            return !raw.contains { $0 >= 0x80 || $0 >= 65 && $0 <= 90 }
        }
        if isFolded {
            element.foldedStart = element.rawStart
            element.foldedId = element.rawId
        } else {
            element.foldedStart = element.rawEnd
            bytes.append(contentsOf: Folding.fold(value).utf8)
            element.foldedId = bytes.withUnsafeBufferPointer { bytes in
                names.find(UnsafeBufferPointer(rebasing: bytes[Int(element.foldedStart)...]))
            }
        }
        element.foldedEnd = Int32(bytes.count)
        element.isAll = value.isEmpty || value == "*"
        elements[level] = element
        keys |= 1 << UInt64(level)
    }

    /// Names one level with several values, of which any will do.
    mutating func set(_ level: Int, to values: [String], names: FrozenNames) {
        guard let first = values.first else { return }
        set(level, to: first, names: names)
        guard values.count > 1 else { return }
        further[level] = values.dropFirst().map { value in
            var single = RequestElements(levelCount: elements.count)
            single.set(level, to: value, names: names)
            return single
        }
    }

    /// Where the bytes end, so that ``cut(to:without:)`` can take a column back.
    var mark: Int { bytes.count }

    /// Takes back what was added after a mark.
    mutating func cut(to mark: Int, without level: Int) {
        bytes.removeSubrange(mark...)
        keys &= ~(1 << UInt64(level))
    }

    func id(of level: Int, folded: Bool) -> Int32 {
        folded ? elements[level].foldedId : elements[level].rawId
    }

    /// The number of the beginning of a level's value; -1 when it is shorter, or no policy's value.
    func id(of level: Int, begin length: Int, folded: Bool, _ names: FrozenNames) -> Int32 {
        let element = elements[level]
        let start = Int(folded ? element.foldedStart : element.rawStart)
        guard Int(folded ? element.foldedEnd : element.rawEnd) - start >= length else { return -1 }
        return bytes.withUnsafeBufferPointer { bytes in
            names.find(UnsafeBufferPointer(rebasing: bytes[start..<start + length]))
        }
    }

    func isAll(_ level: Int) -> Bool { elements[level].isAll }

    func withBytes<Result>(
        of level: Int,
        folded: Bool,
        _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        let element = elements[level]
        let range = folded ? element.foldedStart..<element.foldedEnd : element.rawStart..<element.rawEnd
        return bytes.withUnsafeBufferPointer { bytes in
            body(UnsafeBufferPointer(rebasing: bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
        }
    }
}
