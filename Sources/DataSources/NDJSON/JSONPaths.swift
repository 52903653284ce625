import CatalogModel

/// The planned columns' dotted paths as a tree, walked along with each object.
struct JSONPaths {
    /// One step of the paths; the root is the object of the line.
    struct Node {
        /// The columns whose path ends here.
        var columns: [Int] = []
        /// The keys that lead on, and the nodes they lead to.
        var children: [(key: [UInt8], node: Int)] = []
    }

    private(set) var nodes = [Node()]

    /// A path is followed key by key; a key of the line's object that holds the dots itself is found too.
    init(_ paths: [String]) {
        for (column, path) in paths.enumerated() {
            let keys = path.split(separator: ".", omittingEmptySubsequences: false).map { Array($0.utf8) }
            add(column, keys)
            if keys.count > 1 { add(column, [Array(path.utf8)]) }
        }
    }

    /// The node that a key leads to; nil when no path goes there.
    @inline(__always)
    func child(of node: Int, key: Bytes) -> Int? {
        for child in nodes[node].children where child.key.count == key.count {
            let isSame = child.key.withUnsafeBufferPointer { known in
                for index in 0..<key.count where known[index] != key[index] { return false }
                return true
            }
            if isSame { return child.node }
        }
        return nil
    }

    private mutating func add(_ column: Int, _ keys: [[UInt8]]) {
        var node = 0
        for key in keys {
            if let next = nodes[node].children.first(where: { $0.key == key })?.node {
                node = next
            } else {
                nodes.append(Node())
                nodes[node].children.append((key, nodes.count - 1))
                node = nodes.count - 1
            }
        }
        nodes[node].columns.append(column)
    }
}
