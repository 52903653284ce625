import CatalogModel
import Foundation
import GRDB
import Governance
import PolicyEngine

/// Changes as rows: the body of the thing as JSON, nil when it is gone.
struct ChangeCoding {
    private let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
    private let decoder = JSONDecoder()

    func body(of change: CatalogChange) throws -> String? {
        switch change {
        case .putTagType(let type): try text(type)
        case .putEntityType(let type): try text(type)
        case .putEntity(let entity): try text(entity)
        case .setTag(_, let tag): try text(tag)
        case .putUser(let user): try text(user)
        case .putGroup(let group): try text(group)
        case .putRole(let role): try text(role)
        case .putSource(let source): try text(source)
        case .putService(let service): try text(service)
        case .putPolicy(let policy): try text(policy)
        case .deleteEntity, .removeTag, .deleteUser, .deleteSource, .deletePolicy: nil
        }
    }

    func change(kind: String, id: String, body: String?) throws -> CatalogChange {
        guard let kind = ChangeKind(rawValue: kind) else {
            throw GovernanceError(
                .storeVersion,
                "the store has a kind of change that this Steward doesn't know"
            )
        }
        guard let body else { return try deletion(of: kind, id: id) }
        let data = Data(body.utf8)
        switch kind {
        case .tagType: return .putTagType(try decoder.decode(TagType.self, from: data))
        case .entityType: return .putEntityType(try decoder.decode(EntityType.self, from: data))
        case .entity: return .putEntity(try decoder.decode(Entity.self, from: data))
        case .tag: return .setTag(try target(of: id).0, try decoder.decode(Tag.self, from: data))
        case .user: return .putUser(try decoder.decode(User.self, from: data))
        case .group: return .putGroup(try decoder.decode(Group.self, from: data))
        case .role: return .putRole(try decoder.decode(Role.self, from: data))
        case .source: return .putSource(try decoder.decode(SourceDefinition.self, from: data))
        case .service: return .putService(try decoder.decode(PolicyService.self, from: data))
        case .policy: return .putPolicy(try decoder.decode(Policy.self, from: data))
        }
    }

    private func deletion(of kind: ChangeKind, id: String) throws -> CatalogChange {
        switch kind {
        case .entity: return .deleteEntity(EntityID(id))
        case .tag:
            let (entity, name) = try target(of: id)
            return .removeTag(entity, name)
        case .user: return .deleteUser(UserName(id))
        case .source: return .deleteSource(SourceName(id))
        case .policy:
            guard let number = Int64(id) else { throw broken }
            return .deletePolicy(number)
        case .tagType, .entityType, .group, .role, .service: throw broken
        }
    }

    /// The parts of a tag's id: the entity before the first slash, the tag's name after it.
    private func target(of id: String) throws -> (EntityID, TagName) {
        guard let slash = id.firstIndex(of: "/") else { throw broken }
        return (EntityID(String(id[..<slash])), TagName(String(id[id.index(after: slash)...])))
    }

    private var broken: GovernanceError { GovernanceError(.storeUnavailable, "the change log is damaged") }

    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
