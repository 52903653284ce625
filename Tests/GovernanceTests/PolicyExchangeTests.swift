import Foundation
import PolicyEngine
import Testing

/// Every policy in Ranger's own files comes out as it went in.
struct `Ranger's policies` {
    static var folder: URL {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = ProcessInfo.processInfo.environment["STEWARD_CONFORMANCE"]
        return path.map { URL(filePath: $0) } ?? root.appending(path: "../shared/conformance")
    }

    static var files: [URL] {
        let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return (found?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "json" }
            .sorted { $0.path < $1.path }
    }

    /// The policies anywhere in a document: objects in lists called `policies` that have resources and items.
    private static func policies(in node: JSONNode, isList: Bool = false) -> [JSONNode] {
        switch node {
        case .array(let list): return list.flatMap { policies(in: $0, isList: isList) }
        case .object(let members):
            if isList, members["resources"]?.members != nil, members["name"] != nil { return [node] }
            return zip(members.names, members.values).flatMap { name, value in
                policies(in: value, isList: name.lowercased().hasSuffix("policies"))
            }
        case .null, .bool, .integer, .number, .string: return []
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: folder.path)))
    func `are read and written without loss`() throws {
        var count = 0
        for file in Self.files {
            guard let document = try? JSONReader.read(Array(Data(contentsOf: file)), isLenient: true) else {
                continue
            }
            for node in Self.policies(in: document) {
                let write = { (policy: Policy) in Array(try JSONEncoder().encode(policy)) }
                let list: RangerPolicyList
                do {
                    list = try RangerPolicyList(
                        Array(node.jsonText.utf8),
                        name: file.lastPathComponent,
                        written: write
                    )
                } catch {
                    Issue.record("\(error)")
                    continue
                }
                let policy = try #require(list.policies.first)
                let again = try RangerPolicyList(write(policy), name: "again", written: write)
                #expect(again.policies == [policy], "\(file.lastPathComponent)")
                count += 1
            }
        }
        #expect(count > 500, "only \(count) policies were found")
    }
}
