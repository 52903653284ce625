import CatalogModel

/// Writes the entities and relationships of a plan into packs, as a ``PackWriter`` writes those of a graph.
struct BulkPacker {
    private let plan: BulkPlan
    private let ids: [EntityID]
    private let relationshipIDs: [EntityID]
    private let user: String
    private let now: Int64
    private var writer = PackWriter(capacity: 0)
    private var scratch: PackScratch
    /// For each shape what stands between identity and attributes, and the numbers of its attributes' names.
    private var heads: [[UInt8]] = []
    private var numbers: [[Int32]] = []

    /// What one pack has.
    struct Part {
        let pack: GraphPack
        let entities: Range<Int>
        let relationships: Range<Int>
    }

    /// The packs of a plan, as many as it takes.
    static func packs(
        of plan: BulkPlan,
        _ ids: [EntityID],
        _ relationshipIDs: [EntityID],
        user: String,
        now: Int64,
        after serial: Int64
    ) -> [Part] {
        PackScratch.with { scratch in
            var packer = BulkPacker(plan, ids, relationshipIDs, user, now, scratch)
            var parts: [Part] = []
            var (entity, relationship) = (0, 0)
            while entity < ids.count || relationship < relationshipIDs.count {
                let entityEnd = min(ids.count, entity + GraphPack.mostEntries)
                let room = GraphPack.mostEntries - (entityEnd - entity)
                let relationshipEnd =
                    entityEnd == ids.count ? min(relationshipIDs.count, relationship + room) : relationship
                parts.append(
                    packer.part(
                        serial + Int64(parts.count) + 1,
                        entity..<entityEnd,
                        relationship..<relationshipEnd
                    )
                )
                (entity, relationship) = (entityEnd, relationshipEnd)
            }
            return parts
        }
    }

    private init(
        _ plan: BulkPlan,
        _ ids: [EntityID],
        _ relationshipIDs: [EntityID],
        _ user: String,
        _ now: Int64,
        _ scratch: PackScratch
    ) {
        (self.plan, self.ids, self.relationshipIDs) = (plan, ids, relationshipIDs)
        (self.user, self.now, self.scratch) = (user, now, scratch)
    }

    private mutating func part(_ serial: Int64, _ entities: Range<Int>, _ relationships: Range<Int>) -> Part {
        writer = PackWriter(capacity: 256 * entities.count + 96 * relationships.count)
        heads = plan.shapes.map { _ in [] }
        numbers = plan.shapes.map { [Int32](repeating: -1, count: $0.attributes.count) }
        var starts: [UInt32] = []
        starts.reserveCapacity(entities.count + relationships.count)
        plan.withBytes { bytes in
            for index in entities {
                starts.append(UInt32(writer.count + scratch.count))
                entity(index, bytes)
            }
        }
        var (type, head): (Int32, [UInt8]) = (-1, [])
        for index in relationships {
            starts.append(UInt32(writer.count + scratch.count))
            let relationship = plan.relationships[index]
            scratch.makeRoom(128, for: &writer)
            scratch.byte(GraphPack.Kind.relationship.rawValue)
            id(relationshipIDs[index])
            if type != relationship.type {
                type = relationship.type
                head = [UInt8](number: writer.number(of: plan.relationshipTypes.types[Int(type)].name))
            }
            scratch.bytes(head)
            id(ids[Int(relationship.end1)])
            id(ids[Int(relationship.end2)])
            relationshipTail()
        }
        scratch.flush(into: &writer)
        return Part(
            pack: GraphPack(serial: serial, entries: writer, starts: starts),
            entities: entities,
            relationships: relationships
        )
    }

    private mutating func id(_ id: EntityID) {
        guard let (high, low) = id.bits else {
            scratch.flush(into: &writer)
            return writer.id(id)
        }
        scratch.byte(0)
        scratch.fixed(high)
        scratch.fixed(low)
    }

    /// A new relationship in use without anything else.
    private mutating func relationshipTail() {
        scratch.number(0)
        scratch.number(0)
        scratch.number(UInt64(writer.number(of: user)))
        scratch.number(UInt64(writer.number(of: user)))
        scratch.signed(now)
        scratch.signed(0)
        scratch.signed(0)
    }

