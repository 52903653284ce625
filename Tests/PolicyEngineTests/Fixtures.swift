import CatalogModel
import Foundation

@testable import PolicyEngine

/// The project's folder.
let projectRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// Ranger's own test data, for those who have it.
let conformance = URL(
    filePath: ProcessInfo.processInfo.environment["STEWARD_CONFORMANCE"]
        ?? projectRoot.appending(path: "../shared/conformance").path
)

/// The files of a conformance folder whose names begin so; empty where there is none.
func conformanceFiles(_ folder: String, prefix: String = "") -> [String] {
    let path = conformance.appending(path: folder).path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".json") }.sorted()
}

/// A definition that comes with the project.
func definition(_ name: String) throws -> ServiceDefinition {
    let file = projectRoot.appending(path: "Policies/ServiceDefinitions/\(name).json")
    let decoder = JSONDecoder()
    decoder.userInfo[.strictMembers] = true
    return try decoder.decode(ServiceDefinition.self, from: Data(contentsOf: file))
}

/// Policies from a document in JSON.
func document(_ json: String) throws -> PolicyDocument {
    try JSONDecoder().decode(PolicyDocument.self, from: Data(json.utf8))
}

/// The service `northsea` over files, with the tag service `labels`.
func northsea(_ json: String) throws -> PolicySet {
    let services = [
        PolicyService(
            name: ServiceName("northsea"),
            definition: try definition("file"),
            tagService: ServiceName("labels")
        ),
        PolicyService(name: ServiceName("labels"), definition: try definition("tag")),
    ]
    return try PolicySet(services: services, policies: try document(json).policies, version: 7)
}

/// A read of columns of `sales.customers`.
func read(
    _ user: String,
    groups: [String] = [],
    roles: [String] = [],
    columns: [String],
    table: String = "sales.customers",
    tableTags: [EffectiveTag] = [],
    columnTags: [[EffectiveTag]] = [],
    purpose: String? = nil,
    now: String = "2026-03-01"
) throws -> ReadRequest {
    ReadRequest(
        subject: Subject(
            user: UserName(user),
            groups: groups.map(GroupName.init),
            roles: roles.map(RoleName.init)
        ),
        service: ServiceName("northsea"),
        table: TableName(parts: table.split(separator: ".").map(String.init)) ?? anyTable,
        columns: columns.map(ColumnName.init),
        tableTags: tableTags,
        columnTags: columnTags,
        purpose: purpose,
        now: Instant(now) ?? Instant(seconds: 0)
    )
}

private var anyTable: TableName {
    guard let table = TableName("no.table") else { preconditionFailure("two parts are a table name") }
    return table
}

/// A tag that was set on the column itself.
func tag(_ name: String, origin: TagOrigin = .column) -> EffectiveTag {
    EffectiveTag(Tag(TagName(name)), origin: origin)
}
