import Foundation

/// A PostgreSQL server of the test's own: made, started on a socket in a temporary folder, and removed.
final class PostgresCluster {
    private let folder: URL
    private let programs: String
    private let server = Process()

    /// Where PostgreSQL's programs lie; nil when it isn't installed.
    static let installed: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }
            .first { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }
    }()

    struct Failure: Error { let output: String }

    init() throws {
        guard let programs = Self.installed else { throw Failure(output: "PostgreSQL is not installed") }
        self.programs = programs
        folder = URL(filePath: "/tmp/steward-pg-\(UUID().uuidString.prefix(8))", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // The server refuses to run as root, so then everything runs as its own user.
        if getuid() == 0 { try run(["chown", "postgres", folder.path], isServer: false) }
        let data = folder.appending(path: "data").path
        try run([
            "\(programs)/initdb", "-D", data, "-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "-E",
            "UTF8",
            "--no-sync",
        ])
        // A child rather than a daemon: a daemon would keep the pipe by which `Process` notices the end.
        let words = [
            "\(programs)/postgres", "-D", data, "-k", folder.path, "-c", "listen_addresses=", "-c",
            "fsync=off", "-c",
            "timezone=UTC",
        ]
        server.executableURL = URL(filePath: "/usr/bin/env")
        server.arguments = asServer(words)
        server.currentDirectoryURL = folder
        server.standardOutput = FileHandle.nullDevice
        server.standardError = FileHandle.nullDevice
        server.standardInput = FileHandle.nullDevice
        try server.run()
        let deadline = ContinuousClock.now + .seconds(120)
        while (try? run(["\(programs)/pg_isready", "-q", "-h", folder.path], isServer: false)) == nil {
            guard server.isRunning, ContinuousClock.now < deadline else {
                throw Failure(output: "PostgreSQL doesn't start")
            }
        }
    }

    deinit {
        if server.isRunning {
            kill(server.processIdentifier, SIGQUIT)
            server.waitUntilExit()
        }
        _ = try? run(["rm", "-rf", folder.path], isServer: false)
    }

    private func asServer(_ words: [String]) -> [String] {
        getuid() == 0
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] + words : words
    }

    /// Runs a script with psql and returns what it prints, rows as text alone.
    func psql(_ script: String) throws -> String {
        let file = URL(filePath: NSTemporaryDirectory()).appending(path: "\(UUID().uuidString).sql")
        try script.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try run(
            [
                "\(programs)/psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", folder.path, "-U",
                "postgres", "-d", "postgres", "-f", file.path,
            ],
            isServer: false
        )
    }

    @discardableResult
    private func run(_ words: [String], isServer: Bool = true) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = isServer ? asServer(words) : words
        process.currentDirectoryURL = URL(filePath: "/tmp")
        let output = URL(filePath: NSTemporaryDirectory()).appending(path: UUID().uuidString)
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let text = try String(contentsOf: output, encoding: .utf8)
        guard process.terminationStatus == 0 else { throw Failure(output: text) }
        return text
    }
}
