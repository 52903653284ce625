import CatalogModel

extension CatalogEditing {
    /// The changes that bring a catalogued table up to what a source has; none when it is.
    ///
    /// What stands in the catalog stays: types, summaries, the owner. Only columns come and go.
    func merge(
        _ found: TableDefinition,
        into known: CatalogTable?
    ) throws(GovernanceError) -> [CatalogChange] {
        guard found.schema != nil else {
            throw GovernanceError(.sourceUnavailable, "table `\(found.name)` has a column name twice")
        }
        guard let known else {
            let columns = found.columns.enumerated().map { position, column in
                Entity(column: column, at: position, of: found.name, id: EntityID(rim.makeID()))
            }
            return [.putEntity(Entity(table: found, id: EntityID(rim.makeID())))]
                + columns.map { .putEntity($0) }
        }
        guard known.definition.source == found.source else {
            throw GovernanceError(
                .conflict,
                "table `\(found.name)` is in the catalog already, from source `\(known.definition.source)`"
            )
        }
        var changes: [CatalogChange] = []
        if known.definition.location != found.location || known.definition.service != found.service {
            changes.append(.putEntity(Entity(table: found.keeping(known.definition), id: known.id)))
        }
        for (position, column) in found.columns.enumerated() {
            let old = known.schema.position(of: column.name)
            let kept = old.map { known.definition.columns[$0] }
            let merged = ColumnDefinition(
                name: column.name,
                type: kept?.type ?? column.type,
                path: column.path,
                summary: kept?.summary ?? column.summary
            )
            guard merged != kept || old != position else { continue }
            let id = old.map { known.columnIDs[$0] } ?? EntityID(rim.makeID())
            changes.append(.putEntity(Entity(column: merged, at: position, of: found.name, id: id)))
        }
        let names = Set(found.columns.map(\.name))
        for (position, column) in known.definition.columns.enumerated() where !names.contains(column.name) {
            changes.append(.deleteEntity(known.columnIDs[position]))
        }
        return changes
    }

    /// The changes that record what people decide about a table.
    func changes(
        describing table: CatalogTable,
        as description: TableDescription
    ) throws(GovernanceError) -> [CatalogChange] {
        let old = table.definition
        var changes: [CatalogChange] = []
        let definition = TableDefinition(
            name: old.name,
            source: old.source,
            service: old.service,
            location: old.location,
            columns: old.columns,
            summary: description.summary ?? old.summary,
            owner: description.owner ?? old.owner
        )
        if definition != old { changes.append(.putEntity(Entity(table: definition, id: table.id))) }
        let named = Set(description.columnSummaries.keys).union(description.columnTypes.keys)
        for name in named.sorted() {
            guard let position = table.schema.position(of: name) else {
                throw GovernanceError(.unknownColumn, "table `\(old.name)` has no column `\(name)`")
            }
            let column = old.columns[position]
            let described = ColumnDefinition(
                name: name,
                type: description.columnTypes[name] ?? column.type,
                path: column.path,
                summary: description.columnSummaries[name] ?? column.summary
            )
            guard described != column else { continue }
            let entity = Entity(column: described, at: position, of: old.name, id: table.columnIDs[position])
            changes.append(.putEntity(entity))
        }
        return changes
    }
}

extension TableDefinition {
    /// What a source found, with what people decided before.
    fileprivate func keeping(_ known: TableDefinition) -> TableDefinition {
        TableDefinition(
            name: name,
            source: source,
            service: service,
            location: location,
            columns: columns,
            summary: known.summary,
            owner: known.owner
        )
    }
}
