import ArgumentParser
import Foundation
import Governance

/// `steward bench late-mask`: masks applied to rows on their way back, beside the same masks in PostgreSQL.
struct LateMaskBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "late-mask",
        abstract: "Measure masks on the way back beside the same masks in PostgreSQL.",
        discussion: """
            Starts PostgreSQL and `steward proxy` as processes of their own on temporary files, and reads a table of people
            whole: without masks, and with three (a hash, all but the last four characters, letters and digits replaced).
            CPU times are the servers', as the kernel counts them; the client, pgbench, is the same in all. Needs Debian's
            packages:
              apt-get install postgresql postgresql-contrib pgbouncer openssl
              swift run -c release steward bench late-mask
            """
    )

    @Option(help: "Rows of the table.") var rows = 1_000_000
    @Option(help: "Rounds; in each all are asked, and the median counts.") var rounds = 5
    @Flag(help: "With TLS, from the client and to the database.") var tls = false
    @Option(help: "Where the files go (default: the temporary folder).") var folder: String?
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard (1000...100_000_000).contains(rows), (1...99).contains(rounds) else {
            throw ValidationError("--rows takes 1000 to 100000000, --rounds up to 99")
        }
    }

    func run() throws {
        let work = URL(filePath: folder ?? NSTemporaryDirectory(), directoryHint: .isDirectory)
            .appending(path: "steward-bench-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: work) }
        Terminal.error("bench late-mask: starting the servers, with \(rows) rows")
        let servers = try ProxyBenchServers(in: work, withTLS: tls, people: rows, scale: 1)
        defer { servers.stop() }
        var runs: [LateMaskReading: [LateMaskReading.Run]] = [:]
        for round in 1...rounds {
            Terminal.error("bench late-mask: round \(round) of \(rounds)")
            for reading in LateMaskReading.allCases {
                runs[reading, default: []].append(try reading.run(on: servers))
            }
        }
        let report = LateMaskReport(
            postgres: try servers.version(),
            rows: rows,
            rounds: rounds,
            tls: tls,
            readings: LateMaskReading.allCases.map { LateMaskReport.Line($0, runs[$0] ?? []) }
        )
        json ? try report.printJSON() : report.printTable()
    }
}
