import Catalog
package import CatalogModel

/// A table as a snapshot has it: its definition, its entities, and the tags in force on it.
package struct CatalogTable: Sendable {
    /// What the catalog says of it.
    package let definition: TableDefinition
    /// Its entity.
    package let id: EntityID
    /// The entities of its columns, in the definition's order.
    package let columnIDs: [EntityID]
    /// The columns as a schema.
    package let schema: TableSchema
    /// Tags on the table itself, each followed by the types above its type.
    package let tags: [EffectiveTag]
    /// Tags in force on each column, its table's left out, in the definition's order; each followed by the types
    /// above its type.
    package let columnTags: [[EffectiveTag]]
}

extension EntityInput {
    /// The entity of a table, as it is written.
    init(table: TableDefinition, guid: String) {
        self.init(
            typeName: BaseTypes.table,
            guid: guid,
            attributes: [
                "qualifiedName": .string(table.name.description),
                "name": .string(table.name.parts.last ?? ""),
                "description": .string(table.summary),
                "owner": table.owner.map { .string($0.text) } ?? .null,
                "source": .string(table.source.text),
                "service": .string(table.service.text),
                "location": .string(table.location),
            ]
        )
    }

    /// The entity of a column at a position of its table, as it is written.
    init(column: ColumnDefinition, at position: Int, of table: TableName, tableGUID: String, guid: String) {
        let reference = ColumnReference(table: table, column: column.name)
        self.init(
            typeName: BaseTypes.column,
            guid: guid,
            attributes: [
                "qualifiedName": .string(reference.description),
                "name": .string(column.name.text),
                "description": .string(column.summary),
                "type": .string(column.type.description),
                "position": .integer(Int64(position)),
                "path": column.path.map(JSONValue.string) ?? .null,
            ]
        )
        relationships = [
            "table": .object([
                "guid": .string(tableGUID), "relationshipType": .string(BaseTypes.tableColumns),
            ])
        ]
    }

    /// The entity that says how one column is made from others, as it is written.
    ///
    /// The names count for policy, also those of columns that aren't catalogued; the relationships are for those who
    /// ask the catalog.
    init(
        lineage inputs: [ColumnReference],
        to output: ColumnReference,
        by step: LineageStep,
        in graph: EntityGraph
    ) {
        self.init(
            typeName: BaseTypes.columnLineage,
            guid: nil,
            attributes: [
                "qualifiedName": .string("\(step.process):\(output)"),
                "name": .string(step.process),
                "process": .string(step.process),
                "inputColumns": .array(inputs.map { .string($0.description) }),
                "outputColumns": .array([.string(output.description)]),
                "transformation": .string(step.transformation),
                "anonymises": .bool(step.anonymises),
            ]
        )
        func references(_ columns: [ColumnReference]) -> JSONValue {
            .array(
                columns.compactMap { column in
                    graph.entity(ofExactly: BaseTypes.column, "qualifiedName", column.description)
                        .map { .object(["guid": .string($0.id.text)]) }
                }
            )
        }
        relationships = ["inputs": references(inputs), "outputs": references([output])]
    }
}

extension Entity {
    /// The column definition that a column's entity holds; nil when it is no column.
    var columnDefinition: (table: TableName, position: Int64, column: ColumnDefinition)? {
        guard typeName == BaseTypes.column, isActive,
            let full = qualifiedName, let name = attributes.text("name"), full.hasSuffix(".\(name)"),
            let table = TableName(String(full.dropLast(name.count + 1))),
            let type = attributes.text("type").flatMap(DataType.init(_:)),
            let position = attributes["position"]?.integer
        else { return nil }
        let column = ColumnDefinition(
            name: ColumnName(name),
            type: type,
            path: attributes.text("path"),
            summary: attributes.text("description") ?? ""
        )
        return (table, position, column)
    }
}

/// What one process does to make one column.
package struct LineageStep: Hashable, Sendable {
    /// The process, as people name it.
    package let process: String
    /// What it does to the values, in words or SQL; may be empty.
    package let transformation: String
    /// Whether the output tells nothing of the person behind the input.
    package let anonymises: Bool

    /// A step.
    package init(process: String, transformation: String = "", anonymises: Bool = false) {
        self.process = process
        self.transformation = transformation
        self.anonymises = anonymises
    }
}
