/// Memory in which all parts of a policy lie side by side, so that looking at one fetches the others.
///
/// Parts of each kind are numbered by their place: the distance from the beginning, in parts of that kind.
struct Arena: Sendable {
    private var bytes: Pool<UInt8>

    /// Beyond it places don't fit numbers of 32 bits.
    static let mostBytes = Int(Int32.max)

    init(capacity: Int = 1 << 12) { bytes = Pool(capacity: capacity) }

    var count: Int { bytes.count }

    func view<Part: BitwiseCopyable & Sendable>(of type: Part.Type) -> ArenaView<Part> {
        ArenaView(base: UnsafeRawPointer(bytes.base))
    }

    /// Adds one part; the result is its number.
    mutating func append<Part: BitwiseCopyable & Sendable>(_ part: Part) -> Int32 {
        withUnsafePointer(to: part) { append(UnsafeBufferPointer(start: $0, count: 1)).startIndex }
    }

    /// Adds parts side by side; the result is their numbers.
    mutating func append<Part: BitwiseCopyable & Sendable>(_ parts: UnsafeBufferPointer<Part>) -> Stretch {
        let stride = MemoryLayout<Part>.stride
        align(to: stride)
        let start = Int32(bytes.count / stride)
        bytes.append(UnsafeRawBufferPointer(parts).bindMemory(to: UInt8.self))
        return Stretch(start, start + Int32(parts.count))
    }

    mutating func append<Part: BitwiseCopyable & Sendable>(_ parts: ContiguousArray<Part>) -> Stretch {
        parts.withUnsafeBufferPointer { append($0) }
    }

    mutating func cut(to start: Int) { bytes.cut(to: start) }

    private mutating func align(to stride: Int) {
        let odd = bytes.count % stride
        guard odd != 0 else { return }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: stride - odd) { filling in
            filling.initialize(repeating: 0)
            bytes.append(UnsafeBufferPointer(filling))
        }
    }
}

/// The parts of one kind in an arena, by number.
// INVARIANT: as of ``PoolView``.
struct ArenaView<Part: BitwiseCopyable & Sendable>: @unchecked Sendable, BitwiseCopyable {
    private let base: UnsafeRawPointer

    init(base: UnsafeRawPointer) { self.base = base }

    subscript(number: Int) -> Part {
        base.load(fromByteOffset: number * MemoryLayout<Part>.stride, as: Part.self)
    }

    /// A part where it lies, to read of a large one only what is needed.
    @inline(__always)
    func pointer(_ number: Int32) -> UnsafePointer<Part> {
        (base + Int(number) * MemoryLayout<Part>.stride).assumingMemoryBound(to: Part.self)
    }

    /// Parts side by side.
    func buffer(_ numbers: Stretch) -> UnsafeBufferPointer<Part> {
        let start = base + Int(numbers.startIndex) * MemoryLayout<Part>.stride
        return UnsafeBufferPointer(start: start.assumingMemoryBound(to: Part.self), count: numbers.count)
    }
}
