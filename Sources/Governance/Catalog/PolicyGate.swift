import Catalog
import CatalogModel
import HashTreeCollections
import PolicyEngine

/// What policy lets somebody do with the catalog.
///
/// Two things let somebody read an entity: a policy of a service of type `atlas`, or, for a governed table and its
/// columns, that policy lets them read some of its rows. All else needs a policy of an `atlas` service.
struct PolicyGate: CatalogGate {
    let snapshot: GovernanceSnapshot
    let subject: Subject
    let now: Instant
    private let services: [ServiceName]

    init(snapshot: GovernanceSnapshot, subject: Subject, now: Instant) {
        self.snapshot = snapshot
        self.subject = subject
        self.now = now
        services = snapshot.state.services.values.filter { $0.definition.name == "atlas" }.map(\.name).sorted
        {
            $0.text < $1.text
        }
    }

    var isOpen: Bool { false }

    func permits(_ privilege: CatalogPrivilege, type: String, category: TypeCategory) -> Bool {
        // Types name no data; whoever may sign in may know them.
        if privilege == .typeRead { return true }
        return isAllowed(privilege, ["type-category": category.rawValue, "type": type])
    }

    func permits(_ privilege: CatalogPrivilege, on entity: EntityFacts, detail: String?) -> Bool {
        // It counts what others may not know of: no policy about types and names of entities can mean to show that.
        if entity.types.first == BaseTypes.countSample { return false }
        if privilege == .entityRead || privilege == .tagRead, mayReadRows(entity) { return true }
        let tags = entity.tags.isEmpty ? [["_NOT_CLASSIFIED"]] : entity.tags
        // Each tag must be covered, by itself or a type above it; so must some type of the entity.
        return tags.allSatisfy { names in
            names.contains { tag in
                entity.types.contains { type in
                    var resource = ["entity-type": type, "entity-classification": tag, "entity": entity.name]
                    resource[privilege.detailLevel ?? ""] = privilege.detailLevel == nil ? nil : detail ?? "*"
                    return isAllowed(privilege, resource, owner: entity.owner)
                }
            }
        }
    }

    func permits(
        _ privilege: CatalogPrivilege,
        relationship: String,
        _ end1: EntityFacts,
        _ end2: EntityFacts
    ) -> Bool {
        func tags(_ facts: EntityFacts) -> [String] {
            facts.tags.flatMap { $0 } + (facts.tags.isEmpty ? ["_NOT_CLASSIFIED"] : [])
        }
        return end1.types.contains { type1 in
            end2.types.contains { type2 in
                tags(end1).contains { tag1 in
                    tags(end2).contains { tag2 in
                        isAllowed(
                            privilege,
                            [
                                "relationship-type": relationship, "end-one-entity-type": type1,
                                "end-one-entity-classification": tag1, "end-one-entity": end1.name,
                                "end-two-entity-type": type2, "end-two-entity-classification": tag2,
                                "end-two-entity": end2.name,
                            ]
                        )
                    }
                }
            }
        }
    }

    func permits(_ privilege: CatalogPrivilege) -> Bool {
        isAllowed(privilege, ["atlas-service": "*"])
    }

    private func isAllowed(_ privilege: CatalogPrivilege, _ resource: [String: String], owner: String = "")
        -> Bool
    {
        services.contains { service in
            snapshot.policies.allows(
                ActRequest(
                    subject: subject,
                    service: service,
                    resource: resource,
                    accessType: privilege == .tagRead
                        ? CatalogPrivilege.entityRead.rawValue : privilege.rawValue,
                    owner: owner.isEmpty ? nil : UserName(owner),
                    now: now
                )
            )
        }
    }

    func shown(_ entity: Entity) -> Entity {
        // Where the data lies is for those who look after it, as in every other view of a table.
        guard entity.typeName == BaseTypes.table, entity.attributes.text("owner") != subject.user.text else {
            return entity
        }
        var shown = entity
        shown.attributes["location"] = nil
        return shown
    }

    /// Whether the entity is a governed table or column of which they may see rows.
    private func mayReadRows(_ entity: EntityFacts) -> Bool {
        let table: CatalogTable?
        var column: ColumnName?
        switch entity.types.first {
        case BaseTypes.table: table = TableName(entity.name).flatMap { snapshot.state.tables[$0] }
        case BaseTypes.column:
            let reference = ColumnReference(entity.name)
            table = reference.flatMap { snapshot.state.tables[$0.table] }
            column = reference?.column
        default: return false
        }
        guard let table else { return false }
        if table.definition.owner == subject.user { return true }
        let decision = try? snapshot.decide(
            subject,
            reading: table,
            columns: column.map { [$0] },
            purpose: nil,
            at: now
        )
        return decision?.columns.contains { $0.treatment != .denied } ?? false
    }
}

extension CatalogPrivilege {
    /// The level of the resource that names a tag, label or business metadata.
    fileprivate var detailLevel: String? {
        switch self {
        case .labelAdd, .labelRemove: "entity-label"
        case .businessUpdate: "entity-business-metadata"
        case .tagAdd, .tagUpdate, .tagRemove: "classification"
        case .typeCreate, .typeUpdate, .typeDelete, .typeRead, .entityRead, .tagRead, .entityCreate,
            .entityUpdate,
            .entityDelete, .relationshipAdd, .relationshipUpdate, .relationshipRemove, .export, .importing,
            .purge,
            .audits, .notify:
            nil
        }
    }
}

extension GovernanceSnapshot {
    /// What a caller may do with the catalog: everything for administrators.
    func catalogGate(for caller: Caller, at now: Instant) throws(GovernanceError) -> any CatalogGate {
        isAdmin(caller)
            ? OpenGate() : PolicyGate(snapshot: self, subject: try subject(caller.user), now: now)
    }
}
