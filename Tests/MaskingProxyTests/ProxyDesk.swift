import CatalogModel
import DataSources
import Foundation
import Governance
import Logging
import MaskingProxy
import NIOSSL
import PolicyEngine
import SQLiteStore
import Synchronization
import Testing

/// A catalog over databases of the cluster, with a SQL door in front.
final class ProxyDesk: Sendable {
    let cases: UseCases
    let admin = Caller(user: UserName("root"), isOperator: true, request: "r")
    let folder: URL
    private let serving = Mutex<Task<Void, any Error>?>(nil)

    /// `now` is its clock.
    init(now: @escaping @Sendable () -> Instant = ProxyDesk.now) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "proxy-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        cases = try UseCases(
            store: try SQLiteCatalogStore(folder: folder),
            audit: try SQLiteAuditLog(folder: folder),
            sources: FileSources(),
            rim: Rim(
                now: now,
                makeID: { UUID().uuidString.lowercased() }
            )
        )
        try cases.policies.apply(
            services: [
                PolicyService(name: ServiceName("tags"), definition: try Self.definition("tag")),
                PolicyService(
                    name: ServiceName("db"),
                    definition: try Self.definition("postgres"),
                    tagService: ServiceName("tags")
                ),
            ],
            by: admin
        )
        try cases.editing.put(
            [
                .putUser(User(UserName("alice"), groups: [GroupName("analysts")])),
                .putUser(User(UserName("bob"))), .putTagType(TagType(TagName("PII"))),
            ],
            by: admin
        )
        for user in ["alice", "bob"] {
            try cases.authentication.setPassword("open \(user)", of: UserName(user), by: admin)
        }
    }

    deinit {
        serving.withLock { $0?.cancel() }
        try? FileManager.default.removeItem(at: folder)
    }

    /// Ends the door, and waits until it has ended.
    func close() async {
        let task = serving.withLock { $0 }
        task?.cancel()
        _ = await task?.result
    }

    /// The time of day.
    static let now: @Sendable () -> Instant = {
        Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    static func definition(_ name: String) throws -> ServiceDefinition {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Policies/ServiceDefinitions/\(name).json")
        return try JSONDecoder().decode(ServiceDefinition.self, from: Data(contentsOf: file))
    }

    /// Catalogues a database of the cluster; policies call it by `name`.
    ///
    /// `viewSchema` is the schema of views for row filters, which has to be there.
    func add(_ name: String, uri: String, viewSchema: String? = nil) throws {
        let source = SourceDefinition(
            name: SourceName(name),
            kind: .postgres,
            path: uri,
            service: ServiceName("db"),
            database: name,
            options: SourceOptions(viewSchema: viewSchema)
        )
        try cases.editing.put(source, by: admin)
        _ = try cases.editing.scan(SourceName(name), by: admin)
    }

    func publish(_ policies: [Policy]) throws { _ = try cases.policies.apply(policies, tests: [], by: admin) }

    /// Opens the door in front of all databases and gives its port; `host` and `upstream` are others to
    /// send statements to, over `tls` if any.
    func open(
        host: String? = nil,
        upstream: Int? = nil,
        tls: NIOSSLContext? = nil,
        _ change: (inout ProxyConfiguration) -> Void = { _ in }
    ) async throws -> Int {
        var configuration = ProxyConfiguration()
        configuration.port = 0
        configuration.requiresTLS = false
        if ProcessInfo.processInfo.environment["STEWARD_POOL"] == "transaction" {
            configuration.upstream.sharing = .transaction
        }
        change(&configuration)
        var databases: [String: ProxiedDatabase] = [:]
        for source in try cases.statements.sources() {
            let database = PostgreSQLDatabase(source)
            let target = try database.target()
            databases[source.database] = ProxiedDatabase(
                governance: try cases.statements.governance(
                    of: source.name,
                    upstream: database,
                    views: database.views.map { ViewUse($0) }
                ),
                upstream: UpstreamAddress(
                    host: host ?? target.host,
                    port: upstream ?? target.port,
                    database: target.database,
                    user: target.user,
                    password: target.password,
                    tls: tls
                )
            )
        }
        for source in try cases.statements.fileSources() {
            databases[source.database] = ProxiedDatabase(
                files: try cases.statements.governance(ofFiles: source),
                runners: try Self.runners.get()
            )
        }
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        let server = try ProxyServer(
            configuration: configuration,
            databases: databases,
            authentication: cases.authentication,
            rim: cases.rim,
            logger: Logger(label: "proxy-tests"),
            started: { told.yield($0) }
        )
        serving.withLock { $0 = Task { try await server.run() } }
        for await port in ports { return port }
        throw PostgreSQLCluster.Failure("the door did not open")
    }

    /// The threads of all doors: each takes a thread-local key of the parser's for ever.
    private static let runners = Result { try StatementRunners(count: 8, heldMemory: 512 << 20) }

    /// A policy on tables and columns of schema `public` of every database.
    static func policy(
        _ name: String,
        table: String = "*",
        column: String = "*",
        _ fill: (inout Policy) -> Void
    ) -> Policy {
        var policy = Policy()
        policy.service = "db"
        policy.name = name
        policy.resources = [
            "database": resource("*"), "schema": resource("public"), "table": resource(table),
            "column": resource(column),
        ]
        fill(&policy)
        return policy
    }

    static func resource(_ value: String) -> PolicyResource {
        var resource = PolicyResource()
        resource.values = [value]
        return resource
    }

    static func item(mask: String? = nil, expression: String = "", filter: String? = nil) -> PolicyItem {
        var item = PolicyItem()
        item.groups = ["analysts"]
        var type = ItemAccess()
        type.type = "select"
        item.accesses = [type]
        if let mask {
            var chosen = DataMaskInfo()
            chosen.dataMaskType = mask
            chosen.valueExpr = expression
            item.dataMaskInfo = chosen
        }
        if let filter {
            var chosen = RowFilterInfo()
            chosen.filterExpr = filter
            item.rowFilterInfo = chosen
        }
        return item
    }

    static func mask(_ table: String, _ column: String, _ mask: String, _ expression: String = "") -> Policy {
        policy("mask \(table).\(column)", table: table, column: column) { policy in
            policy.policyType = .dataMask
            policy.dataMaskPolicyItems = [item(mask: mask, expression: expression)]
        }
    }

    static func filter(_ table: String, _ text: String) -> Policy {
        var policy = policy("filter \(table)", table: table) { policy in
            policy.policyType = .rowFilter
            policy.rowFilterPolicyItems = [item(filter: text)]
        }
        policy.resources["column"] = nil
        return policy
    }

    static func deny(_ table: String, _ column: String) -> Policy {
        policy("withhold \(table).\(column)", table: table, column: column) { policy in
            policy.denyPolicyItems = [item()]
        }
    }

    static func allow(_ tables: [String]) -> Policy {
        policy("read") { policy in
            policy.resources["table"]?.values = tables
            policy.policyItems = [item()]
        }
    }
}
