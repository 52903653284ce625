import CatalogModel
import Foundation
import Governance
import TestSupport
import Testing

@testable import DataSources

@Suite(.aside) struct `An NDJSON file` {
    private let shelf: Shelf

    init() throws { shelf = try Shelf() }

    private func rows(_ text: String, types: [String: DataType] = [:]) throws -> [[String?]] {
        try shelf.write(text, to: "t.ndjson")
        return try shelf.read(shelf.source(.ndjson, "t.ndjson"), types: types).rows
    }

    /// The error of reading one line as a table with the columns `a` (string), `j` (json) and `a.b` (int).
    private func error(_ line: String, columns: [(String, DataType)], paths: [String: String] = [:]) throws
        -> GovernanceError?
    {
        try shelf.write("{}\n" + line + "\n", to: "t.ndjson")
        let table = shelf.table("t.ndjson", columns, paths: paths)
        return failure { _ = try shelf.read(shelf.source(.ndjson, "t.ndjson"), table) }
    }

    @Test func `gives a column for each key, NULL where it is missing, and nested values as JSON`() throws {
        let text = """
            {"id":1,"name":"Ann","tags":["a", "b"]}

            {"id":2,"geo":{"lat":1.50,"lon":null},"name":null}\r
            """
        try shelf.write(text, to: "t.ndjson")
        let source = shelf.source(.ndjson, "t.ndjson")
        let table = try #require(try shelf.discover(source).first)
        #expect(table.shape == ["id bigint", "name string", "tags json", "geo json"])
        #expect(
            try shelf.read(source, table).rows == [
                ["1", "Ann", "[\"a\", \"b\"]", nil], ["2", nil, nil, "{\"lat\":1.50,\"lon\":null}"],
            ]
        )
    }

    @Test func `is followed along dotted paths`() throws {
        let text = """
            {"a":{"b":{"c":7},"d":"x"},"e":1}
            {"a":null,"e":2}
            {"a":{"b":null},"e":3}
            {"e":4,"a.d":"literal"}
            """
        try shelf.write(text, to: "t.ndjson")
        let table = shelf.table(
            "t.ndjson",
            [("c", .int), ("d", .string), ("a", .json)],
            paths: ["c": "a.b.c", "d": "a.d"]
        )
        #expect(
            try shelf.read(shelf.source(.ndjson, "t.ndjson"), table).rows == [
                ["7", "x", "{\"b\":{\"c\":7},\"d\":\"x\"}"], [nil, nil, nil], [nil, nil, "{\"b\":null}"],
                [nil, "literal", nil],
            ]
        )
    }

    @Test func `has its escapes decoded, surrogate pairs too`() throws {
        #expect(
            try rows(#"{"a":"\"\\\/\b\f\n\r\tü\u00FC\ud83d\ude00\u20AC"}"#) == [["\"\\/\u{8}\u{C}\n\r\tüü😀€"]]
        )
        #expect(try rows(#"{"\u0061":"x"}"#) == [["x"]])
    }

    @Test func `keeps all digits of its numbers`() throws {
        let digits = "12345678901234567890.1234567890123456789"
        #expect(try rows("{\"a\":\(digits)}", types: ["a": .string]) == [[digits]])
        #expect(try rows("{\"a\":818049770225058083}") == [["818049770225058083"]])
        #expect(try rows("{\"a\":1.50}\n{\"a\":-0.25}\n{\"a\":3}") == [["1.50"], ["-0.25"], ["3"]])
    }

    @Test(arguments: [
        #"{"a":1"#, #"{"a":1}}"#, #"{"a":01}"#, #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":+1}"#, #"{"a":1e}"#,
        #"{"a":tru}"#,
        #"{"a":"x}"#, #"{"a":"\x"}"#, #"{"a":"\ud83d"}"#, #"{"a":"\ude00"}"#, #"{"a":"\ud83dA"}"#,
        #"{'a':1}"#,
        #"{"a":1,}"#, #"{"a" 1}"#, #"{"a":[1,]}"#, #"{"a":1} x"#, "{\"a\":\"\t\"}", #"{"a":"\u12G4"}"#,
        #"{a:1}"#,
        #"{"a":NaN}"#, #"{"a":-}"#, #"{"a":"\u0000"}"#, "{\"a\":\u{B}1}",
    ])
    func `is refused where it isn't JSON`(line: String) throws {
        let error = try error(line, columns: [("a", .string)])
        #expect(error?.code == .malformedRow)
        #expect(error?.message.contains("row 2 (line 2)") == true, "\(String(describing: error))")
    }

    @Test func `is refused where a row is no object, or has a key twice at any depth`() throws {
        let columns: [(String, DataType)] = [("a", .json)]
        for line in ["[1]", "1", "\"x\"", "null"] {
            #expect(try error(line, columns: columns)?.message.contains("no JSON object") == true)
        }
        for line in [
            #"{"a":1,"a":2}"#, #"{"b":{"c":1,"d":2,"c":3}}"#, #"{"b":[{"c":1,"\u0063":3}]}"#,
        ] {
            #expect(try error(line, columns: columns)?.message.contains("same key twice") == true)
        }
        let many = (0..<100).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(try error("{\(many)}", columns: columns) == nil)
        #expect(
            try error("{\(many),\"k50\":0}", columns: columns)?.message.contains("same key twice") == true
        )
    }

    @Test func `is refused where a value doesn't fit, by column and never by value`() throws {
        let typed: [(String, DataType)] = [("n", .int), ("s", .string), ("j", .json), ("p", .string)]
        func message(_ line: String) throws -> String? {
            try error(line, columns: typed, paths: ["p": "o.p"])?.message
        }
        #expect(
            try message(#"{"n":"secret-77"}"#)
                == "table `db.t`, row 2 (line 2), column `n`: its value is no `int`"
        )
        #expect(try message(#"{"n":1.5}"#)?.contains("column `n`") == true)
        #expect(try message(#"{"s":{"x":1}}"#)?.contains("column `s`: its value is an object") == true)
        #expect(try message(#"{"o":5}"#)?.contains("something that is no object") == true)
        #expect(try message(#"{"o":{"p":"x"},"o.p":"y"}"#)?.contains("leads to two values") == true)
        #expect(try message(#"{"n":12,"s":true,"j":"x","o":{"p":1}}"#) == nil)
    }

    @Test func `is refused where it nests deeper than the limit`() throws {
        func nested(_ depth: Int) -> String {
            "{\"a\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
        }
        #expect(try error(nested(127), columns: [("a", .json)]) == nil)
        #expect(try error(nested(128), columns: [("a", .json)])?.message.contains("deeper than 128") == true)
        let bomb = String(repeating: "[", count: 1_000_000)
        #expect(try error("{\"a\":" + bomb, columns: [("a", .json)])?.code == .malformedRow)
        #expect(try error("{\"b\":" + bomb, columns: [("a", .json)])?.code == .malformedRow)
    }

    @Test func `leaves out and counts malformed lines when its rule says so`() throws {
        try shelf.write(
            Array("{\"a\":1}\nnonsense\n{\"a\":\"".utf8) + [0xFF]
                + Array("\"}\n{\"a\":\"x\"}\n{\"a\":2}".utf8),
            to: "t.ndjson"
        )
        let table = shelf.table("t.ndjson", [("a", .int)])
        let outcome = try shelf.read(shelf.source(.ndjson, "t.ndjson", rule: .skip), table)
        #expect(outcome.rows == [["1"], ["2"]])
        #expect(outcome.skipped == 3)
        #expect(
            try shelf.discover(shelf.source(.ndjson, "t.ndjson", rule: .skip)).first?.shape == ["a string"]
        )
        let error = failure { _ = try shelf.discover(shelf.source(.ndjson, "t.ndjson")) }
        #expect(error?.message.contains("row 2 (line 2)") == true)
    }

    @Test func `with a line beyond the limit is refused`() throws {
        var tuning = ReadTuning()
        tuning.chunkBytes = 1 << 12
        tuning.recordBytes = 1 << 16
        try shelf.write("{\"a\":1}\n{\"a\":\"" + String(repeating: "x", count: 1 << 20), to: "t.ndjson")
        let table = shelf.table("t.ndjson", [("a", .string)])
        let error = failure {
            _ = try shelf.read(shelf.source(.ndjson, "t.ndjson", rule: .skip), table, tuning: tuning)
        }
        #expect(error?.code == .limitExceeded)
        #expect(error?.message.contains("line 2") == true)
    }

    @Test func `is the same for every size of piece`() throws {
        let text = "{\"a\":1,\"b\":\"Zoë \\\"😀\"}\r\n\n{\"b\":\"x\",\"a\":{\"c\":[1,2]}}\n{}\n {\"a\":null} "
        try shelf.write(text, to: "t.ndjson")
        let source = shelf.source(.ndjson, "t.ndjson")
        let whole = try shelf.read(source).rows
        #expect(whole.count == 4)
        for chunk in 1...text.utf8.count + 1 {
            var tuning = ReadTuning()
            tuning.chunkBytes = chunk
            tuning.batchRows = 1 + chunk % 3
            #expect(try shelf.read(source, tuning: tuning).rows == whole, "chunks of \(chunk) bytes")
        }
    }
}

