extension AttackCase {
    /// Attacks through the catalogs: names, statistics, texts and identifiers of what is hidden.
    static let catalogs: [AttackCase] = answered + lookedUp + named + kept

    /// May run, on what is visible.
    private static let answered = [
        "SELECT * FROM pg_class", "SELECT * FROM pg_attribute", "TABLE pg_catalog.pg_constraint",
        "SELECT * FROM pg_index", "SELECT oid, * FROM pg_namespace", "SELECT * FROM pg_roles",
        "SELECT * FROM pg_database", "SELECT * FROM pg_settings WHERE name LIKE '%dir%'",
        "SELECT * FROM pg_tables", "SELECT * FROM pg_views", "SELECT * FROM pg_indexes",
        "SELECT relname, reltuples, relpages, relallvisible, relfilenode, relfrozenxid FROM pg_class",
        "SELECT relname, relnatts, relchecks, relhasrules, relhassubclass, relacl FROM pg_class",
        "SELECT attrelid, count(*), max(attnum), sum(attlen) FROM pg_attribute GROUP BY 1",
        "SELECT attname FROM pg_attribute WHERE attisdropped OR attnum < 0 OR atthasdef OR atthasmissing",
        "SELECT attmissingval, attoptions, attacl, attstattarget FROM pg_attribute",
        "SELECT prosrc, probin, proacl, proconfig FROM pg_proc WHERE proname IN ('get_ssn', 'evil', 'upper')",
        "SELECT count(*) FROM pg_proc WHERE oid > 16383", "SELECT adbin FROM pg_attrdef",
        "SELECT typname FROM pg_type WHERE oid > 16383 OR typname LIKE '%cust%' OR typrelid <> 0",
        "SELECT count(*), max(oid) FROM pg_type", "SELECT * FROM pg_description",
        "SELECT * FROM pg_enum", "SELECT * FROM pg_trigger", "SELECT * FROM pg_rewrite",
        "SELECT * FROM pg_inherits", "SELECT * FROM pg_statistic_ext", "SELECT * FROM pg_policy",
        "SELECT * FROM pg_sequence", "SELECT * FROM pg_depend", "SELECT * FROM pg_matviews",
        "SELECT oprname FROM pg_operator WHERE oprname = '@@@'", "SELECT * FROM pg_extension",
        "SELECT conkey[1:9], confkey[1:9], conbin, conname FROM pg_constraint",
        "SELECT indkey[0:9], indexprs, indpred, indclass FROM pg_index",
        "SELECT a.attname, c.id FROM pg_attribute a JOIN categories c ON c.id = a.attnum",
        "SELECT c.relname FROM ONLY pg_class c", "COPY pg_catalog.pg_attribute TO STDOUT",
        "COPY (SELECT attname FROM pg_attribute) TO STDOUT WITH (FORMAT csv)",
        "WITH c AS (SELECT oid, relname FROM pg_class) SELECT (c).relname, c.* FROM c",
        "SELECT pg_my_temp_schema(), pg_is_other_temp_schema(oid) FROM pg_namespace",
        "SELECT * FROM pg_class c NATURAL JOIN pg_roles r", "SELECT row_to_json(c) FROM pg_class c",
        "BEGIN; DECLARE k CURSOR FOR SELECT attname FROM pg_attribute; FETCH ALL FROM k; COMMIT",
        "PREPARE k(oid) AS SELECT attname FROM pg_attribute WHERE attrelid = $1; EXECUTE k(16385); DEALLOCATE k",
        "SELECT COALESCE(typinput, 0) FROM pg_type WHERE typname = 'int4'",
        "SELECT 1/(attnum-8) FROM pg_attribute", "SELECT attname::int FROM pg_attribute",
    ].map { AttackCase(id: "catalog: \($0)", expect: "M", sql: $0) }

