package import Catalog
package import CatalogModel
package import HashTreeCollections
package import Lineage
package import PolicyEngine

/// The catalog's records at one version, with what follows from them: tables, lineage, tags in force.
///
/// **Shape.** Persistent maps, so that the next version shares all that didn't change.
package struct CatalogState: Sendable {
    /// Types, entities, relationships and tags.
    package private(set) var graph = EntityGraph()
    /// Column entities of each table, in no order.
    private var columnsOfTable: TreeDictionary<TableName, [EntityID]> = [:]
    /// The table that each column entity counts to.
    private var tableOfColumn: TreeDictionary<EntityID, TableName> = [:]
    /// The name of each table entity.
    private var nameOfTable: TreeDictionary<EntityID, TableName> = [:]
    /// Entities that say how columns are made.
    private var lineageEntities: TreeSet<EntityID> = []
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
    /// Security zones by name.
    package private(set) var zones: TreeDictionary<String, SecurityZone> = [:]
    /// Records of governed sharing by kind and number.
    package private(set) var shared: TreeDictionary<SharedRecord.Key, SharedRecord> = [:]
    /// Policies by id.
    package private(set) var policies: TreeDictionary<Int64, Policy> = [:]
    /// Ids of policies by what makes them the same.
    private var policyIDs: TreeDictionary<PolicyKey, Int64> = [:]
    /// No policy has had a higher id since the state was loaded.
    private(set) var lastPolicyID: Int64 = 0
    /// Tables with the tags in force; only tables that have their entity and all their columns.
    package private(set) var tables: TreeDictionary<TableName, CatalogTable> = [:]
    /// The column graph.
    package private(set) var lineage = LineageGraph()

    /// An empty catalog.
    package init() {}

    /// Tags set on an entity itself, by its identity.
    package var tags: SetTags { SetTags(graph: graph) }

    /// The tags that are set on entities.
    package struct SetTags: Sendable {
        fileprivate let graph: EntityGraph

        /// Tags set on an entity itself, in the order they were set; nil for none.
        package subscript(id: EntityID) -> [Tag]? {
            let tags = graph.tags(setOn: id)
            return tags.isEmpty ? nil : tags
        }
    }

    /// An entity in use by type and qualified name; nil when there is none.
    package func entity(_ typeName: String, named qualifiedName: String) -> Entity? {
        graph.entity(ofExactly: typeName, "qualifiedName", qualifiedName)
    }

    /// Applies changes and derives what follows from them.
    ///
    /// **Cost.** The changes, and the tables whose tags they may touch; all edges when lineage changed.
    /// - Parameters:
    ///   - changes: The changes, in order.
    ///   - prepared: The graph with the changes in it, when somebody made it already and checked them.
    /// - Throws: a type, entity or tag that breaks a rule. The state is useless then.
    package mutating func apply(
        _ changes: [CatalogChange],
        prepared: EntityGraph? = nil
    ) throws(CatalogError) {
        var touched = Touched()
        var graphChanges: [GraphChange] = []
        for change in changes { apply(change, &graphChanges) }
        if let prepared {
            graph = prepared
        } else {
            try applyChecked(graphChanges, &touched)
        }
        for change in graphChanges { touch(change, &touched) }
        if touched.lineage {
            rebuildLineage()
            touched.tables.formUnion(columnsOfTable.keys)
        }
        for table in touched.tagged {
            for id in columnsOfTable[table] ?? [] {
                guard let column = graph[id]?.columnDefinition?.column else { continue }
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

    private mutating func apply(_ change: CatalogChange, _ graphChanges: inout [GraphChange]) {
        switch change {
        case .graph(let change): graphChanges.append(change)
        case .putUser(let user): users[user.name] = user
        case .deleteUser(let name): users[name] = nil
        case .putGroup(let group): groups[group.name] = group
        case .putRole(let role): roles[role.name] = role
        case .putSource(let source): sources[source.name] = source
        case .deleteSource(let name): sources[name] = nil
        case .putService(let service): services[service.name] = service
        case .putPolicy(let policy): put(policy)
        case .deletePolicy(let id): removePolicy(id)
        case .putZone(let zone): zones[zone.name] = zone
        case .deleteZone(let name): zones[name] = nil
        case .putShared(let record): shared[record.key] = record
        case .deleteShared(let key): shared[key] = nil
        }
    }

    /// The policy of a service, zone and name; nil for none.
    func policy(_ key: PolicyKey) -> Policy? { policyIDs[key].flatMap { policies[$0] } }

    private mutating func put(_ policy: Policy) {
        let id = policy.id ?? -1
        removePolicy(id)
        policies[id] = policy
        policyIDs[PolicyKey(policy)] = id
        lastPolicyID = max(lastPolicyID, id)
    }

    private mutating func removePolicy(_ id: Int64) {
        guard let old = policies.removeValue(forKey: id) else { return }
        let key = PolicyKey(old)
        if policyIDs[key] == id { policyIDs[key] = nil }
    }

    private mutating func applyChecked(
        _ changes: [GraphChange],
        _ touched: inout Touched
    ) throws(CatalogError) {
        var types = graph.types
        try types.replace(changes.compactMap { if case .putType(let type) = $0 { type } else { nil } })
        for change in changes {
            switch change {
            case .setTag(_, let tag): try types.check(tag)
            // Entities were checked before they were packed.
            case .putType, .removeType, .pack, .load, .removeTag: break
            }
        }
        graph.apply(changes)
        for id in graph.takeFlowNews() { touch(tagsOf: id, &touched) }
    }

    /// Finds out which tables a change of the graph, which is made already, concerns.
    private mutating func touch(_ change: GraphChange, _ touched: inout Touched) {
        switch change {
        case .putType, .removeType:
            touched.tables.formUnion(columnsOfTable.keys)
        case .pack(let change): touch(change.pack, where: { _ in true }, &touched)
        case .load(let packs, lastSerial: _):
            for live in packs { touch(live.pack, where: live.isLive, &touched) }
        case .removeTag(let id, _): touch(tagsOf: id, &touched)
        case .setTag(let id, let tag):
            touch(tagsOf: id, &touched)
            for other in graph.entities(reachedBy: TagInstance(tag.name, on: id)) {
                touch(tagsOf: other, &touched)
            }
        }
    }

    private static let governedTypes: Set = [BaseTypes.table, BaseTypes.column, BaseTypes.columnLineage]

    private mutating func touch(_ pack: GraphPack, where counts: (Int) -> Bool, _ touched: inout Touched) {
        pack.forEachSubject(ofTypes: CatalogState.governedTypes) { index, subject in
            guard counts(index) else { return }
            switch subject {
            case .entity(let id, typeName: _): touch(pack.entity(index), id, &touched)
            case .gone(let id): touch(nil, id, &touched)
            case .note(let id): touch(tagsOf: id, &touched)
            }
        }
    }

    private mutating func touch(_ entity: Entity?, _ id: EntityID, _ touched: inout Touched) {
        if let table = tableOfColumn.removeValue(forKey: id) {
            columnsOfTable[table]?.removeAll { $0 == id }
            if columnsOfTable[table]?.isEmpty == true { columnsOfTable[table] = nil }
            touched.tables.insert(table)
            if entity?.isActive != true { touched.tagged.insert(table) }
        }
        if let table = nameOfTable.removeValue(forKey: id) { touched.tables.insert(table) }
        if lineageEntities.remove(id) != nil || entity?.typeName == BaseTypes.columnLineage {
            touched.lineage = true
        }
        if entity?.typeName == BaseTypes.columnLineage { lineageEntities.insert(id) }
        guard let entity, entity.isActive else { return }
        if let column = entity.columnDefinition {
            columnsOfTable[column.table, default: []].append(id)
            tableOfColumn[id] = column.table
            touched.tables.insert(column.table)
        } else if entity.typeName == BaseTypes.table,
            let name = entity.qualifiedName.flatMap(TableName.init(_:))
        {
            nameOfTable[id] = name
            touched.tables.insert(name)
        }
    }

    private func touch(tagsOf id: EntityID, _ touched: inout Touched) {
        if let table = tableOfColumn[id] ?? nameOfTable[id] { touched.tagged.insert(table) }
    }

    private mutating func rebuildLineage() {
        var edges: [LineageEdge] = []
        for entity in graph.entities(ofExactly: BaseTypes.columnLineage) where entity.isActive {
            let inputs = (entity.attributes["inputColumns"]?.list ?? []).compactMap(\.text)
            let outputs = (entity.attributes["outputColumns"]?.list ?? []).compactMap(\.text)
            for output in outputs.compactMap({ ColumnReference($0) }) {
                for input in inputs.compactMap({ ColumnReference($0) }) {
                    edges.append(
                        LineageEdge(
                            input: input,
                            output: output,
                            process: entity.attributes.text("process") ?? "",
                            transformation: entity.attributes.text("transformation") ?? "",
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
            let source = entity.attributes.text("source"), let service = entity.attributes.text("service"),
            let location = entity.attributes.text("location")
        else {
            tables[name] = nil
            return
        }
        let columns = (columnsOfTable[name] ?? []).compactMap { id in
            graph[id]?.columnDefinition.map { (id: id, position: $0.position, column: $0.column) }
        }.sorted { ($0.position, $0.column.name) < ($1.position, $1.column.name) }
        let definition = TableDefinition(
            name: name,
            source: SourceName(source),
            service: ServiceName(service),
            location: location,
            columns: columns.map(\.column),
            summary: entity.attributes.text("description") ?? "",
            owner: entity.attributes.text("owner").map { UserName($0) }
        )
        guard let schema = definition.schema else {
            tables[name] = nil
            return
        }
        let flowed = flowedTags(to: entity.id, of: entity.id) { _ in .table }
        tables[name] = CatalogTable(
            definition: definition,
            id: entity.id,
            columnIDs: columns.map(\.id),
            schema: schema,
            tags: (graph.tags(setOn: entity.id).map { EffectiveTag($0, origin: .table) } + flowed)
                .flatMap(withTypesAbove),
            columnTags: columns.map { effectiveTags(of: $0.column.name, $0.id, in: name, entity.id) }
        )
    }

    private func effectiveTags(
        of column: ColumnName,
        _ id: EntityID,
        in table: TableName,
        _ tableID: EntityID
    ) -> [EffectiveTag] {
        let reference = ColumnReference(table: table, column: column)
        var tags = lineage.effectiveTags(
            of: reference,
            columnTags: { setTags(BaseTypes.column, $0.description) },
            tableTags: { setTags(BaseTypes.table, $0.description) }
        )
        let known = Set(tags.map(\.tag))
        tags += flowedTags(to: id, of: tableID) { source in
            .lineage(
                path: (source.qualifiedName.flatMap { ColumnReference($0) }.map { [$0] } ?? []) + [reference]
            )
        }.filter { !known.contains($0.tag) }
        return tags.filter { $0.origin != .table }.flatMap(withTypesAbove)
    }

    private func setTags(_ type: String, _ name: String) -> [Tag] {
        entity(type, named: name).map { graph.tags(setOn: $0.id) } ?? []
    }

    /// Tags that flowed to an entity over the catalog's relationships, but for those of its own table.
    private func flowedTags(
        to id: EntityID,
        of table: EntityID,
        origin: (Entity) -> TagOrigin
    ) -> [EffectiveTag] {
        graph.tags(flowedTo: id).compactMap { instance in
            guard instance.source != table, let tag = graph.tag(instance), let source = graph[instance.source]
            else {
                return nil
            }
            return EffectiveTag(tag, origin: origin(source))
        }
    }

    /// The tag, then one of each type above its type with the same attributes: policies on those apply too.
    private func withTypesAbove(_ tag: EffectiveTag) -> [EffectiveTag] {
        graph.types.selfAndAbove(tag.tag.name).map { name in
            EffectiveTag(
                Tag(
                    name,
                    attributes: tag.tag.attributes,
                    validFrom: tag.tag.validFrom,
                    validUntil: tag.tag.validUntil,
                    periods: tag.tag.periods,
                    propagates: tag.tag.propagates,
                    outlivesSource: tag.tag.outlivesSource
                ),
                origin: tag.origin
            )
        }
    }
}
