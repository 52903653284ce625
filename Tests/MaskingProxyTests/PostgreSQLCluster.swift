import CPQ
import Foundation
import Synchronization

/// A PostgreSQL server of the tests' own, on a port of its own, made when it is first wanted and stopped at the end.
final class PostgreSQLCluster: Sendable {
    /// The server; an error says why there is none.
    static let shared = Result { try PostgreSQLCluster() }

    let port: Int
    private let folder: URL

    /// Makes another one, for tests that change more than a database.
    init() throws {
        let bin = try PostgreSQLCluster.binaries()
        folder = FileManager.default.temporaryDirectory.appending(path: "steward-pg-\(UUID().uuidString)")
        port = try PostgreSQLCluster.freePort()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if getuid() == 0 {
            try Self.run(["/usr/bin/env", "chown", "postgres", folder.path], asServer: false)
        }
        let password = folder.appending(path: "password")
        try Self.run(
            ["/bin/sh", "-c", "umask 077; echo super-secret > '\(password.path)'"],
            asServer: true
        )
        let data = folder.appending(path: "data").path
        try Self.run(
            [
                "\(bin)/initdb", "-D", data, "-U", "postgres", "-A", "scram-sha-256", "--pwfile",
                password.path, "-E",
                "UTF8", "--locale", "C.UTF-8", "-N",
            ],
            asServer: true
        )
        let options =
            "-p \(port) -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off "
            + "-c max_connections=300 -c shared_buffers=64MB"
        try Self.run(
            ["\(bin)/pg_ctl", "-D", data, "-w", "-l", "\(folder.path)/log", "-o", options, "start"],
            asServer: true
        )
        PostgreSQLCluster.stopAtExit("\(bin)/pg_ctl", data, folder)
        try run("CREATE ROLE gov_proxy LOGIN PASSWORD 'svc' NOSUPERUSER", in: "postgres")
        // As an operator gives it: a source's path holds no password.
        setenv("PGPASSWORD", "svc", 1)
    }

    /// A server that follows this one and only reads.
    func standby() throws -> PostgreSQLCluster { try PostgreSQLCluster(following: self) }

    private init(following primary: PostgreSQLCluster) throws {
        let bin = try PostgreSQLCluster.binaries()
        folder = FileManager.default.temporaryDirectory.appending(path: "steward-pg-\(UUID().uuidString)")
        port = try PostgreSQLCluster.freePort()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if getuid() == 0 {
            try Self.run(["/usr/bin/env", "chown", "postgres", folder.path], asServer: false)
        }
        let data = folder.appending(path: "data").path
        let source = "host=127.0.0.1 port=\(primary.port) user=postgres password=super-secret"
        try Self.run(
            ["\(bin)/pg_basebackup", "-D", data, "-d", source, "-R", "-X", "stream", "-c", "fast"],
            asServer: true
        )
        let options =
            "-p \(port) -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off "
            + "-c max_connections=300"
        try Self.run(
            ["\(bin)/pg_ctl", "-D", data, "-w", "-l", "\(folder.path)/log", "-o", options, "start"],
            asServer: true
        )
        PostgreSQLCluster.stopAtExit("\(bin)/pg_ctl", data, folder)
    }

    /// The URI by which the service account reaches a database.
    func uri(of database: String) -> String { "postgresql://gov_proxy@127.0.0.1:\(port)/\(database)" }

    /// Makes a database by a script; tables are readable to the service account.
    func make(_ database: String, _ script: String) throws {
        try run("CREATE DATABASE \(database)", in: "postgres")
        let own = script.split(separator: "\n").filter { !$0.hasPrefix("CREATE ROLE") }.joined(
            separator: "\n"
        )
        try run(own, in: database)
        try run(
            "GRANT USAGE ON SCHEMA public TO gov_proxy; GRANT SELECT ON ALL TABLES IN SCHEMA public TO gov_proxy",
            in: database
        )
    }

    /// Makes a schema of the service account's own for views, and gives its name.
    func makeViewSchema(in database: String) throws -> String {
        try run("CREATE SCHEMA IF NOT EXISTS governed AUTHORIZATION gov_proxy", in: database)
        return "governed"
    }

