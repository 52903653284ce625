import CatalogModel
import DataSources
import Foundation
import Governance
import PolicyEngine
import QueryAnalysis
import Synchronization
import Testing

/// Statements to a database whose row filters are carried out behind views, by a clock that the test sets.
final class ViewDesk: Sendable {
    let desk: ProxyDesk
    let governance: StatementGovernance
    let views: PostgreSQLViews
    private let database: String
    private let clock = Offset()
    private static let threads = ParserThreads(count: 2)

    private final class Offset: Sendable {
        let seconds = Mutex<Int64>(0)
    }

    /// Makes a database of its own.
    static func database(_ name: String) throws -> String {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make(
            name,
            """
            CREATE TABLE t(id int PRIMARY KEY, owner text, region text, secret text, made timestamptz DEFAULT now());
            INSERT INTO t SELECT i, CASE i % 2 WHEN 0 THEN 'alice' ELSE 'carol' END,
              CASE i % 3 WHEN 0 THEN 'US' ELSE 'EU' END, 'secret' || i FROM generate_series(1, 60) i;
            CREATE TABLE o(id int PRIMARY KEY);
            INSERT INTO o SELECT generate_series(1, 60);
            """
        )
        _ = try cluster.makeViewSchema(in: name)
        return name
    }

    init(
        _ database: String,
        filter: String = "region = 'EU'",
        uri: String? = nil,
        unusedSeconds: Int64 = 3600
    ) throws {
        self.database = database
        let clock = clock
        desk = try ProxyDesk(now: {
            Instant(microseconds: ProxyDesk.now().microseconds + clock.seconds.withLock { $0 } * 1_000_000)
        })
        try desk.cases.editing.put(
            [.putUser(User(UserName("carol"), groups: [GroupName("analysts")]))],
            by: desk.admin
        )
        let reached = try uri ?? PostgreSQLCluster.shared.get().uri(of: database)
        try desk.add(database, uri: reached, viewSchema: "governed")
        try desk.publish(ViewDesk.policies(filter))
        let upstream = PostgreSQLDatabase(try #require(desk.cases.statements.sources().first))
        views = try #require(upstream.views)
        governance = try desk.cases.statements.governance(
            of: SourceName(database),
            upstream: upstream,
            views: ViewUse(views, unusedSeconds: unusedSeconds)
        )
    }

    static func policies(_ filter: String) -> [Policy] {
        [ProxyDesk.allow(["t", "o"]), ProxyDesk.mask("t", "secret", "MASK_SHOW_LAST_4")]
            + [ProxyDesk.filter("t", filter)]
    }

    /// So much later.
    func pass(seconds: Int64) { clock.seconds.withLock { $0 += seconds } }

    func session(_ user: String = "alice") throws -> StatementSession {
        try governance.session(for: desk.admin, as: UserName(user))
    }

    /// What becomes of somebody's statement.
    func rewrite(
        _ sql: String = "SELECT id, secret FROM t",
        as user: String = "alice",
        in session: StatementSession? = nil
    ) throws -> RewrittenStatement {
        let session = try session ?? self.session(user)
        let threads = try #require(Self.threads)
        let answers = threads.run {
            Result { () throws(StatementFailure) in try session.rewrite(sql, masks: .wayBack) }
        }
        return try #require(try answers.get().first)
    }

    /// The only view that a statement's rows come through.
    func view(_ sql: String = "SELECT id, secret FROM t", as user: String = "alice") throws -> FenceView {
        try #require(try rewrite(sql, as: user).reads.views.first, "its filter is carried out in place")
    }

    /// Why a statement's filter is carried out in place; nil when it isn't.
    func obstacle(_ sql: String = "SELECT id FROM t") throws -> FenceObstacle? {
        let fences = try rewrite(sql).reads.fences
        if case .inPlace(let obstacle)? = fences.first?.fence { return obstacle }
        return nil
    }

    /// What is in the way upstream.
    func refusal(_ sql: String = "SELECT id FROM t") throws -> String? {
        if case .upstream(let why)? = try obstacle(sql) { return why }
        return nil
    }

    /// The names of the views that there are.
    func there() throws -> [String] { try Self.there(database) }

    static func there(_ database: String) throws -> [String] {
        let sql = """
            SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'governed'::regnamespace ORDER BY 1
            """
        return try PostgreSQLCluster.shared.get().run(sql, in: database).compactMap { $0[0] }
    }

    @discardableResult
    func run(_ sql: String) throws -> [[String?]] {
        try PostgreSQLCluster.shared.get().run(sql, in: database)
    }
}
