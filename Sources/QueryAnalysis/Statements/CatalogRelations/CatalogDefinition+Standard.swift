/// `information_schema`: the same facts as in `pg_catalog`, in the words of the SQL standard.
///
/// **Source.** PostgreSQL 15's `information_schema.sql` for names and columns; what it tells of defaults, view texts and
/// other users isn't told here.
extension CatalogDefinition {
    /// Those that read facts about types from a relation: `pg_type` upstream, or our own list.
    ///
    /// - Parameters:
    ///   - types: The relation.
    ///   - title: SQL of a type's name as people write it.
    /// - Returns: The relations.
    static func standard(types: String, title: String) -> [CatalogDefinition] {
        let type = { (fact: String) in "(SELECT t.\(fact) FROM \(types) AS t WHERE t.oid = v.type)" }
        return [
            CatalogDefinition(
                "information_schema_catalog_name",
                "catalog_name:name",
                from: "pg_visible_session AS x",
                ["catalog_name": "x.database"]
            ),
            CatalogDefinition(
                "schemata",
                """
                catalog_name:name schema_name:name schema_owner:name default_character_set_catalog:name \
                default_character_set_schema:name default_character_set_name:name sql_path:varchar
                """,
                from: "pg_visible_schemas AS s CROSS JOIN pg_visible_session AS x",
                ["catalog_name": "x.database", "schema_name": "s.name", "schema_owner": "'steward'"]
            ),
            CatalogDefinition(
                "tables",
                """
                table_catalog:name table_schema:name table_name:name table_type:varchar \
                self_referencing_column_name:name reference_generation:varchar user_defined_type_catalog:name \
                user_defined_type_schema:name user_defined_type_name:name is_insertable_into:varchar \
                is_typed:varchar commit_action:varchar
                """,
                from: relations,
                named([
                    "table_type": "CASE WHEN r.kind = 'v' THEN 'VIEW' ELSE 'BASE TABLE' END",
                    "is_insertable_into": "'NO'", "is_typed": "'NO'",
                ])
            ),
            CatalogDefinition(
                "views",
                """
                table_catalog:name table_schema:name table_name:name view_definition:varchar check_option:varchar \
                is_updatable:varchar is_insertable_into:varchar is_trigger_updatable:varchar \
                is_trigger_deletable:varchar is_trigger_insertable_into:varchar
                """,
                from: relations + " AND r.kind = 'v'",
                named([
                    "check_option": "'NONE'", "is_updatable": "'NO'", "is_insertable_into": "'NO'",
                    "is_trigger_updatable": "'NO'", "is_trigger_deletable": "'NO'",
                    "is_trigger_insertable_into": "'NO'",
                ])
            ),
            CatalogDefinition(
                "columns",
                """
                table_catalog:name table_schema:name table_name:name column_name:name ordinal_position:int4 \
                column_default:varchar is_nullable:varchar data_type:varchar character_maximum_length:int4 \
                character_octet_length:int4 numeric_precision:int4 numeric_precision_radix:int4 \
                numeric_scale:int4 datetime_precision:int4 interval_type:varchar interval_precision:int4 \
                character_set_catalog:name character_set_schema:name character_set_name:name \
                collation_catalog:name collation_schema:name collation_name:name domain_catalog:name \
                domain_schema:name domain_name:name udt_catalog:name udt_schema:name udt_name:name \
                scope_catalog:name scope_schema:name scope_name:name maximum_cardinality:int4 \
                dtd_identifier:name is_self_referencing:varchar is_identity:varchar identity_generation:varchar \
                identity_start:varchar identity_increment:varchar identity_maximum:varchar \
                identity_minimum:varchar identity_cycle:varchar is_generated:varchar \
                generation_expression:varchar is_updatable:varchar
                """,
                from: columns,
                named([
                    "column_name": "v.name", "ordinal_position": "v.number",
                    "is_nullable": "CASE WHEN v.required THEN 'NO' ELSE 'YES' END",
                    "data_type": "CASE WHEN \(type("typcategory")) = 'A' THEN 'ARRAY' ELSE \(title) END",
                    "character_maximum_length":
                        "CASE WHEN v.type IN (1042, 1043) AND v.modifier > 4 THEN v.modifier - 4 END",
                    "character_octet_length": """
                    CASE WHEN v.type IN (1042, 1043) AND v.modifier > 4 THEN (v.modifier - 4) * 4 \
                    WHEN v.type IN (25, 1042, 1043) THEN 1073741824 END
                    """,
                    "numeric_precision": """
                    CASE v.type WHEN 21 THEN 16 WHEN 23 THEN 32 WHEN 20 THEN 64 WHEN 700 THEN 24 \
                    WHEN 701 THEN 53 WHEN 1700 THEN CASE WHEN v.modifier > 4 THEN (v.modifier - 4) / 65536 END END
                    """,
                    "numeric_precision_radix":
                        "CASE WHEN v.type IN (20, 21, 23, 700, 701) THEN 2 WHEN v.type = 1700 THEN 10 END",
                    "numeric_scale": """
                    CASE WHEN v.type IN (20, 21, 23) THEN 0 \
                    WHEN v.type = 1700 AND v.modifier > 4 THEN (v.modifier - 4) % 2048 END
                    """,
                    "datetime_precision": """
                    CASE WHEN v.type = 1082 THEN 0 WHEN v.type IN (1083, 1114, 1184, 1266) \
                    THEN CASE WHEN v.modifier < 0 THEN 6 ELSE v.modifier END WHEN v.type = 1186 THEN 6 END
                    """,
                    "udt_catalog": "x.database", "udt_schema": "'pg_catalog'", "udt_name": type("typname"),
                    "dtd_identifier": "CAST(v.number AS text)", "is_self_referencing": "'NO'",
                    "is_identity": "'NO'", "identity_cycle": "'NO'", "is_generated": "'NEVER'",
                    "is_updatable": "'NO'",
                ])
            ),
            CatalogDefinition(
                "column_privileges",
                """
                grantor:name grantee:name table_catalog:name table_schema:name table_name:name column_name:name \
                privilege_type:varchar is_grantable:varchar
                """,
                from: columns,
                granted(["column_name": "v.name"])
            ),
            CatalogDefinition(
                "enabled_roles",
                "role_name:name",
                from: "pg_visible_session AS x",
                ["role_name": "x.role"]
            ),
        ] + tablePrivileges
    }

