/// The resource of one request: its bytes, folded and not, with their hashes.
///
/// Made to be used again for the next request without new memory.
struct RequestElements {
    private struct Element {
        var rawStart: Int32 = 0
        var rawEnd: Int32 = 0
        var foldedStart: Int32 = 0
        var foldedEnd: Int32 = 0
        var rawHash: UInt64 = 0
        var foldedHash: UInt64 = 0
        var isAll = false
    }

    /// The levels that the request names, as bits.
    private(set) var keys: UInt64 = 0
    private var elements: ContiguousArray<Element>
    private var bytes: ContiguousArray<UInt8> = []
    /// Further values of levels that name several.
    private(set) var further: [Int: [RequestElements]] = [:]
    /// Levels that don't match as themselves only.
    var scopes: [Int: ElementScope] = [:] {
        didSet { needsScan = !further.isEmpty || !scopes.isEmpty }
    }
    /// Whether it names a level that the service doesn't have: nothing matches it.
    var hasUnknownLevel = false
    /// Whether an index over whole values can't be asked.
    private(set) var needsScan = false

    init(levelCount: Int) { elements = ContiguousArray(repeating: Element(), count: levelCount) }

    mutating func removeAll() {
        keys = 0
        bytes.removeAll(keepingCapacity: true)
        hasUnknownLevel = false
        guard needsScan else { return }
        further.removeAll()
        scopes.removeAll()
        needsScan = false
    }

    /// Names one level; a level named again takes the new value, so that columns can follow each other.
    mutating func set(_ level: Int, to value: String) {
        if value.utf8.withContiguousStorageIfAvailable({ set(level, to: $0) }) != nil { return }
        var value = value
        value.withUTF8 { set(level, to: $0) }
    }

    private mutating func set(_ level: Int, to value: UnsafeBufferPointer<UInt8>) {
        var element = Element()
        element.rawStart = Int32(bytes.count)
        bytes.append(contentsOf: value)
        element.rawEnd = Int32(bytes.count)
        element.rawHash = NameTable.hash(value)
        element.isAll = value.isEmpty || value.count == 1 && value[0] == UInt8(ascii: "*")
        if value.contains(where: { Folding.mayChange($0) }) {
            element.foldedStart = element.rawEnd
            bytes.append(contentsOf: Folding.fold(String(decoding: value, as: UTF8.self)).utf8)
            element.foldedEnd = Int32(bytes.count)
            element.foldedHash = bytes.withUnsafeBufferPointer {
                NameTable.hash(UnsafeBufferPointer(rebasing: $0[Int(element.foldedStart)...]))
            }
        } else {
            element.foldedStart = element.rawStart
            element.foldedEnd = element.rawEnd
            element.foldedHash = element.rawHash
        }
        elements[level] = element
        keys |= 1 << UInt64(level)
    }

    /// Names one level with several values, of which any will do.
    mutating func set(_ level: Int, to values: [String]) {
        guard let first = values.first else { return }
        set(level, to: first)
        guard values.count > 1 else { return }
        further[level] = values.dropFirst().map { value in
            var single = RequestElements(levelCount: elements.count)
            single.set(level, to: value)
            return single
        }
        needsScan = true
    }

    /// Where the bytes end, so that ``cut(to:without:)`` can take a column back.
    var mark: Int { bytes.count }

    /// Takes back what was added after a mark.
    mutating func cut(to mark: Int, without level: Int) {
        bytes.removeSubrange(mark...)
        keys &= ~(1 << UInt64(level))
    }

    /// The hash of a level's value.
    func hash(of level: Int, folded: Bool) -> UInt64 {
        folded ? elements[level].foldedHash : elements[level].rawHash
    }

    /// The length of a level's value, in bytes.
    func length(of level: Int, folded: Bool) -> Int {
        let element = elements[level]
        return Int(folded ? element.foldedEnd - element.foldedStart : element.rawEnd - element.rawStart)
    }

    /// The hash of the beginning of a level's value, which must be as long.
    func hash(of level: Int, begin length: Int, folded: Bool) -> UInt64 {
        let start = Int(folded ? elements[level].foldedStart : elements[level].rawStart)
        return bytes.withUnsafeBufferPointer { bytes in
            NameTable.hash(UnsafeBufferPointer(rebasing: bytes[start..<start + length]))
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
