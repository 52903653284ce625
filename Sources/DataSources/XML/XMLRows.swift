import Governance

/// Finds one row element after another.
struct XMLRows {
    let document: XMLDocument
    private let steps: [String]
    private var matched = 0

    init(_ document: XMLDocument, _ path: XMLPath) {
        self.document = document
        steps = path.steps
    }

    /// Goes on to the beginning of the next row element; whether it is empty, nil when there is none.
    mutating func next() throws(XMLDocument.Fault) -> (isEmpty: Bool, line: Int)? {
        while let node = try document.next() {
            switch node {
            case .element(let isEmpty):
                let depth = document.depth
                matched = min(matched, depth)
                guard matched == depth, depth < steps.count, let name = document.name,
                    XMLColumns.equal(steps[depth], name)
                else { continue }
                if depth == steps.count - 1 { return (isEmpty, document.line) }
                if !isEmpty { matched = depth + 1 }
            case .endOfElement: matched = min(matched, document.depth)
            case .text, .other: continue
            }
        }
        return nil
    }
}

extension XMLDocument.Fault {
    /// The error that ends a read.
    func error(in table: String, row: Int) -> GovernanceError {
        switch self {
        case .unreadable(let error): error
        case .notWellFormed(let line, let code):
            GovernanceError(
                .malformedRow,
                "table `\(table)`, row \(row) (line \(line)): the document is not well-formed XML from here "
                    + "on, or passes a limit (libxml2 error \(code))"
            )
        case .doctype:
            GovernanceError(
                .malformedRow,
                "table `\(table)`: the document has a DOCTYPE, which can declare entities, so it is refused: "
                    + "take the DOCTYPE out"
            )
        }
    }
}
