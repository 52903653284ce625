/// A list that never changes, read without reference counting or bounds checks.
///
/// Its owner frees it; positions in it are made by the compiler of policies only, never by a request.
// INVARIANT: nothing is written after `init`, so that any number of threads may read.
struct Frozen<Element: Sendable>: @unchecked Sendable {
    private let base: UnsafeMutableBufferPointer<Element>

    init(_ elements: some Collection<Element>) {
        base = .allocate(capacity: elements.count)
        _ = base.initialize(from: elements)
    }

    /// Gives the memory back; nobody may read afterwards.
    func free() { base.deinitialize().deallocate() }

    /// The memory itself, as long as the owner lives.
    var memory: UnsafeBufferPointer<Element> { UnsafeBufferPointer(base) }
}

extension Frozen: RandomAccessCollection {
    var startIndex: Int { 0 }
    var endIndex: Int { base.count }
    subscript(position: Int) -> Element { base[position] }
}
