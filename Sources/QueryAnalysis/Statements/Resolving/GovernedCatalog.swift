package import Masking

/// What one consumer may see of one database, asked relation by relation.
package struct GovernedCatalog: Sendable {
    /// The database's name, as the consumer calls it.
    package let database: String
    /// The consumer's name, which `current_user` gives.
    package let user: String
    /// What the session asked for when it began.
    package let manner: SessionManner
    /// Whether statements are answered by us, without a database that could be asked for anything.
    package let isEmbedded: Bool
    private let lookup: @Sendable (RelationName) throws(StatementError) -> GovernedRelation?
    private let view: @Sendable (FenceText) -> RelationFence
    private let overview: @Sendable () throws(StatementError) -> [VisibleRelation]

    /// A catalog that asks for each relation when a statement names it.
    ///
    /// - Parameters:
    ///   - database: The database's name.
    ///   - user: The consumer's name.
    ///   - manner: What the session asked for when it began.
    ///   - isEmbedded: Whether there is no database behind.
    ///   - lookup: Gives a relation, the same one for as long as the catalog lives; nil for what doesn't exist for the
    ///     consumer.
    ///   - view: Gives the view behind which a relation's filter can be carried out, or why there is none.
    ///   - overview: Gives every relation that `lookup` would; asked when a statement reads catalogs.
    package init(
        database: String,
        user: String,
        manner: SessionManner = SessionManner(),
        isEmbedded: Bool = false,
        lookup: @escaping @Sendable (RelationName) throws(StatementError) -> GovernedRelation?,
        view: @escaping @Sendable (FenceText) -> RelationFence = { _ in .inPlace(.noSchema) },
        overview: @escaping @Sendable () throws(StatementError) -> [VisibleRelation] = {
            () throws(StatementError) in []
        }
    ) {
        self.database = database
        self.user = user
        self.manner = manner
        self.isEmbedded = isEmbedded
        self.lookup = lookup
        self.view = view
        self.overview = overview
    }

    /// The schemas in which names without one are looked up, in this order.
    var searchPath: [String] { manner.searchPath }

    /// All that the consumer may see.
    ///
    /// A view that can't be read isn't there: its columns would tell of others that are withheld.
    package func visible() throws(StatementError) -> VisibleCatalog {
        let trialCatalog = GovernedCatalog(
            database: database,
            user: user,
            manner: manner,
            isEmbedded: isEmbedded,
            lookup: lookup
        )
        // What is only tried out needs no views.
        let views = GovernedLookup(catalog: trialCatalog, showsCatalogs: false)
        let resolver = QueryResolver(relations: views, decoder: StatementDecoder(text: []))
        var readable: [VisibleRelation] = []
        for relation in try overview() {
            guard relation.isView else {
                readable.append(relation)
                continue
            }
            var trial = resolver
            guard let governed = try lookup(relation.name),
                (try? governed.governedQuery(isOnly: false, with: &trial)) != nil
            else { continue }
            readable.append(relation)
        }
        return VisibleCatalog(readable)
    }

    /// What a filtered relation's rows are put behind.
    func fence(of relation: GovernedRelation, isOnly: Bool) -> RelationFence {
        switch relation.fence {
        case nil: .inPlace(relation.view == nil ? .noSchema : .isView)
        case .failure(let fault)?: .inPlace(fault.obstacle)
        case .success(let text)?: isOnly ? .inPlace(.isOnly) : view(text)
        }
    }

    /// The relation of a name; nil when there is none for this consumer.
    ///
    /// - Throws: why a relation that does exist can't be read.
    package func relation(schema: String?, name: String) throws(StatementError) -> GovernedRelation? {
        for schema in schema.map({ [$0] }) ?? searchPath {
            if let found = try lookup(RelationName(schema: schema, name: name)) { return found }
        }
        return nil
    }
}

/// A relation's name within its database; compared exactly.
package struct RelationName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The schema.
    package let schema: String
    /// The name within the schema.
    package let name: String

    /// Joins both.
    package init(schema: String, name: String) {
        self.schema = schema
        self.name = name
    }

    /// The dotted form.
    package var description: String { "\(schema).\(name)" }

    /// Orders by schema, then name.
    package static func < (left: RelationName, right: RelationName) -> Bool {
        left.schema == right.schema ? left.name < right.name : left.schema < right.schema
    }
}

/// A column of a relation as it lies upstream.
package struct UpstreamColumn: Hashable, Sendable {
    /// Its name.
    package let name: String
    /// Its type's name in `pg_catalog`, such as `int4`; arrays start with an underscore.
    package let type: String

    /// A column.
    package init(name: String, type: String) {
        self.name = name
        self.type = type
    }
}

/// How a column of a governed relation is delivered.
package enum ColumnRule: Hashable, Sendable {
    /// As it is.
    case clear
    /// As the value of an expression in PostgreSQL's SQL over the relation's columns; with the mask that gives the same
    /// bytes on the way back, where there is one.
    case masked(String, late: LateMask? = nil)
    /// Not at all: for the consumer the column doesn't exist.
    case withheld
}

/// One relation as policy lets one consumer see it.
package struct GovernedRelation: Sendable {
    /// Its name.
    package let name: RelationName
    /// The columns that may be seen, in the relation's order; never empty.
    package let columns: [GovernedColumn]
    /// What rows may be seen; nil for all.
    let filter: QueryExpression?
    /// The view that its filter could be carried out behind, or why there is none; nil when that isn't asked.
    let fence: Result<FenceText, FenceFault>?
    /// The view's query; nil for a table.
    let view: Query?
    /// All the columns that the view has upstream; empty for a table.
    let viewColumns: [String]
    /// What it was made from: equal when nothing that the consumer sees has changed.
    package let outcome: RelationOutcome

    /// Whether a row filter applies.
    package var isFiltered: Bool { filter != nil }

    /// Whether it would be made again the same from these rules and texts.
    package func isMade(
        from columns: [(column: UpstreamColumn, rule: ColumnRule)],
        _ filter: String?,
        _ view: String?,
        _ marks: [String] = []
    ) -> Bool {
        outcome == RelationOutcome(columns: columns, filter: filter, view: view, marks: marks)
    }
}

/// What policy and database say of a relation, as it was put into words.
package struct RelationOutcome: Hashable, Sendable {
    /// The columns upstream, each with its rule.
    let columns: [UpstreamColumn: ColumnRule]
    /// The row filter's text.
    let filter: String?
    /// The view's text.
    let view: String?
    /// What else it depends on.
    let marks: [String]

    init(
        columns: [(column: UpstreamColumn, rule: ColumnRule)],
        filter: String?,
        view: String?,
        marks: [String] = []
    ) {
        self.columns = Dictionary(columns.map { ($0.column, $0.rule) }, uniquingKeysWith: { $1 })
        self.filter = filter
        self.view = view
        self.marks = marks
    }
}

/// A column that may be seen.
package struct GovernedColumn: Sendable {
    /// Its name and type upstream.
    package let column: UpstreamColumn
    /// What is delivered in its place; nil for the column itself.
    let mask: QueryExpression?
    /// What may be delivered instead where the mask is applied on the way back; nil where it never is.
    var unmasked: UnmaskedColumn?

    /// Whether a mask applies.
    package var isMasked: Bool { mask != nil }
}

/// What PostgreSQL delivers of a column whose mask is applied on the way back.
struct UnmaskedColumn: Sendable {
    /// The mask's input, of the type that the masked column has.
    let value: QueryExpression
    /// Where it comes from, and what has to be done to it.
    let column: LateColumn
}
