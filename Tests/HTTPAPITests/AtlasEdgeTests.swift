import Catalog
import CatalogModel
import Foundation
import Governance
import HTTPTypes
import Logging
import PolicyEngine
import TestSupport
import Testing

@testable import HTTPAPI

/// Rules of Atlas that its clients meet seldom.
@Suite(.aside) struct `Atlas's rules at the edges` {
    private let desk: AtlasDesk

    init() throws { desk = try AtlasDesk() }

    // MARK: Types

    @Test func `definitions are deleted by their names alone`() throws {
        #expect(
            try desk.define(
                "relationshipDefs",
                #"{"name":"links","relationshipCategory":"ASSOCIATION","endDef1":{"type":"DataSet","name":"ones"},"endDef2":{"type":"DataSet","name":"others"}}"#
            ).hasPrefix("200")
        )
        let gone = try desk.send(.delete, "v2/types/typedefs", #"{"relationshipDefs":[{"name":"links"}]}"#)
        #expect(gone.hasPrefix("204"), "\(gone)")
        let known = try desk.send(
            .get,
            "v2/types/{kind}/name/{name}",
            "",
            ["kind": "relationshipdef", "name": "links"]
        )
        #expect(known.hasPrefix("404"))
    }

    @Test func `a definition that names what isn't there is a bad request`() throws {
        let relationship =
            #"{"name":"links","relationshipCategory":"ASSOCIATION","endDef1":{"type":"Nothing","name":"a"},"endDef2":{"type":"DataSet","name":"b"}}"#
        #expect(try desk.define("relationshipDefs", relationship).contains("ATLAS-400-00-029"))
        #expect(try desk.define("relationshipDefs", #"{"name":"links"}"#).contains("ATLAS-400-00-02C"))
        let business =
            #"{"name":"care","attributeDefs":[{"name":"n","typeName":"int","options":{"applicableEntityTypes":"[\"Nothing\"]"}}]}"#
        #expect(try desk.define("businessMetadataDefs", business).contains("ATLAS-400-00-029"))
    }

