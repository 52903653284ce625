import ArgumentParser
import Foundation
import Governance
import MaskingProxy

/// `steward bench proxy`: the SQL door beside pgbouncer, over a PostgreSQL of the benchmark's own.
struct ProxyBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "Measure the SQL door beside pgbouncer, over a PostgreSQL of its own.",
        discussion: """
            Starts PostgreSQL, pgbouncer and `steward proxy`, each as a process of its own on temporary files, and has
            pgbench ask them in turn. CPU times are each server's, for a transaction, as the kernel counts them
            (hundredths of a second: runs of less than 2 seconds tell little). Needs Debian's packages:
              apt-get install postgresql postgresql-contrib pgbouncer openssl
              swift run -c release steward bench proxy
            """
    )

    @Option(help: "Seconds of each run.") var seconds = 3
    @Option(help: "Rounds; in each all three are asked, and the median counts.") var rounds = 3
    @Option(help: "People in the table that is masked.") var people = 100_000
    @Option(help: "pgbench's scale: 100,000 accounts each.") var scale = 1
    @Option(help: "The proxy's event loops, 0 for one a core; pgbouncer has one.") var eventLoops = 1
    @Option(
        help: """
            session, or transaction: how sessions use connections, in pgbouncer and in the proxy. The latter adds loads of 50 \
            clients on 10 connections.
            """
    )
    var pool = UpstreamSharing.session
    @Option(help: "Only loads whose name, with mode and clients, holds this; may be given again.")
    var load: [String] = []
    @Option(help: "on, off, or both.") var tls = TLSChoice.both
    @Option(help: "Where the files go (default: the temporary folder).") var folder: String?
    @Flag(help: "Print JSON.") var json = false

    /// With TLS on both sides of the front, or without.
    enum TLSChoice: String, ExpressibleByArgument {
        case on, off, both
    }

    func validate() throws {
        guard (1...600).contains(seconds), (1...99).contains(rounds), (2000...10_000_000).contains(people),
            (1...100).contains(scale), (0...1024).contains(eventLoops)
        else {
            throw ValidationError(
                "--seconds takes up to 600, --rounds up to 99, --people 2000 to 10000000, --scale up to 100, "
                    + "--event-loops up to 1024"
            )
        }
    }

    func run() throws {
        let wanted = ProxyBenchLoad.all(people: people, pool).filter { one in
            load.isEmpty || load.contains { "\(one.name), \(one.mode), \(one.clients)".contains($0) }
        }
        guard !wanted.isEmpty else { throw ValidationError("no load is called so") }
        var report = ProxyReport()
        report.people = people
        report.seconds = seconds
        report.rounds = rounds
        let settings = tls == .both ? [false, true] : [tls == .on]
        for withTLS in settings { try measure(wanted, withTLS: withTLS, &report) }
        json ? try report.printJSON() : report.printTable()
    }

    private func measure(_ loads: [ProxyBenchLoad], withTLS: Bool, _ report: inout ProxyReport) throws {
        let work = URL(filePath: folder ?? NSTemporaryDirectory(), directoryHint: .isDirectory)
            .appending(path: "steward-bench-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: work) }
        progress("starting PostgreSQL, pgbouncer and the proxy \(withTLS ? "with" : "without") TLS")
        let servers = try ProxyBenchServers(
            in: work,
            withTLS: withTLS,
            people: people,
            scale: scale,
            eventLoops: eventLoops,
            pool: pool
        )
        defer { servers.stop() }
        report.postgres = try servers.version()
        report.pgbouncer = try servers.bouncerVersion()
        if !servers.bouncerPrepares {
            progress("this pgbouncer keeps no prepared statements: it is asked in extended mode instead")
        }
        for load in loads {
            progress("\(load.name), \(load.mode), \(load.clients) clients, TLS \(withTLS ? "on" : "off")")
            var runs: [ProxyBenchLoad.Target: [ProxyBenchLoad.Run]] = [:]
            for _ in 0..<rounds {
                for target in ProxyBenchLoad.Target.allCases {
                    runs[target, default: []].append(try load.run(target, of: servers, seconds: seconds))
                }
            }
            report.add(load, tls: withTLS, runs)
        }
    }

    private func progress(_ text: String) { Terminal.error("bench proxy: \(text)") }
}
