import Catalog
import CatalogModel
import Foundation
import Governance
import HTTPTypes
import TestSupport
import Testing

@testable import HTTPAPI

/// Routes beside those that the conformance kit drives.
@Suite(.aside) struct `More of Atlas's routes` {
    /// Data sets `open-a`, `open-b` and `secret-c`, of which one process makes `open-b`.
    private static func furnished() throws -> AtlasDesk {
        let desk = try AtlasDesk()
        let sets = ["open-a", "open-b", "secret-c"].map { name in
            #"{"typeName":"DataSet","attributes":{"qualifiedName":"\#(name)","name":"\#(name)","owner":"=cmd|x"}}"#
        }
        try desk.make("v2/entity/bulk", #"{"entities":[\#(sets.joined(separator: ","))]}"#)
        func reference(_ name: String) -> String {
            #"{"typeName":"DataSet","uniqueAttributes":{"qualifiedName":"\#(name)"}}"#
        }
        let inputs = ["open-a", "secret-c"].map(reference).joined(separator: ",")
        try desk.make(
            "v2/entity",
            #"{"entity":{"typeName":"Process","attributes":{"qualifiedName":"open-p","name":"p","inputs":[\#(inputs)],"outputs":[\#(reference("open-b"))]}}}"#
        )
        return desk
    }

    private static func count(_ word: String, in text: String) -> Int {
        text.components(separatedBy: word).count - 1
    }

    @Test func `find relationships, page by page, whose ends one may read`() throws {
        let desk = try Self.furnished()
        let path = "v2/search/relations"
        let both = "dataset_process_inputs,process_dataset_outputs"
        func ask(_ body: String, _ user: String) throws -> String {
            try desk.answer(.post, path, bytes: Array(body.utf8), as: user)
        }
        for (user, number) in [("root", 3), ("eve", 2)] {
            let all = try desk.answer(.get, path, query: [("relationshipName", both)], as: user)
            #expect(
                Self.count(#""end1""#, in: all) == number && all.contains(#""approximateCount":\#(number)"#)
            )
        }
        let first = try ask(
            #"{"relationshipName":"\#(both)","limit":2,"marker":"*","sortBy":"__guid"}"#,
            "root"
        )
        #expect(Self.count(#""end1""#, in: first) == 2 && first.contains(#""nextMarker":"2""#))
        let rest = try ask(
            #"{"relationshipName":"\#(both)","limit":2,"marker":"2","sortBy":"__guid"}"#,
            "root"
        )
        #expect(Self.count(#""end1""#, in: rest) == 1 && rest.contains(#""nextMarker":"-1""#))
        let filter =
            #"{"attributeName":"__typeName","operator":"=","attributeValue":"process_dataset_outputs"}"#
        let some = try ask(#"{"relationshipName":"\#(both)","relationshipFilters":\#(filter)}"#, "eve")
        #expect(Self.count(#""end1""#, in: some) == 1)
        for (body, code) in [
            ("{}", "047"), (#"{"relationshipName":"Nope"}"#, "00A"),
            (#"{"relationshipName":"\#(both)","sortBy":"nope"}"#, "023"),
            (
                #"{"relationshipName":"\#(both)","relationshipFilters":{"attributeName":"x","operator":"=","attributeValue":"y"}}"#,
                "023"
            ),
        ] {
            #expect(try ask(body, "root").contains("ATLAS-400-00-\(code)"), "\(body)")
        }
    }

    @Test func `make an ordered table when it is fetched, for whoever ordered it`() throws {
        let desk = try Self.furnished()
        for (path, body) in [
            (
                "v2/search/basic/download/create_file",
                #"{"searchParameters":{"typeName":"DataSet","attributes":["qualifiedName"]}}"#
            ),
            ("v2/search/dsl/download/create_file", #"{"query":"DataSet select qualifiedName"}"#),
        ] {
            let said = try desk.answer(.post, path, bytes: Array(body.utf8))
            #expect(said.hasPrefix("204"), "\(said)")
        }
        let status = try desk.answer(.get, "v2/search/download/status")
        let names = status.matches(of: /"fileName":"([^"]+)"/).map { String($0.output.1) }
        #expect(names.count == 2 && Set(names).count == 2)
        func fetch(_ name: String, _ user: String) throws -> String {
            try desk.answer(.get, "v2/search/download/{name}", parameters: ["name": name], as: user)
        }
        for name in names {
            let text = try fetch(name, "eve")
            #expect(text.contains("open-a") && text.contains("open-b") && !text.contains("secret"), "\(text)")
            // A spreadsheet takes no cell for a formula.
            #expect(!text.contains(",=cmd"))
            #expect(try fetch(name, "root").hasPrefix("400"))
        }
        // What is hidden by now isn't in it any more.
        let open = try desk.guid("DataSet", "open-a")
        let renamed = try desk.answer(
            .put,
            "v2/entity/guid/{guid}",
            parameters: ["guid": open],
            query: [("name", "qualifiedName")],
            bytes: Array(#""secret-a""#.utf8),
            as: "root"
        )
        #expect(renamed.hasPrefix("200"), "\(renamed)")
        for name in names { #expect(try !fetch(name, "eve").contains("-a")) }
        for name in ["../status", "..%2f", "", "x.csv"] { #expect(try fetch(name, "eve").hasPrefix("400")) }
    }

    @Test func `say whose tags changed since a moment`() throws {
        let desk = try Self.furnished()
        for name in ["open-a", "secret-c"] {
            let guid = try desk.guid("DataSet", name)
            try desk.make("v2/entity/guid/{guid}/classifications", #"[{"typeName":"PII"}]"#, ["guid": guid])
        }
        let now = 1_790_000_000_000
        for (since, user, number) in [
            (0, "root", 4), (0, "eve", 3), (now - 1, "root", 4), (now - 1, "eve", 3), (now + 1, "root", 0),
        ] {
            let said = try desk.answer(
                .get,
                "v2/entity/bulk/headers",
                query: [("tagUpdateStartTime", String(since))],
                as: user
            )
            #expect(Self.count(#""displayText""#, in: said) == number, "\(since) \(user): \(said)")
        }
    }

    @Test func `take names of time zones that the machine knows`() throws {
        let desk = try Self.furnished()
        let guid = try desk.guid("DataSet", "open-a")
        func tag(_ method: HTTPRequest.Method, _ zone: String) throws -> String {
            let period =
                #"{"startTime":"2026/01/01 00:00:00","endTime":"2026/01/02 00:00:00","timeZone":"\#(zone)"}"#
            return try desk.answer(
                method,
                "v2/entity/guid/{guid}/classifications",
                parameters: ["guid": guid],
                bytes: Array(#"[{"typeName":"PII","validityPeriods":[\#(period)]}]"#.utf8),
                as: "root"
            )
        }
        #expect(try tag(.post, "Test/East").hasPrefix("204"))
        for zone in ["Mars/Olympus", "PST", "../../etc/passwd", "GMT+25:00"] {
            #expect(try tag(.put, zone).contains("ATLAS-400-00-01A"), "\(zone)")
        }
        let caller = Caller(user: UserName("root"), isOperator: true, request: "r")
        let tags = try desk.cases.assets.view(for: caller).graph.tags(setOn: EntityID(guid))
        let held = try #require(tags.first)
        // Midnight in a zone five hours east of Greenwich is seven in the evening there.
        let start = try #require(Instant("2025-12-31T19:00:00Z"))
        #expect(held.holds(at: start) && !held.holds(at: start.adding(seconds: -1)))
        #expect(
            held.holds(at: start.adding(seconds: 86_400)) && !held.holds(at: start.adding(seconds: 86_401))
        )
    }

    @Test func `tell what was done to the server, and to those who don't administer their own acts only`()
        throws
    {
        let desk = try Self.furnished()
        try desk.make(
            "v2/types/typedefs",
            #"{"enumDefs":[{"name":"E","elementDefs":[{"value":"a","ordinal":1}]}]}"#
        )
        let item =
            #"{"itemsToExport":[{"typeName":"DataSet","uniqueAttributes":{"qualifiedName":"open-a"}}]}"#
        #expect(try desk.answer(.post, "admin/export", bytes: Array(item.utf8)).hasPrefix("200"))
        func audits(_ body: String, _ user: String) throws -> String {
            try desk.answer(.post, "admin/audits", bytes: Array(body.utf8), as: user)
        }
        let all = try audits("{}", "root")
        for operation in ["SERVER_START", "TYPE_DEF_CREATE", "EXPORT"] {
            #expect(all.contains(#""operation":"\#(operation)""#), "\(all)")
        }
        let own = try audits("{}", "eve")
        #expect(own.contains("EXPORT") && !own.contains("TYPE_DEF_CREATE"))
        let filter =
            #"{"condition":"AND","criterion":[{"attributeName":"operation","operator":"eq","attributeValue":"TYPE_DEF_CREATE"},{"attributeName":"startTime","operator":"gt","attributeValue":"1"}]}"#
        let some = try audits(#"{"auditFilters":\#(filter)}"#, "root")
        #expect(Self.count(#""operation""#, in: some) == 1 && some.contains(#""params":"E""#))
        #expect(try audits(#"{"sortBy":"nothing"}"#, "root").contains("ATLAS-400-00-023"))
    }

    @Test func `import to be asked about, and nothing from the server's disk`() throws {
        let desk = try Self.furnished()
        #expect(
            try desk.answer(.post, "admin/importfile", bytes: Array("{}".utf8), as: "root").contains(
                "ATLAS-400-00-100"
            )
        )
        let done = try desk.send(
            Self.archive(
                #"{"entity":{"typeName":"DataSet","guid":"1","attributes":{"qualifiedName":"open-i","name":"i"}}}"#
            ),
            to: "admin/async/import",
            as: "root"
        )
        #expect(done.contains(#""status":"SUCCESSFUL""#), "\(done)")
        let listed = try desk.answer(.get, "admin/async/import/status", as: "root")
        #expect(listed.contains(#""totalCount":1"#))
        #expect(
            try desk.answer(.get, "admin/async/import/status/{id}", parameters: ["id": "r"], as: "root")
                .hasPrefix("200")
        )
        for user in ["eve", "root"] {
            let said = try desk.answer(
                .get,
                "admin/async/import/status/{id}",
                parameters: ["id": "none"],
                as: user
            )
            #expect(said.hasPrefix("404"))
        }
        #expect(try desk.answer(.get, "admin/async/import/status").contains(#""totalCount":0"#))
        #expect(
            try desk.answer(.delete, "admin/async/import/{id}", parameters: ["id": "r"], as: "root")
                .hasPrefix("400")
        )
    }

    private static func archive(_ entity: String) -> [UInt8] {
        var zip = ZipWriter()
        zip.add("atlas-export-order.json", Array(#"["1"]"#.utf8))
        zip.add("1.json", Array(entity.utf8))
        return zip.finished()
    }

    /// Files that name what is hidden, and what isn't there, in a catalog of their own each time.
    @Test func `take files as if what they name and is hidden weren't there`() throws {
        let sheet = "EntityType,Value,Attribute,Value\nDataSet,$N,none.x,1\nDataSet,open-a,none.x,1\n"
        let words = "G,T,,,,,,,a,b,c,d\nopen-g,open-t\nopen-g,open-u,,,,,,,,,,,,,$N\n$N,open-v\n"
        let entities = [
            #"{"entity":{"typeName":"DataSet","guid":"$G","attributes":{"qualifiedName":"open-i","name":"i"}}}"#,
            #"{"entity":{"typeName":"DataSet","guid":"1","attributes":{"qualifiedName":"$N","name":"i"}}}"#,
            #"{"entity":{"typeName":"Process","guid":"1","attributes":{"qualifiedName":"open-i","name":"i"},"relationshipAttributes":{"inputs":[{"guid":"$G"}]}}}"#,
        ]
        for number in 0..<(2 + entities.count) {
            func told(_ guid: (AtlasDesk) throws -> String, _ name: String) throws -> String {
                let desk = try Self.furnished()
                let guid = try guid(desk)
                func filled(_ text: String) -> String {
                    text.replacing("$G", with: guid).replacing("$N", with: name)
                }
                let said =
                    switch number {
                    case 0:
                        try desk.send(
                            Array(filled(sheet).utf8),
                            part: "file",
                            to: "v2/entity/businessmetadata/import"
                        )
                    case 1: try desk.send(Array(filled(words).utf8), part: "file", to: "v2/glossary/import")
                    default: try desk.send(Self.archive(filled(entities[number - 2])), to: "admin/import")
                    }
                return said.replacing(guid, with: "$G").replacing(name, with: "$N")
            }
            let hidden = try told({ try $0.guid("DataSet", "secret-c") }, "secret-c")
            let absent = try told({ _ in "deadbeef-0000-4000-8000-ffffffffffff" }, "secret-9")
            #expect(hidden == absent, "\(number)")
        }
    }

    /// Attributes that refer to entities by their values, without a relationship.
    @Test func `show and follow references in attributes as far as one may read`() throws {
        let desk = try Self.furnished()
        try desk.make(
            "v2/types/typedefs",
            #"""
            {"entityDefs":[{"name":"Pointer","superTypes":["DataSet"],"attributeDefs":[
            {"name":"one","typeName":"DataSet","isOptional":true,"cardinality":"SINGLE"},
            {"name":"many","typeName":"array<DataSet>","isOptional":true,"cardinality":"LIST","valuesMaxCount":9}]}]}
            """#
        )
        func reference(_ name: String) throws -> String {
            #"{"typeName":"DataSet","guid":"\#(try desk.guid("DataSet", name))"}"#
        }
        let (open, secret) = (try reference("open-a"), try reference("secret-c"))
        try desk.make(
            "v2/entity",
            #"{"entity":{"typeName":"Pointer","attributes":{"qualifiedName":"open-x","name":"x","one":\#(secret),"many":[\#(open),\#(secret)]}}}"#
        )
        let hidden = try desk.guid("DataSet", "secret-c")
        let guid = try desk.guid("Pointer", "open-x")
        let basic = #"{"typeName":"Pointer","attributes":["one","many"]}"#
        for (user, isSeen) in [("root", true), ("eve", false)] {
            let shown = [
                try desk.answer(.get, "v2/entity/guid/{guid}", parameters: ["guid": guid], as: user),
                try desk.answer(.get, "v2/entity/{guid}/audit", parameters: ["guid": guid], as: user),
                try desk.answer(.post, "v2/search/basic", bytes: Array(basic.utf8), as: user),
                try desk.answer(
                    .get,
                    "v2/search/dsl",
                    query: [("query", "Pointer select one, many")],
                    as: user
                ),
            ]
            for text in shown {
                #expect(text.hasPrefix("200") && text.contains(hidden) == isSeen, "\(user): \(text)")
            }
            for (query, number) in [
                ("Pointer where one.name = 'secret-c'", isSeen ? 1 : 0),
                ("Pointer where many.name = 'secret-c'", isSeen ? 1 : 0),
                ("Pointer where many.name = 'open-a'", 1), ("Pointer where one.name = 'nothing'", 0),
            ] {
                let said = try desk.answer(.get, "v2/search/dsl", query: [("query", query)], as: user)
                #expect(
                    Self.count(#""qualifiedName":"open-x""#, in: said) == number,
                    "\(user) \(query): \(said)"
                )
            }
        }
    }

    @Test func `are there without their version too`() {
        let paths = Set(RouteTable(limits: HTTPLimits()).routes.map { "\($0.method) \($0.path)" })
        for route in AtlasRoutes.all where route.path.hasPrefix("v2/") {
            #expect(paths.contains("\(route.method) /api/atlas/\(route.path.dropFirst(3))"))
        }
    }
}

extension AtlasDesk {
    /// Sends a file as a form's part.
    func send(_ content: [UInt8], part: String = "data", to path: String, as user: String = "eve") throws
        -> String
    {
        let head = "--edge\r\nContent-Disposition: form-data; name=\"\(part)\"; filename=\"f\"\r\n\r\n"
        return try answer(
            .post,
            path,
            bytes: Array(head.utf8) + content + Array("\r\n--edge--\r\n".utf8),
            type: "multipart/form-data; boundary=edge",
            as: user
        )
    }
}
