import CatalogModel
import NIOCore
import TestSupport
import Testing

@testable import Masking
@testable import MaskingProxy
@testable import PolicyEngine
@testable import QueryAnalysis

@Suite(.aside) struct `Rows on their way back` {
    /// Three columns, of which the second is hashed and the third shows its last characters.
    private static func columns() throws -> [LateColumn?] {
        [nil]
            + (try ["mask_hash({col})", "show_last({col}, 2)"].map {
                LateColumn(
                    relation: RelationName(schema: "public", name: "t"),
                    column: "c",
                    mask: try mask($0)
                )
            })
    }

    private static func mask(_ call: String) throws -> LateMask {
        let choice = MaskChoice(maskType: "CUSTOM", transformer: nil, valueExpression: call)
        guard case .masked(_, let late?) = try PostgreSQLMasking.rule(of: .masked(choice), on: .string) else {
            throw WireFault(message: "never on the way back: \(call)")
        }
        return late
    }

    private static func row(_ values: [String?]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeMessage("D") { buffer in
            buffer.writeInteger(Int16(values.count))
            for value in values {
                buffer.writeInteger(Int32(value?.utf8.count ?? -1))
                buffer.writeString(value ?? "")
            }
        }
        return buffer
    }

    private static func masker() throws -> RowMasker { RowMasker(try columns(), .all(isBinary: false)) }

    @Test func `come out the same in whatever parts they came`() throws {
        let masker = try Self.masker()
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let rows: [([String?], [String?])] = [
            (["1", "abc", "secret"], ["1", digest, "****et"]), ([nil, nil, nil], [nil, nil, nil]),
            (["", "abc", ""], ["", digest, ""]),
            (
                [String(repeating: "x", count: 70_000), nil, "é漢字z"],
                [String(repeating: "x", count: 70_000), nil, "**字z"]
            ),
        ]
        var whole = ByteBuffer()
        var expected = ByteBuffer()
        for (raw, masked) in rows {
            var (raw, masked) = (Self.row(raw), Self.row(masked))
            whole.writeBuffer(&raw)
            expected.writeBuffer(&masked)
        }
        whole.writeMessage("C") { $0.writeZeroEnded("SELECT 4") }
        for step in [1, 7, 64, 4096, 200_000] {
            var scanner = UpstreamScanner()
            var passed = ByteBuffer()
            var count: Int?
            var rest = whole
            while rest.readableBytes > 0 {
                scanner.append(rest.readSlice(length: min(step, rest.readableBytes)) ?? ByteBuffer())
                while let message = try scanner.next(wholeRows: count == nil) {
                    switch message {
                    case .rows(let bytes): try masker.mask(bytes, into: &passed)
                    case .completed(let rows, _): count = rows
                    default: Issue.record("unexpected message")
                    }
                }
                scanner.settle()
            }
            #expect(passed == expected)
            #expect(count == 4)
        }
    }

    @Test func `that aren't of the result stop everything, and nothing of them is written`() throws {
        let masker = try Self.masker()
        var cut = Self.row(["1", "abc", "secret"])
        cut.moveWriterIndex(to: cut.writerIndex - 1)
        var wrong = Self.row(["1", "abc", "secret"])
        wrong.setInteger(Int32(400), at: 7 + 5)
        var invalid = Self.row(["1", "abc", "secret"])
        invalid.setInteger(UInt8(0xFF), at: invalid.writerIndex - 1)
        let other = Self.row(["1", "abc"])
        for bytes in [cut, wrong, invalid, other, ByteBuffer(string: "D"), ByteBuffer(string: "DDDDDDDDDDD")]
        {
            var output = ByteBuffer()
            #expect(throws: WireFault.self) { try masker.mask(bytes, into: &output) }
            #expect(output.readableBytes == 0)
        }
    }

