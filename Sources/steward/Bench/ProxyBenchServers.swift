import CatalogModel
import Foundation
import Governance
import MaskingProxy

/// PostgreSQL, pgbouncer and `steward proxy`, each on a port of its own, over one database.
final class ProxyBenchServers {
    /// The account that reads in all three, and its password.
    static let reader = "reader"
    static let password = "reads a lot"
    static let database = "bench"
    /// Connections to PostgreSQL when sessions use them in turn.
    static let connections = 10

    let folder: URL
    let postgres: ServerProcess
    let bouncer: ServerProcess
    let proxy: ServerProcess
    let ports: (postgres: Int, bouncer: Int, proxy: Int)
    /// The folder of PostgreSQL's programs.
    let programs: String
    /// Whether what a session prepares at pgbouncer is there in its next transaction.
    let bouncerPrepares: Bool
    /// What libpq is told of TLS.
    let sslMode: String
    private let pooler: String

    /// Makes and starts all of them in a folder, which stays for the caller to remove.
    ///
    /// - Throws: `.notFound` when PostgreSQL or pgbouncer isn't installed.
    init(
        in folder: URL,
        withTLS: Bool,
        people: Int,
        scale: Int,
        eventLoops: Int = 1,
        pool: UpstreamSharing = .session
    ) throws {
        self.folder = folder
        programs = try ProxyBenchServers.programs()
        pooler = try ProxyBenchServers.program("pgbouncer")
        sslMode = withTLS ? "require" : "disable"
        let port = try FreePort.next()
        let server = ProxyBenchServers.Cluster(
            folder: folder,
            programs: programs,
            port: port,
            withTLS: withTLS
        )
        try server.make()
        postgres = try server.start()
        try server.fill(people: people, scale: scale)
        let bouncerPort = try FreePort.next()
        let said = try ProxyBenchServers.said([pooler, "--version"], last: false, in: folder)
        let preparing = pool == .transaction && ProxyBenchServers.prepares(said)
        bouncerPrepares = pool == .session || preparing
        bouncer = try ProxyBenchServers.startBouncer(
            pooler,
            server,
            on: bouncerPort,
            pool,
            prepares: preparing
        )
        let (proxy, proxyPort) = try ProxyBenchServers.startProxy(server, eventLoops, pool)
        self.proxy = proxy
        ports = (port, bouncerPort, proxyPort)
    }

    /// Stops all of them.
    func stop() {
        proxy.stop()
        bouncer.stop()
        postgres.stop()
    }

    /// PostgreSQL's version.
    func version() throws -> String {
        try Self.said([programs + "/postgres", "--version"], last: true, in: folder)
    }

    /// pgbouncer's name and version.
    func bouncerVersion() throws -> String { try Self.said([pooler, "--version"], last: false, in: folder) }

    private static func said(_ command: [String], last: Bool, in folder: URL) throws -> String {
        let output = folder.appending(path: "version.out")
        try ServerProcess.run(command, output: output)
        let text = try String(contentsOf: output, encoding: .utf8)
        let line = text.split(separator: "\n").first ?? ""
        let words = line.split(separator: " ").map(String.init)
        return last ? words.first { $0.first?.isNumber ?? false } ?? "" : String(line)
    }

    /// Whether a version of pgbouncer keeps prepared statements between transactions: 1.21 and later do.
    private static func prepares(_ version: String) -> Bool {
        let numbers = version.split { !$0.isNumber }.compactMap { Int($0) }
        return numbers.count > 1 && (numbers[0], numbers[1]) >= (1, 21)
    }

