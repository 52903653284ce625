import CatalogModel
import Foundation
import Governance
import TestSupport
import Testing

@testable import SQLiteStore

/// Audit lines as they are kept.
@Suite(.aside) struct `Audit lines` {
    @Test func `have the bytes that Foundation's encoder makes`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let texts = [
            "", "a", "with \"quotes\" and \\", "a/b", "line\nbreak\ttab\r",
            "\u{0}\u{1}\u{1f}\u{7f}\u{8}\u{c}", "é€😀", "\u{2028}",
        ]
        for (index, text) in texts.enumerated() {
            for number in [Int64.min, -1, 0, 7, 1234567890, Int64.max] {
                let isFull = index.isMultiple(of: 2)
                let record = AuditRecord(
                    time: Instant(microseconds: number),
                    request: text,
                    user: UserName(text),
                    actor: isFull ? UserName("other") : nil,
                    act: AuditAct.allCases[index % AuditAct.allCases.count],
                    resource: text,
                    purpose: isFull ? nil : text,
                    columns: isFull ? [text, "b"] : [],
                    policies: isFull ? [] : [text],
                    fences: isFull ? [text, "c"] : nil,
                    outcome: AuditOutcome.allCases[index % AuditOutcome.allCases.count],
                    errorCode: isFull ? text : nil,
                    rows: isFull ? nil : Int(number),
                    version: isFull ? number : nil,
                    statement: text,
                    milliseconds: isFull ? Int(number) : nil
                )
                #expect(AuditLine(record).bytes == Array(try encoder.encode(record)))
            }
        }
    }

    @Test func `come back as they were written`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "audit-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = try SQLiteAuditLog(folder: folder)
        let records = ["", "a.b", "é\u{0}x"].map { resource in
            AuditRecord(
                time: Instant(microseconds: 5),
                request: "r",
                user: UserName("ann"),
                act: .statement,
                resource: resource,
                outcome: .allowed
            )
        }
        try log.append(records)
        #expect(try log.tail(10, user: nil, resource: nil) == records)
        #expect(try log.tail(10, user: UserName("ann"), resource: "a.b") == [records[1]])
    }
}

/// What tells that something was committed.
@Suite(.aside) struct `Marks of a store` {
    @Test func `change with each commit, by whichever process`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "marks-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (own, other) = (try SQLiteCatalogStore(folder: folder), try SQLiteCatalogStore(folder: folder))
        let first = try #require(own.changeMark())
        #expect(own.changeMark() == first && other.changeMark() == first)
        var marks: Set = [first]
        for number in 0..<200 {
            let store = number.isMultiple(of: 2) ? own : other
            _ = try store.commit(
                [.putUser(User(UserName("u\(number)")))],
                by: UserName("root"),
                at: Instant(microseconds: 1),
                expecting: nil
            )
            marks.insert(try #require(own.changeMark()))
            #expect(own.changeMark() == other.changeMark())
        }
        #expect(marks.count == 201)
    }
}
