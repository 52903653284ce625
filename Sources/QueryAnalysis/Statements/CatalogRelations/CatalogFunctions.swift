/// The functions that look things up in catalogs: each call gives way to a question to what is visible.
///
/// **Promise.** No identifier and no name of the consumer's reaches a function of PostgreSQL that would look it up:
/// what is hidden and what never was get the same answer.
enum CatalogFunctions {
    /// Functions that are what they are: of their arguments alone, or of facts that every database has in common.
    static let plain: Set<String> = [
        "_pg_expandarray", "pg_encoding_to_char", "pg_char_to_encoding", "pg_size_pretty",
        "getdatabaseencoding",
    ]

    /// What only our own text calls.
    static let ours: Set<String> = [
        "format_type", "pg_get_function_arguments", "pg_get_function_result",
        "pg_get_function_identity_arguments", "current_setting",
    ]

    /// Whether calls of a function are rewritten.
    static func contains(_ name: String) -> Bool { lookups[name] != nil || special.contains(name) }

    /// Those that no single question answers.
    static let special: Set<String> = ["pg_partition_ancestors", "pg_my_temp_schema"]

    /// How a call is answered.
    struct Lookup: Sendable {
        /// The types that arguments are cast to; nil leaves one as it is.
        let types: [String?]
        /// How many arguments must be given.
        let required: Int
        /// A query over `args`, which calls the arguments `a1`, `a2` and so on.
        let text: String
        /// What a literal in the first place names, when it isn't an identifier.
        var names: Named?
        /// Whether somebody else's name may come before the arguments.
        var isAboutUsers = false
    }

    /// What a text in an argument names.
    enum Named: Sendable {
        case relation
        case schema
    }

    /// The question of a function; nil for none.
    static func lookup(_ name: String) -> Lookup? { lookups[name] }

    /// The questions that are others where there is no database to ask.
    static let embedded: [String: String] = {
        var all = [
            "format_type": "SELECT t.title FROM args AS q JOIN pg_visible_types AS t ON t.oid = q.a1",
            "to_regtype": """
            SELECT t.oid FROM args AS q JOIN pg_visible_types AS t ON t.typname = q.a1 OR t.title = q.a1 \
            ORDER BY t.oid LIMIT 1
            """,
            "current_setting": """
            SELECT v.value FROM args AS q JOIN (VALUES \(CatalogDefinition.fixedSettings)) AS v(name, value) \
            ON pg_catalog.lower(v.name) = pg_catalog.lower(q.a1)
            """,
        ]
        for name in [
            "pg_get_function_arguments", "pg_get_function_result", "pg_get_function_identity_arguments",
        ] {
            all[name] = "SELECT CAST(NULL AS text) FROM args AS q"
        }
        return all
    }()

    /// What a plain function gives where there is no database to call; nil for what isn't answered there.
    static func embeddedValue(_ name: String) -> QueryExpression? {
        switch name {
        case "pg_encoding_to_char", "getdatabaseencoding": .literal(.text("UTF8"))
        // There are no keys whose columns it could number.
        case "_pg_expandarray": .cast(.literal(.null), QueryType(name: "int4"))
        case "pg_size_pretty": .cast(.literal(.null), QueryType(name: "text"))
        case "pg_char_to_encoding": .cast(.literal(.number("6")), QueryType(name: "int4"))
        default: nil
        }
    }

