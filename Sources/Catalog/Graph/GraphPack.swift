package import CatalogModel

/// Changes of entities and relationships as one run of bytes: what the store keeps, and what memory holds.
///
/// **Shape.** A version byte, names that come again and again, entries, and where each entry begins. Immutable.
/// **Cost.** Nothing is decoded before somebody asks for it.
package final class GraphPack: Sendable {
    /// Counts the packs of a catalog, from 1.
    package let serial: Int64
    /// All of it.
    package let bytes: [UInt8]
    /// How many entries there are.
    package let count: Int
    let names: [String]
    /// Where the list of the entries' places begins.
    private let places: Int

    /// What an entry is.
    enum Kind: UInt8, Sendable {
        case entity = 1
        case entityGone
        case note
        case relationship
        case relationshipGone
    }

    private static let layout: UInt8 = 1
    static let mostEntries = 1 << 16

    /// Reads the frame of a pack; nil for bytes that are none.
    package init?(serial: Int64, bytes: [UInt8]) {
        guard bytes.count > 5, bytes[0] == GraphPack.layout else { return nil }
        func word(_ place: Int) -> Int {
            guard place >= 0, place + 4 <= bytes.count else { return -1 }
            return Int(bytes[place]) | Int(bytes[place + 1]) << 8 | Int(bytes[place + 2]) << 16
                | Int(bytes[place + 3]) << 24
        }
        let places = word(bytes.count - 4)
        guard places > 0, places + 4 <= bytes.count, (bytes.count - places) % 4 == 0 else { return nil }
        let (names, isBroken) = bytes.withUnsafeBufferPointer { buffer in
            var reader = PackReader(buffer, [], at: 1)
            let names = (0..<reader.count()).map { _ in reader.text() }
            return (names, reader.isBroken)
        }
        guard !isBroken else { return nil }
        self.serial = serial
        self.bytes = bytes
        self.names = names
        self.places = places
        count = (bytes.count - places) / 4 - 1
        for index in 0..<count where word(places + 4 * index) >= places { return nil }
    }

    init(serial: Int64, entries: PackWriter, starts: [UInt32]) {
        var head = PackWriter(capacity: 1024)
        head.byte(GraphPack.layout)
        head.number(entries.names.count)
        for name in entries.names { head.text(name) }
        var bytes = head.bytes
        bytes.reserveCapacity(head.count + entries.count + 4 * starts.count + 4)
        bytes += entries.bytes
        places = bytes.count
        let offset = UInt32(head.count)
        let words = starts.map { ($0 + offset).littleEndian } + [UInt32(places).littleEndian]
        words.withUnsafeBytes { bytes.append(contentsOf: $0) }
        self.serial = serial
        self.bytes = bytes
        names = entries.names
        count = starts.count
    }

    /// Lets somebody read an entry.
    @inline(__always)
    func reading<Value>(_ index: Int, _ body: (inout PackReader) -> Value) -> Value {
        bytes.withUnsafeBufferPointer { buffer in
            let place = places + 4 * index
            let start = UnsafeRawPointer(buffer.baseAddress.unsafelyUnwrapped).loadUnaligned(
                fromByteOffset: place,
                as: UInt32.self
            )
            var reader = PackReader(buffer, names, at: Int(UInt32(littleEndian: start)))
            return body(&reader)
        }
    }

    /// Lets somebody read from a place that a reader came to.
    func reading<Value>(at place: Int, _ body: (inout PackReader) -> Value) -> Value {
        bytes.withUnsafeBufferPointer { buffer in
            var reader = PackReader(buffer, names, at: place)
            return body(&reader)
        }
    }

    /// A name by its number; empty for a number that is none.
    func name(_ number: Int) -> String { names.indices.contains(number) ? names[number] : "" }

    /// What an entry is, and of what.
    func kind(_ index: Int) -> Kind? { reading(index) { Kind(rawValue: $0.byte()) } }

    func id(_ index: Int) -> EntityID {
        reading(index) { reader in
            _ = reader.byte()
            return reader.id()
        }
    }

    /// What stands for an entry for ever: its pack and its place there.
    func birth(_ index: Int) -> Int64 { serial << 20 | Int64(index) }

    /// The pack in which something was born.
    package static func serial(ofBirth birth: Int64) -> Int64 { birth >> 20 }
}

