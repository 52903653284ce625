/// The paths of levels of one type of policy, laid out flat for comparing.
struct HierarchyTable: Sendable, BitwiseCopyable {
    /// The levels of each path as bits, shortest first.
    let keys: Frozen<UInt64>
    /// Where each path's levels begin, and where the last one's end.
    private let starts: Frozen<Int32>
    private let levels: Frozen<UInt8>

    init(_ hierarchies: Hierarchies) {
        keys = Frozen(hierarchies.keys)
        var starts: [Int32] = [0]
        for path in hierarchies.paths { starts.append(starts[starts.count - 1] + Int32(path.count)) }
        self.starts = Frozen(starts)
        levels = Frozen(hierarchies.paths.flatMap { $0.map(UInt8.init(truncatingIfNeeded:)) })
    }

    func free() {
        keys.free()
        starts.free()
        levels.free()
    }

    /// Where the levels of a path stand, outermost first.
    func range(of path: Int) -> Range<Int> { Int(starts[path])..<Int(starts[path + 1]) }

    /// The level at a place of ``range(of:)``.
    func level(at position: Int) -> Int { Int(levels[position]) }

    /// The shortest path that holds all these keys; -1 when there is none.
    func shortest(holding wanted: UInt64) -> Int {
        for index in 0..<keys.count where keys[index] & wanted == wanted { return index }
        return -1
    }

    /// Whether some path holds all these keys.
    func holds(_ wanted: UInt64) -> Bool { shortest(holding: wanted) >= 0 }

    /// Whether a level that isn't among the keys comes before one that is.
    func hasGap(_ path: Int, _ wanted: UInt64) -> Bool {
        var isMissing = false
        for position in range(of: path) {
            let isThere = wanted & (1 << UInt64(levels[position])) != 0
            if isThere && isMissing { return true }
            if !isThere { isMissing = true }
        }
        return false
    }
}
