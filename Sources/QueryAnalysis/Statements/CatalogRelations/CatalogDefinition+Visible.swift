/// The catalogs of what is visible: relations, columns, keys, and the consumer alone.
extension CatalogDefinition {
    /// Those that read facts about types from a relation: `pg_type` upstream, or our own list.
    static func visible(types: String) -> [CatalogDefinition] {
        // A question for each row and not a join, whose order would tell of other types.
        let type = { (fact: String) in "(SELECT t.\(fact) FROM \(types) AS t WHERE t.oid = v.type)" }
        return [
            CatalogDefinition(
                "pg_class",
                """
                oid:oid relname:name relnamespace:oid reltype:oid reloftype:oid relowner:oid relam:oid \
                relfilenode:oid reltablespace:oid relpages:int4 reltuples:float4 relallvisible:int4 \
                reltoastrelid:oid relhasindex:bool relisshared:bool relpersistence:char relkind:char \
                relnatts:int2 relchecks:int2 relhasrules:bool relhastriggers:bool relhassubclass:bool \
                relrowsecurity:bool relforcerowsecurity:bool relispopulated:bool relreplident:char \
                relispartition:bool relrewrite:oid relfrozenxid:xid relminmxid:xid relacl:text[] \
                reloptions:text[] relpartbound:text
                """,
                from: "pg_visible_relations AS v",
                [
                    "oid": "v.oid", "relname": "v.name", "relnamespace": "v.schema", "relowner": "10",
                    "relam": "v.am", "reltuples": "-1", "relhasindex": "v.hasindex", "relpersistence": "'p'",
                    "relkind": "v.kind", "relnatts": "v.natts", "relhastriggers": "v.hasreference",
                    "relispopulated": "TRUE", "relreplident": "CASE WHEN v.kind = 'r' THEN 'd' ELSE 'n' END",
                ]
            ),
            CatalogDefinition(
                "pg_attribute",
                """
                attrelid:oid attname:name atttypid:oid attstattarget:int4 attlen:int2 attnum:int2 attndims:int4 \
                attcacheoff:int4 atttypmod:int4 attbyval:bool attalign:char attstorage:char attcompression:char \
                attnotnull:bool atthasdef:bool atthasmissing:bool attidentity:char attgenerated:char \
                attisdropped:bool attislocal:bool attinhcount:int4 attcollation:oid attacl:text[] \
                attoptions:text[] attfdwoptions:text[] attmissingval:text
                """,
                from: "pg_visible_columns AS v",
                [
                    "attrelid": "v.relation", "attname": "v.name", "atttypid": "v.type",
                    "attstattarget": "-1",
                    "attlen": type("typlen"), "attnum": "v.number", "attcacheoff": "-1",
                    "atttypmod": "v.modifier",
                    "attbyval": type("typbyval"), "attalign": type("typalign"),
                    "attstorage": type("typstorage"),
                    "attnotnull": "v.required", "attislocal": "TRUE", "attcollation": type("typcollation"),
                    "attndims": "CASE WHEN \(type("typcategory")) = 'A' THEN 1 ELSE 0 END",
                ]
            ),
            CatalogDefinition(
                "pg_namespace",
                """
                oid:oid nspname:name nspowner:oid nspacl:text[]
                """,
                from: "pg_visible_schemas AS v",
                [
                    "oid": "v.oid", "nspname": "v.name", "nspowner": "10",
                ]
            ),
            CatalogDefinition(
                "pg_index",
                """
                indexrelid:oid indrelid:oid indnatts:int2 indnkeyatts:int2 indisunique:bool \
                indnullsnotdistinct:bool indisprimary:bool indisexclusion:bool indimmediate:bool \
                indisclustered:bool indisvalid:bool indcheckxmin:bool indisready:bool indislive:bool \
                indisreplident:bool indkey:int2vector indcollation:oidvector indclass:oidvector \
                indoption:int2vector indexprs:text indpred:text
                """,
                from: "pg_visible_indexes AS v",
                [
                    "indexrelid": "v.oid", "indrelid": "v.relation", "indnatts": "v.natts",
                    "indnkeyatts": "v.nkeys", "indisunique": "v.isunique", "indisprimary": "v.isprimary",
                    "indimmediate": "TRUE", "indisvalid": "TRUE", "indisready": "TRUE", "indislive": "TRUE",
                    "indkey": "v.key", "indoption": "v.options",
                ]
            ),
            CatalogDefinition(
                "pg_constraint",
                """
                oid:oid conname:name connamespace:oid contype:char condeferrable:bool condeferred:bool \
                convalidated:bool conrelid:oid contypid:oid conindid:oid conparentid:oid confrelid:oid \
                confupdtype:char confdeltype:char confmatchtype:char conislocal:bool coninhcount:int4 \
                connoinherit:bool conkey:int2[] confkey:int2[] conpfeqop:oid[] conppeqop:oid[] conffeqop:oid[] \
                confdelsetcols:int2[] conexclop:oid[] conbin:text
                """,
                from: "pg_visible_constraints AS v",
                [
                    "oid": "v.oid", "conname": "v.name", "connamespace": "v.schema", "contype": "v.type",
                    "condeferrable": "v.isdeferrable", "condeferred": "v.isdeferred", "convalidated": "TRUE",
                    "conrelid": "v.relation", "conindid": "v.index", "confrelid": "v.other",
                    "confupdtype": "v.onupdate", "confdeltype": "v.ondelete", "confmatchtype": "v.match",
                    "conislocal": "TRUE", "connoinherit": "TRUE", "conkey": "v.key",
                    "confkey": "CASE WHEN v.type = 'f' THEN v.otherkey END",
                ]
            ),
            CatalogDefinition(
                "pg_tables",
                """
                schemaname:name tablename:name tableowner:name tablespace:name hasindexes:bool hasrules:bool \
                hastriggers:bool rowsecurity:bool
                """,
                from:
                    "pg_visible_relations AS v JOIN pg_visible_schemas AS s ON s.oid = v.schema WHERE v.kind = 'r'",
                [
                    "schemaname": "s.name", "tablename": "v.name", "tableowner": "'steward'",
                    "hasindexes": "v.hasindex",
                ]
            ),
            CatalogDefinition(
                "pg_views",
                """
                schemaname:name viewname:name viewowner:name definition:text
                """,
                from:
                    "pg_visible_relations AS v JOIN pg_visible_schemas AS s ON s.oid = v.schema WHERE v.kind = 'v'",
                [
                    "schemaname": "s.name", "viewname": "v.name", "viewowner": "'steward'",
                ]
            ),
            CatalogDefinition(
                "pg_indexes",
                """
                schemaname:name tablename:name indexname:name tablespace:name indexdef:text
                """,
                from: """
                    pg_visible_indexes AS v JOIN pg_visible_relations AS i ON i.oid = v.oid \
                    JOIN pg_visible_relations AS r ON r.oid = v.relation JOIN pg_visible_schemas AS s ON s.oid = r.schema
                    """,
                [
                    "schemaname": "s.name", "tablename": "r.name", "indexname": "i.name",
                    "indexdef": "v.definition",
                ]
            ),
            CatalogDefinition(
                "pg_database",
                """
                oid:oid datname:name datdba:oid encoding:int4 datlocprovider:char datistemplate:bool \
                datallowconn:bool datconnlimit:int4 datfrozenxid:xid datminmxid:xid dattablespace:oid \
                datcollate:text datctype:text daticulocale:text datcollversion:text datacl:text[]
                """,
                from: "pg_visible_session AS v",
                [
                    "oid": "16382", "datname": "v.database", "datdba": "10", "encoding": "6",
                    "datlocprovider": "'c'", "datallowconn": "TRUE", "datconnlimit": "-1",
                    "dattablespace": "1663", "datcollate": "pg_catalog.current_setting('lc_collate')",
                    "datctype": "pg_catalog.current_setting('lc_ctype')",
                ]
            ),
            CatalogDefinition(
                "pg_roles",
                """
                rolname:name rolsuper:bool rolinherit:bool rolcreaterole:bool rolcreatedb:bool rolcanlogin:bool \
                rolreplication:bool rolconnlimit:int4 rolpassword:text rolvaliduntil:timestamptz \
                rolbypassrls:bool rolconfig:text[] oid:oid
                """,
                from: "pg_visible_session AS v",
                [
                    "rolname": "v.role", "rolinherit": "TRUE", "rolcanlogin": "TRUE", "rolconnlimit": "-1",
                    "oid": "16383",
                ]
            ),
            CatalogDefinition(
                "pg_user",
                """
                usename:name usesysid:oid usecreatedb:bool usesuper:bool userepl:bool usebypassrls:bool \
                passwd:text valuntil:timestamptz useconfig:text[]
                """,
                from: "pg_visible_session AS v",
                [
                    "usename": "v.role", "usesysid": "16383",
                ]
            ),
            CatalogDefinition(
                "pg_settings",
                """
                name:text setting:text unit:text category:text short_desc:text extra_desc:text context:text \
                vartype:text source:text min_val:text max_val:text enumvals:text[] boot_val:text reset_val:text \
                sourcefile:text sourceline:int4 pending_restart:bool
                """,
                from: "(VALUES \(settings.map { "('\($0)')" }.joined(separator: ", "))) AS v(name)",
                [
                    "name": "v.name", "setting": "pg_catalog.current_setting(v.name)", "context": "'user'",
                    "vartype": "'string'", "source": "'default'",
                ]
            ),
            CatalogDefinition(
                "pg_am",
                """
                oid:oid amname:name amhandler:oid amtype:char
                """,
                from:
                    "(VALUES (2, 'heap', 't'), (403, 'btree', 'i'), (405, 'hash', 'i'), (783, 'gist', 'i'), (2742, 'gin', 'i'), (3580, 'brin', 'i'), (4000, 'spgist', 'i')) AS v(oid, name, type)",
                [
                    "oid": "v.oid", "amname": "v.name", "amtype": "v.type",
                ]
            ),
            CatalogDefinition(
                "pg_tablespace",
                """
                oid:oid spcname:name spcowner:oid spcacl:text[] spcoptions:text[]
                """,
                from: "(VALUES (1663, 'pg_default')) AS v(oid, name)",
                [
                    "oid": "v.oid", "spcname": "v.name", "spcowner": "10",
                ]
            ),
        ]
    }

    /// The settings that tell nothing but what a session must know.
    static let settings = [
        "server_version", "server_version_num", "server_encoding", "client_encoding",
        "standard_conforming_strings", "DateStyle", "IntervalStyle", "TimeZone", "integer_datetimes",
        "max_identifier_length", "max_index_keys", "max_function_args", "block_size",
        "transaction_isolation", "transaction_read_only", "default_transaction_isolation",
        "default_transaction_read_only", "bytea_output", "extra_float_digits", "statement_timeout",
        "lc_collate", "lc_ctype", "default_table_access_method", "application_name", "client_min_messages",
        "lock_timeout", "idle_in_transaction_session_timeout", "jit",
    ]
}
