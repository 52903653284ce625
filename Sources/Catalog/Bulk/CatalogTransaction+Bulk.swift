package import CatalogModel

extension CatalogTransaction {
    /// Makes the entities of a plan.
    ///
    /// Cost: a look-up for each unique value, and the bytes of a pack.
    /// - Returns: What came of it; nil, with nothing done, when the plan's types aren't in force, a unique value is taken,
    ///   policy has a say, or something was done before. Then what the request says is to be written in the general way.
    package mutating func create(_ plan: BulkPlan) -> BulkCreation? {
        guard gate.isOpen, isUntouched, !isImport, graph.isFree(for: plan) else { return nil }
        let ids = plan.drafts.map { _ in makeID() }
        let relationshipIDs = plan.relationships.map { _ in makeID() }
        let parts = BulkPacker.packs(
            of: plan,
            ids,
            relationshipIDs,
            user: user,
            now: now,
            after: graph.packSerial
        )
        graph.add(plan, ids, relationshipIDs, parts)
        bulkChanges = parts.map { part in
            let live = part.entities.count + part.relationships.count
            return .pack(GraphPackChange(part.pack, replaced: [], changed: [], gone: [], live: live))
        }
        createdIDs = Set(ids)
        mutation.created = ids
        plan.withBytes { bytes in
            for (index, draft) in plan.drafts.enumerated() {
                guard let placeholder = draft.placeholder else { continue }
                mutation.assignments.append((String(decoding: bytes[placeholder], as: UTF8.self), ids[index]))
            }
        }
        return BulkCreation(plan, ids)
    }
}

/// What came of a plan.
package struct BulkCreation: Sendable {
    private let held: Held

    /// A plan has many parts; so it is passed on as one.
    fileprivate final class Held: Sendable {
        let plan: BulkPlan
        let ids: [EntityID]

        init(_ plan: BulkPlan, _ ids: [EntityID]) { (self.plan, self.ids) = (plan, ids) }
    }

    init(_ plan: BulkPlan, _ ids: [EntityID]) { held = Held(plan, ids) }

    /// A value of an attribute.
    package enum Value {
        /// A text, as long as the entity is looked at.
        case text(UnsafeBufferPointer<UInt8>)
        /// Any other value.
        case value(JSONValue)
        /// None.
        case nothing
    }

    /// An entity that was made.
    package struct Created {
        /// Its identity.
        package let id: EntityID
        /// The place of its type in ``BulkCreation/types``.
        package let type: Int
        /// The placeholder that stood for it; nil for none.
        package let placeholder: UnsafeBufferPointer<UInt8>?
        fileprivate let held: Held
        fileprivate let draft: BulkDraft
        fileprivate let bytes: BulkPlan.Bytes

        /// The value of one of its type's ``EntityShape/headerAttributes``.
        package func header(_ index: Int) -> Value { value(held.plan.shapes[type].headers[index]) }

        /// The name that people see; nothing for one that has none but its identity.
        package var displayText: Value {
            for attribute in held.plan.shapes[type].naming {
                switch value(attribute) {
                case .text(let text): return .text(text)
                case .value(.string(let text)): return .value(.string(text))
                case .value, .nothing: continue
                }
            }
            return .nothing
        }

        private func value(_ attribute: Int) -> Value {
            let value = held.plan.values[Int(draft.firstValue) + attribute]
            switch value.kind {
            case .text: return .text(bytes[value.text])
            case .no: return .value(.bool(false))
            case .yes: return .value(.bool(true))
            case .whole: return .value(.integer(Int64(bitPattern: value.bits)))
            case .other: return .value(held.plan.others[Int(value.bits)])
            case .absent, .null:
                return held.plan.shapes[type].attributes[attribute].initial.map { .value($0) } ?? .nothing
            }
        }
    }

    /// The types of the entities.
    package var types: [EntityShape] { held.plan.shapes.map(\.shape) }

    /// Gives each entity, in the order of the request.
    package func forEach(_ body: (Created) -> Void) {
        held.plan.withBytes { bytes in
            for (index, draft) in held.plan.drafts.enumerated() {
                body(
                    Created(
                        id: held.ids[index],
                        type: Int(draft.shape),
                        placeholder: draft.placeholder.map { bytes[$0] },
                        held: held,
                        draft: draft,
                        bytes: bytes
                    )
                )
            }
        }
    }
}
