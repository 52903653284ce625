package import Governance
import Synchronization

/// The views that Steward owns in one schema of a PostgreSQL database.
///
/// The only writes that Steward ever does there. They go over a connection of their own, which is kept: with it two kinds of
/// advisory locks, one that a view has for as long as a Steward may use it, and one under which views are made. A view is
/// believed after it was compared with another one, made of the same query in the same transaction and dropped in it.
package final class PostgreSQLViews: UpstreamViews {
    /// The schema that they are in.
    package let schema: String
    private let uri: String
    private let state = Mutex(State())

    private struct State {
        var connection: PostgreSQLConnection?
        /// How each view was when it was last believed.
        var seen: [String: StandingView] = [:]
    }

    /// Views that one schema may have.
    package static let limit = 500

    /// The views in a schema of the database that a URI names.
    package init(uri: String, schema: String) {
        let limits = ["connect_timeout=5", "tcp_user_timeout=10000"].filter { limit in
            !uri.contains(limit.prefix { $0 != "=" })
        }
        self.uri =
            uri + (limits.isEmpty ? "" : (uri.contains("?") ? "&" : "?")) + limits.joined(separator: "&")
        self.schema = schema
    }

    /// Looks at the schema and at whether the server takes writes.
    package func obstacle() -> ViewRefusal? {
        let refusal = with { connection, _ throws(ViewRefusal) in try check(connection) }
        if case .failure(let refusal) = refusal { return refusal }
        return nil
    }

    /// Why the schema is none for views, on whatever server; nil when it is one.
    func lack() -> ViewRefusal? {
        let refusal = with { connection, _ throws(ViewRefusal) in
            try SchemaState(of: schema, connection).checkOwner(schema)
        }
        if case .failure(let refusal) = refusal { return refusal }
        return nil
    }

    /// Makes or believes a view, in one transaction under the schema's advisory lock.
    package func stand(_ name: String, as query: String, columns: [String]) throws(ViewRefusal) -> UInt32 {
        try with { connection, state throws(ViewRefusal) in
            try check(connection)
            let making = ViewMaking(connection: connection, schema: schema, name: name)
            if state.seen[name] == nil { try making.hold() }
            do throws(ViewRefusal) {
                let view = try making.stand(as: query, columns: columns, limit: PostgreSQLViews.limit)
                state.seen[name] = view
                return view.identifier
            } catch {
                state.seen[name] = nil
                making.letGo()
                throw error
            }
        }.get()
    }

    /// Compares each view with what it was when it was believed; those that differ are let go.
    package func changed() throws(ViewRefusal) -> Set<String> {
        try with { connection, state throws(ViewRefusal) in
            guard !state.seen.isEmpty else { return [] }
            let now = try StandingView.all(in: schema, connection)
            let changed = state.seen.filter { now[$0.key] != $0.value }.keys
            for name in changed {
                state.seen[name] = nil
                ViewMaking(connection: connection, schema: schema, name: name).letGo()
            }
            return Set(changed)
        }.get()
    }

    /// Drops a view when its advisory lock can be had alone.
    package func drop(_ name: String) -> Bool {
        let dropped = with { connection, state throws(ViewRefusal) in
            let making = ViewMaking(connection: connection, schema: schema, name: name)
            if state.seen.removeValue(forKey: name) != nil { making.letGo() }
            return try making.drop()
        }
        return (try? dropped.get()) ?? false
    }

    /// Those that are called `v_` and 32 hexadecimal digits, and are the service account's.
    package func all() throws(ViewRefusal) -> Set<String> {
        try with { connection, _ throws(ViewRefusal) in
            Set(try StandingView.names(in: schema, connection).filter(\.value).keys)
        }.get()
    }

    /// Drops all in one transaction, in which the schema's comment says until when none is made.
    package func release(minutes: Int) throws(ViewRefusal) -> Int {
        try with { connection, _ throws(ViewRefusal) in
            try check(connection, isReleasing: true)
            let names = try StandingView.names(in: schema, connection).filter(\.value).keys.sorted()
            let mark = try SchemaState.releaseMark(minutes: minutes, connection)
            let place = PostgreSQLText.name(schema)
            var script = [
                "SET LOCAL lock_timeout = '10s'", "SET LOCAL statement_timeout = '30s'",
                "COMMENT ON SCHEMA \(place) IS \(PostgreSQLText.literal(mark))",
            ]
            if !names.isEmpty {
                let list = names.map { "\(place).\(PostgreSQLText.name($0))" }.joined(separator: ", ")
                script.append("DROP VIEW \(list)")
            }
            do throws(PostgreSQLFault) { try connection.inTransaction(script) } catch {
                throw error.refusal("the views of schema `\(schema)` can't be dropped now", ofThisView: false)
            }
            return names.count
        }.get()
    }

    /// Refuses when the schema isn't one in which views can be made now.
    private func check(
        _ connection: PostgreSQLConnection,
        isReleasing: Bool = false
    ) throws(ViewRefusal) {
        try SchemaState(of: schema, connection).check(schema, isReleasing: isReleasing)
    }

    /// Runs a body over the connection, one at a time; a connection that fails is given up.
    private func with<Value: Sendable>(
        _ body: (PostgreSQLConnection, inout State) throws(ViewRefusal) -> Value
    ) -> Result<Value, ViewRefusal> {
        state.withLock { state in
            do throws(ViewRefusal) {
                let connection = try connected(&state)
                do throws(ViewRefusal) { return .success(try body(connection, &state)) } catch {
                    if !connection.isAlive { state.connection = nil }
                    throw error
                }
            } catch { return .failure(error) }
        }
    }

    /// The connection; a new one holds what the former one held.
    private func connected(_ state: inout State) throws(ViewRefusal) -> PostgreSQLConnection {
        if let known = state.connection, known.isAlive { return known }
        let connection: PostgreSQLConnection
        do throws(GovernanceError) { connection = try PostgreSQLConnection(uri) } catch {
            throw ViewRefusal("the database can't be reached to make views in it")
        }
        do throws(PostgreSQLFault) { for setting in Self.settings { try connection.execute(setting) } } catch
        {
            throw error.refusal("the database can't be prepared for views", ofThisView: false)
        }
        state.connection = connection
        for name in state.seen.keys {
            try? ViewMaking(connection: connection, schema: schema, name: name).hold()
        }
        return connection
    }

    /// How the literals of a query are read, and how long anything may take.
    private static let settings = [
        "SET TimeZone = 'UTC'", "SET IntervalStyle = 'postgres'", "SET standard_conforming_strings = on",
        "SET application_name = 'steward views'", "SET statement_timeout = '5s'", "SET lock_timeout = '1s'",
        "SET idle_in_transaction_session_timeout = '10s'",
    ]
}