    /// Two words for one thing.
    private static let tablePrivileges = ["table_privileges", "role_table_grants"].map { name in
        CatalogDefinition(
            name,
            """
            grantor:name grantee:name table_catalog:name table_schema:name table_name:name \
            privilege_type:varchar is_grantable:varchar with_hierarchy:varchar
            """,
            from: relations,
            granted(["with_hierarchy": "'YES'"])
        )
    }

    /// Those of keys.
    static let standardKeys: [CatalogDefinition] = [
        CatalogDefinition(
            "table_constraints",
            """
            constraint_catalog:name constraint_schema:name constraint_name:name table_catalog:name \
            table_schema:name table_name:name constraint_type:varchar is_deferrable:varchar \
            initially_deferred:varchar enforced:varchar nulls_distinct:varchar
            """,
            from: keys,
            constrained([
                "constraint_type":
                    "CASE k.type WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' ELSE 'FOREIGN KEY' END",
                "is_deferrable": "CASE WHEN k.isdeferrable THEN 'YES' ELSE 'NO' END",
                "initially_deferred": "CASE WHEN k.isdeferred THEN 'YES' ELSE 'NO' END",
                "enforced": "'YES'", "nulls_distinct": "CASE WHEN k.type = 'u' THEN 'YES' END",
            ])
        ),
        CatalogDefinition(
            "key_column_usage",
            """
            constraint_catalog:name constraint_schema:name constraint_name:name table_catalog:name \
            table_schema:name table_name:name column_name:name ordinal_position:int4 \
            position_in_unique_constraint:int4
            """,
            from: keys(over: "key", of: "relation"),
            constrained([
                "column_name": "v.name", "ordinal_position": "n.position",
                "position_in_unique_constraint": "CASE WHEN k.type = 'f' THEN n.position END",
            ])
        ),
        CatalogDefinition(
            "constraint_column_usage",
            """
            table_catalog:name table_schema:name table_name:name column_name:name constraint_catalog:name \
            constraint_schema:name constraint_name:name
            """,
            from: keys(
                over: "CASE WHEN k.type = 'f' THEN k.otherkey ELSE k.key END",
                of: "CASE WHEN k.type = 'f' THEN k.other ELSE k.relation END"
            ),
            constrained(["column_name": "v.name"])
        ),
        CatalogDefinition(
            "referential_constraints",
            """
            constraint_catalog:name constraint_schema:name constraint_name:name unique_constraint_catalog:name \
            unique_constraint_schema:name unique_constraint_name:name match_option:varchar \
            update_rule:varchar delete_rule:varchar
            """,
            from: keys + " AND k.type = 'f'",
            constrained([
                "unique_constraint_catalog": "x.database",
                "unique_constraint_schema": """
                (SELECT us.name FROM pg_visible_constraints AS u \
                JOIN pg_visible_schemas AS us ON us.oid = u.schema WHERE \(answers) LIMIT 1)
                """,
                "unique_constraint_name":
                    "(SELECT u.name FROM pg_visible_constraints AS u WHERE \(answers) LIMIT 1)",
                "match_option": "CASE k.match WHEN 'f' THEN 'FULL' WHEN 'p' THEN 'PARTIAL' ELSE 'NONE' END",
                "update_rule": rule("k.onupdate"), "delete_rule": rule("k.ondelete"),
            ])
        ),
    ]

