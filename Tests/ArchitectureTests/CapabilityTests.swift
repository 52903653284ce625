import Foundation
import TestSupport
import Testing

/// `Decision` and `MaskedBatch` are proofs: whoever holds one knows that policy was asked and masks were applied.
///
/// Each test hands the compiler a file of another room, in this package, that tries to forge one.
@Suite(.aside) struct `Capabilities` {
    @Test func `can be used outside their rooms`() throws {
        let result = try Compiler.check(
            """
            import CatalogModel
            import Masking
            import PolicyEngine

            func rows(of batch: MaskedBatch, after decision: Decision) -> Int {
                decision.isAllowed ? batch.rowCount : 0
            }
            """
        )
        #expect(result.succeeded, "\(result.output)")
    }

    @Test(arguments: [
        // A decision from nothing, which says that all is clear.
        """
        let forged = Decision(
            subject: Subject(user: UserName("mallory")), table: TableName("sales.customers")!,
            now: Instant(seconds: 0), purpose: nil, version: 1, columns: [], rowFilter: nil, isAudited: false
        )
        """,
        "func forge(_ decision: Decision) -> Decision { var copy = decision; copy.columns = []; return copy }",
        "extension Decision { init(forged: Int) { self.version = 1 } }",
        "let forged = ColumnDecision(column: ColumnName(\"a\"), treatment: .clear, reason: Reason(steps: [.noPolicy]))",
        // Masked rows from nothing, and from raw ones.
        "let forged = MaskedBatch(schema: TableSchema([])!, columns: [], rowCount: 0)",
        "func forge(_ raw: RawBatch) -> MaskedBatch { raw }",
        "extension MaskedBatch { init(forged raw: RawBatch) { self.columns = raw.columns } }",
        "func forge(_ batch: MaskedBatch) -> MaskedBatch { var copy = batch; copy.columns = []; return copy }",
        // Raw rows to a door's encoder.
        """
        func leak(_ raw: RawBatch) {
            var encoder = ResultEncoder(.csv, schema: raw.schema)
            var bytes: [UInt8] = []
            encoder.append(raw, to: &bytes)
        }
        """,
    ])
    func `can not be forged`(attempt: String) throws {
        let header = "import CatalogModel\nimport Governance\nimport Masking\nimport PolicyEngine\n\n"
        let result = try Compiler.check(header + attempt)
        #expect(!result.succeeded, "this compiled: \(attempt)")
        #expect(!result.output.contains("no such module"), "\(result.output)")
        #expect(
            [
                "inaccessible", "cannot", "immutable", "no exact matches", "may not be initialized",
                "initializer",
            ].contains {
                result.output.contains($0)
            },
            "refused for another reason: \(result.output)"
        )
    }
}

/// The Swift compiler, asked whether a file of this package would compile.
enum Compiler {
    struct Result {
        let succeeded: Bool
        let output: String
    }

    static func check(_ text: String) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "forgery-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "Forgery.swift")
        try text.write(to: file, atomically: true, encoding: .utf8)
        let products = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            [
                "swiftc", "-typecheck", "-parse-as-library", "-swift-version", "6", "-package-name",
                Rooms.root.lastPathComponent.lowercased(), "-I", products.appending(path: "Modules").path,
            ] + moduleMaps(products) + [file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Result(succeeded: process.terminationStatus == 0, output: output)
    }

    /// The C modules that ours are built on, so that the compiler can load ours.
    private static func moduleMaps(_ products: URL) -> [String] {
        let sources = Rooms.root.appending(path: "Sources")
        var arguments: [String] = []
        for name in ["CPgQuery", "CLibXML2", "CPQ", "CZlib"] {
            arguments += ["-Xcc", "-fmodule-map-file=\(sources.path)/\(name)/module.modulemap"]
        }
        let found = (try? FileManager.default.contentsOfDirectory(atPath: products.path)) ?? []
        for name in found.sorted() where name.hasSuffix(".build") {
            let map = products.appending(path: name).appending(path: "module.modulemap").path
            if FileManager.default.fileExists(atPath: map) {
                arguments += ["-Xcc", "-fmodule-map-file=\(map)"]
            }
        }
        return arguments
    }
}