    @Test func `a tag type below others is set on no more than they allow`() throws {
        func tag(_ name: String, _ above: [String], _ types: [String]) throws -> String {
            func list(_ names: [String]) -> String { names.map { #""\#($0)""# }.joined(separator: ",") }
            return try desk.define(
                "classificationDefs",
                #"{"name":"\#(name)","superTypes":[\#(list(above))],"entityTypes":[\#(list(types))]}"#
            )
        }
        #expect(try tag("OnSets", [], ["DataSet"]).hasPrefix("200"))
        #expect(try tag("OnProcesses", [], ["Process"]).hasPrefix("200"))
        #expect(try tag("OnAll", ["OnSets"], ["Asset"]).contains("ATLAS-400-00-054"))
        #expect(try tag("OnBoth", ["OnSets", "OnProcesses"], []).contains("ATLAS-400-00-053"))
        #expect(try tag("OnPaths", ["OnSets"], ["Path"]).hasPrefix("200"))
    }

    // MARK: Values

    @Test func `plain attributes of structures and tags begin with their defaults, or with zero`() throws {
        let attributes =
            #"[{"name":"n","typeName":"int"},{"name":"yes","typeName":"boolean","defaultValue":"true"},{"name":"t","typeName":"string"}]"#
        #expect(
            try desk.define("structDefs", #"{"name":"Range","attributeDefs":\#(attributes)}"#).hasPrefix(
                "200"
            )
        )
        #expect(
            try desk.define("classificationDefs", #"{"name":"Level","attributeDefs":\#(attributes)}"#)
                .hasPrefix(
                    "200"
                )
        )
        #expect(
            try desk.define(
                "entityDefs",
                #"{"name":"Ranged","superTypes":["DataSet"],"attributeDefs":[{"name":"r","typeName":"Range"}]}"#
            )
            .hasPrefix("200")
        )
        let guid = try desk.dataSet("open-r", "Ranged", #","r":{"typeName":"Range","attributes":{}}"#)
        try desk.make("v2/entity/guid/{guid}/classifications", #"[{"typeName":"Level"}]"#, ["guid": guid])
        let read = try desk.send(.get, "v2/entity/guid/{guid}", "", ["guid": guid])
        #expect(
            read.contains(#""r":{"attributes":{"n":0,"yes":true,"t":null},"typeName":"Range"}"#)
                || read.contains(#""r":{"typeName":"Range","attributes":{"n":0,"yes":true,"t":null}}"#),
            "\(read)"
        )
        #expect(read.contains(#""typeName":"Level","attributes":{"n":0,"yes":true,"t":null}"#), "\(read)")
    }

    @Test func `a part of an entity takes nothing from it that it needs`() throws {
        let guid = try desk.dataSet("open-a")
        let refused = try desk.send(
            .put,
            "v2/entity/guid/{guid}",
            "null",
            ["guid": guid],
            query: [("name", "name")]
        )
        #expect(refused.hasPrefix("404") && refused.contains("ATLAS-404-00-007"), "\(refused)")
        #expect(try desk.guid("DataSet", "open-a") == guid)
    }

    @Test func `a unique value is one entity's, and an identity has one type`() throws {
        let a = try desk.dataSet("open-a")
        let b = try desk.dataSet("open-b")
        func rename(_ guid: String, _ type: String, _ name: String) throws -> String {
            try desk.send(
                .post,
                "v2/entity",
                #"{"entity":{"typeName":"\#(type)","guid":"\#(guid)","attributes":{"qualifiedName":"\#(name)","name":"n"}}}"#
            )
        }
        let taken = try rename(a, "DataSet", "open-b")
        #expect(taken.hasPrefix("409") && taken.contains("ATLAS-409-00-003"), "\(taken)")
        let partly = try desk.send(
            .put,
            "v2/entity/guid/{guid}",
            #""open-b""#,
            ["guid": a],
            query: [("name", "qualifiedName")]
        )
        #expect(partly.hasPrefix("409"), "\(partly)")
        #expect(try rename(a, "Process", "open-a").contains("ATLAS-400-00-00F"))
        #expect(try rename(a, "Asset", "open-c").hasPrefix("200"))
        #expect(try rename(b, "DataSet", "open-a").hasPrefix("200"))
        #expect(try desk.guid("DataSet", "open-c") == a && desk.guid("DataSet", "open-a") == b)
    }

    @Test func `two types above can't have one attribute with two types`() throws {
        func type(_ name: String, _ above: String, _ attributes: String) -> String {
            #"{"name":"\#(name)","superTypes":[\#(above)],"attributeDefs":[\#(attributes)]}"#
        }
        let one = type("One", #""DataSet""#, #"{"name":"q","typeName":"int"}"#)
        let other = type("Other", #""DataSet""#, #"{"name":"q","typeName":"string"}"#)
        #expect(try desk.define("entityDefs", "\(one),\(other)").hasPrefix("200"))
        #expect(
            try desk.define("entityDefs", type("Both", #""One","Other""#, "")).contains("ATLAS-400-00-029")
        )
    }

    @Test func `entities that attributes own are read and deleted with their owner`() throws {
        let part = #"{"name":"Part","superTypes":["DataSet"]}"#
        let whole =
            #"{"name":"Whole","superTypes":["DataSet"],"attributeDefs":[{"name":"parts","typeName":"array<Part>","cardinality":"SET","constraints":[{"type":"ownedRef"}]}]}"#
        #expect(try desk.define("entityDefs", "\(part),\(whole)").hasPrefix("200"))
        let child = try desk.dataSet("open-part", "Part")
        let owner = try desk.dataSet(
            "open-whole",
            "Whole",
            #","parts":[{"guid":"\#(child)","typeName":"Part"}]"#
        )
        let read = try desk.send(.get, "v2/entity/guid/{guid}", "", ["guid": owner])
        #expect(read.contains(#""referredEntities":{"\#(child)":{"#), "\(read)")
        let deleted = try desk.send(.delete, "v2/entity/guid/{guid}", "", ["guid": owner])
        #expect(deleted.contains(owner) && deleted.contains(child), "\(deleted)")
    }

    @Test func `to refer to an entity doesn't make it one's own to delete`() throws {
        let part = #"{"name":"Part","superTypes":["DataSet"]}"#
        let whole =
            #"{"name":"Whole","superTypes":["DataSet"],"attributeDefs":[{"name":"part","typeName":"Part","constraints":[{"type":"ownedRef"}]}]}"#
        #expect(try desk.define("entityDefs", "\(part),\(whole)").hasPrefix("200"))
        let root = Caller(user: UserName("root"), isOperator: true, request: "r")
        try desk.cases.editing.put([.putUser(User(UserName("mia")))], by: root)
        func policy(_ name: String, _ entity: String, _ access: String) -> String {
            #"{"service":"catalog","name":"\#(name)","resources":{"entity-type":{"values":["*"]},"entity-classification":{"values":["*"]},"entity":{"values":["\#(entity)"]}},"policyItems":[{"users":["mia"],"accesses":[{"type":"\#(access)"}]}]}"#
        }
        let list =
            "[\(policy("mia reads", "*", "entity-read")),\(policy("mia deletes", "open*", "entity-delete"))]"
        _ = try desk.cases.policies.apply(
            try JSONDecoder().decode([Policy].self, from: Data(list.utf8)),
            tests: [],
            by: root
        )
        let other = try desk.dataSet("other-part", "Part")
        let open = try desk.dataSet("open-part", "Part")
        for (guid, status) in [(other, "403"), (open, "200")] {
            let owner = try desk.dataSet(
                "open-\(status)",
                "Whole",
                #","part":{"guid":"\#(guid)","typeName":"Part"}"#
            )
            let said = try desk.answer(
                .delete,
                "v2/entity/guid/{guid}",
                parameters: ["guid": owner],
                as: "mia"
            )
            #expect(said.hasPrefix(status), "\(said)")
        }
        #expect(try desk.guid("Part", "other-part") == other)
    }

    @Test func `an attribute of a relationship that doesn't fit refuses the entity`() throws {
        #expect(
            try desk.define(
                "relationshipDefs",
                #"{"name":"links","relationshipCategory":"ASSOCIATION","attributeDefs":[{"name":"w","typeName":"int"},{"name":"why","typeName":"string"}],"endDef1":{"type":"DataSet","name":"ones","cardinality":"SET"},"endDef2":{"type":"DataSet","name":"others","cardinality":"SET"}}"#
            ).hasPrefix("200")
        )
        let a = try desk.dataSet("open-a")
        let b = try desk.dataSet("open-b")
        func link(_ weight: String) throws -> String {
            try desk.send(
                .post,
                "v2/entity",
                #"{"entity":{"typeName":"DataSet","guid":"\#(a)","attributes":{"qualifiedName":"open-a","name":"open-a"},"relationshipAttributes":{"ones":[{"guid":"\#(b)","relationshipAttributes":{"typeName":"links","attributes":{"w":\#(weight)}}}]}}}"#
            )
        }
        #expect(try link(#""heavy""#).contains("ATLAS-404-00-00D"))
        #expect(try link("3").hasPrefix("200"))
        let read = try desk.send(.get, "v2/entity/guid/{guid}", "", ["guid": a])
        let found = try #require(read.firstMatch(of: /"relationshipGuid":"([^"]+)"/))
        let shown = try desk.send(.get, "v2/relationship/guid/{guid}", "", ["guid": String(found.output.1)])
        #expect(shown.contains(#""attributes":{"w":3,"why":null}"#), "\(shown)")
        #expect(shown.contains(#""label":"r:links""#))
    }

    // MARK: Carrying over, hooks, counts

    @Test func `what was deleted comes back with an archive, unless its name is taken`() throws {
        let a = try desk.dataSet("open-a")
        let b = try desk.dataSet("open-b")
        let view = try desk.cases.assets.view(
            for: Caller(user: UserName("root"), isOperator: true, request: "r")
        )
        let entities = [a, b].compactMap { view.graph[EntityID($0)] }
        let archive = try AtlasFiles.Archive(AtlasFiles.archive(of: entities, [:], view))
        _ = try desk.send(.delete, "v2/entity/bulk", "", query: [("guid", a), ("guid", b)])
        let taken = try desk.dataSet("open-b")
        let caller = Caller(user: UserName("root"), isOperator: true, request: "r")
        _ = try desk.cases.assets.change(by: caller, "import") { transaction throws(CatalogError) in
            try archive.load(into: &transaction)
        }
        #expect(try desk.guid("DataSet", "open-a") == a)
        #expect(try desk.guid("DataSet", "open-b") == taken)
        #expect(
            try desk.send(.get, "v2/entity/guid/{guid}", "", ["guid": b]).contains(#""status":"DELETED""#)
        )
    }

    @Test func `hooks may send messages as texts`() throws {
        let message =
            #"{\"message\":{\"type\":\"ENTITY_CREATE_V2\",\"entities\":{\"entities\":[{\"typeName\":\"DataSet\",\"attributes\":{\"qualifiedName\":\"open-h\",\"name\":\"h\"}}]}}}"#
        let path = "v2/notification/topic/{topic}"
        #expect(try desk.send(.post, path, #"["\#(message)"]"#, ["topic": "ATLAS_HOOK"]).hasPrefix("204"))
        #expect(try !desk.guid("DataSet", "open-h").isEmpty)
        #expect(try desk.send(.post, path, #"["no JSON"]"#, ["topic": "ATLAS_HOOK"]).hasPrefix("400"))
    }

    @Test func `counts are kept, for those who may read everything`() throws {
        _ = try desk.dataSet("open-a")
        let root = Caller(user: UserName("root"), isOperator: true, request: "r")
        let keeper = CountsKeeper(catalog: desk.cases.assets, caller: root, logger: Logger(label: "test"))
        #expect(try desk.send(.get, "admin/metricsstats").hasSuffix("[]"))
        #expect(try keeper.keepWhenDue() == CountSchedule.hour)
        // Once an hour, also where several servers keep them.
        #expect(try keeper.keepWhenDue() == CountSchedule.hour)
        let now = "1790000000000"
        let all = try desk.send(.get, "admin/metricsstats")
        #expect(
            all.components(separatedBy: "metricsId").count == 2 && !all.contains("entityActive"),
            "\(all)"
        )
        let one = try desk.send(.get, "admin/metricsstat/{time}", "", ["time": now])
        #expect(one.contains(#""DataSet":1"#), "\(one)")
        #expect(try desk.send(.get, "admin/metricsstat/{time}", "", ["time": "1"]).contains("404-00-009"))
        let times = [("startTime", "1"), ("endTime", now), ("typeName", "DataSet")]
        let chart = try desk.send(.get, "admin/metricsstats/charts", query: times)
        #expect(chart.contains(#""DataSet":[{"key":"Active","values":[[\#(now),1]]}"#), "\(chart)")
        let range = try desk.send(.get, "admin/metricsstats/range", query: times)
        #expect(range.contains(#""typeData":{"DataSet":{"Active":1,"Deleted":0,"Shell":0}}"#), "\(range)")
        #expect(try desk.send(.get, "admin/metricsstats/range").contains("ATLAS-400-00-029"))
        let late = try desk.send(
            .get,
            "admin/metricsstats/charts",
            query: [("startTime", "9"), ("endTime", "1")]
        )
        #expect(late.hasPrefix("400"))
        #expect(try desk.answer(.get, "admin/metricsstats").hasSuffix("[]"))
        // They are entities, but none that a policy which shows all entities shows.
        try desk.cases.editing.put([.putUser(User(UserName("mia")))], by: root)
        let policy =
            #"[{"service":"catalog","name":"mia reads","resources":{"entity-type":{"values":["*"]},"entity-classification":{"values":["*"]},"entity":{"values":["*"]}},"policyItems":[{"users":["mia"],"accesses":[{"type":"entity-read"}]}]}]"#
        let policies = try JSONDecoder().decode([Policy].self, from: Data(policy.utf8))
        _ = try desk.cases.policies.apply(policies, tests: [], by: root)
        let guid = try #require(one.firstMatch(of: /"guid":"([^"]+)"/)).output.1
        let read = "v2/entity/guid/{guid}"
        #expect(try desk.send(.get, read, "", ["guid": String(guid)]).hasPrefix("200"))
        #expect(try desk.answer(.get, read, parameters: ["guid": String(guid)], as: "mia").hasPrefix("404"))
        let search = #"{"typeName":"__AtlasMetricsStat"}"#
        #expect(
            try desk.answer(.post, "v2/search/basic", bytes: Array(search.utf8), as: "root").contains(guid)
        )
        let found = try desk.answer(.post, "v2/search/basic", bytes: Array(search.utf8), as: "mia")
        #expect(found.hasPrefix("200") && !found.contains(guid), "\(found)")
    }

    @Test func `counts thin out as they grow old`() {
        let (hour, day) = (CountSchedule.hour, 24 * CountSchedule.hour)
        let now = 1000 * day
        let times = Array(stride(from: now - 500 * day, through: now, by: Int(hour)))
        let gone = Set(CountSchedule.superfluous(among: times, at: now))
        let kept = times.filter { !gone.contains($0) }
        #expect(kept.first == now - 400 * day)
        #expect(kept.filter { now - $0 <= 2 * day }.count == 49)
        #expect(kept.filter { now - $0 > 2 * day }.allSatisfy { $0 % day == 0 })
        #expect(CountSchedule.wait(since: nil, at: now) == 0)
        #expect(CountSchedule.wait(since: now - hour, at: now) == 0)
        #expect(CountSchedule.wait(since: now - 1, at: now) == hour - 1)
        #expect(CountSchedule.wait(since: now + 1, at: now) == 0)
    }
}
