import Foundation
import TestSupport
import Testing

/// The Atlas conformance kit, through the Python clients that people use, against `steward serve` on a fresh folder.
@Suite(.aside) struct `Atlas's clients` {
    /// The kit; nil when it isn't on this machine and nobody said that it should be.
    private static func kit() throws -> URL? {
        let said = ProcessInfo.processInfo.environment["STEWARD_CONFORMANCE"].map { URL(filePath: $0) }
        let folder = (said ?? Program.root.appending(path: "../shared/conformance")).appending(path: "atlas")
        let isThere = FileManager.default.fileExists(atPath: folder.appending(path: "conftest.py").path)
        try #require(isThere || said == nil, "no kit in \(folder.path)")
        return isThere ? folder : nil
    }

    /// A Python with the kit's packages, made once beside the build.
    private static func python(for kit: URL) throws -> URL {
        let folder = Program.root.appending(path: ".build/python-atlas")
        let mark = folder.appending(path: "complete")
        if !FileManager.default.fileExists(atPath: mark.path) {
            try run(URL(filePath: "/usr/bin/env"), ["python3", "-m", "venv", folder.path])
            let list = kit.appending(path: "requirements.txt").path
            try run(folder.appending(path: "bin/python"), ["-m", "pip", "install", "--quiet", "-r", list])
            try Data().write(to: mark)
        }
        return folder.appending(path: "bin/python")
    }

    @discardableResult
    private static func run(
        _ tool: URL,
        _ arguments: [String],
        environment: [String: String] = [:],
        in folder: URL = Program.root
    ) throws -> String {
        let output = FileManager.default.temporaryDirectory.appending(path: "kit-\(UUID().uuidString)")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        process.executableURL = tool
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let handle = try FileHandle(forWritingTo: output)
        (process.standardOutput, process.standardError) = (handle, handle)
        try process.run()
        process.waitUntilExit()
        let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        try #require(process.terminationStatus == 0, "\(tool.lastPathComponent): \(text.suffix(20_000))")
        return text
    }

    @Test func `find what they expect`() throws {
        guard let kit = try Self.kit() else { return }
        let python = try Self.python(for: kit)
        let folder = try TemporaryFolder()
        let server = try ServingProgram(folder: folder.url, password: "a-password-for-the-kit")
        defer { server.stop() }
        let text = try Self.run(
            python,
            ["-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "given"],
            environment: [
                "ATLAS_URL": server.address, "ATLAS_USER": "admin",
                "ATLAS_PASSWORD": "a-password-for-the-kit",
                "ATLAS_KIT_PATIENCE": "10", "ATLAS_KIT_SETTLE": "0.2",
            ],
            in: kit
        )
        #expect(text.contains(" passed") && !text.contains(" skipped"))
    }

    @Test func `load every upstream model in order on an empty server`() throws {
        guard let kit = try Self.kit() else { return }
        let python = try Self.python(for: kit)
        let folder = try TemporaryFolder()
        let server = try ServingProgram(folder: folder.url, password: "a-password-for-the-kit")
        defer { server.stop() }
        let script = """
            from apache_atlas.client.base_client import AtlasClient
            from atlaskit import ModelLoader, model_files
            import sys
            loader = ModelLoader(AtlasClient(sys.argv[1], ("admin", sys.argv[2])))
            loader.load()
            from atlaskit.load import read_model
            known = loader.known_names()
            for file in model_files():
                assert not any(loader.missing(read_model(file), known).values()), file
            print(len(model_files()), "files")
            """
        let text = try Self.run(
            python,
            ["-B", "-c", script, server.address, "a-password-for-the-kit"],
            environment: ["PYTHONPATH": kit.path],
            in: kit
        )
        #expect(text.contains("files"))
    }
}

/// `steward serve` on a folder, for as long as a test needs it.
final class ServingProgram {
    /// Scheme, host and port.
    let address: String
    private let process = Process()
    private let output = Pipe()

    init(folder: URL, password: String) throws {
        process.executableURL = Program.binary
        process.arguments = ["serve", "--data", folder.path, "--port", "0", "--log-level", "error"]
        process.environment = ProcessInfo.processInfo.environment.merging(["STEWARD_ADMIN_PASSWORD": password]
        ) {
            $1
        }
        process.standardOutput = output
        try process.run()
        // Blocks until the server says where it listens, or ends.
        var said = Data()
        while !String(decoding: said, as: UTF8.self).contains("listening on") {
            let more = output.fileHandleForReading.availableData
            try #require(!more.isEmpty, "the server ended before it listened")
            said += more
        }
        let line = String(decoding: said, as: UTF8.self).split(separator: "\n").first {
            $0.contains("http://")
        }
        address = try #require(line?.split(separator: " ").last.map(String.init))
    }

    /// Ends it without a chance to do anything more.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
