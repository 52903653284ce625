import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import HTTPAPI

/// Bad input gets Atlas's status and code, and leaves nothing behind.
@Suite(.aside) struct `Atlas's routes on bad input` {
    /// Sends bad input, and sees that all there is stays as it was.
    private static func expect(
        _ status: String,
        _ desk: AtlasDesk,
        _ method: HTTPRequest.Method,
        _ path: String,
        parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [],
        _ body: String = "",
        bytes: [UInt8]? = nil,
        type: String = "application/json"
    ) throws {
        let before = try state(desk)
        let said = try desk.answer(
            method,
            path,
            parameters: parameters,
            query: query,
            bytes: bytes ?? Array(body.utf8),
            type: type,
            as: "root"
        )
        let parts = status.split(separator: " ")
        let what = "\(path) \(query.map(\.value)) \(body.prefix(200)): \(said.prefix(300))"
        #expect(
            said.hasPrefix(parts[0]) && said.contains(parts.dropFirst().joined(separator: " ")),
            "\(what)"
        )
        #expect(try state(desk) == before, "\(what)")
    }

    /// Types, entities and counts, as the administrator sees them.
    private static func state(_ desk: AtlasDesk) throws -> [String] {
        [
            try desk.answer(.get, "v2/types/typedefs/headers", as: "root"),
            try desk.answer(
                .get,
                "v2/search/basic",
                query: [("typeName", "_ALL_ENTITY_TYPES"), ("limit", "10000")],
                as: "root"
            ), try desk.answer(.get, "admin/metrics", as: "root"),
        ]
    }

    private static let types = "v2/types/typedefs"
    private static let bulk = "v2/entity/bulk"

    @Test func `refuse types that go round in circles or don't fit`() throws {
        let desk = try AtlasDesk()
        func kind(_ name: String, _ above: [String]) -> String {
            let list = above.map { #""\#($0)""# }.joined(separator: ",")
            return #"{"name":"\#(name)","superTypes":[\#(list)],"attributeDefs":[]}"#
        }
        let circle = [kind("A", ["B"]), kind("B", ["C"]), kind("C", ["A"])].joined(separator: ",")
        try Self.expect("400 ATLAS-400-00-0", desk, .post, Self.types, #"{"entityDefs":[\#(circle)]}"#)
        try Self.expect(
            "400 ATLAS-400-00-0",
            desk,
            .post,
            Self.types,
            #"{"classificationDefs":[\#(circle)]}"#
        )
        let good = kind("Good", ["DataSet"])
        let lost = kind("Lost", ["Nowhere"])
        try Self.expect(
            "400 ATLAS-400-00-029",
            desk,
            .post,
            Self.types,
            #"{"entityDefs":[\#(good),\#(lost)]}"#
        )
        try Self.expect(
            "409 ATLAS-409-00-001",
            desk,
            .post,
            Self.types,
            #"{"entityDefs":[\#(good),\#(kind("DataSet", []))]}"#
        )
        try Self.expect("404 ATLAS-404-00-001", desk, .put, Self.types, #"{"entityDefs":[\#(good)]}"#)
        try Self.expect("400 error", desk, .post, Self.types, #"{"entityDefs":[{"name":"#)
    }

    @Test func `refuse whole requests for one bad entity, however many there are`() throws {
        let desk = try AtlasDesk()
        func set(_ name: String) -> String {
            #"{"typeName":"DataSet","attributes":{"qualifiedName":"\#(name)","name":"\#(name)"}}"#
        }
        func entities(_ list: [String]) -> String { #"{"entities":[\#(list.joined(separator: ","))]}"# }
        let nameless = #"{"typeName":"DataSet","attributes":{"qualifiedName":"n"}}"#
        try Self.expect(
            "404 ATLAS-404-00-007",
            desk,
            .post,
            Self.bulk,
            entities([set("a"), nameless, set("b")])
        )
        let alien = #"{"typeName":"Alien","attributes":{"qualifiedName":"n","name":"n"}}"#
        try Self.expect("400 ATLAS-400-00-014", desk, .post, Self.bulk, entities([set("a"), alien]))
        let known = #"{"typeName":"DataSet","guid":"11111111-0000-4000-8000-000000000000","attributes":{}}"#
        try Self.expect("404 ATLAS-404-00-00A", desk, .post, Self.bulk, entities([set("a"), known]))
        let lost =
            #"{"typeName":"Process","attributes":{"qualifiedName":"p","name":"p","inputs":[{"guid":"-77"}]}}"#
        try Self.expect("404 ATLAS-404-00-00A", desk, .post, Self.bulk, entities([set("a"), lost]))
        let tagged =
            #"{"typeName":"DataSet","attributes":{"qualifiedName":"t","name":"t"},"classifications":[{"typeName":"Nope"}]}"#
        try Self.expect("404 ATLAS-404-00-008", desk, .post, Self.bulk, entities([set("a"), tagged]))
        try Self.expect("400 ATLAS-400-00-01A", desk, .post, Self.bulk, entities([]))
        let many = (0..<100_000).map {
            #"{"typeName":"DataSet","attributes":{"qualifiedName":"\#($0)","name":"x"}}"#
        }
        try Self.expect("404 ATLAS-404-00-007", desk, .post, Self.bulk, entities(many + [nameless]))
        try Self.expect(
            "404 ATLAS-404-00-005",
            desk,
            .get,
            "v2/entity/guid/{guid}",
            parameters: ["guid": "x"]
        )
    }

    @Test func `refuse paging before the first page`() throws {
        let desk = try AtlasDesk()
        for name in ["limit", "offset"] {
            for path in [
                "v2/search/basic", "v2/search/dsl", "v2/search/quick", "v2/search/fulltext",
                "v2/search/attribute",
            ] {
                let query = [("query", "DataSet"), ("typeName", "DataSet"), (name, "-1")]
                try Self.expect("400 ATLAS-400-00-029", desk, .get, path, query: query)
            }
            let body = #"{"typeName":"DataSet","relationshipName":"dataset_process_inputs","\#(name)":-1}"#
            for path in ["v2/search/basic", "v2/search/quick", "v2/search/relations", "admin/audits"] {
                try Self.expect("400 ATLAS-400-00-029", desk, .post, path, body)
            }
        }
    }

    @Test func `take nothing for a query that is none`() throws {
        let desk = try AtlasDesk()
        let deep = String(repeating: "(", count: 500) + "name = 'x'" + String(repeating: ")", count: 500)
        let far = "Process where " + String(repeating: "inputs.inputToProcesses.", count: 100) + "name = 'x'"
        for text in [
            far, "DataSet; drop table record", "DataSet where name = 'x' or 1=1 --",
            "DataSet where name = 'x",
            "DataSet where name = \"x\" }; g.V().drop()", "' or ''='", "DataSet where \(deep)",
            "DataSet where",
            "from", "DataSet select", "DataSet select system('x')", "Nowhere", "DataSet limit -1",
            "DataSet limit 99999999999999999999", "DataSet orderby nothing", "DataSet where nothing = 1",
            "DataSet isa Nothing", "`DataSet", "DataSet where name like", "DataSet as", "DataSet groupby ()",
            "DataSet where name = 'x'; DataSet", "DataSet /* x */", "\u{0}", "DataSet\u{202E}where",
        ] {
            try Self.expect("400 ATLAS-400-00-059", desk, .get, "v2/search/dsl", query: [("query", text)])
        }
        let long = "DataSet where name = '\(String(repeating: "x", count: 4100))'"
        try Self.expect("400 ATLAS-400-00-058", desk, .get, "v2/search/dsl", query: [("query", long)])
    }

    private static func form(_ name: String, _ content: [UInt8]) -> (bytes: [UInt8], type: String) {
        let head = "--edge\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"f\"\r\n\r\n"
        return (
            Array(head.utf8) + content + Array("\r\n--edge--\r\n".utf8), "multipart/form-data; boundary=edge"
        )
    }

    @Test func `refuse sheets that are none`() throws {
        let desk = try AtlasDesk()
        let head = "GlossaryName,TermName,ShortDescription\n"
        for (text, status) in [
            (head, "400 ATLAS-400-00-029"), (head + "g,\"t", "400 ATLAS-400-00-029"),
            ("", "400 ATLAS-400-00-029"), (head + "g,t\u{0}\n", "400 ATLAS-400-00-029"),
            (head + String(repeating: "g,t\n", count: 100_001), "400 ATLAS-400-00-029"),
        ] {
            for path in ["v2/glossary/import", "v2/entity/businessmetadata/import"] {
                let (bytes, type) = Self.form("file", Array(text.utf8))
                try Self.expect(status, desk, .post, path, bytes: bytes, type: type)
                try Self.expect("400 ATLAS-400-00-029", desk, .post, path, bytes: bytes, type: "text/plain")
            }
        }
        // Rows that don't fit are told one by one, and nothing comes of them.
        let rows = "h\nDataSet,nowhere,a.b,c\nNope,x,y,z\nDataSet\n\u{1},\u{1},\u{1}.x,\u{1}\n"
        let (bytes, type) = Self.form("file", Array(rows.utf8))
        try Self.expect(
            #"200 "successImportInfoList":[]"#,
            desk,
            .post,
            "v2/entity/businessmetadata/import",
            bytes: bytes,
            type: type
        )
    }

    @Test func `refuse archives that are bombs, lead elsewhere or are damaged`() throws {
        let desk = try AtlasDesk()
        func archive(_ members: [(String, String)]) -> [UInt8] {
            var zip = ZipWriter()
            for (name, text) in members { zip.add(name, Array(text.utf8)) }
            return zip.finished()
        }
        let order = ("atlas-export-order.json", #"["1","2"]"#)
        let good =
            #"{"entity":{"typeName":"DataSet","guid":"1","attributes":{"qualifiedName":"a","name":"a"}}}"#
        let bad = #"{"entity":{"typeName":"DataSet","guid":"2","attributes":{"qualifiedName":"b"}}}"#
        let whole = archive([order, ("1.json", good)])
        var bomb = whole
        // The directory promises 600 MiB for the first member.
        let entry = try #require(bomb.indices.first { bomb[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
        bomb.replaceSubrange((entry + 24)..<(entry + 28), with: [0, 0, 0x80, 0x25])
        for path in ["admin/import", "admin/async/import"] {
            for (bytes, status) in [
                (bomb, "400 ATLAS-400-00-029"), (Array(whole.dropLast(30)), "400 ATLAS-400-00-029"),
                (archive([order, ("../../1.json", good)]), "400 ATLAS-400-00-029"),
                (archive([order, ("/etc/1.json", good)]), "400 ATLAS-400-00-029"),
                (archive([order, ("1.json", "{")]), "400 ATLAS-400-00-029"), ([], "400 ATLAS-400-00-029"),
                (Array("no archive".utf8), "400 ATLAS-400-00-029"),
            ] {
                let form = Self.form("data", bytes)
                try Self.expect(status, desk, .post, path, bytes: form.bytes, type: form.type)
            }
        }
        // One bad entity keeps the good one out.
        let form = Self.form("data", archive([order, ("1.json", good), ("2.json", bad)]))
        try Self.expect(
            "404 ATLAS-404-00-007",
            desk,
            .post,
            "admin/import",
            bytes: form.bytes,
            type: form.type
        )
        try Self.expect(
            #"200 "status":"FAILED""#,
            desk,
            .post,
            "admin/async/import",
            bytes: form.bytes,
            type: form.type
        )
    }
}
