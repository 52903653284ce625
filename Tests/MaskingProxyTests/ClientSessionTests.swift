import CatalogModel
import Foundation
import TestSupport
import Testing

/// The ordinary sessions of real clients, before PostgreSQL and over files: both say the same.
@Suite(.aside) struct `Sessions of real clients` {
    enum Place: String, CaseIterable, Sendable {
        case postgres, files
    }

    private static func shop(_ place: Place) async throws -> (desk: ProxyDesk, port: Int) {
        let desk = try ProxyDesk()
        let numbers = 1...40
        let policies = [
            ProxyDesk.allow(["customers"]), ProxyDesk.mask("customers", "ssn", "MASK_SHOW_LAST_4"),
            ProxyDesk.filter("customers", "id <> 3"), ProxyDesk.deny("customers", "salary"),
        ]
        switch place {
        case .postgres:
            let cluster = try PostgreSQLCluster.shared.get()
            let name = "sessions_\(UUID().uuidString.prefix(8).lowercased())"
            try cluster.make(
                name,
                """
                CREATE TABLE customers(id bigint, name text, ssn text, amount numeric, made timestamp, salary bigint);
                INSERT INTO customers SELECT i, 'name' || i, lpad((i * 7919 % 1000)::text, 3, '0') || '-31-' ||
                  lpad(i::text, 4, '0'), i * 1.25, timestamp '2026-01-01' + i * interval '1 hour', i
                  FROM generate_series(1, \(numbers.count)) i;
                """
            )
            try desk.add("shop", uri: cluster.uri(of: name))
            try desk.publish(policies)
        case .files:
            let folder = desk.folder.appending(path: "files")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            var text = "id,name,ssn,amount,made,salary\n"
            for number in numbers {
                let digits = String(1000 + number * 7919 % 1000).dropFirst()
                let last = String(10_000 + number).dropFirst()
                let cents = String(100 + number * 125 % 100).dropFirst()
                let day = 1 + number / 24
                let hour = String(100 + number % 24).dropFirst()
                text += "\(number),name\(number),\(digits)-31-\(last),\(number * 125 / 100).\(cents),"
                text += "2026-01-0\(day) \(hour):00:00,\(number)\n"
            }
            try Data(text.utf8).write(to: folder.appending(path: "customers.csv"))
            try desk.addFiles("shop", .csv, folder.path)
            try desk.publish(FileDesk.policies(policies))
        }
        return (desk, try await desk.open())
    }

