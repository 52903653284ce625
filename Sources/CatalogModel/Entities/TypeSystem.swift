/// Why a type or an entity is not acceptable.
package enum TypeError: Error, Hashable, Sendable {
    /// No type of that name.
    case unknownType(String)
    /// A type above is unknown, or a type is above itself.
    case invalidSuperType(type: String, superType: String)
    /// Two attributes of one name, in the type or above it.
    case duplicateAttribute(type: String, attribute: String)
    /// An attribute's type is none.
    case unknownAttributeType(type: String, attribute: String, typeName: String)
    /// The type has no such attribute.
    case unknownAttribute(type: String, attribute: String)
    /// A mandatory attribute is missing.
    case missingAttribute(type: String, attribute: String)
    /// A value doesn't fit its attribute's type.
    case unsuitableValue(type: String, attribute: String, expected: String)
}

extension TypeError: CustomStringConvertible {
    /// What failed and why; never a value.
    package var description: String {
        switch self {
        case .unknownType(let type): "type `\(type)` is not known"
        case .invalidSuperType(let type, let superType):
            "type `\(type)` can't have `\(superType)` above it: it is unknown or leads back to `\(type)`"
        case .duplicateAttribute(let type, let attribute):
            "type `\(type)` has attribute `\(attribute)` twice, counting the types above it"
        case .unknownAttributeType(let type, let attribute, let typeName):
            "attribute `\(attribute)` of type `\(type)`: `\(typeName)` is no attribute type"
        case .unknownAttribute(let type, let attribute): "type `\(type)` has no attribute `\(attribute)`"
        case .missingAttribute(let type, let attribute):
            "an entity of type `\(type)` needs attribute `\(attribute)`"
        case .unsuitableValue(let type, let attribute, let expected):
            "attribute `\(attribute)` of type `\(type)` takes \(expected)"
        }
    }
}