    /// May run: what is asked of identifiers that were guessed.
    private static let lookedUp =
        [
            "format_type(n::oid, NULL)", "format_type(n::oid, 20)", "n::oid::regclass",
            "n::oid::regclass::text",
            "n::oid::regtype", "n::oid::regnamespace::text", "n::oid::regproc", "n::oid::regrole",
            "pg_table_is_visible(n::oid)", "pg_type_is_visible(n::oid)", "pg_function_is_visible(n::oid)",
            "pg_get_constraintdef(n::oid)", "pg_get_indexdef(n::oid)", "pg_get_indexdef(n::oid, 1, true)",
            "pg_get_viewdef(n::oid)", "pg_get_userbyid(n::oid)", "pg_get_expr('x', n::oid)",
            "pg_get_triggerdef(n::oid)", "pg_get_ruledef(n::oid)", "pg_get_functiondef(n::oid)",
            "pg_get_function_arguments(n::oid)", "pg_get_function_result(n::oid)",
            "pg_get_partkeydef(n::oid)",
            "pg_get_statisticsobjdef(n::oid)", "pg_table_size(n::oid)", "pg_total_relation_size(n::oid)",
            "obj_description(n::oid, 'pg_class')", "col_description(n::oid, 8)",
            "shobj_description(n::oid, 'x')",
            "has_table_privilege(n::oid, 'SELECT')", "has_any_column_privilege(n::oid, 'SELECT')",
            "has_column_privilege(n::oid, 'ssn', 'SELECT')", "has_schema_privilege(n::oid, 'USAGE')",
            "pg_relation_is_publishable(n::oid)", "to_regclass('public.' || n::text)",
            "(SELECT relname FROM pg_class WHERE oid = n::oid)",
        ].map {
            AttackCase(
                id: "guess: \($0)",
                expect: "M",
                sql: "SELECT n, \($0) FROM generate_series(16380, 16480) AS s(n)"
            )
        }
        + [
            "SELECT to_regclass('mv'), to_regclass('nope'), to_regclass('cust_child')",
            "SELECT to_regtype('customers'), to_regtype('nope'), to_regnamespace('pg_toast')",
            "SELECT pg_get_serial_sequence('customers', 'salary'), pg_get_serial_sequence('nope', 'x')",
            "SELECT has_column_privilege('orders', 'nope', 'SELECT'), has_column_privilege('orders', 'id', 'INSERT')",
            "SELECT col_description('orders'::regclass, n) FROM generate_series(-7, 20) AS s(n)",
            "SELECT 'orders'::regclass, 'orders'::regclass::oid, 'pg_class'::regclass",
            "SELECT current_setting('search_path'), current_schemas(true)", "SHOW search_path",
            "SELECT pg_size_pretty(pg_table_size(oid)), pg_size_pretty(pg_relation_size(oid)) FROM pg_class",
        ].map { AttackCase(id: "lookup: \($0)", expect: "M", sql: $0) }