    /// Has the server show a certificate to whoever asks for TLS.
    func show(certificate: String, key: String) throws {
        for (name, file) in [("server.crt", certificate), ("server.key", key)] {
            let place = folder.appending(path: "data/\(name)").path
            let owner = getuid() == 0 ? ["-o", "postgres"] : []
            try Self.run(["/usr/bin/env", "install", "-m", "600"] + owner + [file, place], asServer: false)
        }
        try run("ALTER SYSTEM SET ssl = on", in: "postgres")
        try run("SELECT pg_reload_conf()", in: "postgres")
        // Connections that begin before the server has noticed would still be without.
        let end = ContinuousClock.now + .seconds(120)
        let own = try String(contentsOfFile: certificate, encoding: .utf8)
        while try !Self.shows(own, port: port), ContinuousClock.now < end {}
    }

    private static func shows(_ certificate: String, port: Int) throws -> Bool {
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/env")
        openssl.arguments = ["openssl", "s_client", "-starttls", "postgres", "-connect", "127.0.0.1:\(port)"]
        let output = Pipe()
        openssl.standardInput = FileHandle.nullDevice
        openssl.standardOutput = output
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        openssl.waitUntilExit()
        return String(decoding: said, as: UTF8.self).contains(certificate.prefix(500).suffix(400))
    }

    /// Runs a script as the superuser and gives the rows of its last statement.
    @discardableResult
    func run(_ sql: String, in database: String) throws -> [[String?]] {
        let uri =
            "postgresql://postgres:super-secret@127.0.0.1:\(port)/\(database)?options=-csearch_path%3Dpublic"
        return try Self.query(sql, uri: uri)
    }

    /// Runs statements by a URI and gives the rows of the last one.
    @discardableResult
    static func query(_ sql: String, uri: String) throws -> [[String?]] {
        guard let connection = PQconnectdb(uri) else { throw Failure("no connection") }
        defer { PQfinish(connection) }
        guard PQstatus(connection) == CONNECTION_OK else {
            throw Failure(String(cString: PQerrorMessage(connection)))
        }
        PQsetNoticeReceiver(connection, { _, _ in }, nil)
        guard let result = PQexec(connection, sql) else { throw Failure("no result") }
        defer { PQclear(result) }
        guard [PGRES_TUPLES_OK, PGRES_COMMAND_OK].contains(PQresultStatus(result)) else {
            throw Failure(String(cString: PQresultErrorMessage(result)))
        }
        return (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
            }
        }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    private static func binaries() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        guard let newest = versions.compactMap({ Int($0) }).max() else {
            throw Failure("PostgreSQL's server is not installed: apt-get install postgresql")
        }
        return "\(root)/\(newest)/bin"
    }

    private static func freePort() throws -> Int {
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
        guard status == 0 else { throw Failure("no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// The server refuses to run as root, so root runs it as the account that Debian made for it.
    static func run(_ command: [String], asServer: Bool) throws {
        let prefix = asServer && getuid() == 0 ? ["/sbin/runuser", "-u", "postgres", "--"] : []
        let words = prefix + command
        // Foundation's Process waits for grandchildren too, and a server is one.
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        guard posix_spawn(&process, words[0], &actions, nil, &arguments, environ) == 0 else {
            throw Failure("can't run \(words[0])")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { throw Failure("failed: \(words.joined(separator: " "))") }
    }

    private static func stopAtExit(_ control: String, _ data: String, _ folder: URL) {
        let isFirst = running.withLock { all in
            all.append((control, data, folder))
            return all.count == 1
        }
        guard isFirst else { return }
        atexit {
            for (control, data, folder) in PostgreSQLCluster.running.withLock({ $0 }) {
                try? PostgreSQLCluster.run([control, "-D", data, "-m", "immediate", "stop"], asServer: true)
                try? FileManager.default.removeItem(at: folder)
            }
        }
    }

    private static let running = Mutex<[(String, String, URL)]>([])
}
