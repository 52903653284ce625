import CatalogModel
import Foundation
import Governance
import PolicyEngine
import TestSupport
import Testing

/// What Hive's mask functions return, through a governed read of files.
@Suite(.aside) struct `Hive's masks in a governed read` {
    private struct Vector: Decodable, Hashable {
        let transformer: String
        let type: String
        let input: String?
        let expected_current: String?
        let error_current: String?
    }

    private static let files: [URL] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder =
            ProcessInfo.processInfo.environment["STEWARD_CONFORMANCE"].map { URL(filePath: $0) }
            ?? root.deletingLastPathComponent().appending(path: "shared/conformance")
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder.appending(path: "masks"),
            includingPropertiesForKeys: nil
        )
        return (files ?? []).filter { $0.pathExtension == "json" }
    }()

    @Test(.enabled(if: !files.isEmpty), arguments: files)
    func `give what Hive gives`(file: URL) throws {
        let vectors = try JSONDecoder().decode([Vector].self, from: Data(contentsOf: file))
        // Nested values aren't in CSV files, and no source delivers a zero character.
        let usable = vectors.filter { vector in
            guard vector.error_current == nil, let type = DataType(vector.type) else { return false }
            if case .complex = type { return false }
            return vector.input?.unicodeScalars.contains("\u{0}") != true && type != .void
        }
        let groups = Dictionary(grouping: usable) { [$0.transformer, $0.type] }.sorted {
            $0.key.lexicographicallyPrecedes($1.key)
        }
        let desk = try Desk()
        try desk.furnish()
        var descriptions: [TableDescription] = []
        var policies: [Policy] = []
        for (number, group) in groups.enumerated() {
            let table = try #require(TableName("shop.v\(number)"))
            let lines = group.value.map { vector in
                vector.input.map { "\"\($0.replacing("\"", with: "\"\""))\"" } ?? ""
            }
            try desk.write("v,n\n" + lines.map { "\($0),1\n" }.joined(), to: "v\(number).csv")
            let type = try #require(DataType(group.key[1]))
            descriptions.append(TableDescription(table: table, columnTypes: [ColumnName("v"): type]))
            policies.append(
                Desk.policy("mask \(number)", column: "v") { policy in
                    policy.resources["table"] = Desk.resource("v\(number)")
                    policy.policyType = .dataMask
                    var item = Desk.item("analysts", mask: "CUSTOM")
                    item.dataMaskInfo?.valueExpr = group.key[0]
                    policy.dataMaskPolicyItems = [item]
                }
            )
        }
        _ = try desk.cases.editing.scan(SourceName("shop"), by: desk.admin)
        try desk.cases.editing.describe(descriptions, by: desk.admin)
        try desk.publish(policies)
        var compared = 0
        for (number, group) in groups.enumerated() {
            let table = try #require(TableName("shop.v\(number)"))
            let read = try desk.read(table, as: "alice", columns: ["v"]).map { $0[0] }
            #expect(read == group.value.map(\.expected_current), "\(group.key)")
            compared += read.count
        }
        #expect(
            compared == usable.count && compared * 10 > vectors.count * 8,
            "\(compared) of \(vectors.count)"
        )
    }
}
