import CatalogModel
import Foundation
import Governance
import HTTPAPI
import Logging
import PolicyEngine
import SQLiteStore
import ServiceLifecycle
import Synchronization
import Testing

/// A live server over a real store and audit log, with rows in memory, four people and their tokens.
final class ServerDesk: Sendable {
    let folder: URL
    let cases: UseCases
    let sources = MemorySources()
    let logs = LogKeeper()
    let operatorCaller = Caller(user: UserName("root"), isOperator: true, request: "r-1")
    private let issued = Mutex<[String: String]>([:])
    private let seen = Mutex<[[UInt8]]>([])
    private let listening = Mutex(0)
    private let group = Mutex<ServiceGroup?>(nil)

    /// Values that nobody but bob and the administrators may see, in any answer or log line.
    static let protected = [
        "ann@example.org", "bo@example.org", "cy@example.org", "4711.25", "Bo Underage", "topsecretvalue",
    ]

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "http-tests-\(UUID().uuidString)",
            directoryHint: .isDirectory
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (store, audit) = (try SQLiteCatalogStore(folder: folder), try SQLiteAuditLog(folder: folder))
        let clock = Clock()
        self.ticking = clock
        cases = try UseCases(
            store: store,
            audit: audit,
            sources: sources,
            rim: Rim(now: { clock.now }, makeID: { UUID().uuidString.lowercased() })
        )
        try furnish()
    }

    /// A clock that tests move.
    final class Clock: Sendable {
        private let moment = Mutex(Instant(seconds: 1_790_000_000))
        var now: Instant { moment.withLock { $0 } }
        func move(seconds: Int64) { moment.withLock { $0 = $0.adding(seconds: seconds) } }
    }

    let ticking: Clock

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The port that the server listens on.
    var port: Int { listening.withLock { $0 } }

    /// Tells the server to stop.
    func stop() async { await group.withLock { $0 }?.triggerGracefulShutdown() }

    /// The token of a person.
    func token(_ user: String) -> String { issued.withLock { $0[user] ?? "" } }

    /// Keeps an answer's bytes for ``protected`` to be looked for.
    func keep(_ bytes: [UInt8], of user: String?) {
        if user != "bob", user != "root" { seen.withLock { $0.append(bytes) } }
    }

    /// Serves while `body` runs, then shuts down and looks for protected values in all that was answered and logged.
    static func serving(
        limits: HTTPLimits = HTTPLimits(),
        tls: TLSFiles? = nil,
        _ body: (ServerDesk) async throws -> Void
    ) async throws {
        let desk = try ServerDesk()
        let (ports, running) = AsyncStream.makeStream(of: Int.self)
        let server = HTTPServer(
            configuration: HTTPConfiguration(host: "127.0.0.1", port: 0, tls: tls, limits: limits),
            cases: desk.cases,
            logger: desk.logs.logger,
            version: "0.0.0",
            onRunning: { running.yield($0) }
        )
        let group = ServiceGroup(services: [server], logger: desk.logs.logger)
        desk.group.withLock { $0 = group }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { running.finish() }
                try await group.run()
            }
            for await port in ports {
                desk.listening.withLock { $0 = port }
                break
            }
            do {
                try await body(desk)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        desk.expectSecrecy()
    }

    private func expectSecrecy() {
        let answers = seen.withLock { $0 }.map { String(decoding: $0, as: UTF8.self) }
        for value in ServerDesk.protected {
            #expect(!answers.contains { $0.contains(value) }, "an answer holds a protected value")
            #expect(!logs.lines.contains { $0.contains(value) }, "a log line holds a protected value")
        }
        for token in issued.withLock({ $0 }).values {
            #expect(!logs.lines.contains { $0.contains(token) }, "a log line holds a token")
        }
    }
}

extension ServerDesk {
    static let people: [[String: String?]] = [
        [
            "id": "1", "name": "Ann", "mail": "ann@example.org", "age": "31", "born": "1995-02-28",
            "extra": "{\"a\":[1,2.50]}", "salary": "4711.25", "big": "900719925474099312",
        ],
        [
            "id": "2", "name": "Bo Underage", "mail": "bo@example.org", "age": "17", "born": "2009-02-28",
            "extra": "null", "salary": "12.00", "big": "2",
        ],
        [
            "id": "3", "name": "Çy, \"the\" third", "mail": "cy@example.org", "age": "45",
            "born": "1981-12-31",
            "extra": nil, "salary": nil, "big": nil,
        ],
    ]

