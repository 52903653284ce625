import Catalog
import CatalogModel
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import HTTPAPI

/// Rules of Atlas for searches and glossaries that its clients meet seldom.
@Suite(.aside) struct `Atlas's rules for searches and glossaries` {
    private let desk: AtlasDesk

    init() throws { desk = try AtlasDesk() }

    @Test func `conditions on labels and custom attributes are on each of them`() throws {
        let a = try desk.dataSet("open-a")
        _ = try desk.dataSet("open-b")
        _ = try desk.send(.put, "v2/entity/guid/{guid}/labels", #"["gold","daily"]"#, ["guid": a])
        try desk.make(
            "v2/entity",
            #"{"entity":{"typeName":"DataSet","guid":"\#(a)","attributes":{"qualifiedName":"open-a","name":"open-a"},"customAttributes":{"team":"blue"}}}"#
        )
        func count(_ name: String, _ operation: String, _ value: String) throws -> Int {
            let said = try desk.send(
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
        #expect(try desk.define("businessMetadataDefs", business).hasPrefix("200"))
        let a = try desk.dataSet("open-a")
        _ = try desk.send(
            .post,
            "v2/entity/guid/{guid}/businessmetadata",
            #"{"care":{"score":7}}"#,
            ["guid": a]
        )
        let said = try desk.send(
            .post,
            "v2/search/basic",
            #"{"typeName":"DataSet","entityFilters":{"attributeName":"care.score","operator":"=","attributeValue":"7"}}"#
        )
        #expect(said.contains(#""care.score":7"#), "\(said)")
    }

    @Test func `a query is read from left to right, and says each thing once`() throws {
        for (name, owner) in [("open-a", "ann"), ("open-b", "bob"), ("open-c", "cid")] {
            _ = try desk.dataSet(name, "DataSet", #","owner":"\#(owner)""#)
        }
        func names(_ condition: String) throws -> [String] {
            let said = try desk.send(.get, "v2/search/dsl", query: [("query", "DataSet where \(condition)")])
            return said.matches(of: /"displayText":"([^"]+)"/).map { String($0.output.1) }.sorted()
        }
        #expect(try names("owner = 'ann' or owner = 'bob' and name = 'open-b'") == ["open-b"])
        #expect(try names("owner = 'ann' or (owner = 'bob' and name = 'open-b')") == ["open-a", "open-b"])
        #expect(try names("name = 'open-b' and owner = 'bob' or owner = 'cid'") == ["open-b", "open-c"])
        let twice = try desk.send(.get, "v2/search/dsl", query: [("query", "DataSet limit 1 limit 2")])
        #expect(twice.contains("ATLAS-400-00-059"))
    }

    @Test func `a saved query runs with the type that was saved beside it`() throws {
        _ = try desk.dataSet("open-a")
        try desk.make(
            "v2/search/saved",
            #"{"name":"mine","searchType":"ADVANCED","searchParameters":{"typeName":"DataSet","query":"where name = 'open-a'"}}"#
        )
        let said = try desk.send(.get, "v2/search/saved/execute/{name}", "", ["name": "mine"])
        #expect(said.contains(#""queryType":"DSL""#) && said.contains("open-a"), "\(said)")
    }

    // MARK: Glossary

    @Test func `categories make a tree within one glossary`() throws {
        let home = try desk.made("v2/glossary", #"{"name":"home"}"#)
        let away = try desk.made("v2/glossary", #"{"name":"away"}"#)
        func category(_ name: String, _ glossary: String, below parent: String?) -> String {
            let above = parent.map { #","parentCategory":{"categoryGuid":"\#($0)"}"# } ?? ""
            return #"{"name":"\#(name)","anchor":{"glossaryGuid":"\#(glossary)"}\#(above)}"#
        }
        let path = "v2/glossary/category"
        let root = try desk.made(path, category("root", home, below: nil))
        let child = try desk.made(path, category("child", home, below: root))
        let leaf = try desk.made(path, category("leaf", home, below: child))
        let other = try desk.send(.post, path, category("stray", away, below: root))
        #expect(other.contains("ATLAS-400-00-07F"), "\(other)")
        for below in [leaf, root] {
            let cycle = try desk.send(
                .put,
                "\(path)/{guid}",
                category("root", home, below: below),
                ["guid": root]
            )
            #expect(cycle.contains("ATLAS-400-00-029"), "\(cycle)")
        }
        // Children that are named move, and those that aren't any more go to the top.
        let single = try desk.made(path, category("single", home, below: nil))
        let list =
            #"{"name":"root","anchor":{"glossaryGuid":"\#(home)"},"childrenCategories":[{"categoryGuid":"\#(single)"}]}"#
        #expect(try desk.send(.put, "\(path)/{guid}", list, ["guid": root]).hasPrefix("200"))
        for (guid, name) in [(single, "single.root@home"), (child, "child@home"), (leaf, "leaf.child@home")] {
            #expect(try desk.send(.get, "\(path)/{guid}", "", ["guid": guid]).contains(name))
        }
        let loose = try desk.send(.put, "\(path)/{guid}", #"{"name":"leaf"}"#, ["guid": leaf])
        #expect(loose.contains("ATLAS-400-00-072"), "\(loose)")
    }

    @Test func `terms and categories are found, and told as a table`() throws {
        let home = try desk.made("v2/glossary", #"{"name":"home"}"#)
        let away = try desk.made("v2/glossary", #"{"name":"away"}"#)
        for (kind, name, glossary, more) in [
            (
                "term", "Revenue", home,
                #","shortDescription":"money in","additionalAttributes":{"status":"Final"}"#
            ),
            ("term", "=Cost", home, #","shortDescription":"money out""#), ("term", "Lead", away, ""),
            ("category", "Finance", home, #","shortDescription":"all of money""#),
        ] {
            _ = try desk.made(
                "v2/glossary/\(kind)",
                #"{"name":"\#(name)","anchor":{"glossaryGuid":"\#(glossary)"}\#(more)}"#
            )
        }
        func found(_ body: String) throws -> [String] {
            let said = try desk.send(.post, "v2/glossary/search", body)
            #expect(said.hasPrefix("200"), "\(said)")
            return said.matches(of: /"name":"([^"]+)"/).map { String($0.output.1) }
        }
        #expect(try found("{}") == ["home", "=Cost", "Revenue", "Finance", "away", "Lead"])
        #expect(try found(#"{"searchQuery":"MONEY","glossaryType":"TERM"}"#) == ["home", "=Cost", "Revenue"])
        #expect(try found(#"{"status":"fin","glossary":{"name":"HO"}}"#) == ["home", "Revenue"])
        #expect(try found(#"{"glossary":{"guid":"\#(away)"}}"#) == ["away", "Lead"])
        #expect(try found(#"{"sortOrder":"DESCENDING","limit":1,"offset":1}"#) == ["away", "Lead"])
        #expect(try desk.send(.post, "v2/glossary/search", #"{"glossaryType":"X"}"#).contains("400-00-029"))
        let ordered = try desk.send(.post, "v2/glossary/create_file", #"{"glossaryType":"TERM","limit":1}"#)
        #expect(ordered.hasPrefix("204"))
        let status = try desk.send(.get, "v2/glossary/download/status")
        let name = try #require(status.firstMatch(of: /"fileName":"([^"]+)"/)).output.1
        #expect(try !desk.send(.get, "v2/search/download/status").contains(name))
        let table = try desk.send(.get, "v2/glossary/download/{name}", "", ["name": String(name)])
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
        let related = try desk.send(.get, "v2/glossary/terms/{guid}/related", "", ["guid": b])
        #expect(
            related.contains(#""displayText":"A""#) && related.contains(#""displayText":"C""#),
            "\(related)"
        )
        #expect(try load(Array("a,b\nc\u{0},d\n".utf8)).hasPrefix("400"))
        #expect(try load(Array("a,b\n".utf8) + [0xFF, 0xFE]).hasPrefix("400"))
    }

    @Test func `a query's select takes a hundred things, and its page ends the work`() throws {
        for number in 0..<5 {
            _ = try desk.dataSet("open-\(number)", "DataSet", #","owner":"\#(number % 2)""#)
        }
        func ask(_ query: String) throws -> String {
            try desk.send(.get, "v2/search/dsl", query: [("query", query)])
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
        let glossary = try desk.made("v2/glossary", #"{"name":"home"}"#)
        let term = try desk.made(
            "v2/glossary/term",
            #"{"name":"T","anchor":{"glossaryGuid":"\#(glossary)"}}"#
        )
        let a = try desk.dataSet("open-a")
        let path = "v2/glossary/terms/{guid}/assignedEntities"
        let named = #"[{"typeName":"DataSet","uniqueAttributes":{"qualifiedName":"open-a"}}]"#
        #expect(try desk.send(.post, path, named, ["guid": term]).hasPrefix("204"))
        #expect(try desk.send(.get, path, "", ["guid": term]).contains(a))
        #expect(
            try desk.send(.post, path, #"[{"typeName":"DataSet"}]"#, ["guid": term]).contains("400-00-021")
        )
    }
}
