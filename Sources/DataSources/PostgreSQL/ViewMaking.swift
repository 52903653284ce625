import Governance

/// One view of ours: made, compared, held and dropped over the connection that is for it.
struct ViewMaking {
    let connection: PostgreSQLConnection
    let schema: String
    let name: String

    private var place: String { "\(PostgreSQLText.name(schema)).\(PostgreSQLText.name(name))" }
    /// Another view of the same query, for as long as it takes to compare them.
    private var twinName: String { "t" + name.dropFirst() }
    private var twin: String { "\(PostgreSQLText.name(schema)).\(PostgreSQLText.name(twinName))" }
    /// The advisory lock that everybody shares who may use the view.
    private var key: String {
        "pg_catalog.hashtextextended(\(PostgreSQLText.literal("steward view \(schema).\(name)")), 0)"
    }

    /// Keeps other Stewards from dropping it.
    func hold() throws(ViewRefusal) {
        let rows = try said("can't be locked") { connection throws(PostgreSQLFault) in
            try connection.execute("SELECT pg_catalog.pg_try_advisory_lock_shared(\(key))")
        }
        guard rows.first?.first == "t" else { throw refusal("is being dropped") }
    }

    /// Lets others drop it.
    func letGo() {
        // Without a connection there is no lock either.
        _ = try? connection.execute("SELECT pg_catalog.pg_advisory_unlock_shared(\(key))")
    }

    /// Makes the view if it isn't there or isn't as it should be; one that somebody else owns is left alone.
    func stand(as query: String, columns: [String], limit: Int) throws(ViewRefusal) -> StandingView {
        try said("can't be made") { connection throws(PostgreSQLFault) in
            try connection.execute("BEGIN READ WRITE")
            let lock = "pg_catalog.hashtextextended(\(PostgreSQLText.literal("steward views \(schema)")), 0)"
            // Others make theirs quickly: it is worth more patience than a lock on a table.
            try connection.execute("SET LOCAL lock_timeout = '4s'")
            try connection.execute("SELECT pg_catalog.pg_advisory_xact_lock(\(lock))")
            try connection.execute("SET LOCAL lock_timeout = '1s'")
            return []
        }
        do throws(ViewRefusal) {
            let view = try standing(as: query, columns: columns, limit: limit)
            try said("can't be made") { connection throws(PostgreSQLFault) in
                try connection.execute("COMMIT")
            }
            return view
        } catch {
            _ = try? connection.execute("ROLLBACK")
            throw error
        }
    }

    private func standing(
        as query: String,
        columns: [String],
        limit: Int
    ) throws(ViewRefusal) -> StandingView {
        let found = try StandingView.all(in: schema, named: name, connection)[name]
        if let found, !found.isOwn {
            throw refusal("is there already and belongs to `\(found.owner)`: Steward doesn't use it")
        }
        let expected = try made(twin, twinName, as: query)
        try said("can't be compared") { connection throws(PostgreSQLFault) in
            try connection.execute("DROP VIEW \(twin)")
        }
        if let found, found.isLike(expected) { return found }
        if found != nil {
            // Somebody changed it: nothing that was built on it is worth keeping but what isn't ours.
            try said("is not as it was made and can't be dropped") { connection throws(PostgreSQLFault) in
                try connection.execute("DROP VIEW \(place)")
            }
        } else {
            let count = try StandingView.names(in: schema, connection).count
            guard count < limit else {
                throw ViewRefusal("schema `\(schema)` has \(limit) views already", isOfThisView: true)
            }
        }
        let view = try made(place, name, as: query)
        guard view.isLike(expected), view.columns.count == columns.count,
            zip(view.columns, columns).allSatisfy({ $0.hasPrefix("\($1) ") })
        else { throw refusal("is not what it was made to be") }
        return view
    }

    /// Makes a view and reads it back.
    private func made(_ place: String, _ name: String, as query: String) throws(ViewRefusal) -> StandingView {
        try said("can't be made") { connection throws(PostgreSQLFault) in
            try connection.execute("CREATE VIEW \(place) WITH (security_barrier = true) AS \(query)")
            try connection.execute("REVOKE ALL ON \(place) FROM PUBLIC")
            // The schema's default privileges may have granted something to somebody.
            let others = try connection.execute(
                """
                SELECT DISTINCT pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee))
                FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a
                WHERE c.oid = \(PostgreSQLText.literal(place))::pg_catalog.regclass
                  AND a.grantee NOT IN (0, c.relowner)
                """
            )
            for other in others.compactMap({ $0.first ?? nil }) {
                try connection.execute("REVOKE ALL ON \(place) FROM \(other)")
            }
            return []
        }
        guard let view = try StandingView.all(in: schema, named: name, connection)[name] else {
            throw refusal("is not there after it was made")
        }
        return view
    }

    /// Drops the view, unless another Steward holds it or somebody reads it; false when it is left.
    func drop() throws(ViewRefusal) -> Bool {
        let found = try StandingView.all(in: schema, named: name, connection)[name]
        guard let found, found.isOwn else { return found == nil }
        do throws(PostgreSQLFault) {
            try connection.execute("BEGIN READ WRITE")
            let rows = try connection.execute("SELECT pg_catalog.pg_try_advisory_xact_lock(\(key))")
            guard rows.first?.first == "t" else {
                try connection.execute("ROLLBACK")
                return false
            }
            try connection.execute("DROP VIEW \(place)")
            try connection.execute("COMMIT")
            return true
        } catch {
            _ = try? connection.execute("ROLLBACK")
            return false
        }
    }

    @discardableResult
    private func said(
        _ what: String,
        _ body: (PostgreSQLConnection) throws(PostgreSQLFault) -> [[String?]]
    ) throws(ViewRefusal) -> [[String?]] {
        do throws(PostgreSQLFault) { return try body(connection) } catch {
            throw error.refusal("view `\(schema).\(name)` \(what)", ofThisView: true)
        }
    }

    private func refusal(_ what: String) -> ViewRefusal {
        ViewRefusal("view `\(schema).\(name)` \(what)", isOfThisView: true)
    }
}

/// What PostgreSQL said no to, by its code alone.
struct PostgreSQLFault: Error {
    /// Nil when it could no longer be asked.
    let sqlState: String?

    func refusal(_ what: String, ofThisView: Bool) -> ViewRefusal {
        guard let sqlState else { return ViewRefusal("\(what): the database can't be reached") }
        let reason = Self.reasons[sqlState] ?? "SQLSTATE \(sqlState)"
        return ViewRefusal("\(what): \(reason)", isOfThisView: ofThisView && sqlState != "25006")
    }

    private static let reasons = [
        "25006": "the database is read-only", "55P03": "somebody else holds a lock on it, or on its table",
        "2BP01": "something else is built on it", "42501": "the service account may not",
        "57014": "it took too long",
    ]
}

extension PostgreSQLConnection {
    /// Runs statements in one transaction, which may write.
    func inTransaction(_ script: [String]) throws(PostgreSQLFault) {
        try execute("BEGIN READ WRITE")
        do throws(PostgreSQLFault) {
            for statement in script { try execute(statement) }
            try execute("COMMIT")
        } catch {
            _ = try? execute("ROLLBACK")
            throw error
        }
    }
}
