/// The part of what was found that somebody wants to see: kept small while the search goes on.
struct Page {
    /// What an entity is sorted by.
    enum Key {
        case none
        case score(Float)
        case number(Double)
        case text(String)
    }

    private struct Row {
        let key: Key
        let handle: UInt32
    }

    private let offset: Int
    private let limit: Int
    private let isDescending: Bool
    private var rows: [Row] = []
    private var isSorted = true

    init(offset: Int, limit: Int, isDescending: Bool) {
        self.offset = offset
        self.limit = limit
        self.isDescending = isDescending
    }

    private var wanted: Int { offset + limit }

    /// The score that something must be better than to be on the page.
    private(set) var leastScore = -Float.infinity

    mutating func add(_ key: Key, _ handle: UInt32) {
        switch key {
        case .none:
            // In the order they come: what lies beyond the page needn't be kept.
            if rows.count < wanted { rows.append(Row(key: key, handle: handle)) }
            return
        case .score(let score): if score <= leastScore { return }
        case .number, .text: break
        }
        rows.append(Row(key: key, handle: handle))
        isSorted = false
        if rows.count >= max(256, 4 * wanted) { cut() }
    }

    private mutating func cut() {
        sort()
        if rows.count > wanted { rows.removeSubrange(wanted...) }
        // Those that come later lose against those of the same score that came before.
        if rows.count == wanted, case .score(let score)? = rows.last?.key { leastScore = score }
    }

    private mutating func sort() {
        guard !isSorted else { return }
        rows.sort { one, other in
            switch (one.key, other.key) {
            case (.score(let left), .score(let right)):
                left == right ? one.handle < other.handle : left > right
            case (.number(let left), .number(let right)):
                left == right ? one.handle < other.handle : isDescending ? left > right : left < right
            case (.text(let left), .text(let right)):
                left == right ? one.handle < other.handle : isDescending ? left > right : left < right
            case (.none, _), (.score, _), (.number, _), (.text, _): one.handle < other.handle
            }
        }
        isSorted = true
    }

    mutating func handles() -> [UInt32] {
        sort()
        return rows.dropFirst(offset).prefix(limit).map(\.handle)
    }
}
