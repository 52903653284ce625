import CatalogModel

extension CatalogTransaction {
    /// Adds types, which may refer to each other.
    ///
    /// - Throws: `.typeExists`, or the first rule of definitions that is broken.
    /// - Returns: The types as they are now.
    package mutating func addTypes(_ types: [TypeDefinition]) throws(CatalogError) -> [TypeDefinition] {
        for type in types { try require(.typeCreate, type) }
        let added = try graph.types.add(types, by: user, at: now, makeID: makeID)
        change(added.map { .putType($0) })
        mutation.types += added.count
        return added
    }

    /// Changes types as far as they may change.
    ///
    /// - Throws: `.unknownTypeName`, or the first rule of definitions that is broken.
    /// - Returns: The types as they are now.
    package mutating func updateTypes(_ types: [TypeDefinition]) throws(CatalogError) -> [TypeDefinition] {
        for type in types { try require(.typeUpdate, type) }
        let updated = try graph.types.update(types, by: user, at: now)
        change(updated.map { .putType($0) })
        mutation.types += updated.count
        graph.touchAllFlow()
        return updated
    }

    /// Takes types away that nothing uses.
    ///
    /// - Throws: `.unknownTypeName`, `.typeInUse`, `.typeReferred`.
    package mutating func deleteTypes(_ names: [String]) throws(CatalogError) {
        for name in names {
            guard let type = graph.types.definitions[name] else {
                throw CatalogError(.unknownTypeName, "Given typename \(name) was invalid")
            }
            try require(.typeDelete, type)
            guard !isUsed(type) else {
                throw CatalogError(.typeInUse, "Given type \(name) has references")
            }
        }
        try graph.types.delete(names)
        change(names.map { .removeType($0) })
    }

    private func isUsed(_ type: TypeDefinition) -> Bool {
        switch type.category {
        case .entity: graph.hasEntity(ofExactly: type.name)
        case .tag: graph.isSet(TagName(type.name))
        case .relationship: graph.relationshipCount(ofType: type.name) > 0
        case .businessMetadata:
            graph.types.entityTypes.values.filter { $0.business[type.name] != nil }.contains { shape in
                graph.handles(ofExactly: shape.name).contains {
                    graph.entity($0)?.businessAttributes[type.name] != nil
                }
            }
        case .enumeration, .structure: false
        }
    }

    private func require(_ privilege: CatalogPrivilege, _ type: TypeDefinition) throws(CatalogError) {
        guard !gate.isOpen, !gate.permits(privilege, type: type.name, category: type.category) else { return }
        throw CatalogError(
            .forbidden,
            "\(user) is not authorized to perform \(privilege.rawValue): type=\(type.name)"
        )
    }
}
