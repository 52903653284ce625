import Foundation

/// What the benchmark of the SQL door found.
struct ProxyReport: Encodable {
    var postgres = ""
    var pgbouncer = ""
    var people = 0
    var seconds = 0
    var rounds = 0
    var lines: [Line] = []

    /// One load, with or without TLS.
    struct Line: Encodable {
        let load: String
        let mode: String
        let clients: Int
        let tls: Bool
        var direct = Side()
        var pgbouncer = Side()
        var proxy = Side()
        /// The proxy's CPU time for a transaction in pgbouncer's.
        var cpu_ratio = 0.0
        /// The time that a connection takes to open in pgbouncer's; 0 where none is opened.
        var connect_ratio = 0.0
        /// PostgreSQL's CPU time behind the proxy in that behind pgbouncer.
        var postgres_ratio = 0.0
    }

    /// Medians of the rounds, for each transaction.
    struct Side: Encodable {
        var cpu_us = 0.0
        var postgres_cpu_us = 0.0
        var tps = 0.0
        var connect_ms = 0.0

        init() {}

        init(_ runs: [ProxyBenchLoad.Run]) {
            cpu_us = Side.median(runs.map { $0.front / Double($0.transactions) * 1e6 })
            postgres_cpu_us = Side.median(runs.map { $0.postgres / Double($0.transactions) * 1e6 })
            tps = Side.median(runs.map(\.tps))
            connect_ms = Side.median(runs.map(\.connectMilliseconds))
        }

        private static func median(_ values: [Double]) -> Double {
            let sorted = values.sorted()
            return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        }
    }

    /// Adds what the rounds of one load came to.
    mutating func add(
        _ load: ProxyBenchLoad,
        tls: Bool,
        _ runs: [ProxyBenchLoad.Target: [ProxyBenchLoad.Run]]
    ) {
        var line = Line(load: load.name, mode: load.mode, clients: load.clients, tls: tls)
        line.direct = Side(runs[.direct] ?? [])
        line.pgbouncer = Side(runs[.bouncer] ?? [])
        line.proxy = Side(runs[.proxy] ?? [])
        line.cpu_ratio = ratio(line.proxy.cpu_us, line.pgbouncer.cpu_us)
        line.connect_ratio = ratio(line.proxy.connect_ms, line.pgbouncer.connect_ms)
        line.postgres_ratio = ratio(line.proxy.postgres_cpu_us, line.pgbouncer.postgres_cpu_us)
        lines.append(line)
    }

    private func ratio(_ own: Double, _ other: Double) -> Double { other > 0 ? own / other : 0 }

    func printJSON() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        Terminal.write(Array(try encoder.encode(self)) + [10])
    }

    func printTable() {
        Terminal.line(
            "\(pgbouncer), PostgreSQL \(postgres); medians of \(rounds) rounds of \(seconds) s each"
        )
        Terminal.line()
        var table = TextTable(["CPU µs for a transaction", "clients", "TLS", "proxy", "pgbouncer", "ratio"])
        for line in lines {
            table.add(
                cells(line) + [one(line.proxy.cpu_us), one(line.pgbouncer.cpu_us), two(line.cpu_ratio)]
            )
        }
        show(table)
        table = TextTable([
            "PostgreSQL's CPU µs", "clients", "TLS", "by proxy", "by pgbouncer", "direct", "ratio",
        ])
        for line in lines {
            let sides = [line.proxy, line.pgbouncer, line.direct].map { one($0.postgres_cpu_us) }
            table.add(cells(line) + sides + [two(line.postgres_ratio)])
        }
        show(table)
        table = TextTable(["transactions a second", "clients", "TLS", "by proxy", "by pgbouncer", "direct"])
        for line in lines {
            table.add(cells(line) + [line.proxy, line.pgbouncer, line.direct].map { String(Int($0.tps)) })
        }
        show(table)
        table = TextTable(["ms to connect", "clients", "TLS", "proxy", "pgbouncer", "direct", "ratio"])
        for line in lines where line.connect_ratio > 0 {
            let sides = [line.proxy, line.pgbouncer, line.direct].map { two($0.connect_ms) }
            table.add(cells(line) + sides + [two(line.connect_ratio)])
        }
        show(table)
    }

    private func cells(_ line: Line) -> [String] {
        ["\(line.load), \(line.mode)", String(line.clients), line.tls ? "on" : "off"]
    }

    private func show(_ table: TextTable) {
        for line in table.lines() { Terminal.line(line) }
        Terminal.line()
    }

    private func one(_ number: Double) -> String { String(format: "%.1f", number) }
    private func two(_ number: Double) -> String { String(format: "%.2f", number) }
}