    private static let lookups: [String: Lookup] = {
        var all = known
        for name in [
            "pg_type_is_visible", "pg_function_is_visible", "pg_operator_is_visible", "pg_opclass_is_visible",
            "pg_opfamily_is_visible", "pg_collation_is_visible", "pg_conversion_is_visible",
            "pg_ts_config_is_visible", "pg_ts_dict_is_visible", "pg_ts_parser_is_visible",
            "pg_ts_template_is_visible",
        ] {
            all[name] = Lookup(
                types: ["oid"],
                required: 1,
                text: "SELECT CASE WHEN q.a1 < 16384 THEN TRUE END FROM args AS q"
            )
        }
        for name in [
            "pg_get_function_arguments", "pg_get_function_result", "pg_get_function_identity_arguments",
        ] {
            all[name] = Lookup(
                types: ["oid"],
                required: 1,
                text: "SELECT CASE WHEN q.a1 < 16384 THEN pg_catalog.\(name)(q.a1) END FROM args AS q"
            )
        }
        for name in texts {
            all[name] = Lookup(
                types: [takingTexts.contains(name) ? nil : "oid", nil, nil],
                required: 1,
                text: "SELECT CAST(NULL AS text) FROM args AS q"
            )
        }
        for name in sizes {
            all[name] = Lookup(
                types: ["oid", "text"],
                required: 1,
                text: "SELECT CAST(NULL AS int8) FROM args AS q"
            )
        }
        return all
    }()

    /// Texts of the database's owner, and of objects that consumers don't see: always NULL.
    static let texts: Set<String> = [
        "pg_get_expr", "pg_get_ruledef", "pg_get_triggerdef", "pg_get_statisticsobjdef",
        "pg_get_statisticsobjdef_columns", "pg_get_statisticsobjdef_expressions", "pg_get_partkeydef",
        "pg_get_partition_constraintdef", "pg_get_serial_sequence", "pg_get_functiondef",
        "pg_get_function_sqlbody", "pg_tablespace_location", "obj_description", "col_description",
        "shobj_description",
    ]

    /// Those of them whose first argument is a text.
    private static let takingTexts: Set<String> = ["pg_get_expr", "pg_get_serial_sequence"]

    /// Sizes, which would tell of hidden rows: always NULL; refused for a name.
    private static let sizes = [
        "pg_table_size", "pg_relation_size", "pg_total_relation_size", "pg_indexes_size", "pg_database_size",
        "pg_tablespace_size", "pg_stat_get_numscans",
    ]

