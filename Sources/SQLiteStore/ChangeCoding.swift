import Catalog
import CatalogModel
import Foundation
import GRDB
import Governance
import PolicyEngine

/// Changes as rows: the body of the thing as JSON, nil when it is gone, or when it is a pack, which has its own table.
struct ChangeCoding {
    private let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
    private let decoder = JSONDecoder()

    func body(of change: CatalogChange) throws -> String? {
        switch change {
        case .graph(let change): try body(of: change)
        case .putUser(let user): try text(user)
        case .putGroup(let group): try text(group)
        case .putRole(let role): try text(role)
        case .putSource(let source): try text(source)
        case .putService(let service): try text(service)
        case .putPolicy(let policy): try text(policy)
        case .putZone(let zone): zone.text
        case .putShared(let record): record.text
        case .deleteUser, .deleteSource, .deletePolicy, .deleteZone, .deleteShared: nil
        }
    }

    private func body(of change: GraphChange) throws -> String? {
        switch change {
        case .putType(let type): JSONValue.object(type.json).json
        case .setTag(_, let tag): try text(tag)
        case .removeType, .pack, .load, .removeTag: nil
        }
    }

    func change(kind: String, id: String, body: String?) throws -> CatalogChange {
        guard let kind = ChangeKind(rawValue: kind) else {
            throw GovernanceError(
                .storeVersion,
                "the store has a kind of change that this Steward doesn't know"
            )
        }
        guard let body else { return try withoutBody(kind, id: id) }
        let data = Data(body.utf8)
        switch kind {
        case .type: return .graph(.putType(try type(body)))
        case .pack: throw broken
        case .tag: return .setTag(try target(of: id).0, try decoder.decode(Tag.self, from: data))
        case .user: return .putUser(try decoder.decode(User.self, from: data))
        case .group: return .putGroup(try decoder.decode(Group.self, from: data))
        case .role: return .putRole(try decoder.decode(Role.self, from: data))
        case .source: return .putSource(try decoder.decode(SourceDefinition.self, from: data))
        case .service: return .putService(try decoder.decode(PolicyService.self, from: data))
        case .policy: return .putPolicy(try decoder.decode(Policy.self, from: data))
        case .shared: return .putShared(try SharedRecord(try key(of: id).kind, text: body))
        case .zone: return .putZone(try SecurityZone(text: body))
        }
    }

    private func type(_ body: String) throws -> TypeDefinition {
        let object = try object(body)
        guard let category = object.text("category").flatMap({ TypeCategory(rawValue: $0) }) else {
            throw broken
        }
        return try TypeDefinition(category, json: object)
    }

    private func object(_ body: String) throws -> JSONObject {
        guard let object = try JSONReader.value(of: Array(body.utf8)).object else { throw broken }
        return object
    }

    private func withoutBody(_ kind: ChangeKind, id: String) throws -> CatalogChange {
        switch kind {
        case .type: return .graph(.removeType(id))
        case .tag:
            let (entity, name) = try target(of: id)
            return .graph(.removeTag(entity, name))
        case .user: return .deleteUser(UserName(id))
        case .source: return .deleteSource(SourceName(id))
        case .policy:
            guard let number = Int64(id) else { throw broken }
            return .deletePolicy(number)
        case .zone: return .deleteZone(id)
        case .shared: return .deleteShared(try key(of: id))
        case .group, .role, .service, .pack: throw broken
        }
    }

    /// The parts of a tag's id: the entity before the first slash, the tag's name after it.
    private func target(of id: String) throws -> (EntityID, TagName) {
        guard let slash = id.firstIndex(of: "/") else { throw broken }
        return (EntityID(String(id[..<slash])), TagName(String(id[id.index(after: slash)...])))
    }

    private func key(of id: String) throws -> SharedRecord.Key {
        guard let key = SharedRecord.Key(id) else { throw broken }
        return key
    }

    var broken: GovernanceError { GovernanceError(.storeUnavailable, "the change log is damaged") }

    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
