import Catalog
import CatalogModel

/// What brings a catalogued table up to what a source has.
struct TableMerge {
    var inputs: [EntityInput] = []
    /// Columns that the source doesn't have any more.
    var gone: [EntityID] = []

    var isEmpty: Bool { inputs.isEmpty && gone.isEmpty }

    func apply(to transaction: inout CatalogTransaction) throws(CatalogError) {
        if !gone.isEmpty { try transaction.delete(gone) }
        if !inputs.isEmpty { try transaction.write(inputs) }
    }
}

extension CatalogEditing {
    /// What brings a catalogued table up to what a source has; nothing when it is.
    ///
    /// What stands in the catalog stays: types, summaries, the owner. Only columns come and go.
    func merge(_ found: TableDefinition, into known: CatalogTable?) throws(GovernanceError) -> TableMerge {
        guard found.schema != nil else {
            throw GovernanceError(.sourceUnavailable, "table `\(found.name)` has a column name twice")
        }
        var merge = TableMerge()
        guard let known else {
            merge.inputs.append(EntityInput(table: found, guid: "-t"))
            for (position, column) in found.columns.enumerated() {
                merge.inputs.append(
                    EntityInput(
                        column: column,
                        at: position,
                        of: found.name,
                        tableGUID: "-t",
                        guid: "-\(position)"
                    )
                )
            }
            return merge
        }
        guard known.definition.source == found.source else {
            throw GovernanceError(
                .conflict,
                "table `\(found.name)` is in the catalog already, from source `\(known.definition.source)`"
            )
        }
        if known.definition.location != found.location || known.definition.service != found.service {
            merge.inputs.append(EntityInput(table: found.keeping(known.definition), guid: known.id.text))
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
            let guid = old.map { known.columnIDs[$0].text } ?? "-\(position)"
            merge.inputs.append(
                EntityInput(
                    column: merged,
                    at: position,
                    of: found.name,
                    tableGUID: known.id.text,
                    guid: guid
                )
            )
        }
        let names = Set(found.columns.map(\.name))
        for (position, column) in known.definition.columns.enumerated() where !names.contains(column.name) {
            merge.gone.append(known.columnIDs[position])
        }
        return merge
    }

    /// What records what people decide about a table.
    func inputs(
        describing table: CatalogTable,
        as description: TableDescription
    ) throws(GovernanceError) -> [EntityInput] {
        let old = table.definition
        var inputs: [EntityInput] = []
        var changed = JSONObject()
        if let summary = description.summary { changed["description"] = .string(summary) }
        if let owner = description.owner { changed["owner"] = .string(owner.text) }
        if !changed.isEmpty {
            inputs.append(EntityInput(typeName: BaseTypes.table, guid: table.id.text, attributes: changed))
        }
        let named = Set(description.columnSummaries.keys).union(description.columnTypes.keys)
        for name in named.sorted() {
            guard let position = table.schema.position(of: name) else {
                throw GovernanceError(.unknownColumn, "table `\(old.name)` has no column `\(name)`")
            }
            var changed = JSONObject()
            if let type = description.columnTypes[name] { changed["type"] = .string(type.description) }
            if let summary = description.columnSummaries[name] { changed["description"] = .string(summary) }
            inputs.append(
                EntityInput(
                    typeName: BaseTypes.column,
                    guid: table.columnIDs[position].text,
                    attributes: changed
                )
            )
        }
        return inputs
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
