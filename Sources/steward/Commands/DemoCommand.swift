import ArgumentParser
import CatalogModel
import Foundation
import Governance

/// `steward demo`: the whole idea in one minute, on a sample company.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show three people reading one table three different ways, each with the reason.",
        discussion: """
            Everything happens in a folder of its own, which is removed at the end unless --keep or --serve is given.
            """
    )

    @Option(help: "Work in this folder instead of a temporary one, and leave it there.") var keep: String?
    @Flag(help: "Serve the sample over HTTP afterwards, until interrupted.") var serve = false
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let folder = keep.map { URL(filePath: $0, directoryHint: .isDirectory) } ?? Self.temporaryFolder()
        defer { if keep == nil { try? FileManager.default.removeItem(at: folder) } }
        let workspace = try Workspace(folder: folder.appending(path: "catalog", directoryHint: .isDirectory))
        let demo = Demo(workspace: workspace, folder: folder)
        try demo.run()
        if serve {
            try demo.printAccess(port: server.port)
            try await server.run(workspace)
        } else {
            demo.printNext(kept: keep)
        }
    }

    private static func temporaryFolder() -> URL {
        FileManager.default.temporaryDirectory.appending(
            path: "steward-demo-\(UUID().uuidString.lowercased())",
            directoryHint: .isDirectory
        )
    }
}
