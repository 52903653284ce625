import ArgumentParser
import CatalogModel
import Foundation
import Governance
import Masking
import PolicyEngine

/// `steward bench mask`: masks on columns in memory, and a masked CSV stream, beside DuckDB.
struct MaskBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mask",
        abstract: "Measure masks on columns, and a masked CSV stream, beside DuckDB.",
        discussion: """
            Figures are rows per CPU second of the process, on one thread. The peer is DuckDB in the Python that
            --python names, on the same rows in the same run; without it only Steward is measured:
              python3 -m venv venv && venv/bin/pip install duckdb pyarrow
              swift run -c release steward bench mask --python venv/bin/python
            A CSV file of the rows is written to a temporary folder and removed.
            """
    )

    @Option(help: "Rows; 100 bytes each in the CSV file.") var rows = 10_000_000
    @Option(help: "The Python that has DuckDB.") var python = "python3"
    @Option(help: "Where the CSV file goes (default: the temporary folder).") var folder: String?
    @Flag(help: "Leave the peer out.") var noPeer = false
    @Flag(help: "Print JSON.") var json = false

    private static let seed: UInt64 = 20_261_127
    private static let distinctRows = 1_000_000
    private static let batchRows = 8192
    /// Each measured mask with the position of the column that it is put on.
    private static let masks = [
        ("MASK", 2), ("MASK_SHOW_LAST_4", 4), ("MASK_HASH", 2), ("MASK_NULL", 2),
    ]

    func validate() throws {
        guard (1...1_000_000_000).contains(rows) else {
            throw ValidationError("--rows takes 1 to 1000000000")
        }
    }

    func run() throws {
        let work = URL(filePath: folder ?? NSTemporaryDirectory(), directoryHint: .isDirectory)
            .appending(path: "steward-bench-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: work) }
        let files = work.appending(path: "files", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        let file = files.appending(path: "people.csv")
        let distinct = min(rows, Self.distinctRows)
        progress("writing \(rows) rows")
        try BenchPeople.write(seed: Self.seed, rows: rows, distinct: distinct, to: file)
        progress("reading the file as a masked stream")
        var report = MaskReport(rows: rows / distinct * distinct)
        report.stream = try MaskStream(folder: work.appending(path: "catalog"), file: file).run()
        progress("masking columns in memory")
        var values: [String: [String?]] = [:]
        for (mask, column) in Self.masks {
            let batches = BenchPeople.batches(
                seed: Self.seed,
                rows: distinct,
                batchRows: Self.batchRows,
                columns: [column]
            )
            let (seconds, first) = try measure(mask, column: BenchPeople.columns[column], on: batches)
            report.seconds[mask] = seconds
            values[mask] = first
        }
        if !noPeer {
            progress("the same with DuckDB")
            report.peer = try MaskPeer(python: python).run(on: file, rows: report.rows)
            if let peer = report.peer {
                report.mismatches = Self.masks.count { values[$0.0] != peer.values[$0.0] }
            } else {
                progress(
                    "no peer: `\(python)` has no duckdb and pyarrow; install them and name it with --python"
                )
            }
        }
        json ? try report.printJSON() : report.printTable(Self.masks.map(\.0))
        if report.mismatches > 0 { throw ExitCode(1) }
    }

    private func progress(_ text: String) { Terminal.error("bench mask: \(text)") }

    /// The fewest CPU seconds of three runs over all rows, and the first values.
    private func measure(
        _ mask: String,
        column: String,
        on batches: [[ColumnVector]]
    ) throws -> (Double, [String?]) {
        let plan = try Self.plan(mask, column: column)
        guard let schema = TableSchema(plan.sourceColumns) else {
            throw GovernanceError(.internalError, "a plan names a column twice")
        }
        let raws = batches.map { vectors in
            RawBatch(
                schema: schema,
                columns: plan.sourceColumns.isEmpty ? [] : vectors,
                rowCount: vectors[0].count
            )
        }
        let rounds = max(1, rows / Self.distinctRows)
        var best = Double.infinity
        var bytes = 0
        for _ in 0..<3 {
            let seconds = try BenchMeasure.cpuSeconds {
                for _ in 0..<rounds {
                    for raw in raws { bytes &+= try plan.apply(to: raw).columns[0].bytes.count }
                }
            }
            best = min(best, seconds)
        }
        var first: [String?] = []
        for raw in raws where first.count < 1000 {
            let masked = try plan.apply(to: raw)
            for row in 0..<min(masked.rowCount, 1000 - first.count) {
                first.append(masked.columns[0].unmaskedText(row))
            }
        }
        return (best, first)
    }

    /// The plan of a read of one column that policy masks.
    private static func plan(_ mask: String, column: String) throws -> MaskPlan {
        let services = try StandardServices.all()
        let files = try PolicyFiles(texts: [("bench.yaml", MaskStream.policies(masks: [(column, mask)]))])
        let set = try PolicySet(services: services, policies: files.policies, version: 1)
        let table = try TableName.argument("bench.people")
        let decision = set.decide(
            ReadRequest(
                subject: Subject(user: UserName("reader")),
                service: ServiceName(StandardServices.files),
                table: table,
                columns: [ColumnName(column)],
                now: .now
            )
        )
        guard let schema = TableSchema([ColumnSchema(ColumnName(column), .string)]) else {
            throw GovernanceError(.internalError, "one column has two names")
        }
        return try MaskPlan(decision: decision, schema: schema, expressions: ExpressionLibrary())
    }
}
