import Foundation
import PolicyEngine
import TestSupport
import Testing

/// Every policy in Ranger's own files comes out as it went in.
@Suite(.aside) struct `Ranger's policies` {
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

    /// Bytes of an export changed, cut and doubled at random: an error, or policies that come out as they went in.
    @Test func `that are damaged are refused or read, never half`() throws {
        let write = { (policy: Policy) in Array(try JSONEncoder().encode(policy)) }
        var policy = Desk.policy("a", column: "x") { $0.policyItems = [Desk.item("g")] }
        policy.options = ["a": "b"]
        policy.createTime = 5
        let text =
            "{\"metaDataInfo\": {}, \"policies\": [\(String(decoding: try write(policy), as: UTF8.self))]}"
        var numbers = SeededNumbers(seed: 20_261_127)
        var read = 0
        for _ in 0..<4000 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &numbers) {
                let place = Int.random(in: 0..<bytes.count, using: &numbers)
                switch Int.random(in: 0..<3, using: &numbers) {
                case 0: bytes[place] = UInt8.random(in: 0x20..<0x7F, using: &numbers)
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[place], at: place)
                }
            }
            guard let list = try? RangerPolicyList(bytes, name: "damaged", written: write) else { continue }
            read += 1
            for policy in list.policies {
                let again = try RangerPolicyList(write(policy), name: "again", written: write)
                #expect(again.policies == [policy])
            }
        }
        #expect(read > 0 && read < 4000)
    }
}

/// Random numbers that are the same for the same seed.
private struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) << 32 | (state >> 17) & 0xFFFF_FFFF
    }
}
