import CatalogModel
import Foundation
import Governance
import TestSupport
import Testing

@testable import DataSources

@Suite(.aside) struct `The type guessed for a column` {
    private func guess(_ values: [String]) -> String {
        var guess = TypeGuess()
        for value in values { Array(value.utf8).withUnsafeBufferPointer { guess.see(text: $0) } }
        return guess.type.description
    }

    @Test(arguments: [
        (["1", "-20", "0"], "bigint"), (["007", "12"], "string"), (["-0"], "double"), (["+1"], "string"),
        (["818049770225058083"], "bigint"), (["9223372036854775807"], "bigint"),
        (["9223372036854775808"], "string"), (["12345678901234567890"], "string"),
        (["true", "false"], "boolean"), (["TRUE"], "string"), (["true", "1"], "string"),
        (["2024-02-29"], "date"), (["2023-02-29"], "string"), (["2024-2-9"], "string"),
        (["2024-02-29 10:00:00", "2024-02-29 10:00:00.123456789"], "timestamp"),
        (["2024-02-29T10:00:00Z"], "string"), (["2024-02-29", "2024-02-29 10:00:00"], "string"),
        (["1.50", "2", "-0.25"], "decimal(38,18)"), (["1.5", "01.5"], "string"), ([".5"], "string"),
        (["1e5", "2"], "double"), (["NaN", "1.5"], "double"), (["NaN"], "string"),
        (["0.12345678901"], "double"), (["1.5", ""], "string"), ([], "string"), ([""], "string"),
        (["1", "x"], "string"), (["4111111111111111"], "bigint"), (["1", "1.5", "2024-01-01"], "string"),
        ([" 1"], "string"), (["1_000"], "string"), (["1,000"], "string"), (["0x10"], "string"),
    ])
    func `is careful`(values: [String], type: String) {
        #expect(guess(values) == type, "\(values)")
    }

    @Test func `is string when there is nothing but NULL`() throws {
        let shelf = try Shelf()
        try shelf.write("a,b\n,1\n,2\n", to: "t.csv")
        #expect(try shelf.discover(shelf.source(.csv, "t.csv")).first?.shape == ["a string", "b bigint"])
    }

    @Test func `never makes a number of a JSON string`() throws {
        let shelf = try Shelf()
        try shelf.write("{\"a\":\"12\",\"b\":\"2024-01-01\",\"c\":1,\"d\":\"true\"}\n", to: "t.ndjson")
        let shape = try shelf.discover(shelf.source(.ndjson, "t.ndjson")).first?.shape
        #expect(shape == ["a string", "b date", "c bigint", "d string"])
    }

    @Test func `comes from the sample alone`() throws {
        let shelf = try Shelf()
        var tuning = ReadTuning()
        tuning.sampleRows = 100
        let rows = (0..<5000).map { $0 < 4000 ? "\($0)" : "x" }.joined(separator: "\n")
        try shelf.write("a\n" + rows, to: "t.csv")
        #expect(try shelf.discover(shelf.source(.csv, "t.csv"), tuning).first?.shape == ["a bigint"])
        #expect(try shelf.discover(shelf.source(.csv, "t.csv")).first?.shape == ["a string"])
    }
}

@Suite(.aside) struct `The canonical text` {
    /// Nil for a text that is no value of the type.
    private func canonical(_ text: String, _ type: DataType) -> String? {
        var scratch: [UInt8] = []
        let fit = Array(text.utf8).withUnsafeBufferPointer { CanonicalForm(type: type).fit($0, &scratch) }
        return switch fit {
        case .asIs: text
        case .rewritten: String(decoding: scratch, as: UTF8.self)
        case .misfit: nil
        }
    }

