/// The types that every catalog starts with.
///
/// Names and attributes are those of Atlas's base and glossary models; the `steward_…` types below them are ours.
package enum BaseTypes {
    /// A table that a source delivers.
    package static let table = "steward_table"
    /// A column of such a table.
    package static let column = "steward_column"
    /// How one column is made from others.
    package static let columnLineage = "steward_column_lineage"
    /// The relationship between a table and its columns.
    package static let tableColumns = "steward_table_columns"
    /// What every entity with a qualified name is.
    package static let referenceable = "Referenceable"
    /// What lineage starts from and leads to.
    package static let dataSet = "DataSet"
    /// What lineage leads through.
    package static let process = "Process"
    /// The relationship between a process and what it reads.
    package static let processInputs = "dataset_process_inputs"
    /// The relationship between a process and what it writes.
    package static let processOutputs = "process_dataset_outputs"
    /// The relationship between a glossary term and what it is a word for.
    package static let termAssignment = "AtlasGlossarySemanticAssignment"
    /// A saved search.
    package static let savedSearch = "__AtlasUserSavedSearch"
    /// Counts of the catalog at one moment, which are kept.
    package static let countSample = "__AtlasMetricsStat"
    static let internalType = "__internal"

    static let all = base + internals + glossary + glossaryRelations + own

    private static func text(
        _ name: String,
        required: Bool = false,
        unique: Bool = false,
        indexed: Bool = true
    ) -> AttributeDefinition {
        AttributeDefinition(name, isOptional: !required, isUnique: unique, isIndexable: indexed)
    }

    private static func value(
        _ name: String,
        _ typeName: String,
        required: Bool = false,
        indexed: Bool = false
    ) -> AttributeDefinition {
        AttributeDefinition(name, typeName, isOptional: !required, isIndexable: indexed)
    }

    private static func entity(
        _ name: String,
        _ superType: String?,
        _ attributes: [AttributeDefinition] = [],
        _ summary: String
    ) -> TypeDefinition {
        var type = TypeDefinition(
            .entity,
            name,
            superTypes: superType.map { [$0] } ?? [],
            attributes: attributes,
            summary: summary
        )
        (type.typeVersion, type.serviceType) = ("1.1", name.hasPrefix("steward_") ? "steward" : "atlas_core")
        return type
    }

    private static func relation(
        _ name: String,
        _ shape: RelationshipShape,
        _ attributes: [AttributeDefinition] = []
    ) -> TypeDefinition {
        var type = TypeDefinition(.relationship, name, attributes: attributes, relationship: shape)
        (type.typeVersion, type.serviceType) = ("1.0", name.hasPrefix("steward_") ? "steward" : "atlas_core")
        return type
    }

    private static func enumeration(_ name: String, _ values: [String]) -> TypeDefinition {
        var type = TypeDefinition(.enumeration, name)
        (type.typeVersion, type.serviceType) = ("1.0", "atlas_core")
        type.elements = values.enumerated().map { EnumElement($1, ordinal: Int64($0)) }
        return type
    }

    private static let base: [TypeDefinition] = [
        entity(
            referenceable,
            nil,
            [
                text("qualifiedName", required: true, unique: true),
                value("replicatedFrom", "array<AtlasServer>"), value("replicatedTo", "array<AtlasServer>"),
            ],
            "anything that has a name of its own"
        ),
        entity(
            "Asset",
            referenceable,
            [
                text("name", required: true), text("displayName"), text("description"),
                text("userDescription"),
                text("owner"),
            ],
            "something of worth that somebody may own"
        ),
        entity(dataSet, "Asset", [], "data that processes read and write"),
        entity("Infrastructure", "Asset", [], "what data and processes run on"),
        entity("Path", dataSet, [], "data that lies at a path"),
        entity(
            process,
            "Asset",
            [value("inputs", "array<DataSet>"), value("outputs", "array<DataSet>")],
            "a step that makes data sets from others"
        ),
        entity("ProcessExecution", "Asset", [], "one run of a process"),
        entity(
            "ddl",
            referenceable,
            [
                text("queryText", required: true), value("execTime", "date", required: true),
                text("userName", required: true), text("serviceType", required: true),
            ],
            "a statement that changed a structure"
        ),
        entity(
            "AtlasServer",
            nil,
            [
                text("name", required: true), text("displayName", required: true),
                text("fullName", required: true, unique: true), value("urls", "array<string>"),
                value("additionalInfo", "map<string,string>"),
            ],
            "another catalog server"
        ),
        relation(
            processInputs,
            RelationshipShape(
                .aggregation,
                RelationshipEnd(process, "inputs", .set, isContainer: true, isLegacy: true),
                RelationshipEnd(dataSet, "inputToProcesses", .set),
                tagFlow: .twoToOne
            )
        ),
        relation(
            processOutputs,
            RelationshipShape(
                .aggregation,
                RelationshipEnd(process, "outputs", .set, isContainer: true, isLegacy: true),
                RelationshipEnd(dataSet, "outputFromProcesses", .set),
                tagFlow: .oneToTwo
            )
        ),
    ]

    private static let internals: [TypeDefinition] = [
        enumeration(
            "atlas_operation",
            [
                "OTHERS", "PURGE", "EXPORT", "IMPORT", "IMPORT_DELETE_REPL", "TYPE_DEF_CREATE",
                "TYPE_DEF_UPDATE",
                "TYPE_DEF_DELETE", "SERVER_START", "SERVER_STATE_ACTIVE", "AUTO_PURGE",
            ]
        ),
        enumeration("audit_row_kind", ["SINGLE", "SUMMARY", "BATCH"]),
        entity(internalType, nil, [], "what the catalog keeps for itself"),
        entity(
            "__AtlasUserProfile",
            internalType,
            [
                text("name", required: true, unique: true), text("fullName", indexed: false),
                value("savedSearches", "array<__AtlasUserSavedSearch>"),
            ],
            "what the catalog keeps for a user"
        ),
        entity(
            savedSearch,
            internalType,
            [
                text("name", required: true, indexed: false),
                text("ownerName", required: true, indexed: false),
                text("searchType", required: true), text("uniqueName", required: true, unique: true),
                text("searchParameters", required: true, indexed: false),
                text("uiParameters", indexed: false),
            ],
            "a search that a user kept"
        ),
        entity(
            countSample,
            internalType,
            [
                text("metricsId", required: true, unique: true), text("metrics", indexed: false),
                value("collectionTime", "long", indexed: true),
                value("timeToLiveMillis", "long", indexed: true),
            ],
            "counts at one moment"
        ),
        entity(
            "__ExportImportAuditEntry",
            internalType,
            [
                text("userName", indexed: false), text("operation", required: true), text("sourceServerName"),
                text("targetServerName"), text("operationParams"),
                value("operationStartTime", "long", required: true), value("operationEndTime", "long"),
                text("resultSummary", indexed: false),
            ],
            "an export or import that was made"
        ),
        entity(
            "__AtlasAuditEntry",
            internalType,
            [
                text("userName", required: true), value("operation", "atlas_operation", required: true),
                value("startTime", "date", required: true), value("endTime", "date"), text("clientId"),
                text("params"), text("result", indexed: false), value("resultCount", "long"), text("runId"),
                value("auditRowKind", "audit_row_kind"),
            ],
            "an act of administration"
        ),
        entity(
            "__AtlasAsyncImportRequest",
            internalType,
            [
                text("requestId", required: true, unique: true), text("importId", required: true),
                text("status", required: true), text("importDetails", indexed: false),
                text("startEntityPosition", required: true, indexed: false),
                text("importResult", required: true, indexed: false),
                text("receivedTime", required: true, indexed: false),
                text("stagedTime", required: true, indexed: false),
                text("processingStartTime", required: true, indexed: false),
                text("completedTime", required: true, indexed: false),
            ],
            "an import that is under way"
        ),
        relation(
            "__AtlasUserProfile_savedsearches",
            RelationshipShape(
                .composition,
                RelationshipEnd(
                    "__AtlasUserProfile",
                    "savedSearches",
                    .set,
                    isContainer: true,
                    isLegacy: true
                ),
                RelationshipEnd(savedSearch, "userProfile")
            )
        ),
    ]

    private static let descriptions = [
        text("qualifiedName", required: true, unique: true), text("name", required: true),
        text("shortDescription", indexed: false), text("longDescription", indexed: false),
    ]
    private static let additional = value("additionalAttributes", "map<string,string>")

    private static let glossary: [TypeDefinition] = [
        enumeration(
            "AtlasGlossaryTermRelationshipStatus",
            ["DRAFT", "ACTIVE", "DEPRECATED", "OBSOLETE", "OTHER"]
        ),
        enumeration(
            "AtlasGlossaryTermAssignmentStatus",
            ["DISCOVERED", "PROPOSED", "IMPORTED", "VALIDATED", "DEPRECATED", "OBSOLETE", "OTHER"]
        ),
        entity(
            GlossaryTypes.glossary,
            internalType,
            descriptions + [text("language", indexed: false), text("usage", indexed: false), additional],
            "a list of words with their meanings"
        ),
        entity(
            GlossaryTypes.term,
            internalType,
            descriptions + [
                value("examples", "array<string>"), text("abbreviation", indexed: false),
                text("usage", indexed: false), additional,
            ],
            "a word with its meaning"
        ),
        entity(GlossaryTypes.category, internalType, descriptions + [additional], "a group of words"),
    ]

    private static func pair(
        _ name: String,
        _ one: String,
        _ other: String
    ) -> TypeDefinition {
        relation(
            name,
            RelationshipShape(
                .association,
                RelationshipEnd(GlossaryTypes.term, one, .set),
                RelationshipEnd(GlossaryTypes.term, other, .set)
            ),
            [
                text("description"), text("expression"),
                value("status", "AtlasGlossaryTermRelationshipStatus"),
                text("steward"), text("source"),
            ]
        )
    }

    private static func owned(_ name: String, _ attribute: String, _ type: String) -> TypeDefinition {
        relation(
            name,
            RelationshipShape(
                .composition,
                RelationshipEnd(GlossaryTypes.glossary, attribute, .set, isContainer: true),
                RelationshipEnd(type, "anchor")
            )
        )
    }

    private static let glossaryRelations: [TypeDefinition] =
        [
            relation(
                termAssignment,
                RelationshipShape(
                    .association,
                    RelationshipEnd(GlossaryTypes.term, "assignedEntities", .set),
                    RelationshipEnd(referenceable, "meanings", .set),
                    tagFlow: .oneToTwo
                ),
                [
                    text("description"), text("expression"),
                    value("status", "AtlasGlossaryTermRelationshipStatus"),
                    value("confidence", "int"), text("createdBy"), text("steward"), text("source"),
                ]
            ),
            owned(GlossaryTypes.termAnchor, "terms", GlossaryTypes.term),
            owned(GlossaryTypes.categoryAnchor, "categories", GlossaryTypes.category),
            relation(
                GlossaryTypes.categorization,
                RelationshipShape(
                    .aggregation,
                    RelationshipEnd(GlossaryTypes.category, "terms", .set, isContainer: true),
                    RelationshipEnd(GlossaryTypes.term, "categories", .set)
                ),
                [text("description"), value("status", "AtlasGlossaryTermRelationshipStatus")]
            ),
            relation(
                GlossaryTypes.hierarchy,
                RelationshipShape(
                    .aggregation,
                    RelationshipEnd(GlossaryTypes.category, "childrenCategories", .set, isContainer: true),
                    RelationshipEnd(GlossaryTypes.category, "parentCategory")
                )
            ),
        ] + GlossaryTypes.pairs.map { pair($0.type, $0.one, $0.other) }

    private static let own: [TypeDefinition] = [
        entity(
            table,
            dataSet,
            [
                text("source", required: true), text("service", required: true),
                text("location", required: true, indexed: false),
            ],
            "a table that a source delivers"
        ),
        entity(
            column,
            dataSet,
            [
                text("type", required: true), value("position", "int", required: true),
                text("path", indexed: false),
            ],
            "a column of a table"
        ),
        entity(
            columnLineage,
            process,
            [
                text("process", required: true), text("transformation"), value("anonymises", "boolean"),
                value("inputColumns", "array<string>"), value("outputColumns", "array<string>"),
            ],
            "how one column is made from others"
        ),
        relation(
            tableColumns,
            RelationshipShape(
                .composition,
                RelationshipEnd(table, "columns", .set, isContainer: true),
                RelationshipEnd(column, "table"),
                tagFlow: .oneToTwo
            )
        ),
    ]
}
