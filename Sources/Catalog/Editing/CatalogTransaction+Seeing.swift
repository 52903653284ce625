package import CatalogModel

/// What the one who acts knows of: for them, what they may not read isn't there.
extension CatalogTransaction {
    /// The catalog as it is with what was done so far, through the eyes of the one who acts.
    package var seen: VisibleGraph { VisibleGraph(graph, gate) }

    /// An entity that they made here or may read; nil for any other.
    func seen(_ id: EntityID) -> Entity? {
        guard let entity = graph[id] else { return nil }
        return isSeen(entity) ? entity : nil
    }

    func isSeen(_ entity: Entity) -> Bool {
        gate.isOpen || createdIDs.contains(entity.id) || graph.mayRead(entity, gate)
    }

    /// The entity of an identity that the caller named.
    ///
    /// - Throws: `.unknownEntity`.
    package func entity(_ id: EntityID) throws(CatalogError) -> Entity {
        guard let entity = seen(id) else { throw CatalogError.unknown(id) }
        return entity
    }

    /// An entity that the catalog's own rules led to, whether the caller knows of it or not.
    ///
    /// - Throws: `.unknownEntity`.
    func held(_ id: EntityID) throws(CatalogError) -> Entity {
        guard let entity = graph[id] else { throw CatalogError.unknown(id) }
        return entity
    }

    /// The relationship of an identity that the caller named, both of whose ends they know of.
    ///
    /// - Throws: `.unknownRelationship`.
    package func relationship(_ id: EntityID) throws(CatalogError) -> Relationship {
        guard let relationship = graph.relationship(id), seen(relationship.end1) != nil,
            seen(relationship.end2) != nil
        else {
            throw CatalogError(.unknownRelationship, "Given relationship guid \(id) is invalid/not found")
        }
        return relationship
    }

    /// The glossary, term or category of an identity that the caller named.
    ///
    /// - Throws: `.unknownEntity`, `.otherType`.
    package func glossaryEntity(_ id: EntityID, _ type: String) throws(CatalogError) -> Entity {
        let entity = try entity(id)
        guard entity.typeName == type else {
            throw CatalogError(.otherType, "expected type \(type); found \(entity.typeName)")
        }
        return entity
    }
}
