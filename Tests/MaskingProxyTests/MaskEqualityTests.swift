import CatalogModel
import Foundation
import TestSupport
import Testing

@testable import Masking
@testable import PolicyEngine

/// Masks carried out by PostgreSQL give the bytes that ours give.
@Suite(.aside) struct `Masks in PostgreSQL` {
    static let textCalls = [
        "mask({col})", "mask({col}, 'U', 'l', '#', 'o')", "mask({col}, -1, -1, -1, '?')",
        "mask({col}, 'x', 'x', 'x', -1)",
        "mask({col}, 'É', 'é', '9', '-')", "mask_first_n({col}, 3, 'A', 'a', '0', '.')",
        "mask_last_n({col}, 2)",
        "mask_last_n({col}, 4, 'x', 'x', 'x', 'x')", "mask_show_first_n({col}, 3, 'x', 'x', 'x', 'x')",
        "mask_show_last_n({col}, 4, 'x', 'x', 'x', -1, '1')",
        "mask_show_last_n({col}, 3, 'x', 'x', 'x', 'y')",
        "mask_show_first_n({col}, 0)", "mask_first_n({col}, 0)", "mask_hash({col})", "redact({col})",
        "email_domain({col})",
    ]

    @Test(arguments: textCalls)
    func `of text`(call: String) throws {
        var dice = Dice(seed: 7)
        var values: [String?] = [
            nil, "", "a", "Ab1-", "\u{FFFF}", "😀", "😀😀", "a😀", "😀a", "\u{1F468}\u{200D}\u{1F469}",
        ]
        values += [
            "ann@example.org", "a@b", "@x.yz", "a@b@c.de", "a@-b.com", "x@a.b1", "a b@c.museum", "É@é.fr",
            "a@b.co\n",
        ]
        let alphabet = Array("abzABZ019 -._@'\"\\\\%é ÉßǅѪ漢字٣\u{0301}😀\u{FFFF}\u{E000}\t\n").map(String.init)
        for _ in 0..<300 {
            values.append(
                (0..<Int.random(in: 0...14, using: &dice)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &dice)]
                }.joined()
            )
        }
        try compare(values, call: call, type: .string, upstream: "text")
        try compare(
            values.map { $0.map { String($0.prefix(20)) } },
            call: call,
            type: .varchar(64),
            upstream: "varchar(64)"
        )
    }

    @Test(arguments: ["show_last({col}, 4)", "show_first({col}, 3)", "show_last({col}, 0)"])
    func `that count characters, on text in which each is one code point`(call: String) throws {
        var dice = Dice(seed: 9)
        let alphabet = Array("abzABZ019 -._@'é漢字ßЖけ한").map(String.init)
        let values: [String?] =
            [nil, "", "abc"]
            + (0..<200).map { _ in
                (0..<Int.random(in: 0...12, using: &dice)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &dice)]
                }.joined()
            }
        try compare(values, call: call, type: .string, upstream: "text")
    }

    @Test func `that count characters hide whole what has others`() throws {
        let choice = choice("show_last({col}, 1)")
        guard case .masked(let text, _) = try PostgreSQLMasking.rule(of: .masked(choice), on: .string) else {
            return
        }
        for value in ["abc\u{1F468}\u{200D}\u{1F469}", "abe\u{301}", "ab\r\n"] {
            let expression = text.replacing("{col}", with: "'\(value)'::text")
            let shown = try PostgreSQLCluster.shared.get().run("SELECT \(expression)", in: "postgres")[0][0]
            #expect(shown?.allSatisfy { $0 == "*" } == true)
        }
    }

    @Test(arguments: [
        "show_last({col}, 4)", "show_first({col}, 3)", "show_last({col}, 0)", "show_first({col}, 1)",
    ])
    func `that count characters do so on the way back`(call: String) throws {
        var dice = Dice(seed: 11)
        let alphabet = Array(
            "abZ09 -~\u{7F}\u{A0}\u{A1}éß\u{300}\u{301}Ж\u{483}\u{487}漢\u{9FFF}한\u{A000}😀\u{200D}\r\n"
        )
        .flatMap { $0.unicodeScalars.map { String($0) } }
        let values = (0..<400).map { _ in
            (0..<Int.random(in: 0...12, using: &dice)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &dice)]
            }.joined()
        }
        guard
            case .masked(let text, let late?) = try PostgreSQLMasking.rule(
                of: .masked(choice(call)),
                on: .string
            )
        else {
            Issue.record("\(call) is never applied on the way back")
            return
        }
        let list = values.enumerated().map { "(\($0), '\($1.replacing("'", with: "''"))'::text)" }
        let theirs = try PostgreSQLCluster.shared.get().run(
            "SELECT \(text.replacing("{col}", with: "v.x")) FROM (VALUES \(list.joined(separator: ", "))) "
                + "AS v(n, x) ORDER BY n",
            in: "postgres"
        )
        for (index, value) in values.enumerated() {
            let own = shown(Array(value.utf8), late.values, isBinary: false)
            #expect(
                own.map { String(decoding: $0, as: UTF8.self) } == theirs[index][0],
                "\(call) of \(value)"
            )
        }
    }

    @Test func `on the way back take nothing that isn't a value`() throws {
        let texts: [[UInt8]] = [
            [0xFF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        ]
        for call in ["mask({col})", "show_last({col}, 4)"] {
            guard
                case .masked(_, let late?) = try PostgreSQLMasking.rule(
                    of: .masked(choice(call)),
                    on: .string
                )
            else { continue }
            for text in texts { #expect(shown(text, late.values, isBinary: false) == nil) }
        }
        guard
            case .masked(_, let late?) = try PostgreSQLMasking.rule(
                of: .masked(choice("mask({col})")),
                on: .int
            )
        else {
            Issue.record("whole numbers are never masked on the way back")
            return
        }
        for number in ["", "-", "1x", "99999999999", " 1", "1.5"] {
            #expect(shown(Array(number.utf8), late.values, isBinary: false) == nil)
        }
        for count in [0, 1, 3, 5, 8] {
            #expect(shown([UInt8](repeating: 1, count: count), late.values, isBinary: true) == nil)
        }
    }

    @Test(arguments: [
        "mask({col})", "mask({col}, 'x', 'x', 'x', -1, 5)", "mask_first_n({col}, 3, 'x', 'x', 'x', -1, 9)",
        "mask_last_n({col}, 2)", "mask_show_last_n({col}, 4, 'x', 'x', 'x', -1, '1')",
        "mask_show_first_n({col}, 1, 'x', 'x', 'x', -1, 0)",
    ])
    func `of whole numbers`(call: String) throws {
        var dice = Dice(seed: 3)
        func values<Number: FixedWidthInteger>(_ type: Number.Type) -> [String?] {
            [nil, "0", "\(Number.min)", "\(Number.max)", "\(Number.min + 1)", "-1", "7", "-12"]
                + (0..<200).map { _ in
                    "\(Number.random(in: Number.min...Number.max, using: &dice) >> Number.random(in: 0...14, using: &dice))"
                }
        }
        try compare(values(Int16.self), call: call, type: .smallint, upstream: "int2")
        try compare(values(Int32.self), call: call, type: .int, upstream: "int4")
        try compare(values(Int64.self), call: call, type: .bigint, upstream: "int8")
    }

    @Test func `of dates and moments`() throws {
        let days: [String?] = [nil, "1970-01-01", "2024-02-29", "1999-12-31", "0001-01-01", "9999-12-31"]
        for call in [
            "year({col})", "mask({col}, 'x', 'x', 'x', -1, '1', 1, 0, -1)",
            "mask({col}, 1, 1, 1, 1, 1, 5, 3, 2000)",
        ] {
            try compare(days, call: call, type: .date, upstream: "date")
        }
        let moments: [String?] = [nil, "1999-12-31 23:59:59.999", "2024-02-29 00:00:00"]
        try compare(moments, call: "year({col})", type: .timestamp, upstream: "timestamp")
    }

    @Test func `of other types are NULL`() throws {
        try compare(
            [nil, "1.5", "-2"],
            call: "mask({col})",
            type: .decimal(precision: 10, scale: 2),
            upstream: "numeric"
        )
        try compare([nil, "true", "false"], call: "mask_hash({col})", type: .boolean, upstream: "bool")
    }

    @Test(arguments: ["mask({col}, 'x', 'X', -1, -1)", "mask({col}, 1, 1, 1, 1, 1, 31, -1, -1)"])
    func `that can't be carried out are refused`(call: String) {
        let type: DataType = call.contains("'x'") ? .string : .date
        #expect(throws: MaskError.self) { try PostgreSQLMasking.rule(of: .masked(choice(call)), on: type) }
    }

    private func compare(_ values: [String?], call: String, type: DataType, upstream: String) throws {
        let masked = try MaskFunction(MaskCall(call), on: type).apply(
            to: ColumnVector(values),
            of: ColumnName("x")
        )
        let ours = (0..<masked.count).map(masked.unmaskedText)
        guard
            case .masked(let text, let late) = try PostgreSQLMasking.rule(of: .masked(choice(call)), on: type)
        else {
            Issue.record("\(call) masks nothing")
            return
        }
        let list = values.enumerated().map { index, value in
            "(\(index), \(value.map { "'" + $0.replacing("'", with: "''") + "'" } ?? "NULL")::\(upstream))"
        }
        let cluster = try PostgreSQLCluster.shared.get()
        let expression = text.replacing("{col}", with: "v.x")
        let theirs = try cluster.run(
            "SELECT (\(expression))::text FROM (VALUES \(list.joined(separator: ", "))) AS v(n, x) ORDER BY n",
            in: "postgres"
        )
        for (index, value) in values.enumerated() {
            #expect(theirs[index][0] == ours[index], "\(call) of \(upstream) \(value ?? "NULL")")
        }
        guard let late else { return }
        let input = late.input.replacing("{col}", with: "v.x")
        let delivered = try cluster.run(
            "SELECT (\(input))::text FROM (VALUES \(list.joined(separator: ", "))) AS v(n, x) ORDER BY n",
            in: "postgres"
        )
        for (index, value) in delivered.enumerated() {
            guard let value = value[0] else {
                #expect(theirs[index][0] == nil)
                continue
            }
            let own = shown(Array(value.utf8), late.values, isBinary: false)
            #expect(
                own.map { String(decoding: $0, as: UTF8.self) } == theirs[index][0],
                "\(call) on the way back of \(upstream) \(value)"
            )
            guard let number = Int64(value), [20, 21, 23].contains(late.type) else { continue }
            let binary = shown(bytes(number, late.type), late.values, isBinary: true)
            #expect(binary == theirs[index][0].flatMap { Int64($0) }.map { bytes($0, late.type) })
        }
    }

    private func bytes(_ number: Int64, _ type: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0.suffix(type == 21 ? 2 : type == 23 ? 4 : 8)) }
    }

    private func shown(_ value: [UInt8], _ mask: ValueMask, isBinary: Bool) -> [UInt8]? {
        var isFine = true
        let room = value.count + mask.growth
        let written = [UInt8](unsafeUninitializedCapacity: room + 1) { output, count in
            guard let start = output.baseAddress else { return }
            value.withUnsafeBufferPointer { value in
                guard let size = mask.write(value, isBinary: isBinary, to: start) else {
                    isFine = false
                    return
                }
                count = size
            }
        }
        return isFine && written.count <= room ? written : nil
    }

    private func choice(_ call: String) -> MaskChoice {
        MaskChoice(maskType: "CUSTOM", transformer: nil, valueExpression: call)
    }
}

/// Random numbers from a seed.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
