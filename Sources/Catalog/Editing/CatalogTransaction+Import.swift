import CatalogModel

extension CatalogTransaction {
    /// Adds the types that aren't known, and to those that are the attributes that they lack.
    ///
    /// - Throws: the first rule of definitions that is broken.
    package mutating func importTypes(_ types: [TypeDefinition]) throws(CatalogError) {
        let known = graph.types.definitions
        let new = types.filter { known[$0.name] == nil }
        if !new.isEmpty { _ = try addTypes(new) }
        var grown: [TypeDefinition] = []
        for type in types {
            guard var old = known[type.name], old.category == type.category else { continue }
            let names = Set(old.attributes.map(\.name))
            let added = type.attributes.filter { !names.contains($0.name) && $0.isOptional }
            let values = Set(old.elements.map(\.value))
            let elements = type.elements.filter { !values.contains($0.value) }
            guard !added.isEmpty || !elements.isEmpty else { continue }
            old.attributes += added
            old.elements += elements
            grown.append(old)
        }
        if !grown.isEmpty { _ = try updateTypes(grown) }
    }

    /// Entities as another catalog wrote them, in the form in which they can be written here: references that lead out
    /// of them and out of this catalog are left out, and so are tags that only flowed there.
    package func importable(_ inputs: [EntityInput]) throws(CatalogError) -> [EntityInput] {
        let guids = Set(inputs.compactMap(\.guid))
        func isKept(_ value: JSONValue) -> Bool {
            guard let guid = References.object(value).flatMap(References.guid) else { return false }
            if value.object?.text("relationshipStatus") == EntityStatus.deleted.rawValue { return false }
            return guids.contains(guid) || seen(EntityID(guid)) != nil
        }
        return inputs.map { input in
            var input = input
            guard let shape = graph.types.entityTypes[input.typeName] else { return input }
            for name in shape.ends.keys { input.attributes[name] = nil }
            var kept = JSONObject()
            for pair in input.relationships.pairs {
                switch pair.value {
                case .array(let list):
                    let list = list.filter(isKept)
                    if !list.isEmpty { kept[pair.name] = .array(list) }
                case .object: if isKept(pair.value) { kept[pair.name] = pair.value }
                case .null, .bool, .integer, .number, .string: break
                }
            }
            input.relationships = kept
            input.tags = input.tags.filter { $0.entity == nil || $0.entity?.text == input.guid }
            return input
        }
    }
}