@Suite(.aside) struct `The JSON scanner` {
    /// A random document and what `JSONSerialization` should make of it.
    private func document(_ chance: inout SeededChance, depth: Int) -> Any {
        switch Int.random(in: 0...(depth > 3 ? 4 : 6), using: &chance) {
        case 0: return NSNull()
        case 1: return Bool.random(using: &chance)
        case 2: return Int.random(in: -1000...1000, using: &chance)
        case 3: return Double(Int.random(in: -1_000_000...1_000_000, using: &chance)) / 1024
        case 4:
            let pieces = ["a", "\"", "\\", "ü", "😀", "\n", "\u{1}", "/", "x y"]
            return (0..<Int.random(in: 0...6, using: &chance)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &chance)]
            }.joined()
        case 5:
            return (0..<Int.random(in: 0...4, using: &chance)).map { _ in document(&chance, depth: depth + 1)
            }
        default:
            var object: [String: Any] = [:]
            for key in 0..<Int.random(in: 0...4, using: &chance) {
                object["k\(key)\"é"] = document(&chance, depth: depth + 1)
            }
            return object
        }
    }

    private func accepts(_ text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { UTF8Check.isValid($0) && JSONScanner.isDocument($0) }
    }

    @Test func `takes every valid document, and strings come out as they went in`() throws {
        var chance = SeededChance(seed: 8259)
        for round in 0..<2000 {
            let value = document(&chance, depth: 0)
            let data = try JSONSerialization.data(withJSONObject: ["v": value], options: [.sortedKeys])
            #expect(accepts(Array(data)), "seed 8259, round \(round)")
            guard let text = value as? String else { continue }
            let inside = try JSONSerialization.data(withJSONObject: [text])
            var decoded: [UInt8] = []
            Array(inside.dropFirst(2).dropLast(2)).withUnsafeBufferPointer {
                JSONText.decode($0, to: &decoded)
            }
            #expect(String(decoding: decoded, as: UTF8.self) == text, "seed 8259, round \(round)")
        }
    }

    @Test func `never takes what another parser refuses, whatever bytes are changed`() throws {
        var chance = SeededChance(seed: 627)
        let bytes: [UInt8] = Array("{}[]\",:\\u0123+-.tfn \n\tdD89x".utf8) + [0, 0x80, 0xC3, 0xFF]
        var taken = 0
        for round in 0..<4000 {
            let value = document(&chance, depth: 0)
            var text = Array(try JSONSerialization.data(withJSONObject: ["v": value], options: [.sortedKeys]))
            for _ in 0..<Int.random(in: 1...3, using: &chance) {
                let place = Int.random(in: 0..<text.count, using: &chance)
                let byte = bytes[Int.random(in: 0..<bytes.count, using: &chance)]
                switch Int.random(in: 0...2, using: &chance) {
                case 0: text[place] = byte
                case 1: text.insert(byte, at: place)
                default: if text.count > 1 { text.remove(at: place) }
                }
            }
            guard accepts(text) else { continue }
            taken += 1
            let other = try? JSONSerialization.jsonObject(with: Data(text), options: [.fragmentsAllowed])
            #expect(other != nil, "seed 627, round \(round): \(String(decoding: text, as: UTF8.self))")
        }
        #expect(taken > 100)
    }
}
