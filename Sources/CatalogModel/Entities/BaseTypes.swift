/// The entity types that every catalog starts with.
///
/// `Referenceable`, `Asset`, `DataSet` and `Process` have the names and attributes of Atlas's base model; the
/// `steward_…` types below them are ours.
package enum BaseTypes {
    /// A table that a source delivers.
    package static let table = "steward_table"
    /// A column of such a table.
    package static let column = "steward_column"
    /// How one column is made from others.
    package static let columnLineage = "steward_column_lineage"

    static let all: [EntityType] = [
        EntityType(
            "Referenceable",
            attributes: [AttributeDefinition("qualifiedName", isOptional: false, isUnique: true)],
            summary: "anything that has a name of its own"
        ),
        EntityType(
            "Asset",
            superTypes: ["Referenceable"],
            attributes: [
                AttributeDefinition("name", isOptional: false), AttributeDefinition("displayName"),
                AttributeDefinition("description"), AttributeDefinition("userDescription"),
                AttributeDefinition("owner"),
            ],
            summary: "something of worth that somebody may own"
        ),
        EntityType("DataSet", superTypes: ["Asset"], summary: "data that processes read and write"),
        EntityType(
            "Process",
            superTypes: ["Asset"],
            attributes: [
                AttributeDefinition("inputs", "array<string>"),
                AttributeDefinition("outputs", "array<string>"),
            ],
            summary: "a step that makes data sets from others"
        ),
        EntityType(
            table,
            superTypes: ["DataSet"],
            attributes: [
                AttributeDefinition("source", isOptional: false),
                AttributeDefinition("service", isOptional: false),
                AttributeDefinition("location", isOptional: false),
            ],
            summary: "a table that a source delivers"
        ),
        EntityType(
            column,
            superTypes: ["DataSet"],
            attributes: [
                AttributeDefinition("table", isOptional: false),
                AttributeDefinition("type", isOptional: false),
                AttributeDefinition("position", "int", isOptional: false), AttributeDefinition("path"),
            ],
            summary: "a column of a table"
        ),
        EntityType(
            columnLineage,
            superTypes: ["Process"],
            attributes: [
                AttributeDefinition("process", isOptional: false), AttributeDefinition("transformation"),
                AttributeDefinition("anonymises", "boolean"),
            ],
            summary: "how one column is made from others"
        ),
    ]
}
