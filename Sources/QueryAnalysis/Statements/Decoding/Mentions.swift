/// The names that a text holds, so that masks of columns that it can't mean are left out.
struct Mentions {
    private var columns: Set<String> = []
    private var relations: Set<String> = []
    /// The names that stand where relations do.
    private(set) var sources: Set<String> = []
    /// Whether columns are meant without being named, as by `*`.
    private var meansAll = false

    mutating func add(columns names: [String]) { columns.formUnion(names) }

    mutating func add(_ relation: QueryRelation) {
        relations.insert(relation.name)
        sources.insert(relation.name)
        add(relation.alias)
    }

    /// An alias that renames columns makes names mean others.
    mutating func add(_ alias: QueryAlias?) {
        guard let alias else { return }
        relations.insert(alias.name)
        if !alias.columns.isEmpty { meansAll = true }
    }

    mutating func addAll() { meansAll = true }

    /// The names that may mean a column; nil when any column may be meant, also as a part of a whole row.
    var names: Set<String>? { meansAll || !columns.isDisjoint(with: relations) ? nil : columns }
}