    @Test(arguments: Place.allCases)
    func `of psycopg, with cursors, pipelines, COPY and binary formats`(place: Place) async throws {
        let (desk, port) = try await Self.shop(place)
        let output = try `The catalogs' clients`.python(
            """
            import datetime, decimal, logging, psycopg
            # Whether it has something to say of a pipeline that failed depends on what came when.
            logging.getLogger("psycopg").setLevel(logging.CRITICAL)
            def rows(sql, values=None, **how):
                return connection.execute(sql, values, **how).fetchall()
            with psycopg.connect(dsn) as connection, connection.cursor(name="far", scrollable=True) as cursor:
                cursor.execute("SELECT id, ssn FROM customers ORDER BY id")
                print("cursor", cursor.fetchmany(3), cursor.fetchmany(1), cursor.scroll(-3), cursor.fetchone())
            with psycopg.connect(dsn) as connection, connection.cursor(name="held", withhold=True) as cursor:
                cursor.execute("SELECT id FROM customers ORDER BY id")
                print("held", cursor.fetchmany(2), connection.commit(), cursor.fetchmany(2))
            with psycopg.connect(dsn, autocommit=True) as connection:
                with connection.pipeline():
                    one = connection.execute("SELECT id FROM customers WHERE id = %s", [1])
                    two = connection.execute("SELECT count(*) FROM customers WHERE amount > %s", [10])
                    three = connection.execute("SELECT ssn FROM customers WHERE id = %s", [2])
                    print("pipeline", one.fetchall(), two.fetchall(), three.fetchall())
                try:
                    with connection.pipeline():
                        connection.execute("SELECT 1")
                        connection.execute("SELECT salary FROM customers")
                        connection.execute("SELECT 2")
                except psycopg.Error as error:
                    print("refused in a pipeline", error.sqlstate)
                print("after it", rows("SELECT 3"))
                cursor = connection.cursor()
                with cursor.copy("COPY (SELECT id, ssn FROM customers ORDER BY id LIMIT 3) TO STDOUT") as copy:
                    print("copy", [row for row in copy.rows()])
                sql = "COPY (SELECT id, ssn FROM customers ORDER BY id LIMIT 3) TO STDOUT (FORMAT binary)"
                with cursor.copy(sql) as copy:
                    copy.set_types(["int8", "text"])
                    print("copy in binary", [row for row in copy.rows()])
                print("binary", connection.cursor(binary=True).execute(
                    "SELECT id, amount, made, ssn, id > 1, id / 3.0::float8, ARRAY[id, 2] FROM customers WHERE id = %b",
                    [2]).fetchall())
                print("prepared", [rows("SELECT name FROM customers WHERE id = %s", [i], prepare=True) for i in [1, 2, 3]])
                many = connection.cursor()
                many.executemany("SELECT name FROM customers WHERE id = %s", [(1,), (3,)], returning=True)
                print("many", many.fetchall(), many.nextset(), many.fetchall())
                print("streamed", [row for row in cursor.stream("SELECT id FROM customers ORDER BY id LIMIT 3")])
                print("values", rows("SELECT %s::date, %s::timestamp, %s::numeric, %s::text[], %s::bool, %s::float8",
                    [datetime.date(2024, 1, 2), datetime.datetime(2024, 1, 2, 3, 4, 5), decimal.Decimal("1.50"),
                    ["a", "b"], True, 1.5]))
                print("array", rows("SELECT id FROM customers WHERE id = ANY(%s) ORDER BY id", [[1, 3, 4]]))
                print("json", rows("SELECT row_to_json(c) FROM customers c WHERE id = 1"))
                with connection.transaction():
                    try:
                        with connection.transaction():
                            rows("SELECT 1/0")
                    except psycopg.Error as error:
                        print("savepoint", error.sqlstate, rows("SELECT 4"))
                try:
                    rows("UPDATE customers SET name = 'x'")
                except psycopg.Error as error:
                    print("written", error.sqlstate)
                print("listed", rows("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass", ["customers"]))
            """,
            port: port
        )
        #expect(
            output == [
                "cursor [(1, 'xxx-xx-0001'), (2, 'xxx-xx-0002'), (4, 'xxx-xx-0004')] [(5, 'xxx-xx-0005')] None "
                    + "(2, 'xxx-xx-0002')",
                "held [(1,), (2,)] None [(4,), (5,)]", "pipeline [(1,)] [(32,)] [('xxx-xx-0002',)]",
                "refused in a pipeline 42703", "after it [(3,)]",
                "copy [('1', 'xxx-xx-0001'), ('2', 'xxx-xx-0002'), ('4', 'xxx-xx-0004')]",
                "copy in binary [(1, 'xxx-xx-0001'), (2, 'xxx-xx-0002'), (4, 'xxx-xx-0004')]",
                "binary [(2, Decimal('2.50'), datetime.datetime(2026, 1, 1, 2, 0), 'xxx-xx-0002', True, "
                    + "0.6666666666666666, [2, 2])]",
                "prepared [[('name1',)], [('name2',)], []]", "many [('name1',)] True []",
                "streamed [(1,), (2,), (4,)]",
                "values [(datetime.date(2024, 1, 2), datetime.datetime(2024, 1, 2, 3, 4, 5), Decimal('1.50'), "
                    + "['a', 'b'], True, 1.5)]",
                "array [(1,), (4,)]",
                "json [({'id': 1, 'name': 'name1', 'ssn': 'xxx-xx-0001', 'amount': 1.25, 'made': "
                    + "'2026-01-01T01:00:00'},)]",
                "savepoint 22012 [(4,)]", "written 42501",
                "listed [('id',), ('name',), ('ssn',), ('amount',), ('made',)]",
            ]
        )
        withExtendedLifetime(desk) {}
    }

    @Test(
        .enabled(
            if: JDBC.jar != nil,
            "no JDBC driver: apt-get install default-jre-headless libpostgresql-jdbc-java"
        ),
        arguments: Place.allCases
    )
    func `of JDBC, with portals in parts and statements that the server keeps`(place: Place) async throws {
        let (desk, port) = try await Self.shop(place)
        let output = try `The catalogs' clients`.python(
            """
            import jpype, jpype.imports
            jpype.startJVM(classpath=[os.environ["JAR"]])
            from java.io import StringWriter
            from java.sql import Connection, DriverManager, ResultSet, SQLException, Timestamp
            url = f"jdbc:postgresql://127.0.0.1:{port}/shop"
            connection = DriverManager.getConnection(url, "alice", password)
            def rows(result, *columns):
                found = []
                while result.next():
                    found.append(" ".join(str(result.getString(c)) for c in columns))
                return found
            metadata = connection.getMetaData()
            print("columns", rows(metadata.getColumns(None, "public", "customers", "%"), 4, 6, 17))
            print("tables", rows(metadata.getTables(None, None, "%", jpype.JArray(jpype.JString)(["TABLE"])), 3))
            print("kinds", "TABLE" in rows(metadata.getTableTypes(), 1), len(str(metadata.getSQLKeywords())) > 50)
            print("facts", connection.getSchema(), connection.getCatalog(), connection.isValid(20),
                connection.getTransactionIsolation(), metadata.getUserName())
            connection.setClientInfo("ApplicationName", "reports")
            print("name", connection.getClientInfo("ApplicationName"))
            connection.setReadOnly(True)
            connection.setAutoCommit(False)
            statement = connection.createStatement()
            statement.setFetchSize(7)
            print("in parts", rows(statement.executeQuery("SELECT id, ssn FROM customers ORDER BY id"), 1, 2)[-2:])
            connection.commit()
            savepoint = connection.setSavepoint("here")
            try:
                statement.executeQuery("SELECT 1/0")
            except SQLException as error:
                connection.rollback(savepoint)
                print("savepoint", error.getSQLState(), rows(statement.executeQuery("SELECT 2"), 1))
            connection.rollback()
            connection.setAutoCommit(True)
            prepared = connection.prepareStatement("SELECT name, ssn FROM customers WHERE id = ?")
            found = []
            for number in range(1, 13):
                prepared.setLong(1, number)
                found += rows(prepared.executeQuery(), 1, 2)
            print("prepared", found[0], found[-1], len(found))
            moments = connection.prepareStatement("SELECT ?::timestamp, id FROM customers WHERE made = ?")
            moments.setTimestamp(1, Timestamp.valueOf("2024-01-02 03:04:05"))
            moments.setTimestamp(2, Timestamp.valueOf("2026-01-01 05:00:00"))
            print("moments", rows(moments.executeQuery(), 1, 2))
            long = jpype.JClass("java.lang.Long")
            array = connection.prepareStatement("SELECT id FROM customers WHERE id = ANY(?) ORDER BY id")
            array.setArray(1, connection.createArrayOf("int8", jpype.JArray(long)([long.valueOf(i) for i in [1, 3, 4]])))
            print("array", rows(array.executeQuery(), 1))
            described = prepared.getParameterMetaData()
            print("described", described.getParameterTypeName(1), prepared.getMetaData().getColumnName(2))
            scroll = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)
            result = scroll.executeQuery("SELECT id FROM customers ORDER BY id")
            result.last()
            print("last", result.getRow(), result.getLong(1))
            writer = StringWriter()
            jpype.JClass("org.postgresql.copy.CopyManager")(connection).copyOut(
                "COPY (SELECT id FROM customers ORDER BY id LIMIT 3) TO STDOUT", writer)
            print("copied", str(writer).split())
            timed = connection.createStatement()
            timed.setQueryTimeout(60)
            print("escapes", rows(timed.executeQuery("SELECT {fn ucase('x')}, {d '2024-01-01'}"), 1, 2))
            """,
            port: port,
            environment: ["JAR": JDBC.jar ?? "", "TZ": "UTC"]
        )
        #expect(
            output == [
                "columns ['id int8 1', 'name text 2', 'ssn text 3', 'amount numeric 4', 'made timestamp 5']",
                "tables ['customers']", "kinds True True", "facts public shop True 2 alice", "name reports",
                "in parts ['39 xxx-xx-0039', '40 xxx-xx-0040']", "savepoint 22012 ['2']",
                "prepared name1 xxx-xx-0001 name12 xxx-xx-0012 11", "moments ['2024-01-02 03:04:05 5']",
                "array ['1', '4']", "described int8 ssn", "last 39 40", "copied ['1', '2', '4']",
                "escapes ['X 2024-01-01']",
            ]
        )
        withExtendedLifetime(desk) {}
    }

    @Test(arguments: Place.allCases, ["simple", "extended", "prepared"])
    func `of pgbench, in each of its ways`(place: Place, mode: String) async throws {
        let (desk, port) = try await Self.shop(place)
        let script = desk.folder.appending(path: "select.sql")
        let text = "\\set id random(1, 40)\nSELECT name, ssn FROM customers WHERE id = :id;\n"
        try text.write(to: script, atomically: true, encoding: .utf8)
        let output = try Program.run(
            "pgbench",
            [
                "-n", "-f", script.path, "-M", mode, "-c", "2", "-t", "10", "-h", "127.0.0.1", "-p",
                "\(port)",
                "-U", "alice", "shop",
            ],
            environment: ["PGPASSWORD": "open alice"]
        )
        #expect(output.contains("actually processed: 20/20"), "\(output)")
        #expect(output.contains("failed transactions: 0 "), "\(output)")
        withExtendedLifetime(desk) {}
    }

    @Test func `of tools that ask what may be read, by names that they put together`() async throws {
        for place in Place.allCases {
            let (desk, port) = try await Self.shop(place)
            let client = try WireClient(port: port, user: "alice", password: "open alice", database: "shop")
            let sql = """
                SELECT t.tablename, has_schema_privilege(current_user, t.schemaname, 'usage'),
                  has_any_column_privilege(current_user, '"' || t.schemaname || '"."' || t.tablename || '"', 'select'),
                  has_table_privilege(t.schemaname || '.' || t.tablename, 'update'),
                  has_table_privilege('public.' || 'payroll', 'select')
                FROM pg_catalog.pg_tables t WHERE t.schemaname !~ '^pg_'
                """
            #expect(client.simple(sql).rows == [["customers", "t", "t", "f", nil]], "\(place)")
            let words = client.simple(
                "SELECT count(*) > 50 FROM pg_get_keywords() WHERE word <> ALL ('{a,abs}')"
            )
            #expect(words.rows == [["t"]])
            withExtendedLifetime(desk) {}
        }
    }
}
