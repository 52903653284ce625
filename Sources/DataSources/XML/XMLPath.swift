import CatalogModel
import Governance

/// The path of the element that is a row, from the root of the document.
struct XMLPath: Sendable {
    /// Element names, the root's first; never empty.
    let steps: [String]

    /// - Throws: `.invalidRequest` when a source doesn't say it, or not as `/root/element`.
    init(rowElement source: SourceDefinition) throws(GovernanceError) {
        guard source.kind == .xml else {
            steps = []
            return
        }
        guard let text = source.options.rowElement else {
            throw GovernanceError(
                .invalidRequest,
                "source `\(source.name)`: XML needs `rowElement`, the path of the element that is a row, "
                    + "such as `/staff/employee`"
            )
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, parts[0].isEmpty, parts.dropFirst().allSatisfy(Self.isName) else {
            throw GovernanceError(
                .invalidRequest,
                "source `\(source.name)`: `rowElement` must be a path of element names from the root, such "
                    + "as `/staff/employee`"
            )
        }
        steps = Array(parts.dropFirst())
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy { !"@*[]()'\"= \t\r\n<>&|".unicodeScalars.contains($0) }
    }
}

/// The planned columns' paths below the row element as a tree.
struct XMLColumns {
    /// An element that paths lead to or through; the root is the row element.
    struct Node {
        /// The columns that are its text.
        var texts: [Int] = []
        /// The columns that are its attributes.
        var attributes: [(name: String, column: Int)] = []
        /// The elements inside it that paths lead on to.
        var children: [(name: String, node: Int)] = []
    }

    private(set) var nodes = [Node()]

    /// Paths such as `city`, `address/city`, `@id` and `address/@kind`; `.` is the row element's own text.
    init(_ paths: [String]) {
        for (column, path) in paths.enumerated() { add(column, path) }
    }

    /// The node of an element inside another; nil when no path leads there.
    func child(of node: Int, named name: UnsafePointer<UInt8>) -> Int? {
        nodes[node].children.first { XMLColumns.equal($0.name, name) }?.node
    }

    /// Whether a C string is this text.
    static func equal(_ text: String, _ name: UnsafePointer<UInt8>) -> Bool {
        var index = 0
        for byte in text.utf8 {
            guard name[index] == byte else { return false }
            index += 1
        }
        return name[index] == 0
    }

    private mutating func add(_ column: Int, _ path: String) {
        var node = 0
        for step in path.split(separator: "/", omittingEmptySubsequences: false).map(String.init) {
            if step.hasPrefix("@") {
                nodes[node].attributes.append((String(step.dropFirst()), column))
                return
            }
            if step == "." { continue }
            if let next = nodes[node].children.first(where: { $0.name == step })?.node {
                node = next
            } else {
                nodes.append(Node())
                nodes[node].children.append((step, nodes.count - 1))
                node = nodes.count - 1
            }
        }
        nodes[node].texts.append(column)
    }
}