    /// Refused: what is hidden, by its name.
    private static let named = [
        "'mv'::regclass", "'public.cust_child'::regclass", "'sq'::regclass::oid", "'nope'::regclass",
        "'pg_statistic'::regclass", "'pg_toast.pg_toast_2619'::regclass",
        "'information_schema.columns'::regclass",
        "'get_ssn'::regproc", "'evil(anyelement)'::regprocedure", "'@@@'::regoper",
        "'pg_toast'::regnamespace",
        "'gov_proxy'::regrole", "'mv'::text::regclass",
        "(SELECT ssn FROM customers LIMIT 1)::regclass", "md5('x')::regclass", "ARRAY['mv']::regclass[]",
        "has_table_privilege('mv', 'SELECT')", "has_table_privilege('gov_proxy', 'orders', 'SELECT')",
        "has_column_privilege('cust_child', 'ssn', 'SELECT')", "has_schema_privilege('pg_toast', 'USAGE')",
        "has_function_privilege('get_ssn(int)', 'EXECUTE')", "has_sequence_privilege('sq', 'USAGE')",
        "pg_table_size('mv')", "pg_total_relation_size('customers')", "pg_database_size('postgres')",
        "pg_relation_filepath('customers')", "pg_relation_filenode('customers')", "pg_column_size('x')",
        "pg_get_viewdef('eu_customers')", "pg_get_viewdef('public.eu_customers'::regclass, true)",
        "pg_get_functiondef('get_ssn'::regproc)", "pg_describe_object(1259, 16385, 0)",
        "pg_identify_object(1259, 16385, 1)", "pg_identify_object_as_address(1259, 16385, 1)",
        "pg_get_object_address('table', '{mv}', '{}')", "currval('sq')", "lastval()",
        "pg_sequence_last_value('sq'::regclass)", "pg_sequence_parameters(16400)",
        "row_security_active('customers')",
        "pg_stat_get_live_tuples(16385)", "pg_stat_get_tuples_inserted(16385)", "pg_typeof('x')",
        "obj_description('mv'::regclass, 'pg_class')", "col_description('mv'::regclass, 1)",
        "obj_description('customers', 'pg_class')", "current_setting('data_directory')",
        "current_setting('nope', true)", "acldefault('r', 10)", "pg_collation_for('x')",
        "pg_index_column_has_property('customers_pkey', 1, 'asc')", "pg_relation_is_updatable(16385, true)",
        "pg_event_trigger_ddl_commands()", "pg_get_catalog_foreign_keys()",
    ].map { AttackCase(id: "name: \($0)", expect: "D", sql: "SELECT \($0)") }

    /// Refused: relations, columns and lists that aren't there.
    private static let kept = [
        "SELECT * FROM pg_stats", "SELECT * FROM pg_statistic_ext_data", "SELECT * FROM pg_stat_user_tables",
        "SELECT * FROM pg_stat_all_indexes", "SELECT * FROM pg_statio_user_tables", "SELECT * FROM pg_locks",
        "SELECT * FROM pg_prepared_xacts", "SELECT * FROM pg_shadow", "SELECT * FROM pg_user_mapping",
        "SELECT * FROM pg_file_settings", "SELECT * FROM pg_hba_file_rules", "SELECT * FROM pg_largeobject",
        "SELECT * FROM pg_replication_slots", "SELECT * FROM pg_stat_statements", "SELECT * FROM pg_toast",
        "SELECT * FROM information_schema.tables", "SELECT * FROM information_schema.table_constraints",
        "SELECT * FROM information_schema.key_column_usage", "SELECT * FROM information_schema.sql_features",
        "SELECT tableoid FROM pg_class", "SELECT xmin FROM pg_class", "SELECT ctid FROM pg_attribute",
        "SELECT * FROM pg_visible_columns", "SELECT * FROM pg_visible_session", "SELECT * FROM args",
        "WITH pg_visible_columns AS (SELECT 1 AS x) SELECT * FROM pg_class",
        "WITH pg_class AS (SELECT 1 AS x) SELECT * FROM pg_class", "PREPARE k(regclass) AS SELECT $1",
        "SELECT ssn::regclass FROM customers", "SELECT ssn::regtype FROM customers",
        "SELECT s::regclass FROM (SELECT ssn AS s FROM customers) t",
        "SELECT name::regnamespace FROM customers",
        "SELECT max(ssn)::regclass FROM customers", "SELECT (c.ssn).x FROM customers c WHERE c.id = 1",
        "SELECT (c.id).pg_table_size FROM pg_class c", "SELECT c.oid.x FROM pg_class c",
        "SELECT (c.oid).regclass FROM pg_class c", "SELECT pg_class FROM pg_class c",
        "SELECT pg_get_constraintdef(DISTINCT oid) FROM pg_constraint",
        "SELECT pg_class.salary FROM pg_class",
        "SELECT * FROM pg_options_to_table('{a=b}')", "SELECT * FROM aclexplode('{=r/postgres}')",
        "INSERT INTO pg_class SELECT * FROM pg_class", "SELECT * FROM pg_class FOR UPDATE",
    ].map { AttackCase(id: "kept: \($0)", expect: "D", sql: $0) }
}
