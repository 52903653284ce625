import CatalogModel
import DataSources
import Foundation
import Governance
import Masking
import PolicyEngine
import SQLiteStore
import Synchronization

/// A catalog on real files: the store, the audit log and CSV sources, with a clock that stands still.
final class Desk: Sendable {
    let folder: URL
    let cases: UseCases
    let store: SQLiteCatalogStore
    let admin = Caller(user: UserName("root"), isOperator: true, request: "r-1")
    private let clock = Clock()

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "governance-tests-\(UUID().uuidString)",
            directoryHint: .isDirectory
        )
        try FileManager.default.createDirectory(
            at: folder.appending(path: "files"),
            withIntermediateDirectories: true
        )
        store = try SQLiteCatalogStore(folder: folder)
        let numbers = Mutex(0)
        let clock = clock
        cases = try UseCases(
            store: store,
            audit: try SQLiteAuditLog(folder: folder),
            sources: FileSources(),
            rim: Rim(
                now: { clock.now },
                makeID: {
                    numbers.withLock {
                        $0 += 1; return "id-\($0)"
                    }
                }
            )
        )
    }

    /// A clock that tests move.
    final class Clock: Sendable {
        private let moment = Mutex(Instant(seconds: 1_790_000_000))
        var now: Instant { moment.withLock { $0 } }
        func move(to now: Instant) { moment.withLock { $0 = now } }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Moves the clock.
    func move(to now: Instant) { clock.move(to: now) }

    /// Writes a CSV file of the source.
    func write(_ text: String, to name: String) throws {
        try text.write(to: folder.appending(path: "files/\(name)"), atomically: true, encoding: .utf8)
    }

    /// A caller who is signed in.
    func caller(_ user: String) -> Caller { Caller(user: UserName(user), request: "r-\(user)") }

    /// A definition that comes with the project.
    static func definition(_ name: String) throws -> ServiceDefinition {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Policies/ServiceDefinitions/\(name).json")
        return try JSONDecoder().decode(ServiceDefinition.self, from: Data(contentsOf: file))
    }

    /// Two tables, services, users and the tag types that tests use.
    func furnish() throws {
        try write(
            "id,name,mail,age\n1,Ann,ann@example.org,31\n2,Bo,bo@example.org,17\n3,Cy,,45\n",
            to: "people.csv"
        )
        try write("person,mail_copy,mail_hash\n1,ann@example.org,aa\n2,bo@example.org,bb\n", to: "copies.csv")
        try cases.policies.apply(
            services: [
                PolicyService(name: ServiceName("tags"), definition: try Self.definition("tag")),
                PolicyService(
                    name: ServiceName("files"),
                    definition: try Self.definition("file"),
                    tagService: ServiceName("tags")
                ),
            ],
            by: admin
        )
        try cases.editing.put(
            [
                .putUser(
                    User(UserName("alice"), groups: [GroupName("analysts")], attributes: ["region": "EU"])
                ),
                .putUser(User(UserName("bob"), groups: [])), .putUser(User(UserName("eve"))),
                .putTagType(TagType(TagName("PII"))),
                .putTagType(TagType(TagName("EMAIL"), superTypes: [TagName("PII")])),
            ],
            by: admin
        )
        let source = SourceDefinition(
            name: SourceName("shop"),
            kind: .csv,
            path: folder.appending(path: "files").path,
            service: ServiceName("files"),
            database: "shop"
        )
        try cases.editing.put(source, by: admin)
        _ = try cases.editing.scan(SourceName("shop"), by: admin)
        try cases.editing.describe(
            [TableDescription(table: people, owner: UserName("bob"))],
            by: admin
        )
        _ = try publish([
            Self.policy("analysts read", column: "*") { $0.policyItems = [Self.item("analysts")] }
        ])
    }

    var people: TableName { TableName("shop.people") ?? fallback }
    var copies: TableName { TableName("shop.copies") ?? fallback }
    private var fallback: TableName { preconditionFailure("the names above are names") }

    func column(_ name: String, of table: TableName? = nil) -> ColumnReference {
        ColumnReference(table: table ?? people, column: ColumnName(name))
    }

    @discardableResult
    func publish(_ policies: [Policy]) throws -> PublishedPolicies {
        try cases.policies.apply(policies, tests: [], by: admin)
    }

    /// A policy on columns of all tables of the shop.
    static func policy(_ name: String, column: String, _ fill: (inout Policy) -> Void) -> Policy {
        var policy = Policy()
        policy.service = "files"
        policy.name = name
        policy.resources = [
            "database": resource("shop"), "table": resource("*"), "column": resource(column),
        ]
        fill(&policy)
        return policy
    }

    /// A tag policy.
    static func policy(_ name: String, tag: String, _ fill: (inout Policy) -> Void) -> Policy {
        var policy = Policy()
        policy.service = "tags"
        policy.name = name
        policy.resources = ["tag": resource(tag)]
        fill(&policy)
        return policy
    }

    static func resource(_ value: String) -> PolicyResource {
        var resource = PolicyResource()
        resource.values = [value]
        return resource
    }

    /// An item for a group.
    static func item(_ group: String, access: String = "read", mask: String? = nil, filter: String? = nil)
        -> PolicyItem
    {
        var item = PolicyItem()
        item.groups = [group]
        var type = ItemAccess()
        type.type = access
        item.accesses = [type]
        if let mask {
            var chosen = DataMaskInfo()
            chosen.dataMaskType = mask
            item.dataMaskInfo = chosen
        }
        if let filter {
            var chosen = RowFilterInfo()
            chosen.filterExpr = filter
            item.rowFilterInfo = chosen
        }
        return item
    }

    /// What a user reads of a table, a row a list.
    func read(_ table: TableName, as user: String, columns: [String]? = nil, limit: Int? = nil) throws
        -> [[String?]]
    {
        let request = TableRead(table: table, columns: columns?.map { ColumnName($0) }, limit: limit)
        let rows = try cases.read.open(request, for: caller(user), as: UserName(user))
        var result: [[String?]] = []
        while let batch = try rows.next() {
            for row in 0..<batch.rowCount { result.append(batch.columns.map { $0.unmaskedText(row) }) }
        }
        return result
    }

    /// The code of the error that a body throws; nil when it throws none.
    func code(_ body: () throws -> Void) -> GovernanceErrorCode? {
        do {
            try body()
            return nil
        } catch { return (error as? GovernanceError)?.code }
    }
}
