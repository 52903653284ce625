import CatalogModel
import Foundation
import GRDBSQLite
import Governance
import MaskingProxy
import PolicyEngine
import Testing

/// SQLite files with what tables of the cluster hold, and policies that govern files as others govern PostgreSQL.
enum FileDesk {
    struct Failure: Error {
        let description: String
    }

    /// Copies the tables of a database of the cluster into a SQLite file, and its views as views.
    static func copy(_ database: String, to file: URL) throws {
        let cluster = try PostgreSQLCluster.shared.get()
        try? FileManager.default.removeItem(at: file)
        var connection: OpaquePointer?
        guard sqlite3_open(file.path, &connection) == SQLITE_OK else { throw Failure(description: "no file") }
        defer { sqlite3_close(connection) }
        func run(_ sql: String) throws {
            guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else {
                throw Failure(description: String(cString: sqlite3_errmsg(connection)))
            }
        }
        try run("BEGIN")
        let tables = try cluster.run(
            """
            SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
              AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid) ORDER BY 1
            """,
            in: database
        )
        for case let table? in tables.map({ $0[0] }) {
            let columns = try cluster.run(
                """
                SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
                WHERE attrelid = 'public.\(table)'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
                """,
                in: database
            )
            let list = columns.map { "\"\($0[0] ?? "")\" \(declaration($0[1] ?? ""))" }
            try run("CREATE TABLE \"\(table)\"(\(list.joined(separator: ", ")))")
            let values = columns.map { expression($0[0] ?? "", $0[1] ?? "") }
            let rows = try cluster.run(
                "SELECT \(values.joined(separator: ", ")) FROM ONLY public.\"\(table)\" ORDER BY 1",
                in: database
            )
            for row in rows {
                let cells = row.map { cell in cell.map { "'\($0.replacing("'", with: "''"))'" } ?? "NULL" }
                try run("INSERT INTO \"\(table)\" VALUES (\(cells.joined(separator: ", ")))")
            }
        }
        let views = try cluster.run(
            "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
            in: database
        )
        for view in views {
            let text = (view[1] ?? "").replacing("::text", with: "").replacing(";", with: "")
            try run("CREATE VIEW \"\(view[0] ?? "")\" AS \(text)")
        }
        try run("COMMIT")
    }

    private static func declaration(_ type: String) -> String {
        switch type {
        case "integer", "bigint", "smallint": "INTEGER"
        case "numeric": "DECIMAL(30,10)"
        case "timestamp with time zone", "timestamp without time zone": "TIMESTAMP"
        default: "TEXT"
        }
    }

    private static func expression(_ column: String, _ type: String) -> String {
        type == "timestamp with time zone"
            ? "to_char(\"\(column)\" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')" : "\"\(column)\"::text"
    }

    /// Policies on tables of a schema as policies on tables of files.
    static func policies(_ policies: [Policy]) -> [Policy] {
        policies.map { policy in
            var policy = policy
            let isTag = policy.service != "db"
            if !isTag {
                policy.service = "files"
                policy.resources["schema"] = nil
            }
            let type = isTag ? "file:read" : "read"
            policy.policyItems = policy.policyItems.map { reading($0, type) }
            policy.denyPolicyItems = policy.denyPolicyItems.map { reading($0, type) }
            policy.rowFilterPolicyItems = policy.rowFilterPolicyItems.map { item in
                var item = reading(item, type)
                // Policies of files can't be published with subqueries.
                if item.rowFilterInfo?.filterExpr.contains("SELECT") == true {
                    item.rowFilterInfo?.filterExpr = "region = 'EU' OR id IN (-1, -2)"
                }
                return item
            }
            policy.dataMaskPolicyItems = policy.dataMaskPolicyItems.map { item in
                var item = reading(item, type)
                if isTag { item.dataMaskInfo?.dataMaskType = "file:MASK_NULL" }
                return item
            }
            return policy
        }
    }

    private static func reading(_ item: PolicyItem, _ type: String) -> PolicyItem {
        var item = item
        for index in item.accesses.indices { item.accesses[index].type = type }
        return item
    }
}

extension ProxyDesk {
    /// Catalogues files; policies of the service `files` call their database by `name`.
    func addFiles(_ name: String, _ kind: SourceKind, _ path: String, source: String? = nil) throws {
        try cases.policies.apply(
            services: [
                PolicyService(
                    name: ServiceName("files"),
                    definition: try Self.definition("file"),
                    tagService: ServiceName("tags")
                )
            ],
            by: admin
        )
        let definitionOfSource = SourceDefinition(
            name: SourceName(source ?? name),
            kind: kind,
            path: path,
            service: ServiceName("files"),
            database: name
        )
        try cases.editing.put(definitionOfSource, by: admin)
        _ = try cases.editing.scan(SourceName(source ?? name), by: admin)
    }
}
