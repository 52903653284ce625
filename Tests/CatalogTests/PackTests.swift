import Catalog
import CatalogModel
import TestSupport
import Testing

@Suite(.aside) struct `A pack` {
    /// A graph with some data sets and processes between them, made in several transactions, and what they came to.
    private func furnished(_ rounds: Int) throws -> (graph: EntityGraph, changes: [GraphPackChange]) {
        var graph = EntityGraph()
        var changes: [GraphPackChange] = []
        var random = SeededNumbers(seed: 11)
        for round in 0..<rounds {
            var transaction = transaction(on: graph, round)
            var inputs: [EntityInput] = []
            for index in 0..<10 {
                // Some of these are there already: then they change.
                let name = "d\(random.next() % 25)"
                var input = EntityInput(
                    typeName: "DataSet",
                    guid: nil,
                    attributes: [
                        "qualifiedName": .string(name), "name": .string("set \(index) of \(round)"),
                        "description": random.next() % 3 == 0
                            ? .null : .string("über \(random.next() % 100) Wörter"),
                    ]
                )
                if round == 0 { input.labels = ["fresh", "first"] }
                input.customAttributes = ["round": "\(round)"]
                inputs.append(input)
            }
            try transaction.write(inputs)
            let sets = transaction.graph.entities(ofExactly: "DataSet")
            let first = JSONValue.object(["guid": .string(sets[round % sets.count].id.text)])
            var process = EntityInput(
                typeName: "Process",
                guid: nil,
                attributes: ["qualifiedName": .string("p\(round)"), "name": "a process"]
            )
            process.relationships["inputs"] = .array([first])
            try transaction.write([process])
            if round % 4 == 3 { try transaction.delete([sets[0].id]) }
            for change in transaction.finish() { if case .pack(let pack) = change { changes.append(pack) } }
            graph = transaction.graph
        }
        return (graph, changes)
    }

    private func transaction(on graph: EntityGraph, _ round: Int) -> CatalogTransaction {
        var count = 0
        return CatalogTransaction(graph, user: "u\(round % 3)", now: Int64(round) * 1000) {
            count += 1
            return EntityID(bits: UInt64(round) << 20, UInt64(count))
        }
    }

    private func same(_ one: EntityGraph, _ other: EntityGraph) {
        for type in ["DataSet", "Process"] {
            let (left, right) = (one.entities(ofExactly: type), other.entities(ofExactly: type))
            #expect(left.map(\.id) == right.map(\.id))
            #expect(left == right)
            for entity in left {
                #expect(one.relationships(of: entity.id) == other.relationships(of: entity.id))
                #expect(one.birth(of: entity.id) == other.birth(of: entity.id))
            }
        }
    }

    @Test func `tells another process all that changed`() throws {
        let (graph, changes) = try furnished(12)
        var other = EntityGraph()
        for change in changes {
            let pack = try #require(GraphPack(serial: change.pack.serial, bytes: change.pack.bytes))
            other.apply([.pack(GraphPackChange(pack))])
        }
        same(graph, other)
    }

    @Test func `is read without what later packs stand in for, and things keep their order`() throws {
        let (graph, changes) = try furnished(12)
        var dead: [Int64: [UInt8]] = [:]
        for place in changes.flatMap(\.replaced) {
            var bits = dead[place.serial] ?? []
            while bits.count <= place.index >> 3 { bits.append(0) }
            bits[place.index >> 3] |= 1 << UInt8(place.index & 7)
            dead[place.serial] = bits
        }
        let packs = changes.map { LivePack(pack: $0.pack, dead: dead[$0.pack.serial] ?? []) }
        var loaded = EntityGraph()
        loaded.apply([.load(packs, lastSerial: changes.last?.pack.serial ?? 0)])
        same(graph, loaded)
        // Of each thing there is one entry that counts.
        let live = packs.reduce(0) { sum, live in
            sum + (0..<live.pack.count).count { live.isLive($0) && live.pack.tellsHowSomethingIs($0) }
        }
        let things = ["DataSet", "Process"].flatMap { graph.entities(ofExactly: $0) }
        let relationships = Set(things.flatMap { graph.relationships(of: $0.id).map(\.id) })
        #expect(live == things.count + relationships.count)
    }

    @Test func `with damaged bytes is refused or read as something, never beyond its end`() throws {
        let (_, changes) = try furnished(2)
        let bytes = try #require(changes.first).pack.bytes
        var random = SeededNumbers(seed: 20_261_127)
        var refused = 0
        for _ in 0..<3000 {
            var damaged = bytes
            for _ in 0..<(1 + random.next() % 6) {
                damaged[Int(random.next() % UInt64(damaged.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.next() % 4 == 0 { damaged.removeLast(Int(random.next() % UInt64(damaged.count))) }
            guard let pack = GraphPack(serial: 1, bytes: damaged) else {
                refused += 1
                continue
            }
            pack.forEachSubject { index, _ in
                _ = pack.events(index)
                _ = pack.entity(index)
            }
            var graph = EntityGraph()
            graph.apply([.pack(GraphPackChange(pack))])
        }
        #expect(refused > 0)
    }
}

/// Numbers that look random, the same for the same seed.
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state >> 16
    }
}
