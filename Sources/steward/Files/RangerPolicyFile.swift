import Foundation
import Governance
import PolicyEngine

/// Files of policies as Ranger Admin exports them.
enum RangerPolicyFile {
    /// The most bytes that a file may have: some hundred thousand policies.
    static let byteLimit = 512 << 20

    /// The policies of a file; unknown members, and values that wouldn't come out again as they are, are errors.
    static func read(_ path: String) throws(GovernanceError) -> [Policy] {
        let file = URL(filePath: path)
        let text = try YAMLFile.text(of: file, limit: byteLimit)
        do throws(PolicyError) {
            return try RangerPolicyList(Array(text.utf8), name: file.lastPathComponent) { policy in
                Array(try JSONEncoder().encode(policy))
            }.policies
        } catch {
            throw GovernanceError(.invalidPolicy, "\(error)")
        }
    }

    /// The bytes of an export.
    static func bytes(of policies: [Policy], by user: String, at now: Date) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let facts = [
            "Exported by": user,
            "Export time": now.formatted(.iso8601),
            "Steward version": StewardVersion.text,
        ]
        return Array(try encoder.encode(Export(metaDataInfo: facts, policies: policies))) + [10]
    }

    private struct Export: Encodable {
        let metaDataInfo: [String: String]
        let policies: [Policy]
    }
}
