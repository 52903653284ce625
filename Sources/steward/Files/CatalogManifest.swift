import CatalogModel
import Foundation
import Governance
import PolicyEngine

/// A catalog written down in a file: services, principals, sources, descriptions, tags and lineage.
///
/// What `steward catalog load` reads. Unknown keys are errors; every part may be missing.
struct CatalogManifest: Decodable {
    var services: [Service] = []
    var groups: [GroupEntry] = []
    var users: [UserEntry] = []
    var roles: [RoleEntry] = []
    var tagTypes: [TagTypeEntry] = []
    var sources: [SourceEntry] = []
    var tables: [TableEntry] = []
    var tags: [TagEntry] = []
    var lineage: [LineageEntry] = []

    struct Service: Decodable {
        let name: ServiceName
        let type: String
        var tagService: ServiceName?
    }
    struct GroupEntry: Decodable {
        let name: GroupName
        var attributes: [String: String] = [:]
    }
    struct UserEntry: Decodable {
        let name: UserName
        var groups: [GroupName] = []
        var attributes: [String: String] = [:]
        var admin = false
    }
    struct RoleEntry: Decodable {
        let name: RoleName
        var users: [UserName] = []
        var groups: [GroupName] = []
        var roles: [RoleName] = []
    }
    struct TagTypeEntry: Decodable {
        let name: TagName
        var superTypes: [TagName] = []
        var attributes: [String] = []
        var summary = ""
    }
    struct SourceEntry: Decodable {
        let name: SourceName
        let kind: SourceKind
        let path: String
        let service: ServiceName
        let database: String
        var rowRule = RowRule.fail
        var options = SourceOptions()
    }
    struct TableEntry: Decodable {
        let name: TableName
        var owner: UserName?
        var summary: String?
        var columns: [String: String] = [:]
        var types: [String: DataType] = [:]
    }
    struct TagEntry: Decodable {
        var column: String?
        var table: TableName?
        let tag: TagName
        var attributes: [String: String] = [:]
        var validFrom: String?
        var validUntil: String?
    }
    struct LineageEntry: Decodable {
        let process: String
        let output: String
        let inputs: [String]
        var transformation = ""
        var anonymises = false
    }
}

/// Reads members of a mapping and refuses those that aren't known.
struct StrictMembers {
    private let container: KeyedDecodingContainer<AnyKey>

    init(_ decoder: any Decoder, known: [String]) throws {
        container = try decoder.container(keyedBy: AnyKey.self)
        for key in container.allKeys where !known.contains(key.stringValue) {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath + [key],
                    debugDescription: "unknown key; known here: \(known.joined(separator: ", "))"
                )
            )
        }
    }

    func required<Value: Decodable>(_ name: String) throws -> Value {
        try container.decode(Value.self, forKey: AnyKey(name))
    }

    func optional<Value: Decodable>(_ name: String) throws -> Value? {
        try container.decodeIfPresent(Value.self, forKey: AnyKey(name))
    }

    struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
