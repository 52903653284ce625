import CatalogModel
import Foundation
import Governance
import TestSupport
import Testing

@testable import Masking

@Suite(.aside) struct `Rows that leave` {
    private static let texts: [String?] = [
        "plain", "", nil, "a,b", "say \"hi\"", "two\nlines", "\r", "\u{0}\u{1F}\\\t", "é𝄞", "NULL",
    ]
    private static let numbers: [String?] = [
        "0", "-7", nil, "007", "123456789012345678", "1.", ".5", "-.25", "1e5", "NaN",
    ]

    private func encoded(_ format: ResultFormat, _ columns: [(String, DataType, [String?])]) throws -> String
    {
        let schema = try #require(TableSchema(columns.map { ColumnSchema(ColumnName($0.0), $0.1) }))
        let count = columns.first?.2.count ?? 2
        let batch = MaskedBatch(schema: schema, columns: columns.map { ColumnVector($0.2) }, rowCount: count)
        var encoder = ResultEncoder(format, schema: schema)
        var bytes = encoder.start()
        // Twice: a second batch goes on where the first ended.
        encoder.append(batch, to: &bytes)
        encoder.append(batch, to: &bytes)
        return String(decoding: bytes + encoder.end(), as: UTF8.self)
    }

    @Test func `as CSV tell NULL from the empty text, and quote what must be`() throws {
        let text = try encoded(.csv, [("t", .string, Self.texts), ("n, \"x\"", .double, Self.numbers)])
        let rows = [
            "plain,0", "\"\",-7", ",", "\"a,b\",007", "\"say \"\"hi\"\"\",123456789012345678",
            "\"two\nlines\",1.",
            "\"\r\",.5", "\u{0}\u{1F}\\\t,-.25", "é𝄞,1e5", "NULL,NaN",
        ]
        #expect(text == (["t,\"n, \"\"x\"\"\""] + rows + rows).joined(separator: "\n") + "\n")
    }

    @Test(arguments: [ResultFormat.json, .ndjson])
    func `as JSON read back to the same values`(format: ResultFormat) throws {
        let text = try encoded(
            format,
            [
                ("te\"xt", .string, Self.texts), ("n", .double, Self.numbers),
                ("d", .json, Array(repeating: "{\"a\":\r\n [1]}", count: 10)),
            ]
        )
        let lines = format == .json ? [text] : text.split(separator: "\n").map(String.init)
        let objects = try lines.flatMap { line -> [[String: Any]] in
            let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return value as? [[String: Any]] ?? (value as? [String: Any]).map { [$0] } ?? []
        }
        #expect(objects.count == 20)
        for (index, object) in objects.enumerated() {
            #expect(object["te\"xt"] as? String == Self.texts[index % 10])
            #expect((object["d"] as? [String: [Int]])?["a"] == [1])
        }
        for written in [
            "\"n\":7,", "\"n\":123456789012345678,", "\"n\":1.0,", "\"n\":0.5,", "\"n\":-0.25,",
            "\"n\":\"NaN\",",
        ] {
            #expect(text.contains(written), "\(written)")
        }
    }

    @Test func `without columns are still rows`() throws {
        #expect(try encoded(.ndjson, []) == "{}\n{}\n{}\n{}\n")
        #expect(try encoded(.json, []) == "[\n{},\n{},\n{},\n{}\n]\n")
    }
}
