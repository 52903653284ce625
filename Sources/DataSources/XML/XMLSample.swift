import CatalogModel
import Governance

/// What the first row elements of a document hold, and the types that their values suggest.
///
/// Elements that hold only text, and attributes, become columns. An element that is there more than once in
/// over a tenth of the rows that have it is a list, and so is what it holds: no column.
struct XMLSample {
    private let table: TableName
    private let tuning: ReadTuning
    private var order: [String] = []
    private var found: [String: Facts] = [:]
    private var countsInRow: [String: Int] = [:]

    private struct Facts {
        var guess = TypeGuess()
        var hasChildren = false
        var rows = 0
        var rowsWithSeveral = 0
        var isList: Bool { rowsWithSeveral * 10 > rows }
    }

    init(table: TableName, tuning: ReadTuning) {
        self.table = table
        self.tuning = tuning
    }

    /// A column for each path, in the order in which they appear.
    ///
    /// - Throws: `.sourceUnavailable` when there is no row element; `.malformedRow`, `.limitExceeded`.
    mutating func columns(of document: XMLDocument, _ path: XMLPath) throws(GovernanceError)
        -> [ColumnDefinition]
    {
        var elements = XMLRows(document, path)
        var rows = 0
        do throws(XMLDocument.Fault) {
            while rows < tuning.sampleRows, document.bytesRead < tuning.sampleBytes,
                order.count <= tuning.columns,
                let (isEmpty, _) = try elements.next()
            {
                rows += 1
                countsInRow.removeAll(keepingCapacity: true)
                try see(document, "", isEmpty: isEmpty)
                for (path, count) in countsInRow {
                    found[path]?.rows += 1
                    if count > 1 { found[path]?.rowsWithSeveral += 1 }
                }
            }
        } catch { throw error.error(in: table.description, row: max(1, rows)) }
        guard order.count <= tuning.columns else {
            throw GovernanceError(
                .limitExceeded,
                "table `\(table)` has more than \(tuning.columns) different paths"
            )
        }
        guard rows > 0 else {
            throw GovernanceError(
                .sourceUnavailable,
                "table `\(table)`: the document has no element `/\(path.steps.joined(separator: "/"))`"
            )
        }
        return try named(order.filter { !isInList($0) && found[$0]?.hasChildren == false })
    }

    private mutating func see(
        _ document: XMLDocument,
        _ path: String,
        isEmpty: Bool
    ) throws(XMLDocument.Fault) {
        let prefix = path.isEmpty ? "" : path + "/"
        var attributes: [(String, [UInt8])] = []
        document.eachAttribute { name, text in attributes.append((String(cString: name), Array(text))) }
        for (name, text) in attributes where !name.hasSuffix(":nil") { note(prefix + "@" + name, text) }
        var text: [UInt8] = []
        var hasChildren = false
        var isOpen = !isEmpty
        while isOpen, let node = try document.next() {
            switch node {
            case .element(let isEmpty):
                hasChildren = true
                guard let name = document.name, order.count <= tuning.columns else { continue }
                try see(document, prefix + String(cString: name), isEmpty: isEmpty)
            case .endOfElement: isOpen = false
            case .text: if text.count < 1 << 16 { text.append(contentsOf: document.text) }
            case .other: break
            }
        }
        guard !path.isEmpty else {
            if !hasChildren, text.contains(where: { $0 > 32 }) { note(".", text) }
            return
        }
        note(path, hasChildren ? [] : text)
        if hasChildren { found[path]?.hasChildren = true }
    }

    private mutating func note(_ path: String, _ text: [UInt8]) {
        if found[path] == nil {
            found[path] = Facts()
            order.append(path)
        }
        countsInRow[path, default: 0] += 1
        if text.contains(where: { $0 > 32 }) {
            text.withUnsafeBufferPointer { found[path]?.guess.see(text: $0) }
        }
    }

    /// Whether a path or one that leads to it is a list.
    private func isInList(_ path: String) -> Bool {
        var path = path[...]
        while !path.isEmpty {
            if found[String(path)]?.isList == true { return true }
            guard let slash = path.lastIndex(of: "/") else { return false }
            path = path[..<slash]
        }
        return false
    }

    private func named(_ paths: [String]) throws(GovernanceError) -> [ColumnDefinition] {
        let elements = Set(paths.filter { !$0.contains("@") }.map(Self.name))
        return try Naming.columns(
            paths.map { path in
                let name = Self.name(of: path)
                let isTaken = path.contains("@") && elements.contains(name)
                return (path, isTaken ? name + "_attribute" : name, found[path]?.guess.type ?? .string)
            },
            of: table
        )
    }

    /// A name for a path: `address/city` is `address_city`, `@id` is `id`, the row's own text is `text`.
    private static func name(of path: String) -> String {
        guard path != "." else { return "text" }
        return Naming.column(String(path.filter { $0 != "@" }.map { $0 == "/" || $0 == ":" ? "_" : $0 }))
    }
}
