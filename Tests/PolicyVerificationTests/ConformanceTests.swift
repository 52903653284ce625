import CatalogModel
import Foundation
import PolicyEngine
import PolicyVerification
import TestSupport
import Testing

/// Ranger's own files of tests, and files of verdicts that its engine gave.
enum Conformance {
    static let root = URL(
        filePath: ProcessInfo.processInfo.environment["STEWARD_CONFORMANCE"]
            ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "../shared/conformance").path
    )

    static let files: [String] = ["golden", "ranger"].flatMap { folder in
        let names =
            FileManager.default.enumerator(atPath: root.appending(path: folder).path)?
            .compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().map { "\(folder)/\($0)" }
    }

    static let context = VerificationContext(
        now: Instant(seconds: 1_790_000_000),
        timeZones: TimeZoneDatabase { name in
            guard let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)") else {
                return nil
            }
            return TimeZoneRules(compiled: Array(data))
        },
        scripts: nil,
        read: { path in
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CocoaError(.fileNoSuchFile)
            }
            return Array(data)
        }
    )
}

@Suite(.aside) struct `Conformance files` {
    /// Asks a chained plugin, which is Java code of Ranger's tests.
    static let beyond = ["ranger/hdfs-agent/aclprovider/test_aclprovider_default.json"]

    @Test(.enabled(if: !Conformance.files.isEmpty), arguments: Conformance.files)
    func `come out as recorded`(file: String) {
        let report = Verifier.verify(Conformance.root.appending(path: file).path, Conformance.context)
        if Self.beyond.contains(file) {
            #expect(report.error?.contains("chained plugin") == true)
            return
        }
        #expect(report.error == nil)
        #expect(report.failures == [])
        #expect(report.passed > 0)
    }
}
