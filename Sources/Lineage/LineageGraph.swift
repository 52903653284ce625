package import CatalogModel

/// One column made from another, by one process.
package struct LineageEdge: Hashable, Sendable {
    /// What is read.
    package let input: ColumnReference
    /// What is made of it.
    package let output: ColumnReference
    /// The process that does it, as people name it.
    package let process: String
    /// What it does to the values, in words or SQL; may be empty.
    package let transformation: String
    /// Whether the output tells nothing of the person behind the input: tags stop here.
    package let anonymises: Bool

    /// An edge.
    package init(
        input: ColumnReference,
        output: ColumnReference,
        process: String,
        transformation: String = "",
        anonymises: Bool = false
    ) {
        self.input = input
        self.output = output
        self.process = process
        self.transformation = transformation
        self.anonymises = anonymises
    }
}

/// The column graph: which column is made from which.
///
/// **Shape.** Adjacency by column, in both directions; cycles are allowed. A value: copies share storage.
package struct LineageGraph: Sendable {
    private var inputs: [ColumnReference: [LineageEdge]] = [:]
    private var outputs: [ColumnReference: [LineageEdge]] = [:]

    /// A graph of these edges; equal edges count once.
    package init(_ edges: some Sequence<LineageEdge> = []) {
        var seen: Set<LineageEdge> = []
        for edge in edges where seen.insert(edge).inserted {
            inputs[edge.output, default: []].append(edge)
            outputs[edge.input, default: []].append(edge)
        }
    }

    /// The edges that end at a column; in the order they were given.
    package func edges(into column: ColumnReference) -> [LineageEdge] { inputs[column, default: []] }

    /// The edges that start at a column; in the order they were given.
    package func edges(outOf column: ColumnReference) -> [LineageEdge] { outputs[column, default: []] }

    /// The columns that are made from a column, directly or not, nearest first, without itself.
    ///
    /// Edges that anonymise are followed too: this is what a change touches, not where tags go.
    package func impact(of column: ColumnReference) -> [ColumnReference] {
        walk(from: column, along: { edges(outOf: $0).map(\.output) })
    }

    /// The columns that a column is made from, directly or not, nearest first, without itself.
    package func provenance(of column: ColumnReference) -> [ColumnReference] {
        walk(from: column, along: { edges(into: $0).map(\.input) })
    }

    private func walk(
        from start: ColumnReference,
        along step: (ColumnReference) -> [ColumnReference]
    ) -> [ColumnReference] {
        var found = [start]
        var seen: Set = [start]
        var next = 0
        while next < found.count {
            for column in step(found[next]) where seen.insert(column).inserted { found.append(column) }
            next += 1
        }
        return Array(found.dropFirst())
    }
}
