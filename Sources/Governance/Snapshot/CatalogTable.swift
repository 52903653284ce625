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

extension Entity {
    /// The entity of a table.
    init(table: TableDefinition, id: EntityID) {
        self.init(
            id: id,
            typeName: BaseTypes.table,
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

    /// The entity of a column at a position of its table.
    init(column: ColumnDefinition, at position: Int, of table: TableName, id: EntityID) {
        let reference = ColumnReference(table: table, column: column.name)
        self.init(
            id: id,
            typeName: BaseTypes.column,
            attributes: [
                "qualifiedName": .string(reference.description),
                "name": .string(column.name.text),
                "description": .string(column.summary),
                "table": .string(table.description),
                "type": .string(column.type.description),
                "position": .integer(Int64(position)),
                "path": column.path.map(JSONValue.string) ?? .null,
            ]
        )
    }

    /// The entity that says how one column is made from others.
    init(lineage inputs: [ColumnReference], to output: ColumnReference, by step: LineageStep, id: EntityID) {
        self.init(
            id: id,
            typeName: BaseTypes.columnLineage,
            attributes: [
                "qualifiedName": .string("\(step.process):\(output)"),
                "name": .string(step.process),
                "process": .string(step.process),
                "inputs": .array(inputs.map { .string($0.description) }),
                "outputs": .array([.string(output.description)]),
                "transformation": .string(step.transformation),
                "anonymises": .bool(step.anonymises),
            ]
        )
    }

    /// The column definition that a column's entity holds; nil when it is no column.
    var columnDefinition: (table: TableName, position: Int64, column: ColumnDefinition)? {
        guard typeName == BaseTypes.column, let table = attributes["table"]?.text.flatMap(TableName.init(_:)),
            let name = attributes["name"]?.text,
            let type = attributes["type"]?.text.flatMap(DataType.init(_:)),
            case .integer(let position)? = attributes["position"]
        else { return nil }
        let column = ColumnDefinition(
            name: ColumnName(name),
            type: type,
            path: attributes["path"]?.text,
            summary: attributes["description"]?.text ?? ""
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
