/// The queries of `WITH` that can be seen from a place, innermost last.
struct CommonFrames {
    fileprivate struct Frame {
        var tables: [CommonTable]
        /// Parallel to `tables`; nil where it isn't known.
        var columns: [[String]?] = []
        /// How many of the tables can be seen.
        var visible = 0
        /// How often each name is used in the query that they belong to.
        let uses: [String: Int]
    }

    /// Where a named query is.
    struct CommonPlace {
        fileprivate let frame: Int
        fileprivate let table: Int
    }

    /// Frames that were left for a while.
    struct Inner {
        fileprivate let frames: ArraySlice<Frame>
        fileprivate let visible: Int
    }

    private var frames: [Frame] = []

    /// Sees the named queries of one more query; ``leave()`` undoes it.
    mutating func enter(_ query: Query, _ common: CommonTables) {
        var uses = NameUses()
        uses.add(query)
        frames.append(Frame(tables: common.tables, uses: uses.relations))
        let last = frames.count - 1
        for (index, table) in common.tables.enumerated() {
            frames[last].visible = index
            let found = common.isRecursive ? nil : columns(of: table.query)
            frames[last].columns.append(found.map { $0.renamed(by: table.columns) })
        }
        frames[last].visible = common.tables.count
    }

    /// The innermost named queries as they are now, which can no longer be seen.
    mutating func leave() -> [CommonTable] { frames.popLast()?.tables ?? [] }

    func place(of name: String) -> CommonPlace? {
        for (index, frame) in frames.enumerated().reversed() {
            if let table = frame.tables[..<frame.visible].firstIndex(where: { $0.name == name }) {
                return CommonPlace(frame: index, table: table)
            }
        }
        return nil
    }

    /// The columns of a named query; nil where they aren't known.
    func columns(at place: CommonPlace) -> [String]? { frames[place.frame].columns[place.table] }

    /// Whether nothing uses a named query but the place that found it.
    func isUsedOnce(_ place: CommonPlace) -> Bool {
        frames[place.frame].uses[frames[place.frame].tables[place.table].name] == 1
    }

    subscript(place: CommonPlace) -> Query {
        get { frames[place.frame].tables[place.table].query }
        set { frames[place.frame].tables[place.table].query = newValue }
    }

    /// Sees what a named query's own text sees.
    mutating func goBack(to place: CommonPlace) -> Inner {
        let inner = Inner(frames: frames[(place.frame + 1)...], visible: frames[place.frame].visible)
        frames.removeSubrange((place.frame + 1)...)
        frames[place.frame].visible = place.table
        return inner
    }

    mutating func goForth(_ inner: Inner) {
        frames[frames.count - 1].visible = inner.visible
        frames += inner.frames
    }
}
