import CatalogModel

extension EntityGraph {
    /// An entity that may be read, without the values that aren't for these eyes.
    ///
    /// Attributes that refer to entities lose the references to those that may not be read.
    func shown(_ entity: Entity, _ gate: any CatalogGate) -> Entity {
        guard !gate.isOpen else { return entity }
        var shown = gate.shown(entity)
        for name in types.entityTypes[entity.typeName]?.referringAttributes ?? [] {
            guard let value = shown.attributes[name], !value.isNull else { continue }
            shown.attributes[name] = withoutHidden(value, gate)
        }
        return shown
    }

    private func withoutHidden(_ value: JSONValue, _ gate: any CatalogGate) -> JSONValue {
        switch value {
        case .array(let list):
            return .array(
                list.compactMap { element in
                    let kept = withoutHidden(element, gate)
                    return kept.isNull && !element.isNull ? nil : kept
                }
            )
        case .object(let object):
            if let guid = object.text("guid"), object.text("typeName") != nil {
                guard let entity = self[EntityID(guid)], mayRead(entity, gate) else { return .null }
            }
            var kept = JSONObject()
            for pair in object.pairs { kept.append(new: pair.name, withoutHidden(pair.value, gate)) }
            return .object(kept)
        case .null, .bool, .integer, .number, .string: return value
        }
    }
}
