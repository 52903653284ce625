/// The catalogs that are others where statements are answered by us: there is no database to ask.
extension CatalogDefinition {
    static let embedded: [CatalogDefinition] = [
        CatalogDefinition(
            "pg_type",
            """
            oid:oid typname:name typnamespace:oid typowner:oid typlen:int2 typbyval:bool typtype:char \
            typcategory:char typispreferred:bool typisdefined:bool typdelim:char typrelid:oid \
            typsubscript:oid typelem:oid typarray:oid typinput:oid typoutput:oid typreceive:oid typsend:oid \
            typmodin:oid typmodout:oid typanalyze:oid typalign:char typstorage:char typnotnull:bool \
            typbasetype:oid typtypmod:int4 typndims:int4 typcollation:oid typdefaultbin:text typdefault:text \
            typacl:text[]
            """,
            from: "pg_visible_types AS t",
            [
                "oid": "t.oid", "typname": "t.typname", "typnamespace": "11", "typowner": "10",
                "typlen": "t.typlen",
                "typbyval": "t.typbyval", "typtype": "'b'", "typcategory": "t.typcategory",
                "typisdefined": "TRUE",
                "typdelim": "','", "typelem": "t.typelem", "typarray": "t.typarray", "typalign": "t.typalign",
                "typstorage": "t.typstorage", "typtypmod": "-1", "typcollation": "t.typcollation",
                "typinput": "CASE WHEN t.typcategory = 'A' THEN 750 ELSE 1 END",
            ]
        ),
        CatalogDefinition(
            "pg_collation",
            """
            oid:oid collname:name collnamespace:oid collowner:oid collprovider:char collisdeterministic:bool \
            collencoding:int4 collcollate:text collctype:text colliculocale:text collversion:text
            """,
            from: "(VALUES (100, 'default'), (950, 'C')) AS v(oid, name)",
            [
                "oid": "v.oid", "collname": "v.name", "collnamespace": "11", "collowner": "10",
                "collencoding": "-1",
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
                "datlocprovider": "'c'",
                "datallowconn": "TRUE", "datconnlimit": "-1", "dattablespace": "1663", "datcollate": "'C'",
                "datctype": "'C'",
            ]
        ),
        CatalogDefinition(
            "pg_settings",
            """
            name:text setting:text unit:text category:text short_desc:text extra_desc:text context:text \
            vartype:text source:text min_val:text max_val:text enumvals:text[] boot_val:text reset_val:text \
            sourcefile:text sourceline:int4 pending_restart:bool
            """,
            from: "(VALUES \(fixedSettings)) AS v(name, value)",
            [
                "name": "v.name", "setting": "v.value", "context": "'user'", "vartype": "'string'",
                "source": "'default'",
            ]
        ),
    ]

    /// Settings with their values, as rows of SQL.
    static let fixedSettings = """
        ('server_encoding', 'UTF8'), ('client_encoding', 'UTF8'), ('standard_conforming_strings', 'on'), \
        ('DateStyle', 'ISO, MDY'), ('TimeZone', 'UTC'), ('integer_datetimes', 'on'), ('max_index_keys', '32'), \
        ('max_identifier_length', '63'), ('max_function_args', '100'), ('lc_collate', 'C'), ('lc_ctype', 'C'), \
        ('default_table_access_method', 'heap'), ('transaction_isolation', 'read committed'), \
        ('transaction_read_only', 'on'), ('default_transaction_read_only', 'on'), ('jit', 'off'), \
        ('bytea_output', 'hex'), ('IntervalStyle', 'postgres'), ('client_min_messages', 'notice')
        """
}
