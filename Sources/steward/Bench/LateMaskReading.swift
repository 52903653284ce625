import Foundation
import Governance

/// A way in which all rows of a table are read.
enum LateMaskReading: String, CaseIterable {
    case direct = "direct, unmasked"
    case unmasked = "proxy, unmasked"
    case late = "proxy, masked on the way back"
    case early = "proxy, masked in PostgreSQL"

    /// What one reading took, in seconds.
    struct Run {
        let wall: Double
        let postgres: Double
        let proxy: Double

        var cpu: Double { postgres + proxy }
    }

    /// Reads the table once, by pgbench, which takes the rows and drops them.
    func run(on servers: ProxyBenchServers) throws -> Run {
        let output = servers.folder.appending(path: "reading.out")
        let file = servers.folder.appending(path: "reading.sql")
        try script.write(to: file, atomically: true, encoding: .utf8)
        let port = self == .direct ? servers.ports.postgres : servers.ports.proxy
        let before = (servers.postgres.cpuSeconds(), servers.proxy.cpuSeconds())
        try ServerProcess.run(
            [
                "\(servers.programs)/pgbench", "-n", "-M", "simple", "-c", "1", "-t", "1", "-f", file.path,
                "-h", "localhost",
                "-p", String(port), "-U", user, ProxyBenchServers.database,
            ],
            output: output,
            environment: ["PGPASSWORD": ProxyBenchServers.password, "PGSSLMODE": servers.sslMode]
        )
        // A session that ends is part of it.
        usleep(300_000)
        let said = try String(contentsOf: output, encoding: .utf8)
        guard let place = said.firstRange(of: "latency average = "),
            let milliseconds = Double(said[place.upperBound...].prefix { $0.isNumber || $0 == "." }),
            said.contains("actually processed: 1/1")
        else { throw GovernanceError(.internalError, "pgbench failed: \(said.suffix(2000))") }
        return Run(
            wall: milliseconds / 1000,
            postgres: servers.postgres.cpuSeconds() - before.0,
            proxy: servers.proxy.cpuSeconds() - before.1
        )
    }

    private var user: String {
        switch self {
        case .direct: ProxyBenchServers.reader
        case .unmasked: ProxyBenchCatalog.plainUser
        case .late, .early: ProxyBenchCatalog.exportingUser
        }
    }

    /// What a statement of SQL has prepared is always masked in PostgreSQL.
    private var script: String {
        let statement = "SELECT id, full_name, email, card_number, salary FROM people"
        return switch self {
        case .direct, .unmasked, .late: "\(statement);\n"
        case .early: "PREPARE reading AS \(statement);\nEXECUTE reading;\nDEALLOCATE reading;\n"
        }
    }
}
