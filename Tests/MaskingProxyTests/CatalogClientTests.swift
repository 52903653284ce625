import Foundation
import TestSupport
import Testing

/// Drivers and libraries that look at catalogs before they do anything.
@Suite(.aside) struct `The catalogs' clients` {
    @Test func `find tables, columns and keys through SQLAlchemy's inspector`() async throws {
        let output = try await Self.python(
            """
            import sqlalchemy as sa
            inspector = sa.inspect(engine)
            print("schemas", inspector.get_schema_names())
            print("tables", inspector.get_table_names())
            print("views", inspector.get_view_names())
            print("none", inspector.get_materialized_view_names(), inspector.get_sequence_names())
            for table in ["customers", "orders", "eu_customers"]:
                print("columns", table, [(c["name"], str(c["type"]), c["nullable"], c["default"])
                    for c in inspector.get_columns(table)])
            for table in ["customers", "orders"]:
                print("key", table, inspector.get_pk_constraint(table)["constrained_columns"])
                print("references", table, [(k["constrained_columns"], k["referred_table"], k["referred_columns"],
                    k["options"]) for k in inspector.get_foreign_keys(table)])
                print("indexes", table, [(i["name"], i["column_names"], i["unique"])
                    for i in inspector.get_indexes(table)])
                print("more", table, inspector.get_unique_constraints(table), inspector.get_check_constraints(table),
                    inspector.get_table_comment(table)["text"])
            print("has", inspector.has_table("customers"), inspector.has_table("payroll"))
            metadata = sa.MetaData()
            metadata.reflect(engine, views=True)
            print("reflected", sorted(metadata.tables), [c.name for c in metadata.tables["customers"].columns])
            table = sa.Table("orders", sa.MetaData(), autoload_with=engine)
            print("target", [k.target_fullname for k in table.foreign_keys])
            """
        )
        #expect(
            output == [
                "schemas ['public']", "tables ['customers', 'orders', 'regions']", "views ['eu_customers']",
                "none [] []",
                "columns customers [('id', 'INTEGER', False, None), ('name', 'TEXT', False, None), "
                    + "('ssn', 'TEXT', True, None), ('born', 'DATE', True, None), ('code', 'TEXT', True, None), "
                    + "('region', 'CHAR(2)', True, None), ('status', 'TEXT', True, None)]",
                "columns orders [('id', 'INTEGER', False, None), ('line', 'INTEGER', False, None), "
                    + "('customer_id', 'INTEGER', True, None), ('amount', 'NUMERIC(10, 2)', True, None), "
                    + "('made', 'TIMESTAMP', True, None), ('tags', 'ARRAY', True, None)]",
                "columns eu_customers [('id', 'INTEGER', True, None), ('name', 'TEXT', True, None), "
                    + "('ssn', 'TEXT', True, None)]",
                "key customers ['id']",
                "references customers [(['region'], 'regions', ['code'], {'ondelete': 'CASCADE'})]",
                "indexes customers []", "more customers [] [] None", "key orders ['id', 'line']",
                "references orders [(['customer_id'], 'customers', ['id'], {})]",
                "indexes orders [('orders_made', ['made', 'amount'], False)]", "more orders [] [] None",
                "has True False",
                "reflected ['customers', 'eu_customers', 'orders', 'regions'] "
                    + "['id', 'name', 'ssn', 'born', 'code', 'region', 'status']",
                "target ['customers.id']",
            ]
        )
    }

    @Test func `read tables through pandas and types through psycopg`() async throws {
        let output = try await Self.python(
            """
            import pandas, psycopg
            from psycopg.types import TypeInfo
            from psycopg.types.composite import CompositeInfo
            from psycopg.types.enum import EnumInfo
            from psycopg.types.range import RangeInfo
            print(pandas.read_sql("SELECT id, ssn FROM customers", engine).values.tolist())
            print(pandas.read_sql_table("customers", engine).columns.tolist())
            print(pandas.read_sql("orders", engine).shape)
            with psycopg.connect(dsn) as connection:
                print(TypeInfo.fetch(connection, "uuid"))
                print(RangeInfo.fetch(connection, "int4range"))
                print(TypeInfo.fetch(connection, "hstore"), EnumInfo.fetch(connection, "mood"),
                    CompositeInfo.fetch(connection, "customers"))
                print(connection.execute("SELECT %s::regclass, to_regclass(%s)", ["orders", "payroll"]).fetchall())
                sql = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = %s"
                print(connection.execute(sql, ["customers", 3], prepare=True).fetchall())
                print(connection.execute("SELECT relname FROM pg_class WHERE relkind = 'v'", binary=True).fetchall())
            """
        )
        #expect(
            output == [
                "[[1, 'xxx-xx-0001']]", "['id', 'name', 'ssn', 'born', 'code', 'region', 'status']", "(0, 6)",
                "<TypeInfo: uuid (oid: 2950, array oid: 2951)>",
                "<RangeInfo: int4range (oid: 3904, array oid: 3905)>", "None None None", "[('orders', None)]",
                "[('ssn',)]", "[('eu_customers',)]",
            ]
        )
    }

    @Test(
        .enabled(
            if: JDBC.jar != nil,
            "no JDBC driver: apt-get install default-jre-headless libpostgresql-jdbc-java"
        )
    )
    func `find tables, columns and keys through JDBC's metadata`() async throws {
        let output = try await Self.python(
            """
            import jpype, jpype.imports, os
            jpype.startJVM(classpath=[os.environ["JAR"]])
            from java.sql import DriverManager
            connection = DriverManager.getConnection(f"jdbc:postgresql://127.0.0.1:{port}/shop", "alice", password)
            metadata = connection.getMetaData()
            def show(what, rows, *columns):
                found = []
                while rows.next():
                    found.append(" ".join(str(rows.getString(c)) for c in columns))
                print(what, found)
            names = jpype.JArray(jpype.JString)
            show("catalogs", metadata.getCatalogs(), 1)
            show("schemas", metadata.getSchemas(None, "public"), 1)
            show("tables", metadata.getTables(None, None, "%", names(["TABLE", "VIEW"])), 2, 3, 4)
            show("columns", metadata.getColumns(None, "public", "customers", "%"), 4, 6, 17, 18, 13)
            show("lengths", metadata.getColumns(None, "public", "orders", "amount"), 4, 7, 9)
            show("key", metadata.getPrimaryKeys(None, "public", "orders"), 4, 5, 6)
            show("imported", metadata.getImportedKeys(None, "public", "orders"), 3, 4, 7, 8, 12)
            show("exported", metadata.getExportedKeys(None, "public", "customers"), 4, 7, 8)
            show("crossed", metadata.getCrossReference(None, None, "regions", None, None, "customers"), 4, 8, 11)
            show("indexes", metadata.getIndexInfo(None, "public", "orders", False, False), 6, 8, 9, 4, 10)
            show("row", metadata.getBestRowIdentifier(None, "public", "customers", 0, True), 2)
            show("privileges", metadata.getTablePrivileges(None, "public", "%"), 3, 7)
            show("privileges", metadata.getColumnPrivileges(None, "public", "customers", "%"), 4, 7)
            show("functions", metadata.getFunctions(None, "public", "%"), 3)
            show("procedures", metadata.getProcedures(None, "public", "%"), 3)
            show("types", metadata.getUDTs(None, "public", "%", None), 3)
            show("parameters", metadata.getFunctionColumns(None, "public", "%", "%"), 3)
            print("names", metadata.getMaxColumnNameLength(), len(str(metadata.getSQLKeywords())) > 500)
            print("session", connection.getSchema(), connection.getCatalog(), metadata.getUserName())
            statement = connection.prepareStatement("SELECT * FROM customers WHERE id = ?")
            statement.setInt(1, 1)
            rows = statement.executeQuery()
            described = rows.getMetaData()
            columns = range(1, described.getColumnCount() + 1)
            print("result", [f"{described.getColumnName(c)} {described.getColumnTypeName(c)}" for c in columns])
            """,
            environment: ["JAR": JDBC.jar ?? ""]
        )
        #expect(
            output == [
                "catalogs ['shop']", "schemas ['public']",
                "tables ['public customers TABLE', 'public orders TABLE', 'public regions TABLE', "
                    + "'public eu_customers VIEW']",
                "columns ['id int4 1 NO None', 'name text 2 NO None', 'ssn text 3 YES None', 'born date 4 YES None', "
                    + "'code text 5 YES None', 'region bpchar 6 YES None', 'status text 7 YES None']",
                "lengths ['amount 10 2']", "key ['id 1 orders_pkey', 'line 2 orders_pkey']",
                "imported ['customers id orders customer_id orders_customer_id_fkey']",
                "exported ['id orders customer_id']", "crossed ['code region 0']",
                "indexes ['orders_pkey 1 id f A', 'orders_pkey 2 line f A', 'orders_made 1 made t D', "
                    + "'orders_made 2 amount t A']",
                "row ['id']", "privileges []", "privileges []", "functions []", "procedures []", "types []",
                "parameters []", "names 63 True", "session public shop alice",
                "result ['id int4', 'name text', 'ssn text', 'born date', 'code text', 'region bpchar', 'status text']",
            ]
        )
    }

    @Test func `work with asyncpg, Django, peewee, ADBC and pg8000`() async throws {
        let output = try await Self.python(
            """
            import asyncio, asyncpg
            where = dict(host="127.0.0.1", port=int(port), user="alice", password=password, database="shop")
            async def pooled():
                wanted = {"steward.tools": "on"}
                async with asyncpg.create_pool(**where, server_settings=wanted, min_size=1, max_size=2) as pool:
                    for _ in range(3):
                        print("asyncpg", await pool.fetchval("SELECT ssn FROM customers WHERE id = $1", 1))
                    async with pool.acquire() as connection, connection.transaction():
                        print("asyncpg", [r["name"] async for r in connection.cursor("SELECT name FROM customers")])
                    print("asyncpg", await pool.fetchval("SELECT array_agg(tags) FROM orders"))
            asyncio.run(pooled())
            import django, io
            from django.conf import settings
            place = dict(ENGINE="django.db.backends.postgresql", NAME="shop", USER="alice", PASSWORD=password,
                HOST="127.0.0.1", PORT=port)
            settings.configure(DATABASES={"default": place}, USE_TZ=True)
            django.setup()
            from django.core.management import call_command
            models = io.StringIO()
            call_command("inspectdb", stdout=models)
            print("django", [line.split()[1].partition("(")[0] for line in models.getvalue().splitlines() if line.startswith("class ")])
            print("django", "salary" in models.getvalue(), "ssn = models.TextField" in models.getvalue())
            import peewee
            database = peewee.PostgresqlDatabase("shop", user="alice", password=password, host="127.0.0.1", port=port,
                options="-c steward.tools=on")
            print("peewee", [(c.name, c.data_type, c.null) for c in database.get_columns("customers", "public")][:3])
            print("peewee", [k.column for k in database.get_foreign_keys("orders", "public")],
                database.get_primary_keys("orders", "public"))
            import adbc_driver_postgresql.dbapi as adbc
            uri = f"postgresql://alice:{password.replace(' ', '%20')}@127.0.0.1:{port}/shop"
            with adbc.connect(uri) as connection, connection.cursor() as cursor:
                cursor.execute("SELECT id, ssn, born FROM customers WHERE id = $1", (1,))
                print("adbc", cursor.fetch_arrow_table().to_pylist())
                found = connection.adbc_get_objects(depth="columns", table_name_filter="customers").read_all()
                tables = [t for c in found.to_pylist() for s in c["catalog_db_schemas"] for t in s["db_schema_tables"]]
                print("adbc", [c["column_name"] for c in tables[0]["table_columns"]])
            import pg8000.native
            connection = pg8000.native.Connection("alice", host="127.0.0.1", port=int(port), password=password,
                database="shop")
            print("pg8000", connection.run("SELECT ssn FROM customers WHERE id = :number", number=1))
            """
        )
        #expect(
            output == [
                "asyncpg xxx-xx-0001", "asyncpg xxx-xx-0001", "asyncpg xxx-xx-0001", "asyncpg ['Ann']",
                "asyncpg None", "django ['Customers', 'Orders', 'Regions']",
                "django False True",
                "peewee [('id', 'integer', False), ('name', 'text', False), ('ssn', 'text', True)]",
                "peewee ['customer_id'] ['id', 'line']",
                "adbc [{'id': 1, 'ssn': 'xxx-xx-0001', 'born': None}]",
                "adbc ['id', 'name', 'ssn', 'born', 'code', 'region', 'status']", "pg8000 [['xxx-xx-0001']]",
            ]
        )
    }

    private static func python(_ script: String, environment: [String: String] = [:]) async throws -> [String]
    {
        let twin = try await `The catalogs`.twins()[0]
        let lines = try python(script, port: twin.port, environment: environment)
        withExtendedLifetime(twin) {}
        return lines
    }

    /// The lines that a script prints which finds `engine`, `dsn`, `port` and `password`.
    static func python(
        _ script: String,
        port: Int,
        environment: [String: String] = [:]
    ) throws -> [String] {
        let start = """
            import os, sqlalchemy
            port, password = os.environ["PORT"], "open alice"
            dsn = f"host=127.0.0.1 port={port} user=alice dbname=shop password='{password}'"
            url = sqlalchemy.URL.create("postgresql+psycopg", "alice", password, "127.0.0.1", int(port), "shop")
            engine = sqlalchemy.create_engine(url)

            """
        let output = try Program.run(
            try Program.python.get(),
            ["-W", "ignore", "-"],
            input: start + script,
            environment: environment.merging(["PORT": "\(port)"]) { $1 }
        )
        return output.split(separator: "\n").map(String.init)
    }
}

/// PostgreSQL's driver for Java, as Debian installs it.
enum JDBC {
    /// Where it is; nil when it or Java is missing.
    static let jar: String? = {
        let jar = "/usr/share/java/postgresql.jar"
        let isThere = [jar, "/usr/bin/java"].allSatisfy { FileManager.default.fileExists(atPath: $0) }
        return isThere ? jar : nil
    }()
}
