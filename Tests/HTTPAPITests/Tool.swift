import Foundation
import Testing

/// A program of the system, run to its end.
enum Tool {
    /// What it wrote to standard output.
    ///
    /// - Throws: when it can't be started or exits with another status than 0; its standard error is in the message.
    @discardableResult
    static func run(
        _ name: String,
        _ arguments: [String],
        input: [UInt8] = [],
        environment: [String: String] = [:]
    ) throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files and not pipes: nothing to deadlock on.
        let (given, out, err) = (
            folder.appending(path: "in"), folder.appending(path: "out"), folder.appending(path: "err")
        )
        try Data(input).write(to: given)
        for file in [out, err] { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: given)
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: err)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let why = String(decoding: try Data(contentsOf: err).suffix(4000), as: UTF8.self)
            let said = String(decoding: try Data(contentsOf: out).suffix(4000), as: UTF8.self)
            throw Failure(
                description: "\(name) \(arguments.first ?? ""): \(process.terminationStatus)\n\(said)\n\(why)"
            )
        }
        return Array(try Data(contentsOf: out))
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// A Python with the packages that tests use, made once beside the build.
    static let python: Result<String, any Error> = Result {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appending(path: ".build/python-http").path
        let done = "\(folder)/complete"
        if !FileManager.default.fileExists(atPath: done) {
            try run("python3", ["-m", "venv", folder])
            let packages = ["requests==2.34.2", "openapi-spec-validator==0.9.0", "jsonschema==4.26.0"]
            try run("\(folder)/bin/python", ["-m", "pip", "install", "--quiet"] + packages)
            try Data().write(to: URL(filePath: done))
        }
        return "\(folder)/bin/python"
    }
}
