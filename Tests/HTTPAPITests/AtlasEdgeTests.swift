import Catalog
import CatalogModel
import Foundation
import Governance
import HTTPTypes
import Logging
import TestSupport
import Testing

@testable import HTTPAPI

/// Rules of Atlas that its clients meet seldom.
@Suite(.aside) struct `Atlas's rules at the edges` {
    private let desk: AtlasDesk

    init() throws { desk = try AtlasDesk() }

    private func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String = "",
        _ parameters: [String: String] = [:],
        query: [(name: String, value: String)] = []
    ) throws -> String {
        try desk.answer(
            method,
            path,
            parameters: parameters,
            query: query,
            bytes: Array(body.utf8),
            as: "root"
        )
    }

    private func define(_ list: String, _ definitions: String) throws -> String {
        try send(.post, "v2/types/typedefs", #"{"\#(list)":[\#(definitions)]}"#)
    }

    /// A data set; gives its identity.
    private func dataSet(_ name: String, _ type: String = "DataSet", _ more: String = "") throws -> String {
        try desk.make(
            "v2/entity/bulk",
            #"{"entities":[{"typeName":"\#(type)","guid":"-1","attributes":{"qualifiedName":"\#(name)","name":"\#(name)"\#(more)}}]}"#
        )
        return try desk.guid(type, name)
    }

    // MARK: Types

    @Test func `definitions are deleted by their names alone`() throws {
        #expect(
            try define(
                "relationshipDefs",
                #"{"name":"links","relationshipCategory":"ASSOCIATION","endDef1":{"type":"DataSet","name":"ones"},"endDef2":{"type":"DataSet","name":"others"}}"#
            ).hasPrefix("200")
        )
        let gone = try send(.delete, "v2/types/typedefs", #"{"relationshipDefs":[{"name":"links"}]}"#)
        #expect(gone.hasPrefix("204"), "\(gone)")
        let known = try send(
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
        #expect(try define("relationshipDefs", relationship).contains("ATLAS-400-00-029"))
        #expect(try define("relationshipDefs", #"{"name":"links"}"#).contains("ATLAS-400-00-02C"))
        let business =
            #"{"name":"care","attributeDefs":[{"name":"n","typeName":"int","options":{"applicableEntityTypes":"[\"Nothing\"]"}}]}"#
        #expect(try define("businessMetadataDefs", business).contains("ATLAS-400-00-029"))
    }

    @Test func `a tag type below others is set on no more than they allow`() throws {
        func tag(_ name: String, _ above: [String], _ types: [String]) throws -> String {
            func list(_ names: [String]) -> String { names.map { #""\#($0)""# }.joined(separator: ",") }
            return try define(
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
            try define("structDefs", #"{"name":"Range","attributeDefs":\#(attributes)}"#).hasPrefix("200")
        )
        #expect(
            try define("classificationDefs", #"{"name":"Level","attributeDefs":\#(attributes)}"#).hasPrefix(
                "200"
            )
        )
        #expect(
            try define(
                "entityDefs",
                #"{"name":"Ranged","superTypes":["DataSet"],"attributeDefs":[{"name":"r","typeName":"Range"}]}"#
            )
            .hasPrefix("200")
        )
        let guid = try dataSet("open-r", "Ranged", #","r":{"typeName":"Range","attributes":{}}"#)
        try desk.make("v2/entity/guid/{guid}/classifications", #"[{"typeName":"Level"}]"#, ["guid": guid])
        let read = try send(.get, "v2/entity/guid/{guid}", "", ["guid": guid])
        #expect(
            read.contains(#""r":{"attributes":{"n":0,"yes":true,"t":null},"typeName":"Range"}"#)
                || read.contains(#""r":{"typeName":"Range","attributes":{"n":0,"yes":true,"t":null}}"#),
            "\(read)"
        )
        #expect(read.contains(#""typeName":"Level","attributes":{"n":0,"yes":true,"t":null}"#), "\(read)")
    }

    @Test func `a part of an entity takes nothing from it that it needs`() throws {
        let guid = try dataSet("open-a")
        let refused = try send(
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
        let a = try dataSet("open-a")
        let b = try dataSet("open-b")
        func rename(_ guid: String, _ type: String, _ name: String) throws -> String {
            try send(
                .post,
                "v2/entity",
                #"{"entity":{"typeName":"\#(type)","guid":"\#(guid)","attributes":{"qualifiedName":"\#(name)","name":"n"}}}"#
            )
        }
        let taken = try rename(a, "DataSet", "open-b")
        #expect(taken.hasPrefix("409") && taken.contains("ATLAS-409-00-003"), "\(taken)")
        let partly = try send(
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
        #expect(try define("entityDefs", "\(one),\(other)").hasPrefix("200"))
        #expect(try define("entityDefs", type("Both", #""One","Other""#, "")).contains("ATLAS-400-00-029"))
    }

    @Test func `entities that attributes own are read and deleted with their owner`() throws {
        let part = #"{"name":"Part","superTypes":["DataSet"]}"#
        let whole =
            #"{"name":"Whole","superTypes":["DataSet"],"attributeDefs":[{"name":"parts","typeName":"array<Part>","cardinality":"SET","constraints":[{"type":"ownedRef"}]}]}"#
        #expect(try define("entityDefs", "\(part),\(whole)").hasPrefix("200"))
        let child = try dataSet("open-part", "Part")
        let owner = try dataSet("open-whole", "Whole", #","parts":[{"guid":"\#(child)","typeName":"Part"}]"#)
        let read = try send(.get, "v2/entity/guid/{guid}", "", ["guid": owner])
        #expect(read.contains(#""referredEntities":{"\#(child)":{"#), "\(read)")
        let deleted = try send(.delete, "v2/entity/guid/{guid}", "", ["guid": owner])
        #expect(deleted.contains(owner) && deleted.contains(child), "\(deleted)")
    }

    @Test func `an attribute of a relationship that doesn't fit refuses the entity`() throws {
        #expect(
            try define(
                "relationshipDefs",
                #"{"name":"links","relationshipCategory":"ASSOCIATION","attributeDefs":[{"name":"w","typeName":"int"},{"name":"why","typeName":"string"}],"endDef1":{"type":"DataSet","name":"ones","cardinality":"SET"},"endDef2":{"type":"DataSet","name":"others","cardinality":"SET"}}"#
            ).hasPrefix("200")
        )
        let a = try dataSet("open-a")
        let b = try dataSet("open-b")
        func link(_ weight: String) throws -> String {
            try send(
                .post,
                "v2/entity",
                #"{"entity":{"typeName":"DataSet","guid":"\#(a)","attributes":{"qualifiedName":"open-a","name":"open-a"},"relationshipAttributes":{"ones":[{"guid":"\#(b)","relationshipAttributes":{"typeName":"links","attributes":{"w":\#(weight)}}}]}}}"#
            )
        }
        #expect(try link(#""heavy""#).contains("ATLAS-404-00-00D"))
        #expect(try link("3").hasPrefix("200"))
        let read = try send(.get, "v2/entity/guid/{guid}", "", ["guid": a])
        let found = try #require(read.firstMatch(of: /"relationshipGuid":"([^"]+)"/))
        let shown = try send(.get, "v2/relationship/guid/{guid}", "", ["guid": String(found.output.1)])
        #expect(shown.contains(#""attributes":{"w":3,"why":null}"#), "\(shown)")
        #expect(shown.contains(#""label":"r:links""#))
    }

    // MARK: Searching

    @Test func `conditions on labels and custom attributes are on each of them`() throws {
        let a = try dataSet("open-a")
        _ = try dataSet("open-b")
        _ = try send(.put, "v2/entity/guid/{guid}/labels", #"["gold","daily"]"#, ["guid": a])
        try desk.make(
            "v2/entity",
            #"{"entity":{"typeName":"DataSet","guid":"\#(a)","attributes":{"qualifiedName":"open-a","name":"open-a"},"customAttributes":{"team":"blue"}}}"#
        )
        func count(_ name: String, _ operation: String, _ value: String) throws -> Int {
            let said = try send(
                .post,
                "v2/search/basic",
                #"{"typeName":"DataSet","entityFilters":{"attributeName":"\#(name)","operator":"\#(operation)","attributeValue":"\#(value)"}}"#
            )
            return said.components(separatedBy: #""displayText""#).count - 1
        }
        #expect(try count("__labels", "=", "gold") == 1)
        #expect(try count("__labels", "=", "gol") == 0)
        #expect(try count("__labels", "contains", "gol") == 1)
        #expect(try count("__labels", "!=", "gold") == 1)
        #expect(try count("__labels", "isNull", "") == 1)
        #expect(try count("__customAttributes", "contains", "team=blue") == 1)
        #expect(try count("__isIncomplete", "=", "0") == 2)
    }

    @Test func `values of business metadata are shown where they were asked for`() throws {
        let business =
            #"{"name":"care","attributeDefs":[{"name":"score","typeName":"int","options":{"applicableEntityTypes":"[\"DataSet\"]"}}]}"#
        #expect(try define("businessMetadataDefs", business).hasPrefix("200"))
        let a = try dataSet("open-a")
        _ = try send(
            .post,
            "v2/entity/guid/{guid}/businessmetadata",
            #"{"care":{"score":7}}"#,
            ["guid": a]
        )
        let said = try send(
            .post,
            "v2/search/basic",
            #"{"typeName":"DataSet","entityFilters":{"attributeName":"care.score","operator":"=","attributeValue":"7"}}"#
        )
        #expect(said.contains(#""care.score":7"#), "\(said)")
    }

    @Test func `a query is read from left to right, and says each thing once`() throws {
        for (name, owner) in [("open-a", "ann"), ("open-b", "bob"), ("open-c", "cid")] {
            _ = try dataSet(name, "DataSet", #","owner":"\#(owner)""#)
        }
        func names(_ condition: String) throws -> [String] {
            let said = try send(.get, "v2/search/dsl", query: [("query", "DataSet where \(condition)")])
            return said.matches(of: /"displayText":"([^"]+)"/).map { String($0.output.1) }.sorted()
        }
        #expect(try names("owner = 'ann' or owner = 'bob' and name = 'open-b'") == ["open-b"])
        #expect(try names("owner = 'ann' or (owner = 'bob' and name = 'open-b')") == ["open-a", "open-b"])
        #expect(try names("name = 'open-b' and owner = 'bob' or owner = 'cid'") == ["open-b", "open-c"])
        let twice = try send(.get, "v2/search/dsl", query: [("query", "DataSet limit 1 limit 2")])
        #expect(twice.contains("ATLAS-400-00-059"))
    }

    @Test func `a saved query runs with the type that was saved beside it`() throws {
        _ = try dataSet("open-a")
        try desk.make(
            "v2/search/saved",
            #"{"name":"mine","searchType":"ADVANCED","searchParameters":{"typeName":"DataSet","query":"where name = 'open-a'"}}"#
        )
        let said = try send(.get, "v2/search/saved/execute/{name}", "", ["name": "mine"])
        #expect(said.contains(#""queryType":"DSL""#) && said.contains("open-a"), "\(said)")
    }

    // MARK: Glossary

    private func made(_ path: String, _ body: String) throws -> String {
        try #require(try desk.make(path, body).object?.text("guid"))
    }

    @Test func `categories make a tree within one glossary`() throws {
        let home = try made("v2/glossary", #"{"name":"home"}"#)
        let away = try made("v2/glossary", #"{"name":"away"}"#)
        func category(_ name: String, _ glossary: String, below parent: String?) -> String {
            let above = parent.map { #","parentCategory":{"categoryGuid":"\#($0)"}"# } ?? ""
            return #"{"name":"\#(name)","anchor":{"glossaryGuid":"\#(glossary)"}\#(above)}"#
        }
        let path = "v2/glossary/category"
        let root = try made(path, category("root", home, below: nil))
        let child = try made(path, category("child", home, below: root))
        let leaf = try made(path, category("leaf", home, below: child))
        let other = try send(.post, path, category("stray", away, below: root))
        #expect(other.contains("ATLAS-400-00-07F"), "\(other)")
        for below in [leaf, root] {
            let cycle = try send(.put, "\(path)/{guid}", category("root", home, below: below), ["guid": root])
            #expect(cycle.contains("ATLAS-400-00-029"), "\(cycle)")
        }
        // Children that are named move, and those that aren't any more go to the top.
        let single = try made(path, category("single", home, below: nil))
        let list =
            #"{"name":"root","anchor":{"glossaryGuid":"\#(home)"},"childrenCategories":[{"categoryGuid":"\#(single)"}]}"#
        #expect(try send(.put, "\(path)/{guid}", list, ["guid": root]).hasPrefix("200"))
        for (guid, name) in [(single, "single.root@home"), (child, "child@home"), (leaf, "leaf.child@home")] {
            #expect(try send(.get, "\(path)/{guid}", "", ["guid": guid]).contains(name))
        }
        let loose = try send(.put, "\(path)/{guid}", #"{"name":"leaf"}"#, ["guid": leaf])
        #expect(loose.contains("ATLAS-400-00-072"), "\(loose)")
    }

    @Test func `terms and categories are found, and told as a table`() throws {
        let home = try made("v2/glossary", #"{"name":"home"}"#)
        let away = try made("v2/glossary", #"{"name":"away"}"#)
        for (kind, name, glossary, more) in [
            (
                "term", "Revenue", home,
                #","shortDescription":"money in","additionalAttributes":{"status":"Final"}"#
            ),
            ("term", "=Cost", home, #","shortDescription":"money out""#), ("term", "Lead", away, ""),
            ("category", "Finance", home, #","shortDescription":"all of money""#),
        ] {
            _ = try made(
                "v2/glossary/\(kind)",
                #"{"name":"\#(name)","anchor":{"glossaryGuid":"\#(glossary)"}\#(more)}"#
            )
        }
        func found(_ body: String) throws -> [String] {
            let said = try send(.post, "v2/glossary/search", body)
            #expect(said.hasPrefix("200"), "\(said)")
            return said.matches(of: /"name":"([^"]+)"/).map { String($0.output.1) }
        }
        #expect(try found("{}") == ["home", "=Cost", "Revenue", "Finance", "away", "Lead"])
        #expect(try found(#"{"searchQuery":"MONEY","glossaryType":"TERM"}"#) == ["home", "=Cost", "Revenue"])
        #expect(try found(#"{"status":"fin","glossary":{"name":"HO"}}"#) == ["home", "Revenue"])
        #expect(try found(#"{"glossary":{"guid":"\#(away)"}}"#) == ["away", "Lead"])
        #expect(try found(#"{"sortOrder":"DESCENDING","limit":1,"offset":1}"#) == ["away", "Lead"])
        #expect(try send(.post, "v2/glossary/search", #"{"glossaryType":"X"}"#).contains("400-00-029"))
        let ordered = try send(.post, "v2/glossary/create_file", #"{"glossaryType":"TERM","limit":1}"#)
        #expect(ordered.hasPrefix("204"))
        let status = try send(.get, "v2/glossary/download/status")
        let name = try #require(status.firstMatch(of: /"fileName":"([^"]+)"/)).output.1
        #expect(try !send(.get, "v2/search/download/status").contains(name))
        let table = try send(.get, "v2/glossary/download/{name}", "", ["name": String(name)])
        #expect(table.contains("TERM,home,Revenue,Revenue@home,money in,,Final,"), "\(table)")
        #expect(table.contains("TERM,home,'=Cost") && table.contains("Lead") && !table.contains("Finance"))
    }

    @Test func `rows of a sheet add to each other's relations, but to no term itself`() throws {
        let head =
            "GlossaryName,TermName,ShortDescription,LongDescription,Examples,Abbreviation,Usage,AdditionalAttributes,TranslationTerms,ValidValuesFor,Synonyms"
        let rows = ["A,,,,,,,,,G:B", "B,,,,,,,,,G:C", "C,,,,,,,,,G:C"].map { "G,\($0)" }
        func form(_ bytes: [UInt8]) -> [UInt8] {
            Array("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"t.csv\"\r\n\r\n".utf8)
                + bytes
                + Array("\r\n--x--\r\n".utf8)
        }
        func load(_ bytes: [UInt8]) throws -> String {
            try desk.answer(
                .post,
                "v2/glossary/import",
                bytes: form(bytes),
                type: "multipart/form-data; boundary=x",
                as: "root"
            )
        }
        let said = try load(Array(([head] + rows).joined(separator: "\n").utf8))
        #expect(said.contains("Term can't have a relationship with self"), "\(said)")
        let b = try desk.guid("AtlasGlossaryTerm", "B@G")
        let related = try send(.get, "v2/glossary/terms/{guid}/related", "", ["guid": b])
        #expect(
            related.contains(#""displayText":"A""#) && related.contains(#""displayText":"C""#),
            "\(related)"
        )
        #expect(try load(Array("a,b\nc\u{0},d\n".utf8)).hasPrefix("400"))
        #expect(try load(Array("a,b\n".utf8) + [0xFF, 0xFE]).hasPrefix("400"))
    }

    @Test func `a query's select takes a hundred things, and its page ends the work`() throws {
        for number in 0..<5 { _ = try dataSet("open-\(number)", "DataSet", #","owner":"\#(number % 2)""#) }
        func ask(_ query: String) throws -> String {
            try send(.get, "v2/search/dsl", query: [("query", query)])
        }
        let many = Array(repeating: "name", count: 101).joined(separator: ",")
        #expect(try ask("DataSet select \(many)").contains("ATLAS-400-00-059"))
        #expect(try ask("DataSet groupby(\(many)) select count()").contains("ATLAS-400-00-059"))
        #expect(try ask("DataSet select owner").contains(#""values":[["0"],["1"]]"#))
        #expect(try ask("DataSet select owner limit 1").contains(#""values":[["0"]]"#))
        #expect(
            try ask("DataSet select name orderby name desc limit 2 offset 1")
                .contains(#""values":[["open-3"],["open-2"]]"#)
        )
        #expect(try ask("DataSet limit 2 offset 4").components(separatedBy: "displayText").count == 2)
        #expect(try ask("DataSet\n\twhere name = 'open-1'").contains("open-1"))
    }

    @Test func `parameters of Atlas's routes may have lines, and no other control characters`() {
        #expect(RequestTarget("/api/atlas/v2/search/dsl?query=a%0A%09b")?.query.first?.value == "a\n\tb")
        for address in [
            "/api/atlas/v2/search/dsl?query=a%00b", "/api/atlas/v2/a%0Ab", "/api/v1/tables?filter=a%0Ab",
        ] { #expect(RequestTarget(address) == nil) }
    }

    @Test func `a term is assigned to an entity by its name too`() throws {
        let glossary = try made("v2/glossary", #"{"name":"home"}"#)
        let term = try made("v2/glossary/term", #"{"name":"T","anchor":{"glossaryGuid":"\#(glossary)"}}"#)
        let a = try dataSet("open-a")
        let path = "v2/glossary/terms/{guid}/assignedEntities"
        let named = #"[{"typeName":"DataSet","uniqueAttributes":{"qualifiedName":"open-a"}}]"#
        #expect(try send(.post, path, named, ["guid": term]).hasPrefix("204"))
        #expect(try send(.get, path, "", ["guid": term]).contains(a))
        #expect(try send(.post, path, #"[{"typeName":"DataSet"}]"#, ["guid": term]).contains("400-00-021"))
    }

    // MARK: Carrying over, hooks, counts

    @Test func `what was deleted comes back with an archive, unless its name is taken`() throws {
        let a = try dataSet("open-a")
        let b = try dataSet("open-b")
        let view = try desk.cases.assets.view(
            for: Caller(user: UserName("root"), isOperator: true, request: "r")
        )
        let entities = [a, b].compactMap { view.graph[EntityID($0)] }
        let archive = try AtlasFiles.Archive(AtlasFiles.archive(of: entities, [:], view))
        _ = try send(.delete, "v2/entity/bulk", "", query: [("guid", a), ("guid", b)])
        let taken = try dataSet("open-b")
        let caller = Caller(user: UserName("root"), isOperator: true, request: "r")
        _ = try desk.cases.assets.change(by: caller, "import") { transaction throws(CatalogError) in
            try archive.load(into: &transaction)
        }
        #expect(try desk.guid("DataSet", "open-a") == a)
        #expect(try desk.guid("DataSet", "open-b") == taken)
        #expect(try send(.get, "v2/entity/guid/{guid}", "", ["guid": b]).contains(#""status":"DELETED""#))
    }

    @Test func `hooks may send messages as texts`() throws {
        let message =
            #"{\"message\":{\"type\":\"ENTITY_CREATE_V2\",\"entities\":{\"entities\":[{\"typeName\":\"DataSet\",\"attributes\":{\"qualifiedName\":\"open-h\",\"name\":\"h\"}}]}}}"#
        let path = "v2/notification/topic/{topic}"
        #expect(try send(.post, path, #"["\#(message)"]"#, ["topic": "ATLAS_HOOK"]).hasPrefix("204"))
        #expect(try !desk.guid("DataSet", "open-h").isEmpty)
        #expect(try send(.post, path, #"["no JSON"]"#, ["topic": "ATLAS_HOOK"]).hasPrefix("400"))
    }

    @Test func `counts are kept, for those who may read everything`() throws {
        _ = try dataSet("open-a")
        let root = Caller(user: UserName("root"), isOperator: true, request: "r")
        let keeper = CountsKeeper(catalog: desk.cases.assets, caller: root, logger: Logger(label: "test"))
        #expect(try send(.get, "admin/metricsstats").hasSuffix("[]"))
        #expect(try keeper.keepWhenDue() == CountSchedule.hour)
        // Once an hour, also where several servers keep them.
        #expect(try keeper.keepWhenDue() == CountSchedule.hour)
        let now = "1790000000000"
        let all = try send(.get, "admin/metricsstats")
        #expect(
            all.components(separatedBy: "metricsId").count == 2 && !all.contains("entityActive"),
            "\(all)"
        )
        let one = try send(.get, "admin/metricsstat/{time}", "", ["time": now])
        #expect(one.contains(#""DataSet":1"#), "\(one)")
        #expect(try send(.get, "admin/metricsstat/{time}", "", ["time": "1"]).contains("404-00-009"))
        let times = [("startTime", "1"), ("endTime", now), ("typeName", "DataSet")]
        let chart = try send(.get, "admin/metricsstats/charts", query: times)
        #expect(chart.contains(#""DataSet":[{"key":"Active","values":[[\#(now),1]]}"#), "\(chart)")
        let range = try send(.get, "admin/metricsstats/range", query: times)
        #expect(range.contains(#""typeData":{"DataSet":{"Active":1,"Deleted":0,"Shell":0}}"#), "\(range)")
        #expect(try send(.get, "admin/metricsstats/range").contains("ATLAS-400-00-029"))
        let late = try send(.get, "admin/metricsstats/charts", query: [("startTime", "9"), ("endTime", "1")])
        #expect(late.hasPrefix("400"))
        #expect(try desk.answer(.get, "admin/metricsstats").hasSuffix("[]"))
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
