/// All that one consumer may see of a database's structure: what its catalogs are made of.
///
/// **Promise.** Made from nothing but visible relations and columns, so that catalogs can't tell apart two databases
/// which differ in something else. A key, index or reference is here only when each column of it is visible and clear.
package struct VisibleCatalog: Hashable, Sendable {
    /// The relations, sorted by name.
    package let relations: [VisibleRelation]

    /// A catalog of relations in any order.
    package init(_ relations: [VisibleRelation]) {
        let clear = Dictionary(
            relations.map { ($0.name, Set($0.columns.lazy.filter(\.isClear).map(\.name))) },
            uniquingKeysWith: { $1 }
        )
        self.relations = relations.map { $0.showing(clear) }.sorted { $0.name < $1.name }
    }
}

/// A relation as catalogs show it.
package struct VisibleRelation: Hashable, Sendable {
    /// Its name.
    package let name: RelationName
    /// Whether it is a view.
    let isView: Bool
    /// The columns that may be seen, in the relation's order.
    let columns: [VisibleColumn]
    let keys: [RelationKey]
    let indexes: [RelationIndex]

    /// A governed relation with what the database says of it.
    package init(_ relation: GovernedRelation, columns upstream: [UpstreamColumn], details: RelationDetails) {
        name = relation.name
        isView = relation.view != nil
        let known = Dictionary(zip(upstream.map(\.name), details.columns), uniquingKeysWith: { $1 })
        columns = relation.columns.map { VisibleColumn($0, known[$0.column.name]) }
        keys = details.keys
        indexes = details.indexes
    }

    private init(_ other: VisibleRelation, keys: [RelationKey], indexes: [RelationIndex]) {
        name = other.name
        isView = other.isView
        columns = other.columns
        self.keys = keys
        self.indexes = indexes
    }

    /// Without the keys and indexes that have a column which isn't among the visible and clear ones.
    fileprivate func showing(_ clear: [RelationName: Set<String>]) -> VisibleRelation {
        let own = clear[name] ?? []
        return VisibleRelation(
            self,
            keys: keys.filter { key in
                guard own.isSuperset(of: key.columns) else { return false }
                switch key.kind {
                case .primary, .unique: return true
                case .reference(let other, let columns, _):
                    return clear[other]?.isSuperset(of: columns) ?? false
                }
            }.sorted { $0.name < $1.name },
            indexes: indexes.filter { own.isSuperset(of: $0.columns) }.sorted { $0.name < $1.name }
        )
    }
}

/// A column as catalogs show it.
struct VisibleColumn: Hashable, Sendable {
    let name: String
    /// The type of what a SELECT delivers.
    let type: UInt32
    let modifier: Int32
    let isRequired: Bool
    let isClear: Bool

    /// Types that aren't PostgreSQL's own are shown as text: their names and labels are nobody's business.
    init(_ column: GovernedColumn, _ details: ColumnDetails?) {
        let identifier = details?.type ?? BuiltInTypes.identifier(of: column.column.type)
        let own = identifier.flatMap { $0 < BuiltInTypes.firstOfUsers ? $0 : nil } ?? BuiltInTypes.text
        name = column.column.name
        isClear = column.mask == nil
        type = column.mask.map { BuiltInTypes.result(of: $0, columns: [column.column.name: own]) } ?? own
        modifier = isClear && own == identifier ? details?.modifier ?? -1 : -1
        isRequired = isClear && details?.isRequired ?? false
    }
}
