/// Where a resolver finds relations, and what moments and session facts mean to it.
protocol RelationLookup {
    /// What stands in the place of a relation, and how names see it.
    func source(
        for relation: QueryRelation,
        with resolver: inout QueryResolver
    ) throws(StatementError) -> (QuerySource, NamespaceItem)

    /// Whose catalogs statements may read; nil for texts that may read none.
    var consumersCatalog: GovernedCatalog? { get }

    /// What a filtered relation's rows are put behind.
    func fence(of relation: GovernedRelation, isOnly: Bool) -> RelationFence

    /// A moment that the grammar has a word for.
    func moment(_ moment: MomentFact, _ precision: Int?) -> QueryExpression

    /// `now()` and its synonym.
    func now(_ call: QueryCall) -> QueryExpression

    /// The value of a fact about the session; nil when there is none for these arguments.
    func sessionFact(_ name: String, hasArguments: Bool) -> QueryExpression?
}

/// Relations as one consumer may see them.
struct GovernedLookup: RelationLookup {
    let catalog: GovernedCatalog
    /// Whether catalogs can be read; they can't while it is found out what they show.
    var showsCatalogs = true

    var consumersCatalog: GovernedCatalog? { showsCatalogs ? catalog : nil }

    func source(
        for relation: QueryRelation,
        with resolver: inout QueryResolver
    ) throws(StatementError) -> (QuerySource, NamespaceItem) {
        // PostgreSQL looks for names without a schema in `pg_catalog` first.
        if relation.schema ?? "pg_catalog" == "pg_catalog",
            let template = (catalog.isEmbedded ? CatalogTemplate.embedded : CatalogTemplate.all)[
                relation.name
            ]
        {
            return try resolver.catalogSource(relation, template)
        }
        if relation.schema == "information_schema" {
            return try informationSource(relation, with: &resolver)
        }
        guard let governed = try catalog.relation(schema: relation.schema, name: relation.name) else {
            let written = (relation.schema.map { "\($0)." } ?? "") + relation.name
            throw StatementError(
                code: .relation,
                message: "relation \"\(written)\" does not exist",
                position: resolver.decoder.position(relation.place.offset)
            )
        }
        resolver.note(governed)
        let alias = relation.alias ?? QueryAlias(name: relation.name)
        let query = try governed.governedQuery(isOnly: relation.isOnly, with: &resolver)
        var item = NamespaceItem(
            name: alias.name,
            columns: resolver.renamed(governed.columns.map(\.column.name), by: alias.columns)
        )
        item.governed = governed
        return (.query(query, isLateral: false, alias), item)
    }

    /// A relation of `information_schema`, for sessions that asked for it.
    private func informationSource(
        _ relation: QueryRelation,
        with resolver: inout QueryResolver
    ) throws(StatementError) -> (QuerySource, NamespaceItem) {
        guard catalog.manner.obligesTools else { throw resolver.decoder.toolsOnly("information_schema") }
        let templates = catalog.isEmbedded ? CatalogTemplate.embeddedStandard : CatalogTemplate.standard
        guard let template = templates[relation.name] else {
            throw resolver.decoder.refusal(
                "relation `information_schema.\(relation.name)`",
                relation.place.offset,
                .relation
            )
        }
        return try resolver.catalogSource(relation, template)
    }

    func fence(of relation: GovernedRelation, isOnly: Bool) -> RelationFence {
        catalog.fence(of: relation, isOnly: isOnly)
    }

    func moment(_ moment: MomentFact, _ precision: Int?) -> QueryExpression {
        .moment(moment, precision: precision)
    }

    func now(_ call: QueryCall) -> QueryExpression { .call(call) }

    func sessionFact(_ name: String, hasArguments: Bool) -> QueryExpression? {
        let text = { (value: String) in
            QueryExpression.cast(.literal(.text(value)), QueryType(name: "name"))
        }
        switch name {
        case "current_user", "session_user", "current_role", "user": return text(catalog.user)
        case "current_catalog", "current_database": return text(catalog.database)
        case "current_schema": return text(catalog.searchPath.first ?? "public")
        case "current_schemas":
            let names = catalog.searchPath.map { QueryExpression.literal(.text($0)) }
            return .cast(.array(names), QueryType(name: "name", isArray: true))
        case "version": return hasArguments ? nil : .call(QueryCall(function: "version"))
        default: return nil
        }
    }
}

/// Relations as they lie upstream, for the text of policies: their author may name any table by schema and name.
struct PolicyLookup: RelationLookup {
    /// The columns of every relation upstream.
    let relations: [RelationName: [UpstreamColumn]]
    let user: String

    var consumersCatalog: GovernedCatalog? { nil }

    func source(
        for relation: QueryRelation,
        with resolver: inout QueryResolver
    ) throws(StatementError) -> (QuerySource, NamespaceItem) {
        let name = RelationName(schema: relation.schema ?? "public", name: relation.name)
        guard let columns = relations[name] else {
            throw StatementError(
                code: .relation,
                message: "relation \"\(name)\" does not exist",
                position: nil
            )
        }
        var source = relation
        source.schema = name.schema
        let alias = relation.alias ?? QueryAlias(name: relation.name)
        source.alias = alias
        var item = NamespaceItem(
            name: alias.name,
            columns: resolver.renamed(columns.map(\.name), by: alias.columns)
        )
        item.instants = Set(zip(item.columns, columns).filter { $1.type == "timestamptz" }.map(\.0))
        return (.relation(source), item)
    }

    func fence(of relation: GovernedRelation, isOnly: Bool) -> RelationFence { .inPlace(.noSchema) }

    /// Moments without a time zone, in UTC: what a policy says must not depend on the consumer's zone.
    func moment(_ moment: MomentFact, _ precision: Int?) -> QueryExpression {
        let now = QueryExpression.inUTC(.call(QueryCall(function: "now")))
        switch moment {
        case .currentDate: return .cast(now, QueryType(name: "date"))
        case .currentTime, .localTime: return .cast(now, QueryType(name: "time"))
        case .currentTimestamp, .localTimestamp: return now
        }
    }

    func now(_ call: QueryCall) -> QueryExpression { .inUTC(.call(QueryCall(function: "now"))) }

    func sessionFact(_ name: String, hasArguments: Bool) -> QueryExpression? {
        switch name {
        case "current_user", "session_user", "user", "current_role": return .literal(.text(user))
        default: return nil
        }
    }
}
