import ArgumentParser
import CatalogModel
import Foundation
import Governance
import QueryAnalysis
import SQLiteStore

/// `steward bench audit`: what the audit lines of statements cost.
struct AuditBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Measure what the audit line of a statement that ran costs.",
        discussion: """
            Runs of one statement, from several sessions in turn, are noted as the SQL door notes them, and written as
            often as it writes them: four times a second. Figures are CPU nanoseconds of the process for a run: noting
            it, which an event loop does, and the whole, with encoding, SQLite and the kernel's part.
            """
    )

    @Option(help: "Runs to note.") var runs = 2_000_000
    @Option(help: "Sessions that they are of, in turn.") var sessions = 8
    @Option(help: "Runs between two times of writing: a quarter of the runs of a second.") var batch = 5_000
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard (1...1_000_000_000).contains(runs) else {
            throw ValidationError("--runs takes 1 to 1000000000")
        }
        guard (1...10_000).contains(sessions) else { throw ValidationError("--sessions takes 1 to 10000") }
        guard (1...60_000).contains(batch) else { throw ValidationError("--batch takes 1 to 60000") }
    }

    /// What was measured.
    private struct Result: Encodable {
        var runs = 0
        var sessions = 0
        var batch = 0
        var note_ns = 0.0
        var whole_ns = 0.0
        var bytes_per_run = 0.0
    }

    func run() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "steward-bench-\(UUID().uuidString)"
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try measure(in: folder)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            Terminal.write(Array(try encoder.encode(result)) + [10])
            return
        }
        var table = TextTable(["\(runs) runs of \(sessions) sessions, \(batch) at once", "CPU ns for a run"])
        table.add(["noting it", "\(Int(result.note_ns.rounded()))"])
        table.add(["the whole, with the disk", "\(Int(result.whole_ns.rounded()))"])
        table.add(["bytes of the file", "\((result.bytes_per_run * 10).rounded() / 10)"])
        for line in table.lines() { Terminal.line(line) }
    }

    private func measure(in folder: URL) throws -> Result {
        let workspace = try Workspace(folder: folder)
        try furnish(workspace)
        let governance = try workspace.cases.statements.governance(
            of: SourceName("bench"),
            upstream: NoDatabase()
        )
        let people = try (0..<sessions).map { _ in
            let session = try governance.session(for: workspace.caller)
            return (session, session.subject(of: nil, fingerprint: "0123456789abcdef"))
        }
        var (noting, left) = (0.0, runs)
        let before = try bytes(of: folder)
        let whole = try BenchMeasure.cpuSeconds {
            while left > 0 {
                let count = min(left, batch)
                noting += BenchMeasure.cpuSeconds {
                    note(count, of: people)
                }
                try governance.flush()
                left -= count
            }
        }
        let lines = try workspace.cases.auditing.tail(1, user: nil, resource: nil, by: workspace.caller)
        guard lines.first?.act == .statementEnd else {
            throw GovernanceError(.auditUnavailable, "what was noted isn't in the audit log")
        }
        return Result(
            runs: runs,
            sessions: sessions,
            batch: batch,
            note_ns: noting / Double(runs) * 1e9,
            whole_ns: whole / Double(runs) * 1e9,
            bytes_per_run: Double(try bytes(of: folder) - before) / Double(runs)
        )
    }

    /// Ten of each in turn.
    private func note(_ count: Int, of people: [(StatementSession, RunSubject)]) {
        var (left, turn) = (count, 0)
        while left > 0 {
            let (session, subject) = people[turn % people.count]
            for _ in 0..<min(left, 10) {
                _ = session.finished(subject, rows: 1, milliseconds: 0, errorCode: nil)
            }
            left -= 10
            turn += 1
        }
    }

    private func furnish(_ workspace: Workspace) throws {
        try workspace.cases.editing.put([.putUser(User(workspace.caller.user))], by: workspace.caller)
        try workspace.addStandardServices()
        let source = SourceDefinition(
            name: SourceName("bench"),
            kind: .postgres,
            path: "postgres://nowhere/bench",
            service: ServiceName("postgres"),
            database: "bench"
        )
        try workspace.cases.editing.put(source, by: workspace.caller)
    }

    private func bytes(of folder: URL) throws -> Int {
        let file = folder.appending(path: "audit.sqlite").path
        return try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
    }

    /// A database without tables: nothing is sent to it.
    private struct NoDatabase: UpstreamDatabase {
        func shape() throws(GovernanceError) -> UpstreamShape { UpstreamShape([]) }
    }
}
