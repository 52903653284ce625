import CatalogModel
import Foundation
import GRDB
import Governance
import TestSupport
import Testing

@testable import SQLiteStore

/// Many audit lines as one row.
@Suite(.aside) struct `Packs of audit lines` {
    private static let texts = [
        "", "a", "shop.people", "é", "e\u{301}", "nul\u{0}nul", "😀", "\"q\"\\",
        String(repeating: "long ", count: 300),
    ]
    private static let numbers: [Int64] = [
        .min, .min + 1, -1, 0, 1, 63, 64, 1_790_000_000_000_000, .max - 1, .max,
    ]

    /// A line of which anything may be missing.
    private static func record(_ random: inout SeededRandom) -> AuditRecord {
        func text() -> String { texts.randomElement(using: &random) ?? "" }
        func number() -> Int64 { numbers.randomElement(using: &random) ?? 0 }
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }
        func list() -> [String] { (0..<Int.random(in: 0...3, using: &random)).map { _ in text() } }
        return AuditRecord(
            time: Instant(microseconds: number()),
            request: text(),
            user: UserName(text()),
            actor: maybe(UserName(text())),
            act: AuditAct.allCases.randomElement(using: &random) ?? .read,
            resource: text(),
            purpose: maybe(text()),
            columns: list(),
            policies: list(),
            fences: maybe(list()),
            outcome: AuditOutcome.allCases.randomElement(using: &random) ?? .denied,
            errorCode: maybe(text()),
            rows: maybe(Int(number())),
            version: maybe(number()),
            statement: maybe(text()),
            milliseconds: maybe(Int(number()))
        )
    }

    /// Lines of which some have much in common.
    private static func batch(_ count: Int, _ random: inout SeededRandom) -> AuditBatch {
        let subjects = (0..<5).map { _ in AuditSubject(record(&random)) }
        var batch = AuditBatch()
        for _ in 0..<count {
            guard Int.random(in: 0..<4, using: &random) > 0,
                let subject = subjects.randomElement(using: &random)
            else {
                batch.add(record(&random))
                continue
            }
            let own = record(&random)
            batch.add(subject, at: own.time, rows: own.rows, milliseconds: own.milliseconds)
        }
        return batch
    }

    /// Equal byte by byte, which texts of Unicode that are equal needn't be.
    private static func bytes(_ records: [AuditRecord]) -> [[UInt8]] { records.map { AuditLine($0).bytes } }

    private static func lines(_ packs: [AuditPack]) throws -> [AuditRecord] {
        try packs.flatMap { pack in
            try AuditPackLines(pack.bytes).newest(.max, AuditFilter(user: nil, resource: nil)).reversed()
        }
    }

    @Test func `give back every line as it was`() throws {
        var random = SeededRandom(TestSeed.value())
        for count in 0..<150 {
            let batch = Self.batch(count, &random)
            let packs = AuditPackWriter.packs(of: batch)
            #expect(packs.map(\.lines).reduce(0, +) == count)
            try #require(Self.bytes(Self.lines(packs)) == Self.bytes(batch.records))
            let users = Set(batch.records.map { Array($0.user.text.utf8) })
            #expect(packs.flatMap(\.users).count == users.count)
            #expect(Set(packs.flatMap(\.users).map { Array($0.utf8) }) == users)
        }
    }

    @Test func `have so many lines and bytes at most`() throws {
        var random = SeededRandom(TestSeed.value())
        let subject = AuditSubject(Self.record(&random))
        var many = AuditBatch()
        for number in 0..<20_000 {
            many.add(subject, at: Instant(microseconds: Int64(number)), rows: number, milliseconds: nil)
        }
        let packs = AuditPackWriter.packs(of: many)
        #expect(packs.map(\.lines) == [8192, 8192, 3616])
        #expect(packs.map(\.time) == [8191, 16383, 19999])
        #expect(try Self.bytes(Self.lines(packs)) == Self.bytes(many.records))

        var large = AuditBatch()
        let column = String(repeating: "c", count: 100_000)
        for number in 0..<30 {
            large.add(
                AuditRecord(
                    time: Instant(microseconds: 0),
                    request: "r",
                    user: UserName("u\(number)"),
                    act: .statement,
                    resource: "t",
                    columns: ["\(number) \(column)"],
                    outcome: .allowed
                )
            )
        }
        let parts = AuditPackWriter.packs(of: large)
        #expect(parts.map(\.lines) == [11, 11, 8])
        #expect(parts.allSatisfy { $0.bytes.count < AuditPack.maximumBytes + 101_000 })
        #expect(parts.map(\.users.count) == [11, 11, 8])
        #expect(try Self.bytes(Self.lines(parts)) == Self.bytes(large.records))
    }

    @Test func `are refused when a byte isn't what it was`() throws {
        var random = SeededRandom(TestSeed.value())
        let pack = try #require(AuditPackWriter.packs(of: Self.batch(40, &random)).first).bytes
        for index in pack.indices {
            var changed = pack
            changed[index] ^= UInt8.random(in: 1...255, using: &random)
            #expect(throws: AuditPackDamage.self) { try AuditPackLines(changed) }
        }
        for count in 0..<pack.count {
            #expect(throws: AuditPackDamage.self) { try AuditPackLines(Array(pack.prefix(count))) }
        }
        #expect(throws: AuditPackDamage.self) { try AuditPackLines(pack + [0]) }
    }

    /// With a checksum that fits what they say.
    @Test func `are read or refused, whatever they hold`() throws {
        var random = SeededRandom(TestSeed.value())
        var (read, refused) = (0, 0)
        for _ in 0..<4000 {
            let count = Int.random(in: 1...20, using: &random)
            let pack = try #require(AuditPackWriter.packs(of: Self.batch(count, &random)).first)
            var body = Array(pack.bytes.dropFirst(AuditPack.head))
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<body.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: body[place] = UInt8.random(in: 0...255, using: &random)
                case 1: body.insert(UInt8.random(in: 0...255, using: &random), at: place)
                case 2: body.removeSubrange(place..<min(body.count, place + 3))
                default: body.insert(contentsOf: [UInt8](repeating: 255, count: 9) + [1], at: place)
                }
                if body.isEmpty { body = [0] }
            }
            do {
                let lines = try AuditPackLines(AuditPack.sealed(body))
                #expect(
                    lines.newest(.max, AuditFilter(user: nil, resource: nil)).count <= AuditPack.maximumLines
                )
                read += 1
            } catch { refused += 1 }
        }
        #expect(read > 100 && refused > 1000, "\(read) read, \(refused) refused")
        for body: [UInt8] in [[0, 0, 0], [255, 127, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0], [128, 128]] {
            let isEmpty = body == [0, 0, 0]
            #expect(((try? AuditPackLines(AuditPack.sealed(body))) != nil) == isEmpty)
        }
    }

    // MARK: The log

    private static func folder() -> URL {
        FileManager.default.temporaryDirectory.appending(path: "audit-packs-\(UUID().uuidString)")
    }

    @Test func `stand among rows in one order, and are found by user and resource`() throws {
        var random = SeededRandom(TestSeed.value())
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = try SQLiteAuditLog(folder: folder)
        var all: [AuditRecord] = []
        for turn in 0..<40 {
            if turn.isMultiple(of: 3) {
                let records = (0..<Int.random(in: 0...4, using: &random)).map { _ in Self.record(&random) }
                try log.append(records)
                all += records
            } else {
                let batch = Self.batch(Int.random(in: 0...30, using: &random), &random)
                try log.append(batch)
                all += batch.records
            }
        }
        let again = try SQLiteAuditLog(folder: folder)
        let filters: [String?] = [nil, "nobody"] + Self.texts
        for user in filters {
            for resource in filters {
                let filter = AuditFilter(user: user, resource: resource)
                let wanted = Self.bytes(all.filter { filter.takes($0) })
                for count in [0, 1, 7, 100, 10_000] {
                    let found = try again.tail(count, user: user.map { UserName($0) }, resource: resource)
                    try #require(
                        Self.bytes(found) == wanted.suffix(count),
                        "\(user ?? "-") \(resource ?? "-")"
                    )
                }
            }
        }
    }

    @Test func `come after the rows of a file from before there were packs`() throws {
        var random = SeededRandom(TestSeed.value())
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let old = (0..<20).map { _ in Self.record(&random) }
        let file = try DatabaseQueue(path: folder.appending(path: "audit.sqlite").path)
        try file.write { database in
            try StoreSchema.prepare(
                database,
                mark: StoreSchema.auditMark,
                steps: Array(StoreSchema.auditSteps.prefix(1))
            )
            for record in old {
                try database.execute(
                    sql:
                        "INSERT INTO audit (time, user, resource, body) VALUES (?, CAST(? AS TEXT), CAST(? AS TEXT), ?)",
                    arguments: [
                        record.time.microseconds, Data(record.user.text.utf8), Data(record.resource.utf8),
                        String(decoding: AuditLine(record).bytes, as: UTF8.self),
                    ]
                )
            }
        }
        try file.close()
        let log = try SQLiteAuditLog(folder: folder)
        #expect(try Self.bytes(log.tail(100, user: nil, resource: nil)) == Self.bytes(old))
        let batch = Self.batch(9, &random)
        try log.append(batch)
        try log.append([old[0]])
        let all = old + batch.records + [old[0]]
        #expect(try Self.bytes(log.tail(100, user: nil, resource: nil)) == Self.bytes(all))
        #expect(try Self.bytes(log.tail(12, user: nil, resource: nil)) == Self.bytes(all.suffix(12)))
    }

    @Test func `that are damaged on disk are an error, not lines`() throws {
        var random = SeededRandom(TestSeed.value())
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = try SQLiteAuditLog(folder: folder)
        try log.append(Self.batch(9, &random))
        try log.append([Self.record(&random)])
        let file = try DatabaseQueue(path: folder.appending(path: "audit.sqlite").path)
        try file.write { try $0.execute(sql: "UPDATE pack SET body = substr(body, 1, length(body) - 1)") }
        #expect(try log.tail(1, user: nil, resource: nil).count == 1)
        let error = #expect(throws: GovernanceError.self) { try log.tail(2, user: nil, resource: nil) }
        #expect(error?.code == .auditUnavailable)
    }

    @Test func `are written all or not at all`() throws {
        var random = SeededRandom(TestSeed.value())
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = try SQLiteAuditLog(folder: folder)
        let file = try DatabaseQueue(path: folder.appending(path: "audit.sqlite").path)
        try file.write {
            try $0.execute(
                sql: """
                    CREATE TRIGGER full BEFORE INSERT ON pack_name WHEN new.name = 'full'
                    BEGIN SELECT raise(ABORT, 'full'); END
                    """
            )
        }
        var batch = Self.batch(9000, &random)
        batch.add(
            AuditRecord(
                time: Instant(microseconds: 0),
                request: "r",
                user: UserName("full"),
                act: .read,
                resource: "t",
                outcome: .allowed
            )
        )
        let error = #expect(throws: GovernanceError.self) { try log.append(batch) }
        #expect(error?.code == .auditUnavailable)
        #expect(try log.tail(1, user: nil, resource: nil).isEmpty)
        try file.write { try $0.execute(sql: "DROP TRIGGER full") }
        try log.append(batch)
        #expect(try log.tail(10_000, user: nil, resource: nil).count == 9001)
    }
}

/// The same numbers for the same seed.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
