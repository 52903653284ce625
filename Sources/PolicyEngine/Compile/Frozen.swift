/// A list that never changes, read without reference counting or bounds checks.
///
/// Its owner frees it; positions in it are made by the compiler of policies only, never by a request.
// INVARIANT: nothing is written after `init`, so that any number of threads may read.
struct Frozen<Element: Sendable>: @unchecked Sendable, BitwiseCopyable {
    private let memory: UnsafeMutablePointer<Element>
    let count: Int

    init(_ elements: some Collection<Element>) {
        count = elements.count
        memory = .allocate(capacity: count + 1)
        _ = UnsafeMutableBufferPointer(start: memory, count: count).initialize(from: elements)
    }

    /// A copy of another in which something is changed before anybody reads it.
    init(copying other: Frozen, _ change: (UnsafeMutablePointer<Element>) -> Void) {
        count = other.count
        memory = .allocate(capacity: count + 1)
        memory.initialize(from: other.base, count: count)
        change(memory)
    }

    /// Gives the memory back; nobody may read afterwards.
    func free() {
        memory.deinitialize(count: count)
        memory.deallocate()
    }

    /// The memory itself, as long as the owner lives.
    var base: UnsafePointer<Element> { UnsafePointer(memory) }
}

extension Frozen: RandomAccessCollection {
    var startIndex: Int { 0 }
    var endIndex: Int { count }
    subscript(position: Int) -> Element { memory[position] }
}
