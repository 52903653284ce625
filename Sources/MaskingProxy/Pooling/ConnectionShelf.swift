/// What a connection to PostgreSQL that many sessions use in turn holds beyond transactions.
struct ConnectionShelf {
    /// The statement without a name.
    enum Unnamed {
        case none
        case holds(KeptStatement)
        /// It may be anybody's.
        case unknown
    }

    var unnamed = Unnamed.none
    /// The settings that `SET` has changed, by name; the same that a session has that uses it.
    var settings: [String: String] = [:]
    /// The prepared statements, by name, with the turn in which each was used last.
    private var statements: [String: UInt64] = [:]
    private var turn: UInt64 = 0

    var count: Int { statements.count }

    /// Begins to count a transaction's uses.
    mutating func beginTurn() { turn += 1 }

    /// Whether a statement is prepared; it counts as used now.
    mutating func use(_ name: String) -> Bool {
        guard let index = statements.index(forKey: name) else { return false }
        statements.values[index] = turn
        return true
    }

    mutating func add(_ name: String) { statements[name] = turn }
    mutating func remove(_ name: String) { statements[name] = nil }
    mutating func removeAll() { statements = [:] }

    /// The statement that was used least recently, but for those of this turn.
    var oldest: String? {
        statements.min { $0.value < $1.value }.flatMap { $0.value < turn ? $0.key : nil }
    }
}