    private mutating func entity(_ index: Int, _ bytes: BulkPlan.Bytes) {
        let draft = plan.drafts[index]
        let number = Int(draft.shape)
        let shape = plan.shapes[number]
        scratch.makeRoom(256, for: &writer)
        scratch.byte(GraphPack.Kind.entity.rawValue)
        id(ids[index])
        if heads[number].isEmpty { heads[number] = head(of: shape.shape.name) }
        scratch.bytes(heads[number])
        var count = 0
        for place in 0..<shape.attributes.count
        where plan.values[Int(draft.firstValue) + place].isGiven || shape.attributes[place].initial != nil {
            count += 1
        }
        scratch.number(UInt64(count))
        for place in 0..<shape.attributes.count {
            value(plan.values[Int(draft.firstValue) + place], place, number, shape, bytes)
        }
        scratch.makeRoom(32, for: &writer)
        scratch.number(1)
        scratch.number(UInt64(writer.number(of: EntityEvent.Action.created.rawValue)))
        scratch.byte(0)
    }

    /// What stands between the identity of a new entity in use and its attributes.
    private mutating func head(of type: String) -> [UInt8] {
        var head = PackWriter(capacity: 64)
        head.number(writer.number(of: type))
        head.number(PackedFlags.events)
        head.number(0 as UInt64)
        head.number(writer.number(of: user))
        head.number(writer.number(of: user))
        head.signed(now)
        head.signed(0)
        head.signed(0)
        return head.bytes
    }

    private mutating func value(
        _ value: BulkValue,
        _ place: Int,
        _ number: Int,
        _ shape: BulkShape,
        _ bytes: BulkPlan.Bytes
    ) {
        if !value.isGiven, shape.attributes[place].initial == nil { return }
        scratch.makeRoom(64, for: &writer)
        if numbers[number][place] < 0 {
            numbers[number][place] = Int32(writer.number(of: shape.attributes[place].name))
        }
        scratch.number(UInt64(numbers[number][place]))
        switch value.kind {
        case .no: scratch.byte(1)
        case .yes: scratch.byte(2)
        case .whole:
            scratch.byte(3)
            scratch.signed(Int64(bitPattern: value.bits))
        case .text:
            let text = bytes[value.text]
            scratch.byte(5)
            scratch.number(UInt64(text.count))
            scratch.bytes(text, for: &writer)
        case .other:
            scratch.flush(into: &writer)
            writer.value(plan.others[Int(value.bits)])
        case .absent, .null:
            scratch.flush(into: &writer)
            writer.value(shape.attributes[place].initial ?? .null)
        }
    }
}

/// Bytes on their way into a ``PackWriter``, written without a check for each.
struct PackScratch {
    private let memory: UnsafeMutablePointer<UInt8>
    private(set) var count = 0

    private static let capacity = 1 << 16

    /// Lends the memory.
    static func with<Result>(_ body: (PackScratch) -> Result) -> Result {
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        defer { memory.deallocate() }
        return body(PackScratch(memory: memory))
    }

    private init(memory: UnsafeMutablePointer<UInt8>) { self.memory = memory }

    /// Makes sure that so many bytes can come.
    @inline(__always)
    mutating func makeRoom(_ wanted: Int, for writer: inout PackWriter) {
        if count + wanted > PackScratch.capacity { flush(into: &writer) }
    }

    mutating func flush(into writer: inout PackWriter) {
        writer.append(UnsafeBufferPointer(start: memory, count: count))
        count = 0
    }

    @inline(__always)
    mutating func byte(_ byte: UInt8) {
        memory[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func number(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    mutating func signed(_ number: Int64) {
        self.number(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    @inline(__always)
    mutating func fixed(_ number: UInt64) {
        UnsafeMutableRawPointer(memory + count).storeBytes(of: number.littleEndian, as: UInt64.self)
        count += 8
    }

    /// A few bytes.
    @inline(__always)
    mutating func bytes(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { bytes in
            for byte in bytes { self.byte(byte) }
        }
    }

    /// Any bytes.
    @inline(__always)
    mutating func bytes(_ bytes: UnsafeBufferPointer<UInt8>, for writer: inout PackWriter) {
        guard let base = bytes.baseAddress else { return }
        makeRoom(bytes.count, for: &writer)
        guard bytes.count <= PackScratch.capacity else { return writer.append(bytes) }
        (memory + count).update(from: base, count: bytes.count)
        count += bytes.count
    }
}

extension [UInt8] {
    /// A number as packs have it.
    fileprivate init(number: Int) {
        var writer = PackWriter(capacity: 10)
        writer.number(number)
        self = writer.bytes
    }
}
