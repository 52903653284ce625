import Foundation
import Governance
import PolicyEngine
import Yams

/// Reading YAML and JSON files that people write: strict, with the line of what is wrong.
enum YAMLFile {
    /// The most bytes that a file may have.
    static let byteLimit = 16 << 20
    /// The most nodes that a file may hold, aliases counted as often as they are used.
    static let nodeLimit = 2_000_000

    /// Reads a file as a value; unknown keys are errors.
    ///
    /// - Throws: `.notFound`, `.limitExceeded`, `.invalidPolicy` with file and line.
    static func decode<Value: Decodable>(_ type: Value.Type, from file: URL) throws(GovernanceError) -> Value
    {
        try decode(type, text: try text(of: file), name: file.lastPathComponent)
    }

    /// Reads a text as a value; unknown keys are errors.
    static func decode<Value: Decodable>(
        _ type: Value.Type,
        text: String,
        name: String
    ) throws(GovernanceError) -> Value {
        let node = try compose(text, name: name)
        do {
            return try YAMLDecoder().decode(type, from: node, userInfo: [.strictMembers: true])
        } catch let error as DecodingError {
            throw GovernanceError(.invalidPolicy, message(of: error, in: node, name: name))
        } catch {
            throw GovernanceError(.invalidPolicy, "\(name): \(error)")
        }
    }

    /// The text of a file that people write.
    static func text(of file: URL, limit: Int = byteLimit) throws(GovernanceError) -> String {
        guard let size = try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int else {
            throw GovernanceError(.notFound, "there is no file `\(file.path)`")
        }
        guard size <= limit else {
            throw GovernanceError(
                .limitExceeded,
                "`\(file.lastPathComponent)` has more than \(limit >> 20) MiB"
            )
        }
        guard let data = try? Data(contentsOf: file) else {
            throw GovernanceError(.notFound, "file `\(file.path)` can't be read")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw GovernanceError(.invalidPolicy, "`\(file.lastPathComponent)` is not UTF-8")
        }
        return text
    }

    private static func compose(_ text: String, name: String) throws(GovernanceError) -> Node {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw GovernanceError(.invalidPolicy, "\(name): the file is empty")
            }
            var left = nodeLimit
            guard count(node, left: &left, depth: 0) else {
                throw GovernanceError(
                    .limitExceeded,
                    "\(name): more than 2,000,000 nodes, or nested too deeply"
                )
            }
            return node
        } catch let error as GovernanceError {
            throw error
        } catch let error as YamlError {
            throw GovernanceError(.invalidPolicy, "\(name): \(brief(error))")
        } catch {
            throw GovernanceError(.invalidPolicy, "\(name): it is no YAML")
        }
    }

    private static func count(_ node: Node, left: inout Int, depth: Int) -> Bool {
        left -= 1
        guard left > 0, depth < 100 else { return false }
        if let mapping = node.mapping {
            for (key, value) in mapping {
                guard count(key, left: &left, depth: depth + 1), count(value, left: &left, depth: depth + 1)
                else {
                    return false
                }
            }
        } else if let sequence = node.sequence {
            for element in sequence {
                guard count(element, left: &left, depth: depth + 1) else { return false }
            }
        }
        return true
    }

    private static func brief(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return "line \(mark.line): \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { "`\($0)`" }.sorted().joined(separator: ", ")
            return "line \(context.mark.line): \(keys) given twice"
        default: return "it is no YAML"
        }
    }

    private static func message(of error: DecodingError, in node: Node, name: String) -> String {
        let context: DecodingError.Context
        switch error {
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found):
            context = found
        case .keyNotFound(let key, let found):
            let place = place(of: found.codingPath, in: node)
            return "\(name):\(place.line): \(place.path)`\(key.stringValue)` is missing"
        @unknown default: return "\(name): it can't be read"
        }
        let place = place(of: context.codingPath, in: node)
        let problem =
            if case .typeMismatch = error { "has the wrong type" } else { context.debugDescription }
        return "\(name):\(place.line): \(place.path)\(problem)"
    }

    /// The line of what a coding path leads to, as far as it goes, and the path in words.
    private static func place(of path: [any CodingKey], in root: Node) -> (line: Int, path: String) {
        var node = root
        var line = root.mark?.line ?? 1
        var words = ""
        for key in path {
            words += key.intValue.map { "[\($0)]" } ?? (words.isEmpty ? "" : ".") + key.stringValue
            if let index = key.intValue,
                let next = node.sequence.flatMap({ index < $0.count ? $0[index] : nil })
            {
                node = next
            } else if let pair = node.mapping?.first(where: { $0.key.string == key.stringValue }) {
                line = pair.key.mark?.line ?? line
                node = pair.value
                continue
            } else {
                break
            }
            line = node.mark?.line ?? line
        }
        return (line, words.isEmpty ? "" : "`\(words)`: ")
    }
}