    @Test(
        arguments: [
            ("int", "7", "7"), ("int", "007", "7"), ("int", "+7", "7"), ("int", " -7\t", "-7"),
            ("int", "-0", "0"),
            ("int", "2147483647", "2147483647"), ("int", "2147483648", nil),
            ("int", "-2147483648", "-2147483648"),
            ("int", "1.0", nil), ("int", "1e3", nil), ("int", "", nil), ("int", "-", nil), ("int", "１", nil),
            ("tinyint", "127", "127"), ("tinyint", "128", nil), ("smallint", "-32768", "-32768"),
            ("smallint", "-32769", nil), ("bigint", "9223372036854775807", "9223372036854775807"),
            ("bigint", "-9223372036854775808", "-9223372036854775808"),
            ("bigint", "9223372036854775808", nil),
            ("boolean", "true", "true"), ("boolean", "TRUE", "true"), ("boolean", "0", "false"),
            ("boolean", "n", "false"),
            ("boolean", "2", nil), ("boolean", "maybe", nil),
            ("double", "1.50", "1.50"), ("double", "1e400", nil), ("double", "1e-400", nil),
            ("double", "0e-400", "0e-400"),
            ("double", ".5", "0.5"), ("double", "5.", "5"), ("double", "nan", "NaN"),
            ("double", "-inf", "-Infinity"),
            ("double", "3.4028235E38", "3.4028235E38"), ("double", "0x10", nil), ("double", "1,5", nil),
            ("double", "00.5", "0.5"), ("double", "007e5", "7e5"), ("float", "1e39", nil),
            ("float", "1e38", "1e38"),
            ("decimal(10,2)", "12345678.90", "12345678.90"), ("decimal(10,2)", "1.5", "1.5"),
            ("decimal(10,2)", "1.500", "1.50"), ("decimal(10,2)", "1.505", nil),
            ("decimal(10,2)", "123456789", nil),
            ("decimal(10,2)", "0001.5", "1.5"), ("decimal(10,2)", "-0.00", "0.00"),
            ("decimal(10,2)", "1.2e3", "1200"),
            ("decimal(10,2)", "125e-2", "1.25"), ("decimal(10,2)", "5e-3", nil),
            ("decimal(10,2)", "1e99999999999", nil),
            ("decimal(10,2)", "NaN", nil), ("decimal(3,3)", "0.125", "0.125"), ("decimal(3,3)", "1.125", nil),
            ("date", "2024-02-29", "2024-02-29"), ("date", "2023-02-29", nil), ("date", "0000-01-01", nil),
            ("date", "2024-13-01", nil), ("date", "2024-02-29 00:00:00", nil), ("date", "20240229", nil),
            ("timestamp", "2024-02-29 23:59:59.5", "2024-02-29 23:59:59.5"),
            ("timestamp", "2024-02-29T23:59:59Z", "2024-02-29 23:59:59"),
            ("timestamp", "2024-02-29", "2024-02-29 00:00:00"),
            ("timestamp", "2024-02-29 10:30", "2024-02-29 10:30:00"),
            ("timestamp", "2024-02-29T23:59:59+02:00", nil),
            ("timestamp", "2024-02-29 24:00:00", nil), ("timestamp", "2024-02-29 10:30:", nil),
            ("timestamp", "2024-02-29 10:30:00.1234567890", nil), ("timestamp", "2024-02-29 10:30:00.", nil),
            ("binary", "00fF", "00ff"), ("binary", "0", nil), ("binary", "0g", nil),
            ("json", "{\"a\": [1]}", "{\"a\": [1]}"), ("json", "{a:1}", nil), ("json", "x", nil),
            ("varchar(3)", "abc", "abc"), ("varchar(3)", "äöüß", "äöü"), ("char(3)", "a", "a  "),
            ("char(3)", "abcd", "abc"),
            ("char(3)", "😀", "😀  "), ("void", "x", nil), ("string", " x ", " x "),
            ("array<int>", "[1]", "[1]"),
        ] as [(String, String, String?)]
    )
    func `of a type`(type: String, text: String, expected: String?) throws {
        let type = try #require(DataType(type))
        #expect(canonical(text, type) == expected, "\(type) of \(text)")
        if let expected { #expect(canonical(expected, type) == expected, "canonical text stays as it is") }
    }

    @Test func `is what CSV columns get, on the fast way and the slow one`() throws {
        let shelf = try Shelf()
        let types = [
            "int", "bigint", "smallint", "tinyint", "double", "decimal(10,2)", "date", "timestamp", "boolean",
            "binary",
        ]
        let texts = [
            "7", "007", "-12", "127", "32767", "2147483647", "2147483648", "1.5", "-0.25", "1.505", "00", "-",
            "9.99999999999999999",
            "2024-02-29", "2023-02-29", "2024-02-29 10:30:00", "2024-02-29 10:30", "true", "FALSE", "truer",
            "123456789.12",
            "99999999999999999999", "1e5", ".", "-.5", "1.", "00ff", "",
        ]
        try shelf.write(
            "a\n" + texts.map { "\"\($0)\"\n" }.joined()
                + texts.filter { !$0.isEmpty }.joined(separator: "\n"),
            to: "t.csv"
        )
        for name in types {
            let type = try #require(DataType(name))
            let source = shelf.source(.csv, "t.csv", rule: .skip)
            let outcome = try shelf.read(source, shelf.table("t.csv", [("a", type)]))
            let expected = (texts + texts.filter { !$0.isEmpty }).compactMap { canonical($0, type) }
            #expect(outcome.rows.map { $0[0] } == expected, "\(name)")
            #expect(outcome.skipped == texts.count * 2 - 1 - expected.count, "\(name)")
        }
    }
}
