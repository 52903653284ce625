import ArgumentParser
import CatalogModel
import Foundation
import Governance
import PolicyEngine
import PolicyVerification
import Scripts

extension PolicyCommand {
    /// `steward policy verify`: runs files of tests in Ranger's formats against the engine.
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run files of tests in Apache Ranger's formats, and files of recorded verdicts.",
            discussion: """
                The format of each file is recognised by its members; a file of an unknown format, and members that the
                format doesn't have, are failures. Folders are run whole; what isn't JSON in them is named and left out.
                Example: steward policy verify conformance/ranger
                """
        )
        @Argument(help: "Files and folders.") var paths: [String]
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let files = try VerifiedFiles(paths)
            let context = VerificationContext(
                now: Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)),
                timeZones: TimeZoneFiles.database,
                scripts: DuktapeScripts(),
                read: { path in
                    guard let data = FileManager.default.contents(atPath: path) else {
                        throw CocoaError(.fileNoSuchFile)
                    }
                    return Array(data)
                }
            )
            var reports: [FileReport] = []
            for path in files.paths {
                let report = Verifier.verify(path, context)
                reports.append(report)
                if !json { Self.show(report) }
            }
            let passed = reports.reduce(0) { $0 + $1.passed }
            let failed = reports.reduce(0) { $0 + $1.failures.count + ($1.error == nil ? 0 : 1) }
            if json {
                try Self.write(reports, files.leftOut, passed: passed, failed: failed)
            } else {
                for path in files.leftOut { Terminal.line("- \(path): left out, it isn't JSON") }
                Terminal.line("\(passed) passed, \(failed) failed")
            }
            if failed > 0 { throw ExitCode(1) }
        }

        private static func show(_ report: FileReport) {
            let counts =
                "\(report.passed) passed"
                + (report.failures.isEmpty ? "" : ", \(report.failures.count) failed")
            let format = report.format.map { "\($0), " } ?? ""
            Terminal.line("\(report.isGood ? "✓" : "✗") \(report.path): \(format)\(counts)")
            if let error = report.error { Terminal.line("    \(error)") }
            for failure in report.failures {
                Terminal.line("    \(failure.name)")
                Terminal.line("        expected \(failure.expected)")
                Terminal.line("        got      \(failure.got)")
            }
        }

        private static func write(_ reports: [FileReport], _ leftOut: [String], passed: Int, failed: Int)
            throws
        {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let summary = VerificationSummary(reports, leftOut: leftOut, passed: passed, failed: failed)
            Terminal.write(Array(try encoder.encode(summary)) + [10])
        }
    }
}

/// The files that paths mean: folders are looked through, in the order of their names.
private struct VerifiedFiles {
    private(set) var paths: [String] = []
    private(set) var leftOut: [String] = []

    init(_ given: [String]) throws(GovernanceError) {
        for path in given {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw GovernanceError(.notFound, "there is no file or folder `\(path)`")
            }
            guard isFolder.boolValue else {
                paths.append(path)
                continue
            }
            let names = (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? [])
                .sorted()
            for name in names {
                let file = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
                var isInner: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: file, isDirectory: &isInner)
                if isInner.boolValue { continue }
                if name.hasSuffix(".json") { paths.append(file) } else { leftOut.append(file) }
            }
        }
        guard !paths.isEmpty else {
            throw GovernanceError(.notFound, "no JSON files in \(given.joined(separator: ", "))")
        }
    }
}

/// What `--json` writes.
private struct VerificationSummary: Encodable {
    struct File: Encodable {
        let path: String
        let format: String?
        let passed: Int
        let failures: [Failure]
        let error: String?
    }

    struct Failure: Encodable {
        let name: String
        let expected: String
        let got: String
    }

    let files: [File]
    let leftOut: [String]
    let passed: Int
    let failed: Int

    init(_ reports: [FileReport], leftOut: [String], passed: Int, failed: Int) {
        files = reports.map { report in
            File(
                path: report.path,
                format: report.format,
                passed: report.passed,
                failures: report.failures.map { Failure(name: $0.name, expected: $0.expected, got: $0.got) },
                error: report.error
            )
        }
        self.leftOut = leftOut
        self.passed = passed
        self.failed = failed
    }
}
