import Governance

/// A schema as it is with regard to views of ours.
struct SchemaState {
    private let isThere: Bool
    private let isOwn: Bool
    private let owner: String
    private let account: String
    private let isStandby: Bool
    private let isReleased: Bool

    /// Looks at it.
    init(of schema: String, _ connection: PostgreSQLConnection) throws(ViewRefusal) {
        let rows: [[String?]]
        do throws(PostgreSQLFault) {
            rows = try connection.execute(
                """
                SELECT n.oid IS NOT NULL, pg_catalog.pg_get_userbyid(n.nspowner), current_user,
                  pg_catalog.pg_is_in_recovery(), pg_catalog.obj_description(n.oid, 'pg_namespace'),
                  pg_catalog.date_part('epoch', pg_catalog.now())::int8
                FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = \(PostgreSQLText.literal(schema))
                """
            )
        } catch { throw error.refusal("schema `\(schema)` can't be looked at", ofThisView: false) }
        guard let row = rows.first, row.count == 6 else {
            throw ViewRefusal("schema `\(schema)` can't be looked at")
        }
        isThere = row[0] == "t"
        owner = row[1] ?? ""
        account = row[2] ?? ""
        isOwn = isThere && owner == account
        isStandby = row[3] == "t"
        let end = row[4].flatMap(SchemaState.end)
        isReleased = end.map { $0 > row[5].flatMap { Int64($0) } ?? 0 } ?? false
    }

    /// - Throws: what is missing, and what is to be done.
    func check(_ schema: String, isReleasing: Bool) throws(ViewRefusal) {
        try checkOwner(schema)
        guard !isStandby else {
            throw ViewRefusal(
                "the database is a read-only standby: views can't be made in schema `\(schema)`"
            )
        }
        guard isReleasing || !isReleased else {
            throw ViewRefusal("the views of schema `\(schema)` were released, none is made for some minutes")
        }
    }

    /// - Throws: whose it is, and what is to be done.
    func checkOwner(_ schema: String) throws(ViewRefusal) {
        let place = PostgreSQLText.name(schema)
        let role = PostgreSQLText.name(account)
        guard isThere else {
            throw ViewRefusal(
                "schema `\(schema)` is not there: have the database's owner run `CREATE SCHEMA \(place) AUTHORIZATION \(role)`"
            )
        }
        guard isOwn else {
            throw ViewRefusal(
                "schema `\(schema)` belongs to `\(owner)`: Steward needs one of its own, have the database's owner run "
                    + "`CREATE SCHEMA … AUTHORIZATION \(role)` under another name"
            )
        }
    }

    private static let mark = "steward released its views until second "

    /// The moment that a schema's comment holds.
    private static func end(_ comment: String) -> Int64? {
        guard comment.hasPrefix(mark) else { return nil }
        return Int64(comment.dropFirst(mark.count))
    }

    /// The comment that has views made again after so many minutes, by the database's clock.
    static func releaseMark(minutes: Int, _ connection: PostgreSQLConnection) throws(ViewRefusal) -> String {
        do throws(PostgreSQLFault) {
            let rows = try connection.execute(
                "SELECT pg_catalog.date_part('epoch', pg_catalog.now())::int8 + \(minutes * 60)"
            )
            if let end = rows.first?.first ?? nil { return mark + end }
        } catch { throw error.refusal("the database's clock can't be read", ofThisView: false) }
        throw ViewRefusal("the database's clock can't be read")
    }
}

/// SQL of ours that names what others named.
enum PostgreSQLText {
    /// A name, quoted.
    static func name(_ name: String) -> String { quoted(name, by: "\"") }

    /// A text, quoted; conforming strings are on wherever it is used.
    static func literal(_ text: String) -> String { quoted(text, by: "'") }

    private static func quoted(_ text: String, by mark: Character) -> String {
        let parts = text.split(separator: mark, omittingEmptySubsequences: false)
        return String(mark) + parts.joined(separator: String([mark, mark])) + String(mark)
    }
}
