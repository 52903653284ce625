import Synchronization

/// What a statement uses of the visible catalog.
struct CatalogUse {
    let visible: VisibleCatalog
    let content: CatalogContent
    let user: String
    let database: String
    /// Whether statements are answered by us, without a database.
    let isEmbedded: Bool
    /// The lists that it reads.
    var tables: Set<CatalogTable> = []
}

extension QueryResolver {
    /// The visible catalog, asked for once a statement.
    mutating func openCatalog(_ place: Place, _ what: String, _ code: StatementErrorCode)
        throws(StatementError)
        -> CatalogContent
    {
        if let catalog { return catalog.content }
        guard let governed = relations.consumersCatalog else {
            throw decoder.refusal(what, place.offset, code)
        }
        let visible = try governed.visible()
        let content = CatalogContent(visible, searchPath: governed.searchPath)
        catalog = CatalogUse(
            visible: visible,
            content: content,
            user: governed.user,
            database: governed.database,
            isEmbedded: governed.isEmbedded
        )
        noteCatalog(visible)
        return content
    }

    /// What stands in a catalog relation's place.
    mutating func catalogSource(
        _ relation: QueryRelation,
        _ template: CatalogTemplate
    ) throws(StatementError) -> (QuerySource, NamespaceItem) {
        _ = try openCatalog(relation.place, "relation `\(relation.name)`", .relation)
        use(template.tables)
        let alias = relation.alias ?? QueryAlias(name: relation.name)
        var item = NamespaceItem(name: alias.name, columns: renamed(template.columns, by: alias.columns))
        item.isCatalog = true
        item.catalogIdentifier = CatalogIdentifiers.catalogs[relation.name]
        return (.query(template.query, isLateral: false, alias), item)
    }

    mutating func use(_ tables: [CatalogTable]) { catalog?.tables.formUnion(tables) }

    /// The query with the lists that it reads in front.
    func withCatalogTables(_ query: Query) -> Query {
        guard let catalog, !catalog.tables.isEmpty else { return query }
        let tables = CatalogTable.allCases.filter(catalog.tables.contains).map { table in
            let rows = catalog.content.rows(of: table, user: catalog.user, database: catalog.database)
            return CommonTable(
                name: table.rawValue,
                columns: [],
                isMaterialized: nil,
                query: catalog.isEmbedded ? table.plainQuery(rows) : table.query(rows),
                place: .nowhere
            )
        }
        var result = query
        result.common = CommonTables(
            isRecursive: query.common?.isRecursive ?? false,
            tables: tables + (query.common?.tables ?? [])
        )
        return result
    }

    /// The answer to a call that looks something up.
    mutating func catalogCall(
        _ call: QueryCall,
        in names: Namespace,
        common: CommonNames
    ) throws(StatementError) -> QueryExpression {
        let content = try openCatalog(call.place, "function `\(call.function)`", .function)
        guard !call.isStar, !call.isDistinct, !call.isVariadic, call.order.isEmpty, call.filter == nil,
            call.window == nil
        else { throw decoder.refusal("this form of `\(call.function)`", call.place.offset, .function) }
        if let special = try specialCall(call, content) { return special }
        guard let lookup = CatalogFunctions.lookup(call.function) else {
            throw decoder.refusal("function `\(call.function)`", call.place.offset, .function)
        }
        var given = call.arguments
        if lookup.isAboutUsers, given.count == lookup.types.count + 1 {
            try requireSelf(given.removeFirst(), call)
        }
        guard (lookup.required...lookup.types.count).contains(given.count) else {
            throw decoder.refusal("this form of `\(call.function)`", call.place.offset, .function)
        }
        if case .literal(.text(let text))? = given.first, lookup.types[0] == "oid" || lookup.names != nil,
            !CatalogReference.isNumber(text)
        {
            switch lookup.names {
            case .relation?: given[0] = try literalRelation(text, call.place)
            case .schema?: given[0] = try literalSchema(text, call.place)
            case nil: throw decoder.refusal("`\(call.function)` of a name", call.place.offset, .function)
            }
        }
        var arguments: [QueryExpression] = []
        for (index, argument) in given.enumerated() {
            let value = try expression(argument, in: names, common: common)
            arguments.append(lookup.types[index].map { .cast(value, QueryType(name: $0)) } ?? value)
        }
        for type in lookup.types[arguments.count...] {
            arguments.append(.cast(.literal(.null), QueryType(name: type ?? "text")))
        }
        return try askFunction(call.function, arguments)
    }