    private static let known: [String: Lookup] = [
        "format_type": Lookup(
            types: ["oid", "int4"],
            required: 2,
            text: "SELECT CASE WHEN q.a1 < 16384 THEN pg_catalog.format_type(q.a1, q.a2) END FROM args AS q"
        ),
        "pg_table_is_visible": Lookup(
            types: ["oid"],
            required: 1,
            text: "SELECT v.isinpath FROM args AS q JOIN pg_visible_relations AS v ON v.oid = q.a1"
        ),
        "pg_statistics_obj_is_visible": Lookup(
            types: ["oid"],
            required: 1,
            text: "SELECT CAST(NULL AS bool) FROM args AS q"
        ),
        "pg_relation_is_publishable": Lookup(
            types: [nil],
            required: 1,
            text: "SELECT FALSE FROM args AS q"
        ),
        "pg_is_other_temp_schema": Lookup(
            types: ["oid"],
            required: 1,
            text: "SELECT FALSE FROM args AS q WHERE q.a1 IS NOT NULL"
        ),
        "pg_has_role": Lookup(types: [nil, nil, nil], required: 2, text: "SELECT FALSE FROM args AS q"),
        "pg_get_userbyid": Lookup(
            types: ["oid"],
            required: 1,
            text: """
                SELECT CASE WHEN q.a1 = 16383 THEN s.role WHEN q.a1 IS NOT NULL THEN CAST('steward' AS name) END \
                FROM args AS q CROSS JOIN pg_visible_session AS s
                """
        ),
        "pg_get_constraintdef": Lookup(
            types: ["oid", "bool"],
            required: 1,
            text: "SELECT v.definition FROM args AS q JOIN pg_visible_constraints AS v ON v.oid = q.a1"
        ),
        "pg_get_indexdef": Lookup(
            types: ["oid", "int4", "bool"],
            required: 1,
            text: """
                SELECT CASE WHEN COALESCE(q.a2, 0) = 0 THEN v.definition ELSE (SELECT c.quoted \
                FROM pg_visible_columns AS c WHERE c.relation = v.oid AND c.number = q.a2) END \
                FROM args AS q JOIN pg_visible_indexes AS v ON v.oid = q.a1
                """
        ),
        // The text is the owner's: an empty one says that there is such a view.
        "pg_get_viewdef": Lookup(
            types: ["oid", nil],
            required: 1,
            text: """
                SELECT '' FROM args AS q JOIN pg_visible_relations AS v ON v.oid = q.a1 AND v.kind = 'v'
                """
        ),
        "current_setting": Lookup(
            types: ["text", "bool"],
            required: 1,
            text: """
                SELECT pg_catalog.current_setting(v.name) FROM args AS q \
                JOIN (VALUES \(CatalogDefinition.settings.map { "('\($0)')" }.joined(separator: ", "))) AS v(name) \
                ON pg_catalog.lower(v.name) = pg_catalog.lower(q.a1)
                """
        ),
        "to_regclass": Lookup(
            types: ["text"],
            required: 1,
            text: """
                SELECT v.oid FROM args AS q JOIN pg_visible_names AS v ON v.shown = q.a1 OR v.qualified = q.a1
                """
        ),
        "to_regtype": Lookup(
            types: ["text"],
            required: 1,
            text: """
                SELECT t.oid FROM args AS q JOIN pg_catalog.pg_type AS t ON t.oid < 16384 AND t.typrelid = 0 \
                AND (t.typname = q.a1 OR pg_catalog.format_type(t.oid, NULL) = q.a1 \
                OR pg_catalog.concat('pg_catalog.', t.typname) = q.a1) ORDER BY t.oid LIMIT 1
                """
        ),
        "to_regnamespace": Lookup(
            types: ["text"],
            required: 1,
            text: """
                SELECT v.oid FROM args AS q JOIN pg_visible_schemas AS v \
                ON v.quoted = q.a1
                """
        ),
        "has_table_privilege": tablePrivilege,
        "has_any_column_privilege": tablePrivilege,
        "has_schema_privilege": Lookup(
            types: ["text", "text"],
            required: 2,
            text: """
                SELECT pg_catalog.lower(pg_catalog.btrim(q.a2)) = 'usage' FROM args AS q \
                JOIN pg_visible_schemas AS v ON CAST(v.oid AS text) = q.a1 OR v.name = q.a1
                """,
            names: .schema,
            isAboutUsers: true
        ),
        "has_database_privilege": Lookup(
            types: [nil, "text"],
            required: 2,
            text: "SELECT pg_catalog.lower(pg_catalog.btrim(q.a2)) = 'connect' FROM args AS q",
            isAboutUsers: true
        ),
        "has_column_privilege": Lookup(
            types: ["text", "text", "text"],
            required: 3,
            text: """
                SELECT pg_catalog.lower(pg_catalog.btrim(q.a3)) = 'select' FROM args AS q \
                JOIN pg_visible_names AS r ON \(names("r")) JOIN pg_visible_columns AS v ON v.relation = r.oid \
                AND (v.name = q.a2 OR CAST(v.number AS text) = q.a2)
                """,
            names: .relation,
            isAboutUsers: true
        ),
    ]

    /// A relation by its identifier or by a name that the statement has made, with quotes wherever it has them.
    private static func names(_ list: String) -> String {
        """
        (CAST(\(list).oid AS text) = q.a1 OR \(list).shown = q.a1 OR pg_catalog.replace(\(list).qualified, '"', '') = \
        pg_catalog.replace(q.a1, '"', ''))
        """
    }

    private static let tablePrivilege = Lookup(
        types: ["text", "text"],
        required: 2,
        text: """
            SELECT pg_catalog.lower(pg_catalog.btrim(q.a2)) = 'select' FROM args AS q \
            JOIN pg_visible_names AS v ON \(names("v"))
            """,
        names: .relation,
        isAboutUsers: true
    )
}
