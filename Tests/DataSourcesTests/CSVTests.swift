import CatalogModel
import Foundation
import Governance
import TestSupport
import Testing

@testable import DataSources

@Suite(.aside) struct `A CSV file` {
    private let shelf: Shelf

    init() throws { shelf = try Shelf() }

    private func rows(_ text: String, _ options: SourceOptions = SourceOptions()) throws -> [[String?]] {
        try shelf.write(text, to: "t.csv")
        return try shelf.read(shelf.source(.csv, "t.csv", options: options)).rows
    }

    private func error(_ text: String, types: [String: DataType] = [:]) throws -> GovernanceError? {
        try shelf.write(text, to: "t.csv")
        return failure { _ = try shelf.read(shelf.source(.csv, "t.csv"), types: types) }
    }

    @Test func `is read by RFC 4180, with either line end and none at the end`() throws {
        let expected: [[String?]] = [["1", "a, \"b\"\nc"], ["2", "d"]]
        #expect(try rows("id,text\n1,\"a, \"\"b\"\"\nc\"\n2,d\n") == expected)
        #expect(try rows("id,text\r\n1,\"a, \"\"b\"\"\nc\"\r\n2,d\r\n") == expected)
        #expect(try rows("id,text\n1,\"a, \"\"b\"\"\nc\"\n2,d") == expected)
        #expect(try rows("\u{FEFF}id,text\n1,\"a, \"\"b\"\"\nc\"\n2,\"d\"") == expected)
        #expect(try rows("id,text\r\n1,x\r") == [["1", "x"]])
    }

    @Test func `tells empty text from NULL by its quotes`() throws {
        #expect(try rows("a,b,c\n,\"\",x\n") == [[nil, "", "x"]])
        let options = SourceOptions(nullText: "NA")
        #expect(try rows("a,b,c\nNA,\"NA\",\nNAN,N,A\n", options) == [[nil, "NA", ""], ["NAN", "N", "A"]])
    }

    @Test func `may have another delimiter, and tabs when it is called so`() throws {
        let semicolons = SourceOptions(delimiter: ";")
        #expect(try rows("a;b\n1,5;\"x;y\"\n", semicolons) == [["1,5", "x;y"]])
        #expect(try rows("a\tb\n1,5\tx y\n", SourceOptions(delimiter: "\\t")) == [["1,5", "x y"]])
        try shelf.write("a\tb\n1,5\t\"x\ty\"\n", to: "u.tsv")
        #expect(try shelf.read(shelf.source(.csv, "u.tsv")).rows == [["1,5", "x\ty"]])
        #expect(try rows("a,b\nx\ty,\tz\t\n") == [["x\ty", "\tz\t"]])
    }

    @Test func `without a header has numbered columns, and refuses to guess when their number changes`()
        throws
    {
        try shelf.write("1,x\n2,y\n", to: "t.csv")
        let source = shelf.source(.csv, "t.csv", options: SourceOptions(header: false))
        let table = try #require(try shelf.discover(source).first)
        #expect(table.shape == ["c1 bigint", "c2 string"])
        #expect(try shelf.read(source, table).rows == [["1", "x"], ["2", "y"]])
        try shelf.write("0,1,x\n", to: "t.csv")
        #expect(failure { _ = try shelf.read(source, table) }?.code == .sourceChanged)
    }

    @Test func `delivers planned columns in the planned order, wherever the file has them`() throws {
        try shelf.write("a,b,c\n1,2,3\n4,5,6\n", to: "t.csv")
        let source = shelf.source(.csv, "t.csv")
        let table = try #require(try shelf.discover(source).first)
        #expect(try shelf.read(source, table, columns: ["c", "a"]).rows == [["3", "1"], ["6", "4"]])
        try shelf.write("c,x,a,b\n3,0,1,2\n", to: "t.csv")
        #expect(try shelf.read(source, table, columns: ["c", "a"]).rows == [["3", "1"]])
        #expect(try shelf.read(source, table, columns: []).rows == [[]])
    }

