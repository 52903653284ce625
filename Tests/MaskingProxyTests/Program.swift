import Foundation
import Testing

/// A program of the system, run to its end.
enum Program {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What it wrote, errors included.
    ///
    /// - Throws: when it can't be started or ends with another status than 0.
    @discardableResult
    static func run(
        _ name: String,
        _ arguments: [String],
        input: String = "",
        environment: [String: String] = [:]
    ) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files and not pipes: nothing to deadlock on.
        let (given, written) = (folder.appending(path: "in"), folder.appending(path: "out"))
        try Data(input.utf8).write(to: given)
        try Data().write(to: written)
        let output = try FileHandle(forWritingTo: written)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: given)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        process.waitUntilExit()
        let text = String(decoding: try Data(contentsOf: written), as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(name): \(process.terminationStatus)\n\(text.suffix(4000))")
        }
        return text
    }

    /// A Python with the packages that clients need, made once beside the build.
    static let python: Result<String, any Error> = Result {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appending(path: ".build/python-clients").path
        let done = "\(folder)/complete"
        if !FileManager.default.fileExists(atPath: done) {
            try run("python3", ["-m", "venv", folder])
            let packages = [
                "sqlalchemy==2.1.9", "psycopg[binary]==3.3.9", "pandas==3.1.1", "JPype1==1.7.1",
                "asyncpg==0.32.0", "django==5.2.19", "peewee==4.5.3", "adbc-driver-postgresql==1.13.0",
                "pyarrow==26.0.1", "pg8000==1.31.6",
            ]
            try run("\(folder)/bin/python", ["-m", "pip", "install", "--quiet"] + packages)
            try Data().write(to: URL(filePath: done))
        }
        return "\(folder)/bin/python"
    }
}
