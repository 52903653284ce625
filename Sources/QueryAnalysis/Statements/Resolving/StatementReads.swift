/// The relations and columns that a statement reads, as far as names can tell: never fewer than it does.
package struct StatementReads: Equatable, Sendable {
    /// The columns of each relation, in no order.
    package private(set) var columns: [RelationName: Set<String>] = [:]
    /// What each relation was when the statement was rewritten.
    package private(set) var outcomes: [RelationName: RelationOutcome] = [:]
    /// What catalogs showed when the statement was rewritten; nil when it reads none.
    package private(set) var catalog: VisibleCatalog?
    /// What the rows of its filtered relations are behind, each once.
    package private(set) var fences: [StatementFence] = []

    init() {}

    /// Whether another statement reads the same, in the same state.
    func isSame(as other: StatementReads) -> Bool {
        catalog == nil && other.catalog == nil && columns == other.columns && outcomes == other.outcomes
            && fences == other.fences
    }

    mutating func add(_ fence: StatementFence) {
        if !fences.contains(fence) { fences.append(fence) }
    }

    mutating func add(_ relation: GovernedRelation) {
        columns[relation.name, default: []].formUnion([])
        outcomes[relation.name] = relation.outcome
    }

    mutating func add(_ visible: VisibleCatalog) { catalog = visible }

    mutating func add(_ column: String, of item: NamespaceItem) {
        guard let relation = item.governed else { return }
        // An alias may have renamed columns: positions are what stays.
        for (name, governed) in zip(item.columns, relation.columns) where name == column {
            columns[relation.name, default: []].insert(governed.column.name)
        }
    }

    mutating func all(of item: NamespaceItem) {
        guard let relation = item.governed else { return }
        columns[relation.name, default: []].formUnion(relation.columns.map(\.column.name))
    }
}

extension [StatementReads] {
    /// The same, each once: names that mean each other would otherwise double what they read with every statement.
    package var distinct: [StatementReads] {
        reduce(into: []) { found, reads in if !found.contains(reads) { found.append(reads) } }
    }
}