extension GraphPack {
    /// What an entry says of entities.
    package enum Subject {
        /// How an entity of a type is now.
        case entity(EntityID, typeName: String)
        /// That an entity is gone.
        case gone(EntityID)
        /// That something happened to an entity which is as it was.
        case note(EntityID)
    }

    /// Gives each entry that is about an entity, with its number.
    package func forEachSubject(_ body: (Int, Subject) -> Void) {
        for index in 0..<count {
            switch kind(index) {
            case .entity?:
                let head = head(index)
                body(index, .entity(head.id, typeName: head.typeName))
            case .entityGone?: body(index, .gone(id(index)))
            case .note?: body(index, .note(id(index)))
            case .relationship?, .relationshipGone?, nil: break
            }
        }
    }

    /// As ``forEachSubject(_:)``, without entities of other types than some.
    package func forEachSubject(ofTypes types: Set<String>, _ body: (Int, Subject) -> Void) {
        let numbers = names.indices.filter { types.contains(names[$0]) }
        for index in 0..<count {
            switch kind(index) {
            case .entity?:
                let isWanted = !numbers.isEmpty && numbers.contains(typeNumber(index))
                if isWanted {
                    let head = head(index)
                    body(index, .entity(head.id, typeName: head.typeName))
                }
            case .entityGone?: body(index, .gone(id(index)))
            case .note?: body(index, .note(id(index)))
            case .relationship?, .relationshipGone?, nil: break
            }
        }
    }

    /// The number of the type's name of an entity.
    private func typeNumber(_ index: Int) -> Int {
        reading(index) { reader in
            _ = reader.byte()
            reader.skipID()
            return Int(truncatingIfNeeded: reader.number())
        }
    }

    /// Whether an entry says how an entity or relationship is, and not that it is gone or what happened to it.
    package func tellsHowSomethingIs(_ index: Int) -> Bool {
        switch kind(index) {
        case .entity?, .relationship?: true
        case .entityGone?, .note?, .relationshipGone?, nil: false
        }
    }

    /// Whether a type may be among those of its entities; never false for one that is.
    package func mayMention(_ name: String) -> Bool { names.contains(name) }
}

/// An entry of a pack.
package struct PackPlace: Hashable, Sendable {
    /// The pack's serial.
    package let serial: Int64
    /// The entry's number there.
    package let index: Int
}

/// A pack from the store, with the entries that still count.
package struct LivePack: Sendable {
    /// The pack.
    package let pack: GraphPack
    /// A bit for each entry that something later stands in for; bits that are missing are none.
    package let dead: [UInt8]

    /// A pack.
    package init(pack: GraphPack, dead: [UInt8]) {
        self.pack = pack
        self.dead = dead
    }

    /// Whether an entry still counts.
    package func isLive(_ index: Int) -> Bool {
        let byte = index >> 3
        return byte >= dead.count || dead[byte] & (1 << UInt8(index & 7)) == 0
    }
}

/// A pack with the entries of earlier ones that it stands in for.
package struct GraphPackChange: Sendable {
    /// The pack.
    package let pack: GraphPack
    /// Entries of earlier packs that don't count any more.
    package let replaced: [PackPlace]
    /// Entities of which something was known before, in the pack's order: for their history.
    package let changed: [EntityID]
    /// Entities that are gone for good.
    package let gone: [EntityID]
    /// How many entries of the pack say how something is now.
    package let live: Int

    /// A pack that somebody else wrote, as another process sees it.
    package init(_ pack: GraphPack) { self.init(pack, replaced: [], changed: [], gone: [], live: 0) }

    init(_ pack: GraphPack, replaced: [PackPlace], changed: [EntityID], gone: [EntityID], live: Int) {
        (self.pack, self.replaced, self.changed) = (pack, replaced, changed)
        (self.gone, self.live) = (gone, live)
    }
}