    @Test func `of which a planned column went or is there twice is refused`() throws {
        try shelf.write("a,b\n1,2\n", to: "t.csv")
        let source = shelf.source(.csv, "t.csv")
        let table = try #require(try shelf.discover(source).first)
        for changed in ["a,c\n1,2\n", "a,b,b\n1,2,3\n", ""] {
            try shelf.write(changed, to: "t.csv")
            let error = failure { _ = try shelf.read(source, table, columns: ["b"]) }
            #expect(error?.code == .sourceChanged)
            #expect(error?.message.contains("`b`") == true)
        }
    }

    @Test func `never shifts columns: another number of fields is a malformed row`() throws {
        let error = try error("a,b\n1,2\nsecret,2,3\n")
        #expect(error?.code == .malformedRow)
        #expect(
            error?.message == "table `db.t`, row 2 (line 3): it has 3 fields where the table has 2 columns"
        )
        #expect(try self.error("a,b\n1\n")?.code == .malformedRow)
    }

    @Test(arguments: [
        ("a,b\n1,x\"y\"\n", "a quote inside a field"),
        ("a,b\n1,\"x\" y\n", "text between a closing quote"),
        ("a,b\n1,\"x\"\"\n", "a quote opens in it that never closes"),
        ("a,b\n1,x\ry\n", "carriage return"),
        ("a,b\n1,x\u{0}y\n", "NUL"),
        ("a,b\n1,\"x\u{0}y\"\n", "NUL"),
    ])
    func `refuses what RFC 4180 doesn't allow`(text: String, why: String) throws {
        let error = try error(text)
        #expect(error?.code == .malformedRow)
        #expect(error?.message.contains(why) == true, "\(String(describing: error))")
        #expect(error?.message.contains("row 1 (line 2)") == true)
    }

    @Test func `refuses bytes that are no UTF-8, in the row that has them`() throws {
        for bad: [UInt8] in [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC3], [0x80],
        ] {
            try shelf.write(
                Array("a,b\n1,ü\n2,".utf8) + bad + Array(",\n3,z\n".utf8).dropFirst(),
                to: "t.csv"
            )
            let error = failure { _ = try shelf.read(shelf.source(.csv, "t.csv")) }
            #expect(error?.message == "table `db.t`, row 2 (line 3): it is not valid UTF-8")
            let skipping = try shelf.read(shelf.source(.csv, "t.csv", rule: .skip))
            #expect(skipping.rows == [["1", "ü"], ["3", "z"]])
            #expect(skipping.skipped == 1)
        }
        try shelf.write([0xC3] + Array(",\u{A9}\n".utf8), to: "t.csv")
        #expect(failure { _ = try shelf.read(shelf.source(.csv, "t.csv")) }?.code == .malformedRow)
        try shelf.write([0xFF, 0xFE, 0x61, 0, 0x0A, 0], to: "t.csv")
        #expect(
            failure { _ = try shelf.read(shelf.source(.csv, "t.csv")) }?.message.contains("UTF-16") == true
        )
    }

    @Test func `leaves out and counts malformed rows when its rule says so`() throws {
        try shelf.write(
            "a,b\n1,x\n2\n3,\"y\" z\n\n4,p\"q\n5,w,v\nno,u\n6,\"t\nt\"\n",
            to: "t.csv"
        )
        let source = shelf.source(.csv, "t.csv", rule: .skip)
        let table = shelf.table("t.csv", [("a", .int), ("b", .string)])
        let outcome = try shelf.read(source, table)
        #expect(outcome.rows == [["1", "x"], ["6", "t\nt"]])
        #expect(outcome.skipped == 5)
    }

    @Test func `never leaves out the rows behind a quote that isn't closed, whatever its rule`() throws {
        try shelf.write("a,b\n1,x\n2,\"y\n3,z\n4,w\n", to: "t.csv")
        let table = shelf.table("t.csv", [("a", .int), ("b", .string)])
        let error = failure { _ = try shelf.read(shelf.source(.csv, "t.csv", rule: .skip), table) }
        #expect(error?.message.contains("row 2 (line 3)") == true)
    }

    @Test func `names row, line and column of a value that doesn't fit, and never the value`() throws {
        let text = "id,note,age\n1,\"two\nlines\",31\n2,x,secret-77\n"
        let error = try error(text, types: ["age": .int])
        #expect(error?.code == .malformedRow)
        #expect(error?.message == "table `db.t`, row 2 (line 4), column `age`: its value is no `int`")
    }

    @Test func `only looks closely at columns that are planned`() throws {
        try shelf.write("a,b\n1,x\nno,y\n", to: "t.csv")
        let table = shelf.table("t.csv", [("a", .int), ("b", .string)])
        #expect(try shelf.read(shelf.source(.csv, "t.csv"), table, columns: ["b"]).rows == [["x"], ["y"]])
    }

    @Test func `may have blank lines, which are no rows unless there is one column`() throws {
        #expect(try rows("a,b\n\n1,2\n\r\n\n3,4\n\n") == [["1", "2"], ["3", "4"]])
        #expect(try rows("a\n1\n\n2\n") == [["1"], [nil], ["2"]])
    }

    @Test func `with a header that can't be told apart is refused by name`() throws {
        #expect(try error("a,b,a\n1,2,3\n")?.message == "table `db.t` has column `a` twice: rename one")
        #expect(try error("a.b,a_b\n1,2\n")?.message.contains("`a.b` and `a_b`") == true)
        #expect(try error(",a,\n1,2,3\n")?.message.contains("more than one column without a name") == true)
        #expect(try error("")?.message.contains("is empty") == true)
        #expect(try error("a,\"b\n")?.code == .malformedRow)
    }

    @Test func `gives columns names that fit behind a table's`() throws {
        try shelf.write("\"dep.time\", tail num ,\n1,2,3\n", to: "t.csv")
        let source = shelf.source(.csv, "t.csv")
        let table = try #require(try shelf.discover(source).first)
        #expect(table.columns.map(\.name.text) == ["dep_time", "tail num", "c3"])
        #expect(table.columns.map(\.path) == ["dep.time", " tail num ", ""])
        #expect(try shelf.read(source, table).rows == [["1", "2", "3"]])
    }

    @Test func `with a record beyond the limit is refused, and memory stays small`() throws {
        var tuning = ReadTuning()
        tuning.chunkBytes = 1 << 12
        tuning.recordBytes = 1 << 16
        try shelf.write("a,b\n1,\"" + String(repeating: "x", count: 1 << 20), to: "t.csv")
        let table = shelf.table("t.csv", [("a", .int), ("b", .string)])
        for rule in RowRule.allCases {
            let error = failure {
                _ = try shelf.read(shelf.source(.csv, "t.csv", rule: rule), table, tuning: tuning)
            }
            #expect(error?.code == .limitExceeded)
            #expect(error?.message.contains("row 1 (line 2)") == true)
        }
        try shelf.write("a,b\n1," + String(repeating: "x", count: 60_000) + "\n2,y\n", to: "t.csv")
        #expect(try shelf.read(shelf.source(.csv, "t.csv"), table, tuning: tuning).rows.count == 2)
    }

    @Test func `of one endless line is refused after the documented limit, without reading on`() throws {
        let handle = try #require(fopen(shelf.path("t.csv"), "w"))
        fputs("a,b\n1,", handle)
        // A hole of a gigabyte reads as NUL bytes and takes no room on the disk.
        fseek(handle, 1 << 30, SEEK_SET)
        fputs("x\n", handle)
        fclose(handle)
        let table = shelf.table("t.csv", [("a", .int), ("b", .string)])
        let error = failure { _ = try shelf.read(shelf.source(.csv, "t.csv"), table) }
        #expect(error?.code == .limitExceeded)
    }

    @Test func `may have thousands of columns, and no more than the limit`() throws {
        let names = (1...9000).map { "n\($0)" }
        let row = names.joined(separator: ",")
        try shelf.write(row + "\n" + String(repeating: row + "\n", count: 120), to: "t.csv")
        let source = shelf.source(.csv, "t.csv")
        let outcome = try shelf.read(source, shelf.table("t.csv", names.map { ($0, .string) }))
        #expect(outcome.rows.count == 120 && outcome.rows.allSatisfy { $0 == names })
        try shelf.write((1...10_001).map { "n\($0)" }.joined(separator: ","), to: "t.csv")
        #expect(failure { _ = try shelf.discover(source) }?.code == .limitExceeded)
    }
}