    /// Those that have no rows for consumers.
    static let standardWithoutRows: [CatalogDefinition] = [
        CatalogDefinition("applicable_roles", "grantee:name role_name:name is_grantable:varchar"),
        CatalogDefinition(
            "routines",
            """
            specific_catalog:name specific_schema:name specific_name:name routine_catalog:name \
            routine_schema:name routine_name:name routine_type:varchar data_type:varchar type_udt_name:name \
            routine_body:varchar routine_definition:varchar external_language:varchar \
            is_deterministic:varchar security_type:varchar
            """
        ),
        CatalogDefinition(
            "parameters",
            """
            specific_catalog:name specific_schema:name specific_name:name ordinal_position:int4 \
            parameter_mode:varchar parameter_name:name data_type:varchar udt_name:name parameter_default:varchar
            """
        ),
        CatalogDefinition(
            "sequences",
            """
            sequence_catalog:name sequence_schema:name sequence_name:name data_type:varchar start_value:varchar \
            minimum_value:varchar maximum_value:varchar increment:varchar cycle_option:varchar
            """
        ),
        CatalogDefinition(
            "triggers",
            """
            trigger_catalog:name trigger_schema:name trigger_name:name event_manipulation:varchar \
            event_object_catalog:name event_object_schema:name event_object_table:name action_timing:varchar \
            action_statement:varchar
            """
        ),
        CatalogDefinition(
            "domains",
            "domain_catalog:name domain_schema:name domain_name:name data_type:varchar udt_name:name"
        ),
        CatalogDefinition(
            "check_constraints",
            """
            constraint_catalog:name constraint_schema:name constraint_name:name check_clause:varchar
            """
        ),
        CatalogDefinition(
            "element_types",
            """
            object_catalog:name object_schema:name object_name:name object_type:varchar \
            collection_type_identifier:name data_type:varchar udt_name:name dtd_identifier:name
            """
        ),
        CatalogDefinition(
            "view_table_usage",
            """
            view_catalog:name view_schema:name view_name:name table_catalog:name table_schema:name table_name:name
            """
        ),
    ]

    private static let relations = """
        pg_visible_relations AS r JOIN pg_visible_schemas AS s ON s.oid = r.schema \
        CROSS JOIN pg_visible_session AS x WHERE r.kind IN ('r', 'v')
        """

    private static let columns = """
        pg_visible_columns AS v JOIN pg_visible_relations AS r ON r.oid = v.relation \
        JOIN pg_visible_schemas AS s ON s.oid = r.schema CROSS JOIN pg_visible_session AS x \
        WHERE r.kind IN ('r', 'v')
        """

    private static let keys = """
        pg_visible_constraints AS k JOIN pg_visible_schemas AS c ON c.oid = k.schema \
        JOIN pg_visible_relations AS r ON r.oid = k.relation JOIN pg_visible_schemas AS s ON s.oid = r.schema \
        CROSS JOIN pg_visible_session AS x WHERE TRUE
        """

    /// The constraint that a foreign key refers to.
    private static let answers = "u.type IN ('p', 'u') AND u.relation = k.other AND u.key = k.otherkey"

    /// Keys with each of the columns that a list of numbers names.
    private static func keys(over numbers: String, of relation: String) -> String {
        """
        pg_visible_constraints AS k JOIN pg_visible_schemas AS c ON c.oid = k.schema \
        CROSS JOIN LATERAL pg_catalog.unnest(\(numbers.contains(" ") ? numbers : "k." + numbers)) \
        WITH ORDINALITY AS n(number, position) \
        JOIN pg_visible_relations AS r ON r.oid = \(relation.contains(" ") ? relation : "k." + relation) \
        JOIN pg_visible_schemas AS s ON s.oid = r.schema \
        JOIN pg_visible_columns AS v ON v.relation = r.oid AND v.number = n.number \
        CROSS JOIN pg_visible_session AS x
        """
    }

    private static func named(_ values: [String: String]) -> [String: String] {
        values.merging(
            ["table_catalog": "x.database", "table_schema": "s.name", "table_name": "r.name"]
        ) { $1 }
    }

    private static func granted(_ values: [String: String]) -> [String: String] {
        named(values).merging(
            [
                "grantor": "'steward'", "grantee": "x.role", "privilege_type": "'SELECT'",
                "is_grantable": "'NO'",
            ]
        ) { $1 }
    }

    private static func constrained(_ values: [String: String]) -> [String: String] {
        named(values).merging(
            [
                "constraint_catalog": "x.database", "constraint_schema": "c.name",
                "constraint_name": "k.name",
            ]
        ) { $1 }
    }

    private static func rule(_ letter: String) -> String {
        """
        CASE \(letter) WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' \
        WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END
        """
    }
}
