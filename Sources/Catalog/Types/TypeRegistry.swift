package import CatalogModel

/// The types in force, with inheritance resolved.
///
/// Cost: a look-up is one hash; a change of types resolves all of them again (hundreds of types, about a millisecond).
package struct TypeRegistry: Sendable {
    /// Definitions by name.
    package private(set) var definitions: [String: TypeDefinition] = [:]
    /// Entity types by name.
    package private(set) var entityTypes: [String: EntityShape] = [:]
    /// Tag types by name.
    package private(set) var tagTypes: [String: TagShape] = [:]
    private var names: [EntityID: String] = [:]
    private var ordinals: [String: UInt32] = [:]

    /// The types that every catalog starts with.
    package init() {
        for type in BaseTypes.all { definitions[type.name] = type }
        resolve()
    }

    /// A definition by identity.
    package func definition(_ id: EntityID) -> TypeDefinition? { names[id].flatMap { definitions[$0] } }

    /// A definition of a category by name; nil when it is of another.
    package func definition(_ name: String, _ category: TypeCategory) -> TypeDefinition? {
        definitions[name].flatMap { $0.category == category ? $0 : nil }
    }

    /// A tag type and all types above it, nearest first; just itself when it is unknown.
    package func selfAndAbove(_ tag: TagName) -> [TagName] {
        [tag] + (tagTypes[tag.text]?.above ?? []).map { TagName($0) }
    }

    /// A small number that stands for a type's name as long as this process runs.
    func ordinal(of type: String) -> UInt32 { ordinals[type] ?? .max }

    /// Adds or replaces definitions without asking whether they may be changed; for what was accepted before.
    package mutating func put(_ types: [TypeDefinition]) {
        for type in types { definitions[type.name] = type }
        resolve()
    }

    /// Takes definitions away.
    package mutating func remove(_ types: [String]) {
        for name in types { definitions[name] = nil }
        resolve()
    }

    /// The values of an enumeration; nil when it is none.
    func values(of enumeration: String) -> Set<String>? {
        definition(enumeration, .enumeration).map { Set($0.elements.map(\.value)) }
    }

    // MARK: Resolving

    private mutating func resolve() {
        names = Dictionary(
            definitions.values.map { ($0.id, $0.name) },
            uniquingKeysWith: { first, _ in first }
        )
        for name in definitions.keys.sorted() where ordinals[name] == nil {
            ordinals[name] = UInt32(ordinals.count)
        }
        var below: [String: Set<String>] = [:]
        var direct: [String: [String]] = [:]
        for type in definitions.values {
            for superType in type.superTypes { direct[superType, default: []].append(type.name) }
            for superType in above(type) { below[superType, default: []].insert(type.name) }
        }
        var ends: [String: [String: [EndShape]]] = [:]
        var business: [String: [String: [AttributeDefinition]]] = [:]
        // In one order always: where several relationship types fit a reference, the first one is meant.
        for type in definitions.values.sorted(by: { $0.name < $1.name }) {
            collectEnds(of: type, into: &ends)
            collectBusiness(of: type, into: &business)
        }
        entityTypes = [:]
        tagTypes = [:]
        for type in definitions.values where type.category == .entity || type.category == .tag {
            let above = above(type)
            let subTypes = (direct[type.name] ?? []).sorted()
            if type.category == .entity {
                let inherited = merged(([type.name] + above).map { ends[$0] ?? [:] })
                entityTypes[type.name] = EntityShape(
                    type,
                    above: above,
                    directSubTypes: subTypes,
                    below: below[type.name] ?? [],
                    attributes: attributes(of: type, above).filter { inherited[$0.definition.name] == nil },
                    ends: inherited,
                    business: merged(([type.name] + above).map { business[$0] ?? [:] })
                )
            } else {
                let restrictions = ([type.name] + above).compactMap { definitions[$0]?.entityTypes }
                    .first { !$0.isEmpty }
                tagTypes[type.name] = TagShape(
                    type,
                    above: above,
                    directSubTypes: subTypes,
                    below: below[type.name] ?? [],
                    attributes: attributes(of: type, above),
                    entityTypes: Set(restrictions ?? [])
                )
            }
        }
    }

    /// The types above a type, nearest first; cycles are walked once.
    func above(_ type: TypeDefinition) -> [String] {
        var found: [String] = []
        var seen: Set = [type.name]
        var queue = type.superTypes
        var next = 0
        while next < queue.count {
            if seen.insert(queue[next]).inserted, let superType = definitions[queue[next]] {
                found.append(superType.name)
                queue += superType.superTypes
            }
            next += 1
        }
        return found
    }

    private func attributes(of type: TypeDefinition, _ above: [String]) -> [AttributeShape] {
        var shapes: [AttributeShape] = []
        var seen: Set<String> = []
        for name in above.reversed() + [type.name] {
            for attribute in definitions[name]?.attributes ?? [] where seen.insert(attribute.name).inserted {
                let type = AttributeType(attribute.typeName) ?? .string
                shapes.append(AttributeShape(definition: attribute, definedBy: name, type: type))
            }
        }
        return shapes
    }

    private func collectEnds(of type: TypeDefinition, into ends: inout [String: [String: [EndShape]]]) {
        guard let shape = type.relationship else { return }
        for index in 0..<2 {
            let end = shape.end(index)
            // A type related to itself by one name has one attribute, not two.
            if index == 1, shape.end1.typeName == end.typeName, shape.end1.attribute == end.attribute {
                continue
            }
            ends[end.typeName, default: [:]][end.attribute, default: []].append(
                EndShape(relationshipType: type.name, shape: shape, index: index, definedBy: end.typeName)
            )
        }
    }

    private func collectBusiness(
        of type: TypeDefinition,
        into business: inout [String: [String: [AttributeDefinition]]]
    ) {
        guard type.category == .businessMetadata else { return }
        for attribute in type.attributes {
            for entityType in attribute.applicableEntityTypes {
                business[entityType, default: [:]][type.name, default: []].append(attribute)
            }
        }
    }

    private func merged<Element>(_ maps: [[String: [Element]]]) -> [String: [Element]] {
        var result: [String: [Element]] = [:]
        for map in maps { result.merge(map) { $0 + $1 } }
        return result
    }
}

extension AttributeDefinition {
    /// The entity types that business metadata's attribute applies to.
    package var applicableEntityTypes: [String] {
        guard let text = options["applicableEntityTypes"],
            let value = try? JSONReader.value(of: Array(text.utf8))
        else { return [] }
        return (value.list ?? []).compactMap(\.text)
    }
}
