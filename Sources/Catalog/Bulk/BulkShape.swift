import CatalogModel

/// An entity type laid out flat, so that checking an entity is a walk over numbers.
final class BulkShape: Sendable {
    let shape: EntityShape
    let attributes: [BulkAttribute]
    /// Relationship attributes that may be read here, by number.
    let ends: [BulkEnd]
    /// Attributes that an entity must have, by number.
    let mandatory: [Int]
    /// Relationship attributes that an entity must have, as bits of their numbers; nil when there are too many.
    let mandatoryEnds: UInt64?
    let unique: [BulkUnique]
    /// The attributes that headers show, by number.
    let headers: [Int]
    /// The attributes by which people name an entity, the first that has a text counts.
    let naming: [Int]
    private let names: BulkNames

    /// What a name stands for.
    enum Member {
        case attribute(Int)
        case end(Int)
    }

    init(_ shape: EntityShape, _ types: TypeRegistry, _ relationships: inout BulkRelationshipTypes) {
        self.shape = shape
        attributes = shape.attributes.map { BulkAttribute($0, types) }
        var numbers: [String: Int] = [:]
        for (number, attribute) in shape.attributes.enumerated() {
            numbers[attribute.definition.name] = number
        }
        let endNames = shape.ends.keys.sorted()
        ends = endNames.map { name in
            BulkEnd(candidates: (shape.ends[name] ?? []).map { relationships.candidate($0) })
        }
        mandatory = shape.mandatoryAttributes.compactMap { numbers[$0] }
        var bits: UInt64 = 0
        for (number, name) in endNames.enumerated() where shape.mandatoryEnds.contains(name) {
            bits |= number < 64 ? 1 << UInt64(number) : 0
        }
        mandatoryEnds = ends.count <= 64 ? bits : nil
        unique = shape.uniqueAttributes.compactMap { name in
            numbers[name].map { BulkUnique(name, $0, of: shape, types) }
        }
        headers = shape.headerAttributes.compactMap { numbers[$0] }
        let option = shape.definition.options["displayTextAttribute"].map { [$0] } ?? []
        naming = (option + ["name", "displayName", "qualifiedName"]).compactMap { numbers[$0] }
        names = BulkNames(shape.attributes.map(\.definition.name) + endNames)
    }

    /// What a name stands for; nil for names that the type doesn't know.
    @inline(__always)
    func member(_ name: UnsafeBufferPointer<UInt8>) -> Member? {
        names.number(of: name).map { $0 < attributes.count ? .attribute($0) : .end($0 - attributes.count) }
    }
}

/// An attribute of a ``BulkShape``.
struct BulkAttribute: Sendable {
    /// How plain values are taken; all others are checked by ``ValueChecking``.
    enum Kind: Sendable {
        case text
        case truth
        /// A whole number in bounds.
        case whole(ClosedRange<Int64>)
        case other
        /// What may refer to entities: only null is plain.
        case reference
    }

    let name: String
    let shape: AttributeShape
    let kind: Kind
    /// What a new entity has when nothing is given.
    let initial: JSONValue?

    init(_ shape: AttributeShape, _ types: TypeRegistry) {
        name = shape.definition.name
        self.shape = shape
        initial = ValueChecking.initialValue(of: shape, types)
        switch shape.type {
        case .string: kind = .text
        case .boolean: kind = .truth
        case .byte, .short, .int, .long, .bigInteger, .date:
            kind = shape.type.wholeRange.map { .whole($0) } ?? .other
        case .float, .double, .bigDecimal: kind = .whole(.min ... .max)
        case .array, .map, .named:
            kind = BulkAttribute.mayReferToEntities(shape.type, types, depth: 0) ? .reference : .other
        }
    }

    private static func mayReferToEntities(_ type: AttributeType, _ types: TypeRegistry, depth: Int) -> Bool {
        type.names.contains { name in
            guard depth < 8, let definition = types.definitions[name] else { return true }
            switch definition.category {
            case .enumeration: return false
            case .structure:
                return definition.attributes.contains { attribute in
                    AttributeType(attribute.typeName).map { mayReferToEntities($0, types, depth: depth + 1) }
                        ?? true
                }
            case .entity, .tag, .relationship, .businessMetadata: return true
            }
        }
    }
}

/// A relationship attribute of a ``BulkShape``.
struct BulkEnd: Sendable {
    let candidates: [BulkCandidate]

    /// The relationship type that a reference means; nil where that takes a look at the catalog.
    @inline(__always)
    func candidate(_ relationshipType: UnsafeBufferPointer<UInt8>?) -> BulkCandidate? {
        if candidates.count == 1 { return candidates[0] }
        guard let relationshipType else { return nil }
        return candidates.first { $0.type.name.utf8.elementsEqual(relationshipType) }
    }
}

