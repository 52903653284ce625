import Foundation
import Governance
import PolicyEngine

/// Files of records in Ranger's JSON, which go out as they came in.
enum RecordFile {
    /// The most bytes that a file may have.
    static let byteLimit = 64 << 20

    /// The records of some files.
    static func read<Record: KeptRecord>(
        _ type: Record.Type,
        _ files: [String]
    ) throws(GovernanceError) -> [Record] {
        var records: [Record] = []
        for path in files {
            let file = URL(filePath: path)
            let text = try YAMLFile.text(of: file, limit: byteLimit)
            do throws(PolicyError) {
                records += try Record.read(Array(text.utf8), name: file.lastPathComponent)
            } catch {
                throw GovernanceError(.invalidPolicy, "\(error)")
            }
        }
        return records
    }

    /// A document with white space for people; members stand as they came.
    static func bytes(of document: JSONNode) -> [UInt8] { Array(text(document, "").utf8) + [10] }

    /// Writes a document to a file, or to standard output.
    static func write(_ document: JSONNode, to file: String?, _ what: String) throws(GovernanceError) {
        guard let file else {
            Terminal.write(bytes(of: document))
            return
        }
        do { try Data(bytes(of: document)).write(to: URL(filePath: file), options: .atomic) } catch {
            throw GovernanceError(.invalidRequest, "file `\(file)` can't be written")
        }
        Terminal.line("\(what) in \(file)")
    }

    /// Says what publishing did.
    static func report(_ done: PublishedRecords) {
        for name in done.created { Terminal.line("created   \(name)") }
        for name in done.updated { Terminal.line("updated   \(name)") }
        Terminal.line(
            "\(done.created.count) created, \(done.updated.count) updated, \(done.unchanged.count) unchanged; "
                + "in force from version \(done.version)"
        )
    }

    private static func text(_ node: JSONNode, _ indent: String) -> String {
        let inner = indent + "  "
        switch node {
        case .null, .bool, .integer, .number, .string: return node.jsonText
        case .array(let list):
            if list.isEmpty { return "[]" }
            let isPlain = list.allSatisfy { $0.list == nil && $0.members == nil }
            if isPlain { return "[" + list.map(\.jsonText).joined(separator: ", ") + "]" }
            return "[\n" + list.map { inner + text($0, inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members):
            if members.names.isEmpty { return "{}" }
            let lines = zip(members.names, members.values).map { name, value in
                "\(inner)\(JSONNode.string(name).jsonText): \(text(value, inner))"
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }
}
