/// The catalogs of what PostgreSQL itself brings along: types, functions, operators. Their users' additions are left out.
extension CatalogDefinition {
    /// Rows as an array of them: so that how PostgreSQL plans, and with it the order of rows, doesn't depend on how much
    /// else its own catalogs hold.
    private static func fixed(_ relation: String, where condition: String, by key: String) -> String {
        "pg_catalog.unnest(ARRAY(SELECT t FROM pg_catalog.\(relation) AS t WHERE \(condition) ORDER BY t.\(key))) AS t"
    }

    static let builtIn: [CatalogDefinition] = [
        CatalogDefinition(
            "pg_type",
            """
            oid:oid typname:name typnamespace:oid typowner:oid typlen:int2 typbyval:bool typtype:char \
            typcategory:char typispreferred:bool typisdefined:bool typdelim:char typrelid:oid \
            typsubscript:regproc typelem:oid typarray:oid typinput:regproc typoutput:regproc typreceive:regproc typsend:regproc \
            typmodin:regproc typmodout:regproc typanalyze:regproc typalign:char typstorage:char typnotnull:bool \
            typbasetype:oid typtypmod:int4 typndims:int4 typcollation:oid typdefaultbin:text typdefault:text \
            typacl:text[]
            """,
            from: CatalogDefinition.fixed(
                "pg_type",
                where: "t.oid < 16384 AND t.typrelid = 0 AND t.typnamespace = 11",
                by: "oid"
            ),
            upstream: "t",
            [
                "typowner": "10", "typdefaultbin": "NULL", "typdefault": "NULL", "typacl": "NULL",
            ]
        ),
        CatalogDefinition(
            "pg_proc",
            """
            oid:oid proname:name pronamespace:oid proowner:oid prolang:oid procost:float4 prorows:float4 \
            provariadic:oid prosupport:regproc prokind:char prosecdef:bool proleakproof:bool proisstrict:bool \
            proretset:bool provolatile:char proparallel:char pronargs:int2 pronargdefaults:int2 \
            prorettype:oid proargtypes:oidvector proallargtypes:oid[] proargmodes:char[] proargnames:text[] \
            proargdefaults:text protrftypes:oid[] prosrc:text probin:text prosqlbody:text proconfig:text[] \
            proacl:text[]
            """,
            from: CatalogDefinition.fixed(
                "pg_proc",
                where: "t.oid < 16384 AND t.pronamespace = 11",
                by: "oid"
            ),
            upstream: "t",
            [
                "proowner": "10", "proargdefaults": "NULL", "prosrc": "NULL", "probin": "NULL",
                "prosqlbody": "NULL", "proconfig": "NULL", "proacl": "NULL",
            ]
        ),
        CatalogDefinition(
            "pg_operator",
            """
            oid:oid oprname:name oprnamespace:oid oprowner:oid oprkind:char oprcanmerge:bool oprcanhash:bool \
            oprleft:oid oprright:oid oprresult:oid oprcom:oid oprnegate:oid oprcode:regproc oprrest:regproc \
            oprjoin:regproc
            """,
            from: CatalogDefinition.fixed(
                "pg_operator",
                where: "t.oid < 16384 AND t.oprnamespace = 11",
                by: "oid"
            ),
            upstream: "t",
            [
                "oprowner": "10"
            ]
        ),
        CatalogDefinition(
            "pg_language",
            """
            oid:oid lanname:name lanowner:oid lanispl:bool lanpltrusted:bool lanplcallfoid:oid laninline:oid \
            lanvalidator:oid lanacl:text[]
            """,
            from: CatalogDefinition.fixed("pg_language", where: "t.oid < 16384", by: "oid"),
            upstream: "t",
            [
                "lanowner": "10", "lanacl": "NULL",
            ]
        ),
        CatalogDefinition(
            "pg_collation",
            """
            oid:oid collname:name collnamespace:oid collowner:oid collprovider:char collisdeterministic:bool \
            collencoding:int4 collcollate:text collctype:text colliculocale:text collversion:text
            """,
            from: CatalogDefinition.fixed("pg_collation", where: "t.oid IN (100, 950, 951)", by: "oid"),
            upstream: "t",
            [
                "collowner": "10", "collversion": "NULL",
            ]
        ),
        CatalogDefinition(
            "pg_cast",
            """
            oid:oid castsource:oid casttarget:oid castfunc:oid castcontext:char castmethod:char
            """,
            from: CatalogDefinition.fixed("pg_cast", where: "t.oid < 16384", by: "oid"),
            upstream: "t"
        ),
        CatalogDefinition(
            "pg_range",
            """
            rngtypid:oid rngsubtype:oid rngmultitypid:oid rngcollation:oid rngsubopc:oid rngcanonical:oid \
            rngsubdiff:oid
            """,
            from: CatalogDefinition.fixed("pg_range", where: "t.rngtypid < 16384", by: "rngtypid"),
            upstream: "t"
        ),
        CatalogDefinition(
            "pg_opclass",
            """
            oid:oid opcmethod:oid opcname:name opcnamespace:oid opcowner:oid opcfamily:oid opcintype:oid \
            opcdefault:bool opckeytype:oid
            """,
            from: CatalogDefinition.fixed(
                "pg_opclass",
                where: "t.oid < 16384 AND t.opcnamespace = 11",
                by: "oid"
            ),
            upstream: "t",
            [
                "opcowner": "10"
            ]
        ),
    ]
}