    private func furnish() throws {
        addTables()
        func definition(_ name: String) throws -> ServiceDefinition {
            let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "Policies/ServiceDefinitions/\(name).json")
            return try JSONDecoder().decode(ServiceDefinition.self, from: Data(contentsOf: file))
        }
        let tags = PolicyService(name: ServiceName("tags"), definition: try definition("tag"))
        let files = PolicyService(
            name: ServiceName("files"),
            definition: try definition("file"),
            tagService: tags.name
        )
        try cases.policies.apply(services: [tags, files], by: operatorCaller)
        try cases.editing.put(
            [
                .putUser(User(UserName("root"), isAdmin: true)),
                .putUser(User(UserName("alice"), groups: [GroupName("analysts")])),
                .putUser(User(UserName("bob"))), .putUser(User(UserName("eve"))),
                .putTagType(TagType(TagName("PII"), attributes: ["kind"])),
                .putTagType(TagType(TagName("EMAIL"), superTypes: [TagName("PII")])),
            ],
            by: operatorCaller
        )
        try cases.editing.put(
            SourceDefinition(
                name: SourceName("shop"),
                kind: .csv,
                path: "/memory",
                service: ServiceName("files"),
                database: "shop"
            ),
            by: operatorCaller
        )
        _ = try cases.editing.scan(SourceName("shop"), by: operatorCaller)
        try cases.editing.describe(
            [TableDescription(table: ServerDesk.name("shop.people"), owner: UserName("bob"))],
            by: operatorCaller
        )
        _ = try cases.policies.apply(ServerDesk.policies, tests: [], by: operatorCaller)
        for user in ["root", "alice", "bob", "eve"] {
            let made = try cases.authentication.makeToken(
                for: UserName(user),
                expires: nil,
                by: operatorCaller
            )
            issued.withLock { $0[user] = made.secret }
        }
    }

    static func name(_ text: String) -> TableName {
        guard let name = TableName(text) else { preconditionFailure("`\(text)` is a table's name") }
        return name
    }

    private func addTables() {
        let types: [(String, DataType)] = [
            ("id", .int), ("name", .string), ("mail", .string), ("age", .int), ("born", .date),
            ("extra", .json), ("salary", .decimal(precision: 10, scale: 2)), ("big", .bigint),
        ]
        add("people", types) { number, columns in
            number > 0
                ? nil : ServerDesk.people.map { row in columns.map { (row[$0.text] ?? nil) } }
        }
        add("secret", [("value", .string)]) { number, _ in number > 0 ? nil : [["topsecretvalue"]] }
        let row = String(repeating: "x", count: 200)
        add("endless", [("line", .string)]) { _, _ in (0..<2000).map { _ in [row] } }
        add("breaking", [("line", .string)]) { number, _ throws(GovernanceError) in
            guard number < 5 else {
                throw GovernanceError(.sourceUnavailable, "file `/data/breaking.csv` went away")
            }
            // Letters that don't compress, so that the first piece doesn't hold it all.
            var dice = SplitMix(state: UInt64(number))
            return (0..<500).map { _ in [(0..<16).map { _ in String(dice.next(), radix: 36) }.joined()] }
        }
        add("broken", [("line", .string)]) { _, _ throws(GovernanceError) in
            throw GovernanceError(.sourceUnavailable, "file `/data/broken.csv` is gone")
        }
        add("wide", [("line", .string)]) { number, _ in
            number < 40 ? (0..<500).map { ["line \(number)-\($0)"] } : nil
        }
    }

    private func add(
        _ name: String,
        _ columns: [(String, DataType)],
        _ batch: @escaping @Sendable (Int, [ColumnName]) throws(GovernanceError) -> [[String?]]?
    ) {
        let definition = TableDefinition(
            name: ServerDesk.name("shop.\(name)"),
            source: SourceName("shop"),
            service: ServiceName("files"),
            location: name,
            columns: columns.map { ColumnDefinition(name: ColumnName($0.0), type: $0.1) }
        )
        sources.add(MemorySources.Table(definition: definition, batch: batch))
    }

    /// Analysts read all but `secret`; mails are hashed, salaries denied, the young hidden.
    private static let policies: [Policy] = [
        policy("analysts read", ["people", "endless", "breaking", "broken", "wide"], "*") { policy in
            policy.policyItems = [item("analysts")]
        },
        policy("no salaries", ["people"], "salary") { policy in
            policy.denyPolicyItems = [item("analysts")]
        },
        policy("bob reads his", ["people"], "*") { policy in
            var own = item("none")
            own.groups = []
            own.users = ["bob"]
            policy.policyItems = [own]
        },
        policy("hashed mails", ["people"], "mail") { policy in
            policy.policyType = .dataMask
            var masked = item("analysts")
            var mask = DataMaskInfo()
            mask.dataMaskType = "MASK_HASH"
            masked.dataMaskInfo = mask
            policy.dataMaskPolicyItems = [masked]
        },
        policy("adults", ["people"], nil) { policy in
            policy.policyType = .rowFilter
            var filtered = item("analysts")
            var filter = RowFilterInfo()
            filter.filterExpr = "age >= 18"
            filtered.rowFilterInfo = filter
            policy.rowFilterPolicyItems = [filtered]
        },
    ]

    private static func policy(
        _ name: String,
        _ tables: [String],
        _ column: String?,
        _ fill: (inout Policy) -> Void
    ) -> Policy {
        func resource(_ values: [String]) -> PolicyResource {
            var resource = PolicyResource()
            resource.values = values
            return resource
        }
        var policy = Policy()
        policy.service = "files"
        policy.name = name
        policy.resources = ["database": resource(["shop"]), "table": resource(tables)]
        if let column { policy.resources["column"] = resource([column]) }
        fill(&policy)
        return policy
    }

    private static func item(_ group: String) -> PolicyItem {
        var item = PolicyItem()
        item.groups = [group]
        var access = ItemAccess()
        access.type = "read"
        item.accesses = [access]
        return item
    }
}