    /// The question of a function, with arguments.
    mutating func askFunction(
        _ name: String,
        _ arguments: [QueryExpression]
    ) throws(StatementError) -> QueryExpression {
        let embedded = catalog?.isEmbedded == true ? CatalogFunctions.embedded[name] : nil
        guard let text = embedded ?? CatalogFunctions.lookup(name)?.text else { throw decoder.unreadable }
        return try ask(text, arguments)
    }

    /// A question to what is visible, with arguments.
    mutating func ask(_ text: String, _ arguments: [QueryExpression]) throws(StatementError)
        -> QueryExpression
    {
        let template = try CatalogLookups.template(text)
        use(template.tables)
        var given = PlainQuery()
        given.targets = arguments.enumerated().map { index, value in
            QueryTarget(value: .expression(value), name: "a\(index + 1)")
        }
        var query = template.query
        guard case .plain(var plain) = query.body else { throw decoder.unreadable }
        plain.from = plain.from.map { $0.giving(Query(body: .plain(given))) }
        query.body = .plain(plain)
        return .query(.scalar, query)
    }

    private func specialCall(
        _ call: QueryCall,
        _ content: CatalogContent
    ) throws(StatementError) -> QueryExpression? {
        switch (call.function, call.arguments.first) {
        case ("pg_partition_ancestors", _): return CatalogReference.noIdentifiers
        // Nobody can make temporary tables here.
        case ("pg_my_temp_schema", nil): return CatalogReference.literal(0)
        case ("pg_get_viewdef", .cast(_, let type)?) where type.name == "regclass":
            throw decoder.refusal("`pg_get_viewdef` of a name", call.place.offset, .function)
        case ("current_setting", .literal(.text(let name))?):
            if name == "search_path" { return .literal(.text(content.searchPath.joined(separator: ", "))) }
            guard CatalogDefinition.settings.contains(where: { $0.lowercased() == name.lowercased() }) else {
                throw decoder.refusal("setting `\(name)`", call.place.offset, .setting)
            }
            return catalog?.isEmbedded == true
                ? nil : .call(QueryCall(function: "current_setting", arguments: [.literal(.text(name))]))
        default: return nil
        }
    }

    /// Privileges of others are nobody's business.
    private func requireSelf(_ user: QueryExpression, _ call: QueryCall) throws(StatementError) {
        switch user {
        case .session(.currentUser), .session(.sessionUser), .session(.user): return
        case .literal(.text(catalog?.user)): return
        default: throw decoder.refusal("`\(call.function)` of somebody else", call.place.offset, .function)
        }
    }
}

extension QuerySource {
    /// With a query in the place of `args`.
    fileprivate func giving(_ arguments: Query) -> QuerySource {
        switch self {
        case .relation(let relation) where relation.schema == nil && relation.name == "args":
            return .query(arguments, isLateral: false, relation.alias)
        case .join(var join):
            join.left = join.left.giving(arguments)
            join.right = join.right.giving(arguments)
            return .join(join)
        case .relation, .query, .call: return self
        }
    }
}

/// The questions to what is visible, each read once.
enum CatalogLookups {
    /// Must be called on a thread with a big stack.
    static func template(_ text: String) throws(StatementError) -> CatalogTemplate {
        if let known = known.withLock({ $0[text] }) { return known }
        let template = try CatalogTemplate(text)
        known.withLock { $0[text] = template }
        return template
    }

    private static let known = Mutex<[String: CatalogTemplate]>([:])
}