/// The entity types and tag types in force, with inheritance resolved.
///
/// Cost: a look-up of a type's attributes is one hash; adding a type resolves that type only.
package struct TypeSystem: Sendable {
    /// Entity types by name.
    package private(set) var entityTypes: [String: EntityType] = [:]
    /// Tag types by name.
    package private(set) var tagTypes: [TagName: TagType] = [:]
    private var attributes: [String: [String: AttributeDefinition]] = [:]

    /// The types that every catalog starts with.
    package init() {
        for type in BaseTypes.all {
            entityTypes[type.name] = type
            attributes[type.name] = inheritedAttributes(of: type)
        }
    }

    /// Adds or replaces an entity type.
    ///
    /// - Throws: a super type that is unknown or leads back, an attribute given twice or of an unknown type.
    package mutating func put(_ type: EntityType) throws(TypeError) {
        for superType in type.superTypes {
            guard superType != type.name, entityTypes[superType] != nil, !isAbove(superType, over: type.name)
            else {
                throw .invalidSuperType(type: type.name, superType: superType)
            }
        }
        var seen = Set(type.superTypes.flatMap { attributes[$0, default: [:]].keys })
        for attribute in type.attributes {
            guard seen.insert(attribute.name).inserted else {
                throw .duplicateAttribute(type: type.name, attribute: attribute.name)
            }
            guard AttributeKind(attribute.typeName) != nil else {
                throw .unknownAttributeType(
                    type: type.name,
                    attribute: attribute.name,
                    typeName: attribute.typeName
                )
            }
        }
        entityTypes[type.name] = type
        attributes[type.name] = inheritedAttributes(of: type)
        for below in entityTypes.values where below.superTypes.contains(type.name) {
            attributes[below.name] = inheritedAttributes(of: below)
        }
    }

    /// Adds or replaces a tag type.
    ///
    /// - Throws: a super type that is unknown or leads back.
    package mutating func put(_ type: TagType) throws(TypeError) {
        for superType in type.superTypes {
            guard superType != type.name, tagTypes[superType] != nil,
                !selfAndAbove(superType).contains(type.name)
            else { throw .invalidSuperType(type: type.name.text, superType: superType.text) }
        }
        tagTypes[type.name] = type
    }

    /// A tag type and all types above it, nearest first; just itself when it is unknown.
    package func selfAndAbove(_ tag: TagName) -> [TagName] {
        var found = [tag]
        var next = 0
        while next < found.count {
            for superType in tagTypes[found[next]]?.superTypes ?? [] where !found.contains(superType) {
                found.append(superType)
            }
            next += 1
        }
        return found
    }

    /// Checks an entity against its type.
    ///
    /// - Throws: an unknown type or attribute, a missing mandatory attribute, a value of another type.
    package func check(_ entity: Entity) throws(TypeError) {
        guard let known = attributes[entity.typeName] else { throw .unknownType(entity.typeName) }
        for (name, value) in entity.attributes {
            guard let attribute = known[name] else {
                throw .unknownAttribute(type: entity.typeName, attribute: name)
            }
            guard let kind = AttributeKind(attribute.typeName), kind.accepts(value) else {
                throw .unsuitableValue(
                    type: entity.typeName,
                    attribute: name,
                    expected: attribute.typeName
                )
            }
        }
        for attribute in known.values where !attribute.isOptional && entity.attributes[attribute.name] == nil
        {
            throw .missingAttribute(type: entity.typeName, attribute: attribute.name)
        }
    }

    /// Checks a tag against its type.
    ///
    /// - Throws: an unknown tag type, an attribute that neither the type nor one above it has.
    package func check(_ tag: Tag) throws(TypeError) {
        guard tagTypes[tag.name] != nil else { throw .unknownType(tag.name.text) }
        let known = Set(selfAndAbove(tag.name).flatMap { tagTypes[$0]?.attributes ?? [] })
        for attribute in tag.attributes.keys where !known.contains(attribute) {
            throw .unknownAttribute(type: tag.name.text, attribute: attribute)
        }
    }

    /// The names of a type's unique attributes, inherited ones included; empty for an unknown type.
    package func uniqueAttributes(of typeName: String) -> [String] {
        attributes[typeName, default: [:]].values.filter(\.isUnique).map(\.name).sorted()
    }

    private func isAbove(_ type: String, over lower: String) -> Bool {
        entityTypes[type]?.superTypes.contains { $0 == lower || isAbove($0, over: lower) } ?? false
    }

    private func inheritedAttributes(of type: EntityType) -> [String: AttributeDefinition] {
        var all: [String: AttributeDefinition] = [:]
        for superType in type.superTypes {
            all.merge(attributes[superType, default: [:]]) { first, _ in first }
        }
        for attribute in type.attributes { all[attribute.name] = attribute }
        return all
    }
}

/// What an attribute's type name stands for.
private indirect enum AttributeKind {
    case string, whole, boolean, date, number, map
    case array(AttributeKind)

    init?(_ typeName: String) {
        switch typeName {
        case "string": self = .string
        case "int", "long": self = .whole
        case "boolean": self = .boolean
        case "date": self = .date
        case "double", "float": self = .number
        case "map<string,string>": self = .map
        default:
            guard typeName.hasPrefix("array<"), typeName.hasSuffix(">"),
                let element = AttributeKind(String(typeName.dropFirst(6).dropLast()))
            else { return nil }
            self = .array(element)
        }
    }

    func accepts(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.string, .string), (.whole, .integer), (.boolean, .bool), (.date, .integer), (.number, .number),
            (.number, .integer):
            true
        case (.map, .object(let object)): object.values.allSatisfy { $0.text != nil }
        case (.array(let element), .array(let list)): list.allSatisfy(element.accepts)
        case (.string, _), (.whole, _), (.boolean, _), (.date, _), (.number, _), (.map, _), (.array, _): false
        }
    }
}
