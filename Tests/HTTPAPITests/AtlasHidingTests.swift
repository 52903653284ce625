import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import HTTPAPI

/// Whoever may not read an entity gets the same answer for it as for one that isn't there, to the byte.
@Suite(.aside) struct `Atlas's routes on what is hidden` {
    /// Something hidden, and something that isn't there, as requests name them.
    private struct Target {
        let type: String
        let guid: String
        let name: String
        var absent: Target {
            Target(
                type: type,
                guid: "deadbeef-0000-4000-8000-ffffffffffff",
                name: "secret" + "9" + name.dropFirst(7)
            )
        }
    }

    private static let relations = "v2/relationship"

    /// A catalog of which `eve` may read what is called `open…`.
    private static func furnished() throws -> (desk: AtlasDesk, targets: [Target], seen: [String]) {
        let desk = try AtlasDesk()
        func glossary(_ name: String) throws -> String {
            try desk.make("v2/glossary", #"{"name":"\#(name)"}"#)
            return try desk.guid("AtlasGlossary", name)
        }
        let home = try glossary("open-words")
        for name in ["open-term", "secret-term"] {
            try desk.make("v2/glossary/term", #"{"name":"\#(name)","anchor":{"glossaryGuid":"\#(home)"}}"#)
        }
        for name in ["open-category", "secret-category"] {
            try desk.make(
                "v2/glossary/category",
                #"{"name":"\#(name)","anchor":{"glossaryGuid":"\#(home)"}}"#
            )
        }
        let sets = ["open-set", "open-copy", "secret-set"].map { name in
            #"{"typeName":"DataSet","attributes":{"qualifiedName":"\#(name)","name":"\#(name)"}}"#
        }
        try desk.make("v2/entity/bulk", #"{"entities":[\#(sets.joined(separator: ","))]}"#)
        let (open, secret) = (try desk.guid("DataSet", "open-set"), try desk.guid("DataSet", "secret-set"))
        let step = #"""
            {"entity":{"typeName":"Process","attributes":{"qualifiedName":"open-step","name":"open-step",
            "inputs":[{"guid":"\#(secret)"},{"guid":"\#(open)"}],
            "outputs":[{"typeName":"DataSet","uniqueAttributes":{"qualifiedName":"open-copy"}}]}}}
            """#
        try desk.make("v2/entity", step)
        let term = try desk.guid("AtlasGlossaryTerm", "secret-term@open-words")
        let assigned = "v2/glossary/terms/{guid}/assignedEntities"
        try desk.make(assigned, #"[{"guid":"\#(open)"}]"#, ["guid": term])
        try desk.make(
            assigned,
            #"[{"guid":"\#(secret)"}]"#,
            ["guid": try desk.guid("AtlasGlossaryTerm", "open-term@open-words")]
        )
        let tags = "v2/entity/guid/{guid}/classifications"
        try desk.make(tags, #"[{"typeName":"PII"}]"#, ["guid": secret])
        try desk.make(
            "v2/search/saved",
            #"{"name":"secret-search","searchParameters":{"typeName":"DataSet"}}"#
        )
        let targets = [
            Target(type: "DataSet", guid: secret, name: "secret-set"),
            Target(type: "AtlasGlossaryTerm", guid: term, name: "secret-term@open-words"),
            Target(
                type: "AtlasGlossaryCategory",
                guid: try desk.guid("AtlasGlossaryCategory", "secret-category@open-words"),
                name: "secret-category@open-words"
            ),
            Target(type: "AtlasGlossary", guid: try glossary("secret-words"), name: "secret-words"),
            Target(type: "DataSet", guid: try relationship(desk, of: secret), name: "secret-set"),
        ]
        let seen = [
            open, try desk.guid("Process", "open-step"), home,
            try desk.guid("AtlasGlossaryTerm", "open-term@open-words"),
        ]
        return (desk, targets, seen)
    }

    /// The relationship in which a data set is an input.
    private static func relationship(_ desk: AtlasDesk, of guid: String) throws -> String {
        let said = try desk.answer(.get, "v2/entity/guid/{guid}", parameters: ["guid": guid], as: "root")
        let part = try #require(
            said.components(separatedBy: #""relationshipType":"dataset_process_inputs","relationshipGuid":""#)
                .dropFirst().first
        )
        return String(part.prefix(36))
    }

    private static let bodies: [String] = {
        let reference = #"{"guid":"$G"}"#
        let named = #"{"typeName":"$T","uniqueAttributes":{"qualifiedName":"$N"}}"#
        var bodies = [
            "{}", "[]", #"["$G"]"#, #"[{"typeName":"PII"}]"#, #"["a-label"]"#, #"{"none":{"a":1}}"#,
            #""text""#,
            #"{"entity":{"typeName":"$T","guid":"$G","attributes":{"name":"x","description":"y"}}}"#,
            #"{"entity":{"typeName":"$T","attributes":{"qualifiedName":"$N","name":"x"}}}"#,
            #"{"entity":{"typeName":"$T","attributes":{"description":"y"}}}"#,
            #"{"classification":{"typeName":"PII"},"entityGuids":["$G"]}"#,
            #"{"classification":{"typeName":"PII"},"entityTypeName":"$T","entitiesUniqueAttributes":[{"qualifiedName":"$N"}]}"#,
            #"{"guidHeaderMap":{"$G":{"classifications":[]}}}"#,
            #"{"guidHeaderMap":{"$G":{"classifications":[{"typeName":"PII"}]}}}"#,
            #"{"guid":"$G","typeName":"dataset_process_inputs","attributes":{}}"#,
            #"{"guid":"$G","name":"x","searchParameters":{}}"#,
            #"{"name":"open-new","anchor":{"glossaryGuid":"$G"}}"#,
            #"[{"name":"open-new","anchor":{"glossaryGuid":"$G"}}]"#,
            #"{"name":"open-new","anchor":{"glossaryGuid":"$H"},"parentCategory":{"categoryGuid":"$G"}}"#,
            #"{"name":"open-new","anchor":{"glossaryGuid":"$H"},"seeAlso":[{"termGuid":"$G"}],"categories":[{"categoryGuid":"$G"}]}"#,
            #"{"name":"open-new","anchor":{"glossaryGuid":"$H"},"terms":[{"termGuid":"$G"}],"childrenCategories":[{"categoryGuid":"$G"}]}"#,
            #"{"name":"secret-term","anchor":{"glossaryGuid":"$H"}}"#,
            #"[{"guid":"$G"}]"#, #"[{"guid":"$G","relationshipGuid":"$G"}]"#,
            #"[{"guid":"$S","relationshipGuid":"$G"}]"#,
            #"{"typeName":"DataSet","termName":"$N","query":"$N"}"#,
            #"{"query":"$N"}"#,
            #"{"typeName":"_ALL_ENTITY_TYPES","entityFilters":{"attributeName":"__guid","operator":"=","attributeValue":"$G"}}"#,
            #"{"classification":"PII","tagFilters":{"attributeName":"__guid","operator":"=","attributeValue":"$G"}}"#,
            #"{"itemsToExport":[{"guid":"$G"}]}"#,
            #"{"itemsToExport":[\#(named)]}"#,
            #"{"$G":{"direction":"BOTH","inputRelationsLimit":1,"outputRelationsLimit":1,"depth":3}}"#,
            #"{"message":{"type":"ENTITY_DELETE_V2","user":"u","entities":[\#(reference),\#(named)]}}"#,
            #"{"auditFilters":{"attributeName":"startTime","operator":"gt","attributeValue":"0"},"limit":100}"#,
            #"{"relationshipName":"dataset_process_inputs","relationshipFilters":{"attributeName":"guid","operator":"=","attributeValue":"$G"}}"#,
        ]
        for reference in [reference, named] {
            bodies += [
                reference,
                #"{"entity":{"typeName":"Process","attributes":{"qualifiedName":"open-p","name":"p"},"relationshipAttributes":{"inputs":[\#(reference)]}}}"#,
                #"{"entities":[{"typeName":"Process","guid":"-1","attributes":{"qualifiedName":"open-p","name":"p","outputs":[\#(reference)]}}]}"#,
                #"{"typeName":"dataset_process_inputs","end1":{"guid":"$P"},"end2":\#(reference)}"#,
                #"{"typeName":"AtlasGlossarySemanticAssignment","end1":\#(reference),"end2":{"guid":"$S"}}"#,
                #"{"typeName":"dataset_process_inputs","guid":"$G","end1":{"guid":"$P"},"end2":\#(reference)}"#,
            ]
        }
        return bodies
    }()

    private static let queries: [[(name: String, value: String)]] = [
        [],
        [
            ("attr:qualifiedName", "$N"), ("attr_0:qualifiedName", "$N"), ("guid", "$G"), ("typeName", "$T"),
            ("relation", "inputs"), ("name", "description"), ("associatedEntityGuid", "$G"), ("query", "$N"),
            ("termName", "$N"), ("startKey", "$G:0:0"), ("prefixString", "$N"), ("attrValuePrefix", "$N"),
            ("attrName", "qualifiedName"), ("guids", "$G"),
        ],
        [("query", "$T where qualifiedName = '$N'")],
        [("query", "DataSet where __guid = '$G'")],
        [("query", "DataSet hasTerm '$N'")],
        [("query", "Process where inputs.qualifiedName = '$N'")],
    ]

    @Test(arguments: 0..<5)
    func `answer as if it weren't there, by whatever it is named`(index: Int) throws {
        let (desk, targets, seen) = try Self.furnished()
        var asked = 0
        for route in AtlasRoutes.all {
            for target in [targets[index]] {
                for (guid, query, body) in Self.requests(route, seen) {
                    // What the first request changes, the second finds changed: so the absent one is asked for twice.
                    let isReading = route.method == .get
                    if !isReading { _ = try Self.ask(desk, route, target.absent, seen, guid, query, body) }
                    let absent = try Self.ask(desk, route, target.absent, seen, guid, query, body)
                    let hidden = try Self.ask(desk, route, target, seen, guid, query, body)
                    asked += 1
                    #expect(
                        hidden == absent,
                        "\(route.method) \(route.path) \(target.type) \(guid) \(query.map(\.value)) \(body)"
                    )
                }
            }
        }
        #expect(asked > 3000)
    }

    /// What a route is asked: the target in the path or something that is seen, and the target in query and body.
    private static func requests(
        _ route: AtlasRoute,
        _ seen: [String]
    ) -> [(guid: String, query: [(name: String, value: String)], body: String)] {
        let guids = route.path.contains("{guid}") ? ["$G"] + seen : ["$G"]
        var requests = guids.flatMap { guid in queries.map { (guid, $0, "") } }
        guard route.method != .get else { return requests }
        // Of what is seen a data set and a term are enough for bodies.
        for guid in guids where ["$G", seen[0], seen[3]].contains(guid) {
            requests += bodies.map { (guid, [], $0) } + [(guid, queries[1], "{}"), (guid, queries[1], "[]")]
        }
        requests += bodies.prefix(12).map { ("$G", queries[1], $0) }
        return requests
    }

    /// An answer, with what stands for the target in its place.
    private static func ask(
        _ desk: AtlasDesk,
        _ route: AtlasRoute,
        _ target: Target,
        _ seen: [String],
        _ guid: String,
        _ query: [(name: String, value: String)],
        _ body: String
    ) throws -> String {
        func filled(_ text: String) -> String {
            text.replacing("$G", with: target.guid).replacing("$N", with: target.name)
                .replacing("$T", with: target.type).replacing("$S", with: seen[0])
                .replacing("$P", with: seen[1]).replacing("$H", with: seen[2])
        }
        let path = [
            "guid": filled(guid), "type": target.type, "tag": "PII", "bm": "none", "kind": "typedef",
            "topic": "ATLAS_HOOK", "name": target.name, "id": target.guid,
        ]
        let said = try desk.answer(
            route,
            path,
            query.map { ($0.name, filled($0.value)) },
            Array(filled(body).utf8)
        )
        return numbered(said.replacing(target.guid, with: "$G").replacing(target.name, with: "$N"))
    }

    /// A text whose made-up identities are numbers in the order in which they come.
    private static func numbered(_ text: String) -> String {
        var numbers: [Substring: Int] = [:]
        return text.replacing(/00000000-0000-4000-8000-[0-9a-f]{12}/) { match in
            let number = numbers[match.output] ?? numbers.count
            numbers[match.output] = number
            return "#\(number)"
        }
    }
}
