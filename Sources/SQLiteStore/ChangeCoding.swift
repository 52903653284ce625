import Catalog
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
        case .graph(let change): try body(of: change)
        case .putUser(let user): try text(user)
        case .putGroup(let group): try text(group)
        case .putRole(let role): try text(role)
        case .putSource(let source): try text(source)
        case .putService(let service): try text(service)
        case .putPolicy(let policy): try text(policy)
        case .deleteUser, .deleteSource, .deletePolicy: nil
        }
    }

    private func body(of change: GraphChange) throws -> String? {
        switch change {
        case .putType(let type): JSONValue.object(type.json).json
        case .putEntity(let entity, because: _): JSONValue.object(entity.stored).json
        case .putRelationship(let relationship): JSONValue.object(relationship.stored).json
        case .setTag(_, let tag): try text(tag)
        case .removeType, .removeEntity, .note, .removeRelationship, .removeTag: nil
        }
    }

    /// What happened to the entity that a change is about; nil when nothing is to be told.
    func note(of change: CatalogChange) -> String? {
        guard case .graph(let change) = change else { return nil }
        let events: [EntityEvent]
        switch change {
        case .putEntity(_, because: let why), .removeEntity(_, because: let why), .note(_, let why):
            events = why
        case .putType, .removeType, .putRelationship, .removeRelationship, .setTag, .removeTag: return nil
        }
        return events.isEmpty ? nil : EntityEvent.stored(events).json
    }

    func events(_ note: String?) throws -> [EntityEvent] {
        guard let note else { return [] }
        return EntityEvent.read(try JSONReader.value(of: Array(note.utf8)))
    }

    func change(kind: String, id: String, body: String?, note: String?) throws -> CatalogChange {
        guard let kind = ChangeKind(rawValue: kind) else {
            throw GovernanceError(
                .storeVersion,
                "the store has a kind of change that this Steward doesn't know"
            )
        }
        guard let body else { return try withoutBody(kind, id: id, note: note) }
        let data = Data(body.utf8)
        switch kind {
        case .type: return .graph(.putType(try type(body)))
        case .entity: return .graph(.putEntity(try entity(body), because: try events(note)))
        case .relationship:
            guard let relationship = Relationship(stored: try object(body)) else { throw broken }
            return .graph(.putRelationship(relationship))
        case .note: throw broken
        case .tag: return .setTag(try target(of: id).0, try decoder.decode(Tag.self, from: data))
        case .user: return .putUser(try decoder.decode(User.self, from: data))
        case .group: return .putGroup(try decoder.decode(Group.self, from: data))
        case .role: return .putRole(try decoder.decode(Role.self, from: data))
        case .source: return .putSource(try decoder.decode(SourceDefinition.self, from: data))
        case .service: return .putService(try decoder.decode(PolicyService.self, from: data))
        case .policy: return .putPolicy(try decoder.decode(Policy.self, from: data))
        }
    }

    func entity(_ body: String) throws -> Entity {
        guard let entity = Entity(stored: try object(body)) else { throw broken }
        return entity
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

    private func withoutBody(_ kind: ChangeKind, id: String, note: String?) throws -> CatalogChange {
        switch kind {
        case .type: return .graph(.removeType(id))
        case .entity: return .graph(.removeEntity(EntityID(id), because: try events(note)))
        case .note: return .graph(.note(EntityID(id), try events(note)))
        case .relationship: return .graph(.removeRelationship(EntityID(id)))
        case .tag:
            let (entity, name) = try target(of: id)
            return .graph(.removeTag(entity, name))
        case .user: return .deleteUser(UserName(id))
        case .source: return .deleteSource(SourceName(id))
        case .policy:
            guard let number = Int64(id) else { throw broken }
            return .deletePolicy(number)
        case .group, .role, .service: throw broken
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
