/// One relation, subquery, call or join of a `FROM`, as names see it.
struct NamespaceItem {
    /// The name by which columns can be qualified; nil for what has none.
    var name: String?
    /// The schema of a relation that was named without an alias.
    var columns: [String]
    /// Whether columns can be named without the item's name.
    var showsColumns = true
    /// The relation that it stands for, when it is one.
    var governed: GovernedRelation?
    /// Whether it stands for a catalog relation.
    var isCatalog = false
    /// What `tableoid` is in each row of a catalog relation; nil where there is no such column.
    var catalogIdentifier: UInt32?
    /// Columns that hold moments with a time zone, of a raw relation that a policy names.
    var instants: Set<String> = []
}

/// The names that an expression can see: those of its own query, then those of the queries around it.
struct Namespace {
    /// The innermost last.
    private var levels: [[NamespaceItem]] = []

    init() {}

    /// With one more query inside.
    func inside(_ items: [NamespaceItem]) -> Namespace {
        var copy = self
        copy.levels.append(items)
        return copy
    }

    /// The items that have a column of this name, at the innermost level that has one.
    func holders(ofColumn name: String) -> [NamespaceItem] {
        for level in levels.reversed() {
            var found: [NamespaceItem] = []
            for item in level where item.showsColumns {
                for column in item.columns where column == name { found.append(item) }
            }
            if !found.isEmpty { return found }
        }
        return []
    }

    /// The items of this name, at the innermost level that has one.
    func items(named name: String) -> [NamespaceItem] {
        for level in levels.reversed() {
            let found = level.filter { $0.name == name }
            if !found.isEmpty { return found }
        }
        return []
    }

    /// The items of the innermost level.
    var own: [NamespaceItem] { levels.last ?? [] }
}

/// The queries that `WITH` clauses have named, with their columns.
struct CommonNames {
    private var columns: [String: Meaning] = [:]

    enum Meaning {
        /// A query with these columns.
        case query([String])
        /// A name that will mean a query, but not here.
        case notYet
    }

    subscript(name: String) -> Meaning? {
        get { columns[name] }
        set { columns[name] = newValue }
    }
}