    @Test(arguments: 0..<2000)
    func `are read with care`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let masker = try Self.masker()
        var bytes = Self.row(["12", "abc", "secret"])
        for _ in 0..<Int.random(in: 1...3, using: &dice) {
            bytes.setInteger(
                UInt8.random(in: 0...255, using: &dice),
                at: Int.random(in: 0..<bytes.writerIndex, using: &dice)
            )
        }
        var output = ByteBuffer()
        do throws(WireFault) { try masker.mask(bytes, into: &output) } catch {
            #expect(output.readableBytes == 0)
        }
    }

    @Test func `may have 64 MiB and no more`() throws {
        var scanner = UpstreamScanner()
        var head = ByteBuffer(string: "D")
        head.writeInteger(Int32(UpstreamScanner.rowLimit))
        scanner.append(head)
        #expect(try scanner.next(wholeRows: true).map { _ in true } == nil)
        scanner = UpstreamScanner()
        head.setInteger(Int32(UpstreamScanner.rowLimit + 1), at: 1)
        scanner.append(head)
        #expect(throws: WireFault.self) { try scanner.next(wholeRows: true) }
    }

    @Test func `pass by no other way`() throws {
        var answers = RowAnswers()
        var late = PreparedRows()
        late.late = try Self.columns()
        answers.send(.query([late], done: 0))
        // Not described yet: it isn't known what they are.
        guard case .unknown = answers.treatment else {
            Issue.record("rows pass before their description")
            return
        }
        try answers.take(UInt8(ascii: "T"), formats: .all(isBinary: false))
        guard case .mask = answers.treatment else {
            Issue.record("they would pass")
            return
        }
        try answers.take(UInt8(ascii: "C"))
        guard case .pass = answers.treatment else {
            Issue.record("other rows would be held")
            return
        }
        #expect(throws: ClientError.self) { try answers.take(UInt8(ascii: "2")) }
        guard case .unknown = answers.treatment else {
            Issue.record("rows pass after an answer that nothing asked for")
            return
        }
    }

    @Test func `are passed over with the texts that PostgreSQL passes over`() throws {
        var answers = RowAnswers()
        var late = PreparedRows()
        late.late = try Self.columns()
        answers.send(.parse("", PreparedRows()))
        answers.send(.query([late], done: 0))
        answers.send(.sync)
        try answers.take(UInt8(ascii: "E"))
        #expect(answers.takePassedOver() == 1)
        try answers.takeReady(isIdle: true)
        answers.send(.parse("", late))
        try answers.take(UInt8(ascii: "E"))
        answers.send(.query([late], done: 0))
        answers.send(.bind(portal: "", statement: "", .all(isBinary: false)))
        #expect(answers.count == 0)
        #expect(answers.takePassedOver() == 1)
        answers.send(.sync)
        try answers.takeReady(isIdle: true)
        #expect(answers.count == 0)
    }

    @Test func `are told by descriptions with the types that masks give`() throws {
        func description(type: UInt32, modifier: Int32 = -1) -> RowDescription? {
            var buffer = ByteBuffer()
            buffer.writeMessage("T") { buffer in
                buffer.writeInteger(Int16(1))
                buffer.writeZeroEnded("c")
                buffer.writeInteger(UInt32(77))
                buffer.writeInteger(Int16(3))
                buffer.writeInteger(type)
                buffer.writeInteger(Int16(-1))
                buffer.writeInteger(modifier)
                buffer.writeInteger(Int16(0))
            }
            return RowDescription(buffer)
        }
        let late = Array(try Self.columns().dropFirst().prefix(1))
        #expect(try #require(description(type: 25)).hides(late) { _ in false })
        #expect(try !#require(description(type: 25)).hides([]) { _ in false })
        #expect(try !#require(description(type: 1043)).hides(late) { _ in true })
        #expect(try !#require(description(type: 25, modifier: 14)).hides(late) { _ in true })
        #expect(try !#require(description(type: 25)).hides(late + late) { _ in true })
    }
}
