/// The shapes of an index, laid out flat for looking through them.
final class ShapeTable: Sendable {
    struct Shape: Sendable, BitwiseCopyable {
        let whole: UInt64
        /// What its hashes begin with.
        let seed: UInt64
        let begun: Int32
        let length: Int32
    }

    /// What looking through them takes; its owner keeps the table.
    struct View: Sendable, BitwiseCopyable {
        /// Levels whose values are compared folded, as bits.
        let folded: UInt64
        fileprivate let prefixes: Frozen<UInt64>
        fileprivate let shapes: Frozen<Shape>
        /// The shapes of set `n` from `starts[n]`.
        fileprivate let starts: Frozen<Int32>

        /// The position of a set of levels; -1 for none.
        @inline(__always)
        func prefix(of keys: UInt64) -> Int {
            // From the last, as those of the longest path come last and most questions go all the way down.
            var index = prefixes.count &- 1
            while index >= 0, prefixes[index] != keys { index &-= 1 }
            return index
        }

        func range(of prefix: Int) -> Range<Int> { Int(starts[prefix])..<Int(starts[prefix + 1]) }

        subscript(number: Int) -> Shape { shapes[number] }

        /// Whether a level's values are compared folded.
        func isFolded(_ level: Int) -> Bool { folded >> UInt64(level) & 1 == 1 }
    }

    let view: View

    init(_ filing: PolicyFiling) {
        var flat: [Shape] = []
        var starts: [Int32] = [0]
        for (prefix, list) in filing.shapes.enumerated() {
            for (number, shape) in list.enumerated() {
                let seed = PolicyIndex.seed(prefix: prefix, shape: number)
                flat.append(
                    Shape(whole: shape.whole, seed: seed, begun: shape.begun, length: shape.length)
                )
            }
            starts.append(Int32(flat.count))
        }
        view = View(
            folded: filing.folded,
            prefixes: Frozen(filing.prefixes),
            shapes: Frozen(flat),
            starts: Frozen(starts)
        )
    }

    deinit {
        view.prefixes.free()
        view.shapes.free()
        view.starts.free()
    }
}
