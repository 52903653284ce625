import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import HTTPAPI

/// Two catalogs that differ only in what somebody may not read are one catalog to them.
@Suite(.aside) struct `Atlas's routes over twin catalogs` {
    @Test(arguments: 0..<2)
    func `answer alike, whatever is hidden in one of them`(round: Int) throws {
        let seed = UInt64.random(in: .min ... .max)
        let (plain, twin) = (try AtlasDesk(), try AtlasDesk())
        var dice = Dice(state: seed)
        for number in 0..<40 {
            let step = Self.visibleStep(number, &dice)
            for desk in [plain, twin] { try desk.make(step.path, step.body, step.parameters) }
            guard dice.next() % 2 == 0 else { continue }
            twin.made.set(hidden: true)
            for step in Self.hiddenSteps(number, seen: number + 1, &dice) {
                try twin.make(step.path, step.body, step.parameters)
            }
            twin.made.set(hidden: false)
        }
        let guids = try (0..<40).map { try plain.guid(Self.type($0), Self.name($0)) }
        // A history tells when its entity changed, and that something hidden is related to it is such a change.
        let routes = AtlasRoutes.all.filter { $0.method == .get && $0.path != "v2/entity/{guid}/audit" }
        for route in routes + AtlasRoutes.all.filter(Self.isReading) {
            for guid in route.path.contains("{guid}") ? guids.suffix(4) : [guids[0]] {
                for query in Self.queries(guid, route) {
                    let path = [
                        "guid": guid, "type": "DataSet", "tag": "PII", "kind": "typedef", "bm": "none",
                        "name": "PII", "id": "1", "time": "1",
                    ]
                    for body in route.method == .get ? [""] : Self.bodies(guid) {
                        let one = try Self.told(try plain.answer(route, path, query, Array(body.utf8)))
                        let other = try Self.told(try twin.answer(route, path, query, Array(body.utf8)))
                        #expect(one == other, "seed \(seed): \(route.path) \(query.map(\.value)) \(body)")
                        #expect(
                            !other.contains("deadbeef") && !other.contains("secret"),
                            "seed \(seed): \(route.path)"
                        )
                    }
                }
            }
        }
    }

    /// What is told of an entity's own changes is left out: that somebody relates to it changes it.
    private static func told(_ answer: String) throws -> String {
        answer.replacing(/"version":\d+/, with: "").replacing(/"[a-z]*[tT]ime":\d+/, with: "")
    }

    private static func isReading(_ route: AtlasRoute) -> Bool {
        route.method == .post && route.path.hasPrefix("v2/search/") && !route.path.contains("saved")
            || route.method == .post && route.path.hasPrefix("v2/lineage")
            || route.path == "admin/export"
    }

    private static func name(_ number: Int) -> String {
        switch type(number) {
        case "Process": "open-step-\(number)"
        default: "open-set-\(number)"
        }
    }

    private static func type(_ number: Int) -> String { number % 4 == 3 ? "Process" : "DataSet" }

    private typealias Step = (path: String, body: String, parameters: [String: String])

    private static let words = ["alpha", "beta", "gamma", "delta", "alphabet", "gammarus"]

    private static func word(_ dice: inout Dice) -> String { words[Int(dice.next() % UInt64(words.count))] }

    private static func reference(_ name: String) -> String {
        #"{"typeName":"DataSet","uniqueAttributes":{"qualifiedName":"\#(name)"}}"#
    }

    private static func visibleStep(_ number: Int, _ dice: inout Dice) -> Step {
        let text = "\(word(&dice)) \(word(&dice))"
        if type(number) == "Process" {
            let (one, other) = (number - 1 - Int(dice.next() % 2), number - 3)
            return (
                "v2/entity",
                #"{"entity":{"typeName":"Process","attributes":{"qualifiedName":"\#(name(number))","name":"\#(text)","inputs":[\#(reference(name(one)))],"outputs":[\#(reference(name(other)))]}}}"#,
                [:]
            )
        }
        let tags = dice.next() % 4 == 0 ? #","classifications":[{"typeName":"PII","propagate":false}]"# : ""
        return (
            "v2/entity",
            #"{"entity":{"typeName":"DataSet","attributes":{"qualifiedName":"\#(name(number))","name":"\#(text)","owner":"\#(word(&dice))","description":"\#(text)"}\#(tags)}}"#,
            [:]
        )
    }

    /// A hidden data set with the words of the others, hidden processes between what is seen, a hidden term on it.
    private static func hiddenSteps(_ number: Int, seen: Int, _ dice: inout Dice) -> [Step] {
        let text = "\(word(&dice)) \(word(&dice)) secret"
        let set =
            #"{"entity":{"typeName":"DataSet","attributes":{"qualifiedName":"secret-set-\#(number)","name":"\#(text)","owner":"\#(word(&dice))-secret","description":"\#(text)"}}}"#
        var steps: [Step] = [("v2/entity", set, [:])]
        let sets = (0..<seen).filter { type($0) == "DataSet" }.map(name)
        let (from, to) = (sets[Int(dice.next() % UInt64(sets.count))], "secret-set-\(number)")
        let ends = dice.next() % 2 == 0 ? (from, to) : (to, from)
        steps.append(
            (
                "v2/entity",
                #"{"entity":{"typeName":"Process","attributes":{"qualifiedName":"secret-step-\#(number)","name":"\#(text)","inputs":[\#(reference(ends.0))],"outputs":[\#(reference(ends.1)),\#(reference(sets[0]))]}}}"#,
                [:]
            )
        )
        return steps
    }

    private static func queries(_ guid: String, _ route: AtlasRoute) -> [[(name: String, value: String)]] {
        guard route.path.hasPrefix("v2/search") else {
            return [
                [],
                [
                    ("attr:qualifiedName", "open-set-1"), ("attr_0:qualifiedName", "open-set-2"),
                    ("guid", guid),
                ],
            ]
        }
        let words = words.flatMap { [[("query", $0)], [("query", "\($0)*"), ("typeName", "DataSet")]] }
        let prefixes = ["a", "al", "s", "se", "g", "secre"].map { [("prefixString", $0)] }
        return words + prefixes + [
            [], [("attr:qualifiedName", "open-set-1"), ("attr_0:qualifiedName", "open-set-2")],
            [("guid", guid), ("relation", "inputToProcesses"), ("getApproximateCount", "true")],
            [("guid", guid), ("relation", "outputs"), ("getApproximateCount", "true")],
            [("query", "DataSet"), ("limit", "5"), ("offset", "3")],
            [("query", "DataSet select count()")],
            [("query", "DataSet groupby (owner) select owner, count()")],
            [("query", "DataSet orderby name limit 4 offset 2")],
            [("query", "Process where inputs.name like 'a*'")], [("query", "_NOT_CLASSIFIED")],
            [("typeName", "_ALL_ENTITY_TYPES"), ("limit", "3"), ("marker", "*")],
            [("typeName", "DataSet"), ("sortBy", "name"), ("limit", "7")],
            [("typeName", "DataSet"), ("sortBy", "owner"), ("sortOrder", "DESCENDING"), ("offset", "2")],
            [("classification", "*")], [("classification", "_NOT_CLASSIFIED")],
            [("relationshipName", "dataset_process_inputs,process_dataset_outputs"), ("limit", "4")],
            [("direction", "BOTH"), ("depth", "0")],
            [("attrName", "name"), ("attrValuePrefix", "a"), ("typeName", "DataSet")],
        ]
    }

    private static func bodies(_ guid: String) -> [String] {
        [
            #"{"typeName":"DataSet","query":"alpha","limit":4}"#,
            #"{"query":"gamma*","limit":3,"marker":"*"}"#,
            #"{"typeName":"_ALL_ENTITY_TYPES","limit":10,"offset":4}"#,
            #"{"typeName":"DataSet","entityFilters":{"attributeName":"owner","operator":"contains","attributeValue":"a"},"sortBy":"owner"}"#,
            #"{"classification":"PII"}"#,
            #"{"relationshipName":"dataset_process_inputs","sortBy":"__guid","limit":3}"#,
            #"{"\#(guid)":{"direction":"BOTH","inputRelationsLimit":1,"outputRelationsLimit":1,"depth":3}}"#,
            #"{"itemsToExport":[{"guid":"\#(guid)"}],"options":{"fetchType":"full"}}"#,
            #"{"itemsToExport":[{"typeName":"DataSet","uniqueAttributes":{"qualifiedName":"o"}}],"options":{"matchType":"startsWith"}}"#,
        ]
    }

    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