/// A relationship type that an attribute may stand for.
final class BulkCandidate: Sendable {
    let type: BulkRelationshipType
    /// The end at which the entity with the attribute stands.
    let index: Int
    /// The type of what stands at the other end.
    let otherType: String
    /// Counts the candidates of a request.
    let number: Int

    init(_ type: BulkRelationshipType, _ end: EndShape, number: Int) {
        self.type = type
        index = end.index
        otherType = end.other.typeName
        self.number = number
    }
}

/// A relationship type that a request may use.
final class BulkRelationshipType: Sendable {
    let name: String
    /// Its place in ``BulkRelationshipTypes/types``.
    let number: Int
    /// Whether an entity at an end has one at most.
    let isSingle: (Bool, Bool)
    /// Whether both ends are alike, so that it has no direction.
    let isSymmetric: Bool

    init(_ end: EndShape, number: Int) {
        name = end.relationshipType
        self.number = number
        let shape = end.shape
        isSingle = (shape.end1.cardinality == .single, shape.end2.cardinality == .single)
        isSymmetric =
            shape.end1.typeName == shape.end2.typeName && shape.end1.attribute == shape.end2.attribute
    }
}

/// The relationship types that the types of a request know.
struct BulkRelationshipTypes: Sendable {
    private(set) var types: [BulkRelationshipType] = []
    private(set) var candidates = 0

    mutating func candidate(_ end: EndShape) -> BulkCandidate {
        candidates += 1
        if let known = types.first(where: { $0.name == end.relationshipType }) {
            return BulkCandidate(known, end, number: candidates - 1)
        }
        let type = BulkRelationshipType(end, number: types.count)
        types.append(type)
        return BulkCandidate(type, end, number: candidates - 1)
    }
}

/// A unique attribute of a ``BulkShape``, with what hashes of its values begin with.
struct BulkUnique: Sendable {
    let name: String
    let attribute: Int
    let seed: UInt64
    /// The types below, whose entities' values count too.
    let below: [(type: String, seed: UInt64)]

    init(_ name: String, _ attribute: Int, of shape: EntityShape, _ types: TypeRegistry) {
        self.name = name
        self.attribute = attribute
        seed = HandleMap.seed(types.ordinal(of: shape.name), name)
        below = shape.selfAndBelow.filter { $0 != shape.name }.sorted().map {
            ($0, HandleMap.seed(types.ordinal(of: $0), name))
        }
    }
}

/// Numbers of some names, found by their bytes.
struct BulkNames: Sendable {
    private let bytes: [UInt8]
    /// Where each name begins; one more at the end.
    private let starts: [Int]
    private let slots: [Int16]
    private let seed = ByteHash.seed

    /// How many names there may be.
    static let most = Int(Int16.max)

    init(_ names: [String]) {
        bytes = names.flatMap(\.utf8)
        starts = names.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.utf8.count) }
        var count = 16
        while count < 4 * names.count { count *= 2 }
        var slots = [Int16](repeating: -1, count: count)
        for (number, name) in names.enumerated().prefix(BulkNames.most) {
            var name = name
            var slot = name.withUTF8 { BulkNames.hash($0, ByteHash.seed) } & (count - 1)
            while slots[slot] >= 0, names[Int(slots[slot])] != name { slot = (slot + 1) & (count - 1) }
            if slots[slot] < 0 { slots[slot] = Int16(number) }
        }
        self.slots = slots
    }

    @inline(__always)
    private static func hash(_ name: UnsafeBufferPointer<UInt8>, _ seed: UInt64) -> Int {
        // Its ends and its length tell a name from others of a type as a rule.
        guard let first = name.first, let last = name.last else { return 0 }
        let middle = UInt64(name[name.count / 2])
        let mixed = UInt64(first) << 24 | UInt64(last) << 16 | middle << 8 | UInt64(name.count & 0xFF)
        return Int(truncatingIfNeeded: ByteHash.mix(mixed ^ seed, 0x9E37_79B9_7F4A_7C15))
    }

    @inline(__always)
    func number(of name: UnsafeBufferPointer<UInt8>) -> Int? {
        let mask = slots.count - 1
        var slot = BulkNames.hash(name, seed) & mask
        return bytes.withUnsafeBufferPointer { bytes in
            while slots[slot] >= 0 {
                let number = Int(slots[slot])
                let known = UnsafeBufferPointer(rebasing: bytes[starts[number]..<starts[number + 1]])
                if ByteHash.isSame(known, name) { return number }
                slot = (slot + 1) & mask
            }
            return nil
        }
    }
}
