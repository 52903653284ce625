import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import HTTPAPI

/// What the server says of its own state.
@Suite(.aside) struct `Atlas's routes about the server's state` {
    private static func furnished() throws -> AtlasDesk {
        let desk = try AtlasDesk()
        let sets = ["open-a", "open-b", "secret-c"].map { name in
            #"{"typeName":"DataSet","attributes":{"qualifiedName":"\#(name)","name":"\#(name)"}}"#
        }
        try desk.make("v2/entity/bulk", #"{"entities":[\#(sets.joined(separator: ","))]}"#)
        return desk
    }

    @Test func `tell of exports, and what they were about is what one may read`() throws {
        let desk = try Self.furnished()
        let item =
            #"{"itemsToExport":[{"typeName":"DataSet","uniqueAttributes":{"qualifiedName":"open-a"}}]}"#
        #expect(try desk.answer(.get, "admin/expimp/audit", as: "root").hasSuffix("[]"))
        #expect(try desk.answer(.post, "admin/export", bytes: Array(item.utf8)).hasPrefix("200"))
        let told = try desk.answer(.get, "admin/expimp/audit", query: [("operation", "EXPORT")], as: "root")
        #expect(told.contains(#""userName":"eve","operation":"EXPORT""#), "\(told)")
        for query in [("operation", "IMPORT"), ("userName", "root"), ("offset", "1")] {
            #expect(try desk.answer(.get, "admin/expimp/audit", query: [query], as: "root").hasSuffix("[]"))
        }
        let refused = try desk.answer(.get, "admin/expimp/audit", query: [("limit", "-1")], as: "root")
        #expect(refused.hasPrefix("400"))
        for (guid, status) in [("r", "200"), ("none", "404")] {
            let said = try desk.answer(
                .get,
                "admin/audit/{guid}/details",
                parameters: ["guid": guid],
                as: "root"
            )
            #expect(said.hasPrefix(status), "\(said)")
        }
    }

    @Test func `check entities, of those that one may read`() throws {
        let desk = try Self.furnished()
        let guids = try ["open-a", "secret-c"].map { try desk.guid("DataSet", $0) }
        func check(_ body: String, _ user: String) throws -> String {
            try desk.answer(.post, "admin/checkstate", bytes: Array(body.utf8), as: user)
        }
        let some = #"{"entityGuids":["\#(guids[0])","\#(guids[1])","none"],"entityTypes":["DataSet"]}"#
        for (user, number) in [("root", 3), ("eve", 2)] {
            let said = try check(some, user)
            #expect(said.contains(#""entitiesScanned":\#(number),"entitiesOk":\#(number)"#), "\(said)")
            #expect(said.contains(#""state":"OK""#))
        }
        #expect(try check(#"{"entityTypes":["Nothing"]}"#, "root").contains("ATLAS-400-00-014"))
        #expect(try desk.answer(.get, "v2/indexrecovery", as: "root").contains("Latest start time"))
    }
}