    private static func programs() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        guard let newest = versions.compactMap({ Int($0) }).max() else {
            throw GovernanceError(.notFound, "PostgreSQL is not installed: `apt-get install postgresql`")
        }
        return "\(root)/\(newest)/bin"
    }

    private static func program(_ name: String) throws -> String {
        let path = ["/usr/sbin", "/usr/bin", "/usr/local/bin"].map { "\($0)/\(name)" }
        guard let found = path.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw GovernanceError(.notFound, "\(name) is not installed: `apt-get install \(name)`")
        }
        return found
    }

    /// As fast as it can be set up: it needn't compute passwords' proofs, nor connect to PostgreSQL for each client.
    private static func startBouncer(
        _ program: String,
        _ cluster: Cluster,
        on port: Int,
        _ pool: UpstreamSharing,
        prepares: Bool
    ) throws -> ServerProcess {
        let secrets = try cluster.ask(
            "SELECT rolname, rolpassword FROM pg_authid WHERE rolname = '\(reader)'"
        )
        let users = cluster.folder.appending(path: "users.txt")
        let words = secrets.split(separator: "|", maxSplits: 1).map(String.init)
        guard words.count == 2 else { throw GovernanceError(.internalError, "the reader has no password") }
        try "\"\(words[0])\" \"\(words[1])\"\n".write(to: users, atomically: true, encoding: .utf8)
        let files = cluster.folder.path
        let tls =
            cluster.withTLS
            ? """
            client_tls_sslmode = require
            client_tls_cert_file = \(files)/database.pem
            client_tls_key_file = \(files)/database.key
            server_tls_sslmode = verify-full
            server_tls_ca_file = \(files)/ca.pem
            """ : "server_tls_sslmode = disable"
        let settings = """
            [databases]
            \(database) = host=localhost port=\(cluster.port) dbname=\(database)
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = \(users.path)
            pool_mode = \(pool.rawValue)
            default_pool_size = \(pool == .transaction ? connections : 50)
            max_client_conn = 500
            ignore_startup_parameters = extra_float_digits
            log_connections = 0
            log_disconnections = 0
            logfile = \(files)/bouncer.log
            \(prepares ? "max_prepared_statements = 500" : "")
            \(tls)
            """
        let file = cluster.folder.appending(path: "bouncer.ini")
        try settings.write(to: file, atomically: true, encoding: .utf8)
        try cluster.hand(over: [users, file])
        let output = cluster.folder.appending(path: "bouncer.out")
        let server = try ServerProcess([program, file.path], output: output, isUnprivileged: true)
        try server.wait(for: "process up", in: cluster.folder.appending(path: "bouncer.log"))
        return server
    }

    private static func startProxy(
        _ cluster: Cluster,
        _ eventLoops: Int,
        _ pool: UpstreamSharing
    ) throws -> (ServerProcess, port: Int) {
        let data = cluster.folder.appending(path: "data", directoryHint: .isDirectory)
        setenv("PGPASSWORD", password, 1)
        try ProxyBenchCatalog.make(in: data, port: cluster.port)
        let files = cluster.folder.path
        let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
        let tls =
            cluster.withTLS
            ? [
                "--tls-certificate", "\(files)/database.pem", "--tls-key", "\(files)/database.key",
                "--upstream-ca",
                "\(files)/ca.pem",
            ] : ["--without-tls", "--upstream-without-tls"]
        let output = cluster.folder.appending(path: "proxy.out")
        let server = try ServerProcess(
            [
                program, "proxy", "--data", data.path, "--port", "0", "--event-loops", String(eventLoops),
                "--pool", pool.rawValue,
            ] + (pool == .transaction ? ["--upstream-connections", String(connections)] : []) + tls,
            output: output
        )
        try server.wait(for: "SQL door on", in: output)
        let said = try String(contentsOf: output, encoding: .utf8)
        let line = said.split(separator: "\n").first { $0.hasPrefix("SQL door on") }
        guard let place = line?.split(separator: ",").first, let port = place.split(separator: ":").last,
            let port = Int(port)
        else { throw GovernanceError(.internalError, "the proxy named no port") }
        return (server, port)
    }
}

/// Ports that nobody listens on.
enum FreePort {
    /// One of them.
    ///
    /// - Throws: `.internalError`.
    static func next() throws -> Int {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, length) == 0 ? getsockname(socket, pointer, &length) : -1
            }
        }
        guard status == 0 else { throw GovernanceError(.internalError, "there is no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
