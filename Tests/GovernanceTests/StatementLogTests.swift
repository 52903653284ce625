import CatalogModel
import DataSources
import Foundation
import QueryAnalysis
import Synchronization
import TestSupport
import Testing

@testable import Governance

/// Audit lines of statements that wait to be written together.
@Suite(.aside) struct `The log of statements` {
    /// An audit log in memory, which fails when it is told to.
    private final class Paper: AuditLog {
        struct State {
            var batches: [[AuditRecord]] = []
            var isFailing = false
        }

        let state = Mutex(State())

        var lines: [AuditRecord] { state.withLock { Array($0.batches.joined()) } }

        func append(_ records: [AuditRecord]) throws(GovernanceError) {
            try state.withLock { state throws(GovernanceError) in
                guard !state.isFailing else { throw GovernanceError(.auditUnavailable, "the disk is full") }
                state.batches.append(records)
            }
        }

        func tail(_ count: Int, user: UserName?, resource: String?) throws(GovernanceError) -> [AuditRecord] {
            lines
        }
    }

    private static func subject(_ request: String, _ act: AuditAct = .statementEnd) -> AuditSubject {
        AuditSubject(
            AuditRecord(
                time: Instant(microseconds: 0),
                request: request,
                user: UserName("ann"),
                act: act,
                resource: "shop.people",
                outcome: .allowed
            )
        )
    }

    private static let moment = Instant(seconds: 1)

    @Test func `keeps the order of lines, alone and of a kind`() throws {
        let paper = Paper()
        let log = StatementLog(audit: paper)
        let (one, two) = (Self.subject("1"), Self.subject("2"))
        for turn in 0..<3 {
            _ = log.note(one, at: Self.moment, rows: turn, milliseconds: 4)
            _ = log.note(two.line.repeated(at: Self.moment, rows: 10 + turn, milliseconds: nil))
            _ = log.noteRepeated(two, at: Self.moment)
            try log.flush()
        }
        try log.flush()
        #expect(paper.state.withLock(\.batches.count) == 3)
        #expect(paper.lines.map(\.request) == ["1", "2", "2", "1", "2", "2", "1", "2", "2"])
        #expect(paper.lines.map(\.rows) == [0, 10, nil, 1, 11, nil, 2, 12, nil])
        #expect(paper.lines.map(\.milliseconds) == [4, nil, nil, 4, nil, nil, 4, nil, nil])
    }

    @Test func `asks once to be written when many lines wait`() throws {
        let log = StatementLog(audit: Paper())
        let subject = Self.subject("1")
        for _ in 0..<2 {
            let asked = (0..<2 * StatementLog.capacity).filter { _ in
                log.note(subject, at: Self.moment, rows: 1, milliseconds: 1)
            }
            #expect(asked == [StatementLog.capacity - 1])
            try log.flush()
        }
    }

