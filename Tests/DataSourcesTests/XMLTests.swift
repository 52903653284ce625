import CatalogModel
import Foundation
import Governance
import TestSupport
import Testing

@testable import DataSources

@Suite(.aside) struct `An XML document` {
    private let shelf: Shelf
    private let people = SourceOptions(rowElement: "/people/person")

    init() throws { shelf = try Shelf() }

    private func source(rule: RowRule = .fail) -> SourceDefinition {
        shelf.source(.xml, "t.xml", rule: rule, options: people)
    }

    private func rows(_ text: String, types: [String: DataType] = [:]) throws -> [[String?]] {
        try shelf.write(text, to: "t.xml")
        return try shelf.read(source(), types: types).rows
    }

    private func error(_ text: String) throws -> GovernanceError? {
        try shelf.write(text, to: "t.xml")
        let table = shelf.table("t.xml", [("name", .string)])
        return failure { _ = try shelf.read(source(), table) }
    }

    @Test func `gives columns for elements and attributes below its row element, by path`() throws {
        let text = """
            <?xml version="1.0"?>
            <people since="2020">
              <ignored><person><name>not one</name></person></ignored>
              <person id="1"><name>Ann &amp; <![CDATA[<Bo>]]></name>
                <address kind="home"><city>Lund</city></address></person>
              <person id="2"><name/><address><city>Wien</city><zip>01234</zip></address></person>
            </people>
            """
        try shelf.write(text, to: "t.xml")
        let table = try #require(try shelf.discover(source()).first)
        #expect(
            table.columns.map(\.sourcePath) == [
                "@id", "name", "address/@kind", "address/city", "address/zip",
            ]
        )
        #expect(
            table.shape == [
                "id bigint", "name string", "address_kind string", "address_city string",
                "address_zip string",
            ]
        )
        #expect(
            try shelf.read(source(), table).rows == [
                ["1", "Ann & <Bo>", "home", "Lund", nil], ["2", "", nil, "Wien", "01234"],
            ]
        )
        #expect(
            try shelf.read(source(), table, columns: ["address_zip", "id"]).rows == [
                [nil, "1"], ["01234", "2"],
            ]
        )
    }

    @Test func `has NULL where an element is missing, empty in a column of numbers, or says so itself`()
        throws
    {
        let text = """
            <people xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
            <person><n> 5 </n><s>x</s></person><person><n/><s xsi:nil="true"/></person><person><s> </s></person>
            </people>
            """
        #expect(try rows(text, types: ["n": .int]) == [["5", "x"], [nil, nil], [nil, " "]])
    }

    @Test func `refuses a repeated element rather than choose one`() throws {
        let text =
            "<people><person><name>A</name></person><person><name>B</name><name>C</name></person></people>"
        #expect(
            try error(text)?.message.contains(
                "row 2 (line 1), column `name`: its element is there more than once"
            ) == true
        )
        try shelf.write(
            text.replacing("<name>A", with: "<name>A</name><x><name>Z</name></x><name>"),
            to: "t.xml"
        )
        let table = shelf.table("t.xml", [("name", .string)])
        let outcome = try shelf.read(source(rule: .skip), table)
        #expect(outcome.rows.isEmpty && outcome.skipped == 2)
        #expect(
            try error("<people><person><name>A<b>c</b></name></person></people>")?.message.contains(
                "holds other elements"
            ) == true
        )
    }

    @Test func `takes lists for no columns`() throws {
        let row =
            "<person><name>A</name><phone>1</phone><phone>2</phone><order><sku>x</sku></order><order/></person>"
        try shelf.write("<people>\(row)\(row)</people>", to: "t.xml")
        #expect(try shelf.discover(source()).first?.shape == ["name string"])
    }

    @Test(arguments: [
        """
        <!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
        <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
        <!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">]>
        <people><person><name>&f;</name></person></people>
        """,
        """
        <!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><people><person><name>&x;</name></person></people>
        """,
        "<!DOCTYPE p SYSTEM \"http://127.0.0.1:1/x.dtd\"><people><person><name>A</name></person></people>",
        "<!DOCTYPE p [<!ENTITY % x SYSTEM \"file:///etc/passwd\"> %x;]><people><person><name>A</name></person></people>",
        "<?xml version=\"1.0\"?><!-- a --- <x> --><?pi ??><!DOCTYPE people><people><person><name>A</name></person></people>",
        "<!DOCTYPE p [<!ENTITY x \"secret-77\">]><people><person><name a=\"&x;\">&x;</name></person></people>",
    ])
    func `with a DOCTYPE is refused: entity bombs and external entities`(text: String) throws {
        let error = try error(text)
        #expect(error?.code == .malformedRow)
        #expect(error?.message.contains("DOCTYPE") == true, "\(String(describing: error))")
        #expect(error?.message.contains("secret") == false && error?.message.contains("root:") == false)
        #expect(failure { _ = try shelf.discover(source()) }?.message.contains("DOCTYPE") == true)
    }

    @Test func `with a DOCTYPE in another encoding is refused too`() throws {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><!DOCTYPE p [<!ENTITY x \"y\">]><people/>"
        try shelf.write(
            [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
            to: "t.xml"
        )
        #expect(failure { _ = try shelf.discover(source()) }?.message.contains("DOCTYPE") == true)
        let plain =
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?><people><person><name>Zü</name></person></people>"
        try shelf.write(
            [0xFF, 0xFE] + plain.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
            to: "t.xml"
        )
        #expect(try shelf.read(source()).rows == [["Zü"]])
    }

    @Test(arguments: [
        "<people><person><name>secret-77</nme></person></people>", "<people><person><name>secret-77",
        "<people><person><name>&secret;</name></person></people>", "secret-77", "",
        "<people><person><name>secret-77</name></person></people><more/>",
    ])
    func `that is not well-formed is refused by line, without its content`(text: String) throws {
        let error = try error(text)
        #expect(error?.code == .malformedRow)
        #expect(error?.message.contains("secret") == false)
        #expect(error?.message.contains("line 1") == true, "\(String(describing: error))")
    }

    @Test func `beyond a limit is refused`() throws {
        let deep = String(repeating: "<x>", count: 10_000)
        #expect(try error("<people><person>\(deep)")?.code == .malformedRow)
        try shelf.write(
            "<people><person>" + String(repeating: "<name>xxxxxxxx</name>", count: 20_000)
                + "</person></people>",
            to: "t.xml"
        )
        var tuning = ReadTuning()
        tuning.recordBytes = 1 << 16
        let table = shelf.table("t.xml", [("other", .string)])
        let error = failure { _ = try shelf.read(source(), table, tuning: tuning) }
        #expect(error?.code == .limitExceeded)
        #expect(
            try self.error("<people><person><name>" + String(repeating: "x", count: 11 << 20))?.code
                == .malformedRow
        )
    }

    @Test func `may be in another encoding, and gzipped`() throws {
        let latin = Array("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><people><person><name>Z".utf8)
        let end = Array("</name></person></people>".utf8)
        try shelf.write(latin + [0xFC] + end, to: "t.xml")
        #expect(try shelf.read(source()).rows == [["Zü"]])
        try shelf.write(gzip(latin + [0xFC] + end), to: "t.xml")
        #expect(try shelf.read(source()).rows == [["Zü"]])
        try shelf.write(Array("<people><person><name>".utf8) + [0xFC] + end, to: "t.xml")
        #expect(failure { _ = try shelf.read(source()) }?.code == .malformedRow)
    }

    @Test func `needs a row element that it has`() throws {
        try shelf.write("<people/>", to: "t.xml")
        #expect(failure { _ = try shelf.discover(shelf.source(.xml, "t.xml")) }?.code == .invalidRequest)
        for path in ["people", "/", "/people//person", "/people/person[1]", "//person", "/people/@id"] {
            let source = shelf.source(.xml, "t.xml", options: SourceOptions(rowElement: path))
            #expect(failure { _ = try shelf.discover(source) }?.code == .invalidRequest, "\(path)")
        }
        let error = failure { _ = try shelf.discover(source()) }
        #expect(error?.message.contains("no element `/people/person`") == true)
        #expect(try shelf.read(source(), shelf.table("t.xml", [("name", .string)])).rows.isEmpty)
    }

    @Test func `never crashes on changed bytes`() throws {
        var chance = SeededChance(seed: 11)
        let valid = Array(
            "<people><!-- c --><person id=\"1\"><name>A&lt;</name><a><b>x</b></a></person></people>".utf8
        )
        let bytes: [UInt8] = Array("<>/&;\"'=![]-?axp %".utf8) + [0, 0x80, 0xFF]
        let table = shelf.table("t.xml", [("name", .string), ("b", .string)], paths: ["b": "a/b"])
        var read = 0
        for _ in 0..<800 {
            var text = valid
            for _ in 0..<Int.random(in: 1...4, using: &chance) {
                let place = Int.random(in: 0..<text.count, using: &chance)
                text[place] = bytes[Int.random(in: 0..<bytes.count, using: &chance)]
            }
            try shelf.write(text, to: "t.xml")
            let error = failure { _ = try shelf.read(source(), table) }
            if error == nil { read += 1 } else { #expect(error?.code == .malformedRow) }
        }
        #expect(read > 10)
    }
}
