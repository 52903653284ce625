package import CatalogModel
package import HashTreeCollections
package import Lineage
package import PolicyEngine

/// The catalog's records at one version, with what follows from them: tables, lineage, tags in force.
///
/// **Shape.** Persistent maps, so that the next version shares all that didn't change.
package struct CatalogState: Sendable {
    /// Entity types and tag types.
    package private(set) var types = TypeSystem()
    /// Entities by identity.
    package private(set) var entities: TreeDictionary<EntityID, Entity> = [:]
    /// Entities by type and qualified name.
    private var entitiesByName: TreeDictionary<String, EntityID> = [:]
    /// Tags set on an entity itself, in the order they were set.
    package private(set) var tags: TreeDictionary<EntityID, [Tag]> = [:]
    /// Column entities of each table, in no order.
    private var columnsOfTable: TreeDictionary<TableName, [EntityID]> = [:]
    /// Users by name.
    package private(set) var users: TreeDictionary<UserName, User> = [:]
    /// Groups by name.
    package private(set) var groups: TreeDictionary<GroupName, Group> = [:]
    /// Roles by name.
    package private(set) var roles: TreeDictionary<RoleName, Role> = [:]
    /// Sources by name.
    package private(set) var sources: TreeDictionary<SourceName, SourceDefinition> = [:]
    /// Services by name.
    package private(set) var services: TreeDictionary<ServiceName, PolicyService> = [:]
    /// Policies by id.
    package private(set) var policies: TreeDictionary<Int64, Policy> = [:]
    /// Tables with the tags in force; only tables that have their entity and all their columns.
    package private(set) var tables: TreeDictionary<TableName, CatalogTable> = [:]
    /// The column graph.
    package private(set) var lineage = LineageGraph()

    /// An empty catalog.
    package init() {}

    /// An entity by type and qualified name; nil when there is none.
    package func entity(_ typeName: String, named qualifiedName: String) -> Entity? {
        entitiesByName["\(typeName) \(qualifiedName)"].flatMap { entities[$0] }
    }

    /// Applies changes and derives what follows from them.
    ///
    /// **Cost.** The changes, and the tables whose tags they may touch; all edges when lineage changed.
    /// - Throws: an entity or tag that doesn't fit its type, or refers to nothing. The state is useless then.
    package mutating func apply(_ changes: [CatalogChange]) throws(TypeError) {
        var touched = Touched()
        for change in changes { try apply(change, touched: &touched) }
        if touched.lineage {
            rebuildLineage()
            touched.tables.formUnion(columnsOfTable.keys)
        }
        for table in touched.tagged {
            for id in columnsOfTable[table] ?? [] {
                guard let column = entities[id]?.columnDefinition?.column else { continue }
                let reference = ColumnReference(table: table, column: column.name)
                touched.tables.formUnion(lineage.impact(of: reference).map(\.table))
            }
        }
        touched.tables.formUnion(touched.tagged)
        for table in touched.tables { derive(table) }
    }

    private struct Touched {
        var tables: Set<TableName> = []
        var tagged: Set<TableName> = []
        var lineage = false
    }

    private mutating func apply(_ change: CatalogChange, touched: inout Touched) throws(TypeError) {
        switch change {
        case .putTagType(let type):
            try types.put(type)
            touched.tables.formUnion(columnsOfTable.keys)
        case .putEntityType(let type): try types.put(type)
        case .putEntity(let entity): try put(entity, touched: &touched)
        case .deleteEntity(let id): delete(id, touched: &touched)
        case .setTag(let id, let tag):
            try types.check(tag)
            guard let entity = entities[id] else { throw .unknownType(id.text) }
            var held = tags[id] ?? []
            if let index = held.firstIndex(where: { $0.name == tag.name }) {
                held[index] = tag
            } else {
                held.append(tag)
            }
            tags[id] = held
            touch(tagsOf: entity, &touched)
        case .removeTag(let id, let name):
            tags[id]?.removeAll { $0.name == name }
            if let entity = entities[id] { touch(tagsOf: entity, &touched) }
        case .putUser(let user): users[user.name] = user
        case .deleteUser(let name): users[name] = nil
        case .putGroup(let group): groups[group.name] = group
        case .putRole(let role): roles[role.name] = role
        case .putSource(let source): sources[source.name] = source
        case .deleteSource(let name): sources[name] = nil
        case .putService(let service): services[service.name] = service
        case .putPolicy(let policy): policies[policy.id ?? -1] = policy
        case .deletePolicy(let id): policies[id] = nil
        }
    }

    private mutating func put(_ entity: Entity, touched: inout Touched) throws(TypeError) {
        try types.check(entity)
        if entities[entity.id] != nil { forget(entity.id, touched: &touched) }
        entities[entity.id] = entity
        if let name = entity.qualifiedName { entitiesByName["\(entity.typeName) \(name)"] = entity.id }
        if let column = entity.columnDefinition {
            columnsOfTable[column.table, default: []].append(entity.id)
            touched.tables.insert(column.table)
        }
        touch(entity, &touched)
    }

    private mutating func delete(_ id: EntityID, touched: inout Touched) {
        if let entity = entities[id], tags[id] != nil { touch(tagsOf: entity, &touched) }
        forget(id, touched: &touched)
        tags[id] = nil
    }

    /// Takes an entity out of every index but leaves its tags.
    private mutating func forget(_ id: EntityID, touched: inout Touched) {
        guard let entity = entities.removeValue(forKey: id) else { return }
        if let name = entity.qualifiedName { entitiesByName["\(entity.typeName) \(name)"] = nil }
        if let column = entity.columnDefinition {
            columnsOfTable[column.table]?.removeAll { $0 == id }
            touched.tables.insert(column.table)
        }
        touch(entity, &touched)
    }

    private func touch(_ entity: Entity, _ touched: inout Touched) {
        switch entity.typeName {
        case BaseTypes.table:
            if let name = entity.qualifiedName.flatMap(TableName.init(_:)) { touched.tables.insert(name) }
        case BaseTypes.columnLineage: touched.lineage = true
        default: break
        }
    }

    private func touch(tagsOf entity: Entity, _ touched: inout Touched) {
        if let column = entity.columnDefinition {
            touched.tagged.insert(column.table)
        } else if let name = entity.qualifiedName.flatMap(TableName.init(_:)) {
            touched.tagged.insert(name)
        }
    }

    private mutating func rebuildLineage() {
        var edges: [LineageEdge] = []
        for entity in entities.values where entity.typeName == BaseTypes.columnLineage {
            let inputs = (entity.attributes["inputs"]?.list ?? []).compactMap(\.text)
            let outputs = (entity.attributes["outputs"]?.list ?? []).compactMap(\.text)
            for output in outputs.compactMap({ ColumnReference($0) }) {
                for input in inputs.compactMap({ ColumnReference($0) }) {
                    edges.append(
                        LineageEdge(
                            input: input,
                            output: output,
                            process: entity.attributes["process"]?.text ?? "",
                            transformation: entity.attributes["transformation"]?.text ?? "",
                            anonymises: entity.attributes["anonymises"] == .bool(true)
                        )
                    )
                }
            }
        }
        lineage = LineageGraph(
            edges.sorted { ($0.output, $0.input, $0.process) < ($1.output, $1.input, $1.process) }
        )
    }

    private mutating func derive(_ name: TableName) {
        guard let entity = entity(BaseTypes.table, named: name.description),
            let source = entity.attributes["source"]?.text, let service = entity.attributes["service"]?.text,
            let location = entity.attributes["location"]?.text
        else {
            tables[name] = nil
            return
        }
        let columns = (columnsOfTable[name] ?? []).compactMap { id in
            entities[id]?.columnDefinition.map { (id: id, position: $0.position, column: $0.column) }
        }.sorted { ($0.position, $0.column.name) < ($1.position, $1.column.name) }
        let definition = TableDefinition(
            name: name,
            source: SourceName(source),
            service: ServiceName(service),
            location: location,
            columns: columns.map(\.column),
            summary: entity.attributes["description"]?.text ?? "",
            owner: entity.attributes["owner"]?.text.map { UserName($0) }
        )
        guard let schema = definition.schema else {
            tables[name] = nil
            return
        }
        tables[name] = CatalogTable(
            definition: definition,
            id: entity.id,
            columnIDs: columns.map(\.id),
            schema: schema,
            tags: (tags[entity.id] ?? []).flatMap { withTypesAbove(EffectiveTag($0, origin: .table)) },
            columnTags: definition.columns.map { effectiveTags(of: $0.name, in: name) }
        )
    }

    private func effectiveTags(of column: ColumnName, in table: TableName) -> [EffectiveTag] {
        lineage.effectiveTags(
            of: ColumnReference(table: table, column: column),
            columnTags: { entity(BaseTypes.column, named: $0.description).flatMap { tags[$0.id] } ?? [] },
            tableTags: { entity(BaseTypes.table, named: $0.description).flatMap { tags[$0.id] } ?? [] }
        ).filter { $0.origin != .table }.flatMap(withTypesAbove)
    }

    /// The tag, then one of each type above its type with the same attributes: policies on those apply too.
    private func withTypesAbove(_ tag: EffectiveTag) -> [EffectiveTag] {
        types.selfAndAbove(tag.tag.name).map { name in
            EffectiveTag(
                Tag(
                    name,
                    attributes: tag.tag.attributes,
                    validFrom: tag.tag.validFrom,
                    validUntil: tag.tag.validUntil
                ),
                origin: tag.origin
            )
        }
    }
}