    @Test func `loses nothing while it can't be written, and lets nothing go on when too much waits`() throws
    {
        let paper = Paper()
        let log = StatementLog(audit: paper)
        let (ran, sent) = (Self.subject("1"), Self.subject("2", .statement))
        paper.state.withLock { $0.isFailing = true }
        #expect(log.noteRepeated(sent, at: Self.moment))
        #expect(throws: GovernanceError.self) { try log.flush() }
        #expect(!log.noteRepeated(sent, at: Self.moment))
        #expect(throws: GovernanceError.self) { try log.write([sent.line]) }
        for number in 1..<StatementLog.limit {
            #expect(!log.isFull)
            try log.makeRoom()
            _ = log.note(ran, at: Self.moment, rows: number, milliseconds: 0)
            if number == 100 { #expect(throws: GovernanceError.self) { try log.flush() } }
        }
        for _ in 0..<2 {
            #expect(log.isFull)
            #expect(throws: GovernanceError.self) { try log.makeRoom() }
        }
        paper.state.withLock { $0.isFailing = false }
        try log.makeRoom()
        #expect(!log.isFull && log.noteRepeated(sent, at: Self.moment))
        #expect(paper.lines.map(\.rows) == [nil] + (1..<StatementLog.limit).map(\.self))
        try log.flush()
        #expect(paper.lines.count == StatementLog.limit + 1)
    }

    @Test func `has every line once, in each one's order, whoever notes and writes at once`() async throws {
        let paper = Paper()
        let log = StatementLog(audit: paper)
        let (writers, lines) = (6, 20_000)
        let shared = Self.subject("shared")
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    let own = Self.subject("\(writer)")
                    for number in 0..<lines {
                        let subject = number.isMultiple(of: 5) ? shared : own
                        let time = Instant(microseconds: Int64(writer * lines + number))
                        if log.note(subject, at: time, rows: number, milliseconds: writer)
                            || number % 777 == 0
                        {
                            paper.state.withLock { $0.isFailing = number.isMultiple(of: 2) }
                            try? log.flush()
                        }
                    }
                }
            }
        }
        paper.state.withLock { $0.isFailing = false }
        try log.flush()
        let written = paper.lines
        #expect(written.count == writers * lines)
        for writer in 0..<writers {
            let own = written.filter { $0.milliseconds == writer }
            #expect(own.map(\.rows) == (0..<lines).map(\.self))
            #expect(
                own.allSatisfy { $0.request == (($0.rows ?? 0).isMultiple(of: 5) ? "shared" : "\(writer)") }
            )
            #expect(own.allSatisfy { $0.time.microseconds == Int64(writer * lines + ($0.rows ?? 0)) })
        }
    }

    // MARK: Sessions

    private static let threads = ParserThreads(count: 1)

    private static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        try #require(threads).run { Result { try body() } }.get()
    }

    @Test func `tells of runs what it told of them one by one`() throws {
        let desk = try Desk()
        try desk.furnish()
        let source = try #require(try desk.cases.statements.fileSources().first)
        let governance = try desk.cases.statements.governance(ofFiles: source)
        let session = try governance.session(for: desk.admin, as: UserName("alice"))
        let statement = try #require(try Self.run { try session.rewrite("SELECT name FROM people") }.first)
        let subject = session.subject(of: statement.reads, fingerprint: statement.fingerprint)
        #expect(session.subject(of: statement.reads, fingerprint: statement.fingerprint) === subject)
        #expect(session.subject(of: nil, fingerprint: nil) !== subject)
        #expect(session.subject(of: nil, fingerprint: statement.fingerprint) !== subject)

        _ = session.finished(subject, rows: 3, milliseconds: 7, errorCode: nil)
        _ = session.finished(subject, rows: 0, milliseconds: 1, errorCode: "57014")
        _ = session.finished(
            StatementRun(
                reads: statement.reads,
                fingerprint: statement.fingerprint,
                rows: 5,
                milliseconds: 2,
                errorCode: nil
            )
        )
        _ = session.finished(
            session.subject(of: nil, fingerprint: nil),
            rows: 1,
            milliseconds: 0,
            errorCode: nil
        )
        try session.flush()
        let lines = try desk.cases.auditing.tail(4, user: nil, resource: nil, by: desk.admin)
        #expect(lines.map(\.act) == [.statementEnd, .statementEnd, .statementEnd, .statementEnd])
        #expect(lines.map(\.resource) == ["shop.people", "shop.people", "shop.people", ""])
        #expect(lines.map(\.rows) == [3, 0, 5, 1])
        #expect(lines.map(\.milliseconds) == [7, 1, 2, 0])
        #expect(lines.map(\.errorCode) == [nil, "57014", nil, nil])
        #expect(lines.map(\.outcome) == [.allowed, .failed, .allowed, .allowed])
        #expect(
            lines.map(\.statement) == [
                statement.fingerprint, statement.fingerprint, statement.fingerprint, nil,
            ]
        )
        #expect(lines.allSatisfy { $0.user == UserName("alice") && $0.actor == UserName("root") })
        #expect(lines.allSatisfy { $0.request == "r-1" && $0.time == Instant(seconds: 1_790_000_000) })
        #expect(
            try desk.cases.auditing.tail(9, user: nil, resource: "shop.people", by: desk.admin).count >= 4
        )

        // The table has another name from now on, or none.
        try desk.cases.editing.remove(SourceName("shop"), by: desk.admin)
        _ = try? Self.run { try session.stillHolds(statement.reads) }
        _ = session.finished(subject, rows: 1, milliseconds: 1, errorCode: nil)
        try session.flush()
        let last = try #require(
            try desk.cases.auditing.tail(1, user: nil, resource: nil, by: desk.admin).first
        )
        #expect(last.act == .statementEnd && last.resource.isEmpty && last.statement == statement.fingerprint)
    }

    @Test func `lets sessions go on only while lines can wait or be written`() throws {
        let desk = try Desk()
        try desk.furnish()
        let paper = Paper()
        let cases = try UseCases(
            store: desk.store,
            audit: paper,
            sources: FileSources(),
            rim: Rim(now: { Self.moment }, makeID: { "id" })
        )
        let source = try #require(try cases.statements.fileSources().first)
        let session = try cases.statements.governance(ofFiles: source).session(for: desk.caller("alice"))
        let text = "SELECT name FROM people"
        let reads = try #require(try Self.run { try session.rewrite(text) }.first).reads
        #expect(try Self.run { try session.stillHolds(reads) })
        let moment = try #require(session.momentOfHolding(reads))
        let subject = session.subject(of: reads, fingerprint: "f")

        paper.state.withLock { $0.isFailing = true }
        for _ in 0..<StatementLog.limit {
            #expect(session.isNow(moment))
            _ = session.finished(subject, rows: 1, milliseconds: 0, errorCode: nil)
        }
        #expect(
            !session.isNow(moment) && !session.surelyHolds(reads) && session.momentOfHolding(reads) == nil
        )
        for _ in 0..<2 {
            #expect(throws: StatementFailure.self) { try Self.run { try session.stillHolds(reads) } }
            #expect(throws: StatementFailure.self) { try Self.run { try session.rewrite(text) } }
            #expect(throws: StatementFailure.self) { try Self.run { try session.rewrite("nonsense") } }
        }
        #expect(paper.lines.count == 1)

        paper.state.withLock { $0.isFailing = false }
        #expect(try Self.run { try session.stillHolds(reads) })
        #expect(session.isNow(moment) && session.surelyHolds(reads))
        #expect(paper.lines.count == 1 + StatementLog.limit)
    }
}
