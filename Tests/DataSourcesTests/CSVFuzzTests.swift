import CatalogModel
import Governance
import TestSupport
import Testing

@testable import DataSources

@Suite(.aside) struct `CSV, read in pieces` {
    @Test func `is the same for every size of piece`() throws {
        let shelf = try Shelf()
        let text =
            "id,näme,note\r\n1,\"Zoë \"\"Z\"\" 😀\",\"a\r\nb\"\n2,,\"\"\n\n3,x,y\n4,\"1,2\",\"\n\"\r\n5,längerer text ohne alles,z"
        try shelf.write(text, to: "t.csv")
        let source = shelf.source(.csv, "t.csv")
        let whole = try shelf.read(source).rows
        #expect(whole.count == 5)
        for chunk in 1...text.utf8.count + 1 {
            var tuning = ReadTuning()
            tuning.chunkBytes = chunk
            tuning.batchRows = 1 + chunk % 3
            #expect(try shelf.read(source, tuning: tuning).rows == whole, "chunks of \(chunk) bytes")
        }
    }

    @Test(arguments: 0..<4) func `agrees with a naive reader on whatever comes`(round: Int) throws {
        let shelf = try Shelf()
        var chance = SeededChance(seed: 4180 + UInt64(round))
        let pieces: [String] = [
            ",", ",", ",", "\n", "\n", "\r\n", "\"", "\"", "\"\"", "a", "b", "ü", "😀", " ", "\t", "12", "\r",
            "xyzxyzxyz",
            "\u{0}",
        ]
        for case_ in 0..<600 {
            let text = (0..<Int.random(in: 0...24, using: &chance)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &chance)]
            }.joined()
            let columns = Int.random(in: 1...3, using: &chance)
            let header = (1...columns).map { "h\($0)" }
            try shelf.write(header.joined(separator: ",") + "\n" + text, to: "t.csv")
            var tuning = ReadTuning()
            tuning.chunkBytes = Int.random(in: 1...40, using: &chance)
            tuning.batchRows = Int.random(in: 1...4, using: &chance)
            let table = shelf.table("t.csv", header.map { ($0, .string) })
            let naive = NaiveCSV.rows(text, columns: columns)
            let label = "seed \(4180 + round), case \(case_)"
            let skipping = shelf.source(.csv, "t.csv", rule: .skip)
            if naive.isUnterminated {
                #expect(failure { _ = try shelf.read(skipping, table, tuning: tuning) } != nil, "\(label)")
            } else {
                let outcome = try shelf.read(skipping, table, tuning: tuning)
                #expect(outcome.rows == naive.rows, "\(label)")
                #expect(outcome.skipped == naive.skipped, "\(label)")
            }
            let failing = failure { _ = try shelf.read(shelf.source(.csv, "t.csv"), table, tuning: tuning) }
            #expect((failing != nil) == (naive.skipped > 0 || naive.isUnterminated), "\(label)")
        }
    }
}

/// RFC 4180 a byte at a time, with the rules of Docs/Sources.md; as plain as can be.
enum NaiveCSV {
    struct Result {
        var rows: [[String?]] = []
        var skipped = 0
        var isUnterminated = false
    }

    static func rows(_ text: String, columns: Int) -> Result {
        var rest = Array(text.utf8)[...]
        var result = Result()
        while !rest.isEmpty {
            var fields: [String?] = []
            var isMalformed = false
            var ended = false
            let before = rest.count
            while !ended {
                var field: [UInt8] = []
                var isQuoted = false
                if rest.first == 34 {
                    isQuoted = true
                    rest = rest.dropFirst()
                    while true {
                        guard let byte = rest.popFirst() else {
                            result.isUnterminated = true
                            return result
                        }
                        if byte == 34 {
                            guard rest.first == 34 else { break }
                            rest = rest.dropFirst()
                        }
                        field.append(byte)
                    }
                    if field.contains(0) { isMalformed = true }
                } else {
                    while let byte = rest.first, ![44, 10, 13, 34, 0].contains(byte) {
                        field.append(byte)
                        rest = rest.dropFirst()
                    }
                }
                fields.append(field.isEmpty && !isQuoted ? nil : String(decoding: field, as: UTF8.self))
                let next = isMalformed ? 0 : rest.first
                if next == 44 {
                    rest = rest.dropFirst()
                } else if next == nil || next == 10 || (next == 13 && rest.dropFirst().first ?? 10 == 10) {
                    if rest.popFirst() == 13 { rest = rest.dropFirst() }
                    ended = true
                } else {
                    isMalformed = true
                    while let byte = rest.popFirst(), byte != 10 {}
                    ended = true
                }
            }
            let isBlank = fields == [nil] && !isMalformed
            if isBlank, columns > 1 { continue }
            precondition(rest.count < before)
            if isMalformed || fields.count != columns {
                result.skipped += 1
            } else {
                result.rows.append(fields)
            }
        }
        return result
    }
}
