import Catalog
import CatalogModel
import Foundation
import Governance
import HTTPTypes
import SQLiteStore
import TestSupport
import Testing

@testable import HTTPAPI

/// Bulk requests go from bytes to packs where that is possible; what comes of them is the same as by the general way.
@Suite(.aside) struct `Atlas's bulk requests` {
    /// A member that says nothing, but that only the general way reads.
    private static let slow = #""referredEntities":{"-none":null}"#

    @Test(arguments: 0..<3)
    func `are answered and kept to the byte as the general way does it`(round: Int) throws {
        let given = ProcessInfo.processInfo.environment["STEWARD_SEED"].flatMap { UInt64($0) }
        let seed = (given ?? 20_261_127) &+ UInt64(round)
        var dice = BulkDice(state: seed)
        let (fast, slow) = (try Self.furnished(), try Self.furnished())
        var (direct, accepted) = (0, 0)
        for number in 0..<250 {
            var bodies = BulkBodies(dice: dice, number: number)
            let members = bodies.members()
            dice = bodies.dice
            let one = "{\(members)}"
            let isMangled = dice.chance(12)
            let mangled = isMangled ? dice.mangled(one) : one
            let other = isMangled ? mangled : "{\(members),\(Self.slow)}"
            if !isMangled, try Self.plan(of: one, fast) { direct += 1 }
            let user = dice.chance(8) ? "eve" : "root"
            let (left, right) = (try Self.send(mangled, to: fast, user), try Self.send(other, to: slow, user))
            #expect(left == right, "seed \(seed), \(number): \(one)")
            if left.hasPrefix("200") { accepted += 1 }
            guard left == right else { return }
        }
        // Many took the short way, and many were refused.
        #expect(direct > 60, "seed \(seed)")
        #expect((60..<240).contains(accepted), "seed \(seed)")
        let (left, right) = (try Self.packs(fast), try Self.packs(slow))
        #expect(left.count == right.count, "seed \(seed)")
        for (number, (one, other)) in zip(left, right).enumerated() where one != other {
            let place =
                zip(one, other).enumerated().first { $1.0 != $1.1 }?.offset ?? min(one.count, other.count)
            let parts = [one, other].map {
                String(decoding: $0[max(0, place - 200)..<min($0.count, place + 200)], as: UTF8.self)
            }
            Issue.record("seed \(seed), pack \(number), byte \(place): \(parts)")
            break
        }
        for query in ["alpha", "be*", "t1", "über", "gamma alpha"] {
            let body = Array(#"{"query":"\#(query)","limit":20}"#.utf8)
            let answers = try [fast, slow].map {
                try $0.answer(.post, "v2/search/quick", bytes: body, as: "root")
            }
            #expect(answers[0] == answers[1], "seed \(seed): \(query)")
        }
    }

    @Test func `of many entities are cut into packs, which another process reads as they are meant`() throws {
        let desk = try Self.furnished()
        let count = 66_000
        let entities = (0..<count).map { number in
            #"{"typeName":"b_leaf","guid":"-\#(number + 1)","attributes":{"qualifiedName":"m\#(number)","name":"n"},"#
                + #""relationshipAttributes":{"left":\#(number % 100 == 1 ? "\(-number)" : "null")}}"#
        }.joined(separator: ",")
        let body = "{\"entities\":[\(entities)]}"
        #expect(try Self.plan(of: body, desk))
        #expect(try Self.send(body, to: desk, "root").hasPrefix("200"))
        let root = Caller(user: UserName("root"), isOperator: true, request: "r")
        let graph = try desk.cases.assets.view(for: root).graph
        var other = EntityGraph()
        other.apply(graph.types.definitions.values.map { .putType($0) })
        let changes = try SQLiteCatalogStore(folder: desk.folder).changes(since: 0).map(\.change)
        var packs = 0
        for case .graph(.pack(let change)) in changes {
            packs += 1
            other.apply([.pack(change)])
        }
        #expect(packs == 2)
        #expect(other.entities(ofExactly: "b_leaf").count == count)
        for number in [0, 1, 100, 101, 65_535, 65_536, count - 1] {
            let one = try #require(graph.entity(of: "b_leaf", "qualifiedName", "m\(number)"))
            #expect(one == other.entity(of: "b_leaf", "qualifiedName", "m\(number)"))
            let relationships = graph.relationships(of: one.id)
            #expect(relationships.count == (number % 100 < 2 ? 1 : 0), "\(number)")
            #expect(relationships == other.relationships(of: one.id))
        }
    }

    private static func plan(of body: String, _ desk: AtlasDesk) throws -> Bool {
        let root = Caller(user: UserName("root"), isOperator: true, request: "r")
        return BulkPlan(Array(body.utf8), try desk.cases.assets.view(for: root).graph.types) != nil
    }

    private static func send(_ body: String, to desk: AtlasDesk, _ user: String) throws -> String {
        try desk.answer(.post, "v2/entity/bulk", bytes: Array(body.utf8), as: user)
    }

    /// All packs of a store.
    private static func packs(_ desk: AtlasDesk) throws -> [[UInt8]] {
        try SQLiteCatalogStore(folder: desk.folder).changes(since: 0).compactMap { record in
            if case .graph(.pack(let change)) = record.change { change.pack.bytes } else { nil }
        }
    }

    private static func furnished() throws -> AtlasDesk {
        let desk = try AtlasDesk()
        try desk.make("v2/types/typedefs", types)
        return desk
    }

    private static let types = #"""
        {"enumDefs":[{"name":"b_size","elementDefs":[{"value":"SMALL","ordinal":0},{"value":"LARGE","ordinal":1}]}],
         "structDefs":[{"name":"b_range","attributeDefs":[
            {"name":"low","typeName":"int","isOptional":false},{"name":"high","typeName":"int","isOptional":true}]}],
         "classificationDefs":[{"name":"b_tag"}],
         "businessMetadataDefs":[{"name":"b_facts","attributeDefs":[
            {"name":"rank","typeName":"int","isOptional":true,"options":{"applicableEntityTypes":"[\"b_root\"]"}}]}],
         "entityDefs":[
          {"name":"b_root","superTypes":["DataSet"],"attributeDefs":[
            {"name":"flag","typeName":"boolean","isOptional":true},
            {"name":"kind","typeName":"string","isOptional":true,"defaultValue":"plain"},
            {"name":"small","typeName":"byte","isOptional":true},
            {"name":"count","typeName":"int","isOptional":true,"defaultValue":"7"},
            {"name":"size","typeName":"b_size","isOptional":true},
            {"name":"range","typeName":"b_range","isOptional":true},
            {"name":"words","typeName":"array<string>","isOptional":true,"cardinality":"SET","valuesMaxCount":3},
            {"name":"parameters","typeName":"map<string,string>","isOptional":true},
            {"name":"ratio","typeName":"double","isOptional":true},
            {"name":"made","typeName":"date","isOptional":true},
            {"name":"other","typeName":"DataSet","isOptional":true}]},
          {"name":"b_leaf","superTypes":["DataSet"],"attributeDefs":[
            {"name":"code","typeName":"long","isOptional":true}]},
          {"name":"b_twig","superTypes":["b_leaf"],"attributeDefs":[
            {"name":"key","typeName":"string","isOptional":true,"isUnique":true},
            {"name":"must","typeName":"string","isOptional":false}]}],
         "relationshipDefs":[
          {"name":"b_root_parts","relationshipCategory":"COMPOSITION","propagateTags":"ONE_TO_TWO",
           "endDef1":{"type":"b_root","name":"parts","isContainer":true,"cardinality":"SET"},
           "endDef2":{"type":"b_twig","name":"root","cardinality":"SINGLE"}},
          {"name":"b_friends","relationshipCategory":"ASSOCIATION","propagateTags":"NONE",
           "endDef1":{"type":"b_leaf","name":"friends","cardinality":"SET"},
           "endDef2":{"type":"b_leaf","name":"friends","cardinality":"SET"}},
          {"name":"b_spouse","relationshipCategory":"ASSOCIATION","propagateTags":"BOTH",
           "endDef1":{"type":"b_leaf","name":"left","cardinality":"SINGLE"},
           "endDef2":{"type":"b_leaf","name":"right","cardinality":"SINGLE"}},
          {"name":"b_marks","relationshipCategory":"ASSOCIATION","propagateTags":"NONE",
           "endDef1":{"type":"b_root","name":"marks","cardinality":"SET"},
           "endDef2":{"type":"b_leaf","name":"marked","cardinality":"SET"}},
          {"name":"b_remarks","relationshipCategory":"ASSOCIATION","propagateTags":"NONE",
           "endDef1":{"type":"b_root","name":"marks","cardinality":"SET"},
           "endDef2":{"type":"b_twig","name":"remarked","cardinality":"SET"}}]}
        """#
}

/// Draws the same numbers for the same seed.
struct BulkDice {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    /// True once in so many times.
    mutating func chance(_ times: Int) -> Bool { next(times) == 0 }

    mutating func one<Element>(of list: [Element]) -> Element { list[next(list.count)] }

    /// A text with some bytes taken away, doubled or changed.
    mutating func mangled(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for _ in 0...next(2) where bytes.count > 2 {
            let place = next(bytes.count)
            switch next(4) {
            case 0: bytes.remove(at: place)
            case 1: bytes.insert(bytes[next(bytes.count)], at: place)
            case 2: bytes[place] = Array(#"{}[]",:\0-e.n "#.utf8)[next(14)]
            default: bytes.removeLast(min(bytes.count - 1, next(20)))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Makes the members of bulk requests: mostly plain ones, and all that may be odd about them.
struct BulkBodies {
    var dice: BulkDice
    let number: Int
    /// How odd this request is: most of them are plain.
    private let oddity: Int

    init(dice: BulkDice, number: Int) {
        self.dice = dice
        self.number = number
        var rolled = dice
        oddity = [0, 0, 0, 60, 25, 8][rolled.next(6)]
        self.dice = rolled
    }

    private mutating func isOdd() -> Bool { oddity > 0 && dice.chance(oddity) }

    mutating func members() -> String {
        let count = 1 + dice.next(8)
        let entities = (0..<count).map { entity($0, of: count) }
        let list = #""entities":[\#(entities.joined(separator: space() + ","))]"#
        return isOdd() ? dice.one(of: [#""note":{"a":[1,{"b":null}]},"# + list, list + "," + list]) : list
    }

    private mutating func space() -> String { isOdd() ? dice.one(of: [" ", "\n\t", "\r\n  "]) : "" }

    private mutating func entity(_ index: Int, of count: Int) -> String {
        var type = ["b_root", "b_leaf", "b_twig", "DataSet"][index % 4]
        if isOdd() { type = dice.one(of: ["b_none", "Process", "b_size", "b_root"]) }
        var members = [#""typeName":"\#(type)""#]
        if !dice.chance(6) || oddity > 0 { members.append(#""guid":\#(guid(index))"#) }
        members.append(#""attributes":\#(space()){\#(attributes(type, index).joined(separator: ","))}"#)
        let ends = ends(type, index, count)
        if !ends.isEmpty { members.append(#""relationshipAttributes":{\#(ends.joined(separator: ","))}"#) }
        if dice.chance(4) {
            members += [
                #""labels":null"#, #""classifications":[]"#, #""customAttributes":null"#,
                #""status":"ACTIVE""#,
            ]
        }
        if isOdd() {
            members.append(
                dice.one(of: [
                    #""classifications":[{"typeName":"b_tag"}]"#, #""labels":["new"]"#,
                    #""isIncomplete":true"#,
                    #""customAttributes":{"a":"b"}"#, #""businessAttributes":{"b_facts":{"rank":3}}"#,
                    #""homeId":"h""#, #""guid":"-77""#, #""typeName":"b_leaf""#, #""attributes":null"#,
                    #""version":{"x":[]}"#, #""classifications":[{"typeName":"b_none"}]"#,
                    #""isIncomplete":"true""#,
                ])
            )
        }
        if dice.chance(3) { members.shuffle(using: &dice) }
        return "{\(members.joined(separator: space() + "," + space()))}"
    }

    private mutating func guid(_ index: Int) -> String {
        guard isOdd() else { return dice.chance(5) ? "-\(index + 1)" : #""-\#(index + 1)""# }
        return dice.one(of: [
            "null", #""""#, #""-1""#, "-0", "5", #""abc""#, #""-\u0031""#, "true", #""-é""#, "-1.5",
        ])
    }

    private mutating func word() -> String {
        dice.one(of: ["alpha", "beta", "gamma", "betaGamma", "delta_alpha"])
    }

    /// A text in quotation marks.
    private mutating func text() -> String {
        if isOdd() {
            return dice.one(of: [
                #""über Wörter""#, #""a \"quoted\" \\ text""#, #""tab\tline\n""#,
                #""\u00fcber \ud83d\ude00""#,
                #""\ud800 alone""#, #""""#, "12", "null", "true", "[1]", #"{"a":1}"#, "1.5", "\"\u{1}\"",
                #""\q""#,
            ])
        }
        return #""\#(word()) \#(word()) t\#(dice.next(20))""#
    }

    private mutating func name(_ type: String, _ index: Int) -> String {
        if isOdd() {
            return dice.one(of: [
                #""name-1-1""#, #""é""#, #""e\#u{301}""#, "7", "null", #""n\u0061me""#, #""""#,
            ])
        }
        return #""name-\#(number)-\#(index)\#(dice.chance(40) ? "" : type)""#
    }

    private mutating func attributes(_ type: String, _ index: Int) -> [String] {
        var list = [#""qualifiedName":\#(name(type, index))"#, #""name":\#(text())"#]
        if dice.chance(2) { list.append(#""description":\#(text())"#) }
        if dice.chance(2) { list.append(#""owner":"\#(word())""#) }
        if type == "b_twig", !isOdd() { list.append(#""must":\#(text())"#) }
        if type == "b_twig", dice.chance(3) { list.append(#""key":"k\#(number)-\#(isOdd() ? 1 : index)""#) }
        if type == "b_leaf", dice.chance(2) {
            list.append(
                #""code":\#(isOdd() ? dice.one(of: ["1e3", "-0", "01", #""12""#, "99999999999999999999"]) : "\(dice.next(1000) - 500)")"#
            )
        }
        if type == "b_root" { list += rootAttributes() }
        if isOdd() {
            list.append(
                dice.one(of: [
                    #""unknown":[1,2]"#, #""name":"again""#, #""qualifiedName":null"#, #""n\u0061me":"x""#,
                    #""über":1"#,
                    #""root":{"guid":"-1"}"#, #""other":{"guid":"-1"}"#, #""owner":null"#,
                ])
            )
        }
        if dice.chance(4) { list.shuffle(using: &dice) }
        return list
    }

    private mutating func rootAttributes() -> [String] {
        let plain = [
            ("flag", ["true", "false", #""TRUE""#, "null", "1"]),
            ("kind", [#""wood""#, "null", "4", "false"]),
            ("small", ["7", "-128", #""12""#, "128", "1.0"]),
            ("count", ["1", "null", "2147483647", "2147483648", "{}"]),
            ("size", [#""SMALL""#, #""large""#, "null", #""HUGE""#, "1"]),
            (
                "range",
                [
                    #"{"low":1}"#, #"{"typeName":"b_range","attributes":{"low":1,"high":2}}"#, "null",
                    #"{"high":1}"#, "3",
                ]
            ),
            ("words", [#"["a","b","a"]"#, "[]", #""single""#, #"["a","b","c","d"]"#, "[1,true]"]),
            ("parameters", [#"{"k":"v","ü":"w"}"#, "{}", "null", #"{"k":1}"#, "[]"]),
            ("ratio", ["1", "2.5", "-1e-3", #""3.5""#, #""x""#]),
            ("made", ["1700000000000", "null", #""2024-01-01T00:00:00.000Z""#, #""soon""#, "1.5"]),
        ]
        return plain.filter { _ in dice.chance(2) }.map { name, values in
            #""\#(name)":\#(values[isOdd() ? dice.next(values.count) : dice.next(2)])"#
        }
    }

    private mutating func ends(_ type: String, _ index: Int, _ count: Int) -> [String] {
        var list: [String] = []
        // Roots come first of four.
        let root = 4 * dice.next((count + 3) / 4) + 1
        if type == "b_twig" {
            list.append(#""root":\#(isOdd() ? oddReference(count) : reference("\(-root)", "b_root"))"#)
        }
        if type == "b_twig" || type == "b_leaf", dice.chance(4) {
            let leaf = min(count, root + 1)
            list.append(
                #""friends":[\#(reference("\(-leaf)", "b_leaf")),\#(reference("\(-index - 1)", "b_leaf"))]"#
            )
        }
        if type == "b_leaf", dice.chance(5) {
            list.append(#""left":\#(reference("\(-index - 1 - dice.next(2))", "b_leaf"))"#)
        }
        if type == "b_root", dice.chance(3), index + 2 < count {
            let named =
                dice.chance(2) ? #","relationshipType":"b_remarks""# : #","relationshipType":"b_marks""#
            list.append(#""marks":[{"guid":"-\#(index + 3)"\#(named)}]"#)
        }
        if isOdd() {
            list.append(
                dice.one(of: [
                    #""unknown":1"#, #""friends":null"#, #""root":null"#, #""marks":[null]"#, #""parts":[]"#,
                ])
            )
        }
        return list
    }

    private mutating func reference(_ guid: String, _ type: String) -> String {
        switch dice.next(8) {
        case 0: #"{"guid":\#(guid)}"#
        case 1: #""\#(guid)""#
        case 2: guid
        case 3: #"{"typeName":"\#(type)","guid":"\#(guid)","uniqueAttributes":null,"qualifiedName":"x"}"#
        default: #"{"guid":"\#(guid)","typeName":"\#(type)"}"#
        }
    }

    private mutating func oddReference(_ count: Int) -> String {
        dice.one(of: [
            "null", "[]", "true", #"{"guid":"-99"}"#, #"{"guid":"-2"}"#, #"{"typeName":"b_root"}"#, "{}",
            #"{"typeName":"b_root","uniqueAttributes":{"qualifiedName":"name-\#(max(0, number - 1))-0b_root"}}"#,
            #"{"guid":"-1","relationshipStatus":"DELETED"}"#, #"[{"guid":"-1"},{"guid":"-5"}]"#,
            #"{"guid":"-1","relationshipAttributes":{"typeName":"b_root_parts"}}"#,
            #"{"guid":"00000000-0000-4000-8000-000000000001"}"#,
        ])
    }
}

extension BulkDice: RandomNumberGenerator {
    mutating func next() -> UInt64 { UInt64(next(1 << 32)) << 32 | UInt64(next(1 << 32)) }
}
