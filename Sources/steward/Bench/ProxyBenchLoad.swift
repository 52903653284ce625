import Foundation
import Governance
import MaskingProxy

/// Something that pgbench does over and over.
struct ProxyBenchLoad {
    /// What it is called in the report.
    let name: String
    /// How pgbench speaks: `simple`, `extended` or `prepared`.
    let mode: String
    let clients: Int
    /// What is run, in pgbench's words; nil for its own select-only transaction.
    let script: String?
    /// Whether each transaction connects anew.
    let connects: Bool
    /// Who asks at the SQL door; the others are asked by the one reader.
    let user: String

    private init(
        _ name: String,
        _ mode: String,
        _ clients: Int,
        script: String? = nil,
        connects: Bool = false,
        user: String = ProxyBenchCatalog.plainUser
    ) {
        self.name = name
        self.mode = mode
        self.clients = clients
        self.script = script
        self.connects = connects
        self.user = user
    }

    /// All that is measured over a number of people.
    static func all(people: Int, _ pool: UpstreamSharing = .session) -> [ProxyBenchLoad] {
        let masked = ProxyBenchCatalog.maskedUser
        let columns = "id, full_name, email, phone, card_number"
        let one = """
            \\set id random(1, \(people))
            SELECT \(columns) FROM people WHERE id = :id;
            """
        let report = """
            \\set id random(1, \(people - 100))
            \\set limit random(1, 9)
            SELECT p.id, upper(p.full_name) AS name, p.salary * 1.1 FROM people p
            WHERE p.id BETWEEN :id AND :id + 9 AND p.birth_date > DATE '1950-01-01' AND p.full_name LIKE 'Ada%'
            AND p.salary > :limit ORDER BY p.salary DESC;
            """
        let thousand = """
            \\set id random(1, \(max(1, people - 1000)))
            SELECT \(columns) FROM people WHERE id >= :id AND id < :id + 1000;
            """
        let select = ["simple", "extended", "prepared"].flatMap { mode in
            [1, 8].map { ProxyBenchLoad("select-only", mode, $0) }
        }
        let masks = ["simple", "prepared"].flatMap { mode in
            [1, 8].map { ProxyBenchLoad("one person, masked", mode, $0, script: one, user: masked) }
        }
        let crowds = [
            ProxyBenchLoad("select-only", "prepared", 50),
            ProxyBenchLoad("one person, masked", "prepared", 50, script: one, user: masked),
        ]
        return select + masks + (pool == .transaction ? crowds : []) + [
            ProxyBenchLoad("a report of ten people", "simple", 8, script: report),
            ProxyBenchLoad("1,000 people", "prepared", 1, script: thousand),
            ProxyBenchLoad("1,000 people, masked", "prepared", 1, script: thousand, user: masked),
            ProxyBenchLoad("connecting", "simple", 1, script: "SELECT 1;", connects: true),
            ProxyBenchLoad("connecting", "simple", 8, script: "SELECT 1;", connects: true),
        ]
    }

    /// Where the load goes.
    enum Target: String, CaseIterable {
        case direct
        case bouncer
        case proxy
    }

    /// What one run used.
    struct Run {
        var transactions = 0
        var tps = 0.0
        /// Milliseconds that one connection takes to open; 0 where none is opened.
        var connectMilliseconds = 0.0
        /// CPU seconds of PostgreSQL, and of what stands in front of it.
        var postgres = 0.0
        var front = 0.0
    }

    /// Runs pgbench against one of the servers.
    func run(_ target: Target, of servers: ProxyBenchServers, seconds: Int) throws -> Run {
        let (port, front): (Int, ServerProcess?) =
            switch target {
            case .direct: (servers.ports.postgres, nil)
            case .bouncer: (servers.ports.bouncer, servers.bouncer)
            case .proxy: (servers.ports.proxy, servers.proxy)
            }
        let output = servers.folder.appending(path: "run.out")
        let mode = target == .bouncer && mode == "prepared" && !servers.bouncerPrepares ? "extended" : mode
        var words = [
            "\(servers.programs)/pgbench", "-n", "-M", mode, "-c", String(clients), "-j", "1", "-T",
            String(seconds),
        ]
        if let script {
            let file = servers.folder.appending(path: "run.sql")
            try script.write(to: file, atomically: true, encoding: .utf8)
            words += ["-f", file.path]
        } else {
            words.append("-S")
        }
        if connects { words.append("-C") }
        words += ["-h", "localhost", "-p", String(port)]
        words += ["-U", target == .proxy ? user : ProxyBenchServers.reader, ProxyBenchServers.database]
        let before = (servers.postgres.cpuSeconds(), front?.cpuSeconds() ?? 0)
        try ServerProcess.run(
            words,
            output: output,
            environment: ["PGPASSWORD": ProxyBenchServers.password, "PGSSLMODE": servers.sslMode]
        )
        // Sessions that end and lines that wait are part of it.
        usleep(400_000)
        var run = try Run(try String(contentsOf: output, encoding: .utf8))
        run.postgres = servers.postgres.cpuSeconds() - before.0
        run.front = (front?.cpuSeconds() ?? 0) - before.1
        return run
    }
}

extension ProxyBenchLoad.Run {
    /// Reads what pgbench said.
    init(_ text: String) throws {
        func number(after words: String) -> Double? {
            guard let range = text.firstRange(of: words) else { return nil }
            return Double(text[range.upperBound...].prefix { $0.isNumber || $0 == "." })
        }
        guard let count = number(after: "actually processed: "), count > 0, let tps = number(after: "tps = "),
            !text.contains("aborted in command")
        else { throw GovernanceError(.internalError, "pgbench failed: \(text.suffix(2000))") }
        transactions = Int(count)
        self.tps = tps
        connectMilliseconds = number(after: "average connection time = ") ?? 0
    }
}
