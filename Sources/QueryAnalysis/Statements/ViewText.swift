/// What the query of a view names.
package struct ViewText: Sendable {
    /// The names that stand where relations do, without their schemas.
    package let relations: Set<String>
    /// The names that may mean a column; nil where any column may be meant.
    package let columns: Set<String>?

    /// Reads a query; nil for one that isn't understood, which may name anything.
    ///
    /// Blocks; any thread may call it.
    package init?(_ text: String) {
        let mentions = ParserThread.run { () -> Mentions? in
            let bytes = Array(text.utf8)
            var decoder = StatementDecoder(text: bytes)
            guard bytes.count <= StatementRewriter.textLimit,
                let tree = try? ParsedTree.parse(bytes, depthLimit: StatementDecoder.depthLimit * 6),
                (try? decoder.statements(tree))?.count == 1
            else { return nil }
            return decoder.mentions
        }
        guard let mentions, let mentions else { return nil }
        relations = mentions.sources
        columns = mentions.names
    }
}
