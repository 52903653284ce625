import Governance

/// All of a view that decides whether it is the one that it should be.
struct StandingView: Equatable {
    let identifier: UInt32
    /// Whether it is a view, and the service account's.
    let isOwn: Bool
    let owner: String
    /// Whether `security_barrier` is the only option that it has.
    let isBarrier: Bool
    /// Whether nobody but its owner has been granted anything.
    let isPrivate: Bool
    /// Its query as PostgreSQL writes it with an empty search path.
    let query: String
    /// Its columns, with their types, in order.
    let columns: [String]

    /// Whether it says what another one says, as a view of ours has to be.
    func isLike(_ other: StandingView) -> Bool {
        isOwn && isBarrier && isPrivate && query == other.query && columns == other.columns
    }

    /// The names of ours; what another name has is none of our business.
    private static let pattern = "^v_[0-9a-f]{32}$"

    /// The names of ours in a schema, and whether each is a view that the service account owns.
    static func names(
        in schema: String,
        _ connection: PostgreSQLConnection
    ) throws(ViewRefusal) -> [String: Bool] {
        let rows: [[String?]]
        do throws(PostgreSQLFault) {
            rows = try connection.execute(
                """
                SELECT c.relname, c.relkind = 'v' AND pg_catalog.pg_get_userbyid(c.relowner) = current_user
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = \(PostgreSQLText.literal(schema))
                  AND c.relname ~ \(PostgreSQLText.literal(pattern))
                """
            )
        } catch {
            throw error.refusal("the views of schema `\(schema)` can't be looked at", ofThisView: false)
        }
        return Dictionary(
            rows.compactMap { row in row[0].map { ($0, row[1] == "t") } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The views of a schema that are called as ours are, by name; one of them when `name` says which, whatever its name.
    static func all(
        in schema: String,
        named name: String? = nil,
        _ connection: PostgreSQLConnection
    ) throws(ViewRefusal) -> [String: StandingView] {
        let choice =
            name.map { "c.relname = \(PostgreSQLText.literal($0))" }
            ?? "c.relname ~ \(PostgreSQLText.literal(pattern))"
        let rows: [[String?]]
        do throws(PostgreSQLFault) {
            rows = try connection.execute(
                """
                SELECT c.relname, c.oid, c.relkind = 'v' AND pg_catalog.pg_get_userbyid(c.relowner) = current_user,
                  pg_catalog.pg_get_userbyid(c.relowner), c.reloptions = '{security_barrier=true}'::text[],
                  NOT EXISTS (SELECT FROM pg_catalog.aclexplode(c.relacl) a WHERE a.grantee <> c.relowner)
                    AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                      WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL),
                  CASE WHEN c.relkind = 'v' THEN pg_catalog.pg_get_viewdef(c.oid) END,
                  (SELECT pg_catalog.string_agg(a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
                       || ' ' || a.attcollation, E'\\n' ORDER BY a.attnum)
                   FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0)
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = \(PostgreSQLText.literal(schema)) AND \(choice)
                """
            )
        } catch {
            throw error.refusal("the views of schema `\(schema)` can't be looked at", ofThisView: false)
        }
        var found: [String: StandingView] = [:]
        for row in rows {
            guard row.count == 8, let name = row[0], let identifier = row[1].flatMap({ UInt32($0) }) else {
                continue
            }
            found[name] = StandingView(
                identifier: identifier,
                isOwn: row[2] == "t",
                owner: row[3] ?? "",
                isBarrier: row[4] == "t",
                isPrivate: row[5] == "t",
                query: row[6] ?? "",
                columns: (row[7] ?? "").split(separator: "\n").map(String.init)
            )
        }
        return found
    }
}
