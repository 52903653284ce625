import Synchronization

/// The memory of pools: written only at its end, never moved, so that readers need no lock.
// INVARIANT: elements below `used` are initialised and never change; `used` grows only by those who won `claim`.
final class PoolBlock<Element: Sendable>: @unchecked Sendable {
    let base: UnsafeMutablePointer<Element>
    private let capacity: Int
    private let used = Atomic(0)

    init(capacity: Int) {
        self.capacity = capacity
        let bytes = max(1, capacity) * MemoryLayout<Element>.stride
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: bytes,
            alignment: MemoryHints.alignment(ofBytes: bytes)
        )
        MemoryHints.spread(memory, bytes: bytes)
        base = memory.bindMemory(to: Element.self, capacity: capacity)
    }

    deinit {
        base.deinitialize(count: used.load(ordering: .acquiring))
        UnsafeMutableRawPointer(base).deallocate()
    }

    /// Takes the places after `start`; false when they are taken already, or there aren't so many.
    func claim(after start: Int, _ count: Int) -> Bool {
        guard start + count <= capacity else { return false }
        return used.compareExchange(expected: start, desired: start + count, ordering: .acquiringAndReleasing)
            .exchanged
    }

    /// Gives places at the end back, which only the one who claimed them has seen.
    ///
    /// Nobody else can claim places after them, as nobody else has a version that ends there; and others take them
    /// only once they are given back, so they are emptied before.
    func release(to start: Int, from end: Int) {
        guard start < end, used.load(ordering: .acquiring) == end else { return }
        (base + start).deinitialize(count: end - start)
        used.store(start, ordering: .releasing)
    }
}

/// A list that only grows; versions made from each other share its memory, and each sees its own beginning of it.
///
/// Of two versions that grow from the same one, the second copies.
struct Pool<Element: Sendable>: Sendable {
    private var block: PoolBlock<Element>
    private(set) var count = 0

    init(capacity: Int = 16) { block = PoolBlock(capacity: capacity) }

    /// The memory, as long as the pool or a version made from it lives.
    var base: UnsafePointer<Element> { UnsafePointer(block.base) }

    var view: PoolView<Element> { PoolView(base: base, count: count) }

    subscript(position: Int) -> Element { base[position] }

    mutating func append(_ element: Element) {
        makeRoom(for: 1)
        (block.base + count).initialize(to: element)
        count += 1
    }

    mutating func append(_ elements: UnsafeBufferPointer<Element>) {
        guard let first = elements.baseAddress, !elements.isEmpty else { return }
        makeRoom(for: elements.count)
        (block.base + count).initialize(from: first, count: elements.count)
        count += elements.count
    }

    /// Takes back what was added since; only for what no other version has seen.
    mutating func cut(to start: Int) {
        block.release(to: start, from: count)
        count = start
    }

    private mutating func makeRoom(for added: Int) {
        if block.claim(after: count, added) { return }
        let larger = PoolBlock<Element>(capacity: max(count * 2, count + added, 64))
        guard larger.claim(after: 0, count + added) else { preconditionFailure("a new block has room") }
        larger.base.initialize(from: block.base, count: count)
        block = larger
    }
}

/// What one version sees of a pool, read without reference counting or bounds checks.
///
/// Positions in it are made by the compiler of policies only, never by a request.
// INVARIANT: its owner keeps the pool, and nothing that it sees is written again.
struct PoolView<Element: Sendable>: @unchecked Sendable, RandomAccessCollection {
    let base: UnsafePointer<Element>
    let count: Int

    init(base: UnsafePointer<Element>, count: Int) {
        self.base = base
        self.count = count
    }

    var startIndex: Int { 0 }
    var endIndex: Int { count }
    subscript(position: Int) -> Element { base[position] }
}
