import Masking

/// Row filters, masks and views that come from policies and from the database, read once per catalog.
///
/// Must be called on a thread with a big stack.
package struct PolicyText: Sendable {
    /// The columns of every relation upstream that a filter may look at.
    private let relations: [RelationName: [UpstreamColumn]]
    /// The consumer's name, which `{USER}` stands for.
    private let user: String
    /// Whether views come from SQLite and not from PostgreSQL.
    private let isOverFiles: Bool
    /// Whether filters may be carried out behind views of ours.
    private let makesViews: Bool

    /// A reader of policy text for one consumer.
    ///
    /// - Parameters:
    ///   - relations: The columns of every relation that a filter may look at.
    ///   - user: The consumer's name.
    ///   - isOverFiles: Whether views come from SQLite: then only those can be read that mean the same here.
    ///   - makesViews: Whether row filters may be carried out behind views of ours.
    package init(
        relations: [RelationName: [UpstreamColumn]],
        user: String,
        isOverFiles: Bool = false,
        makesViews: Bool = false
    ) {
        self.isOverFiles = isOverFiles
        self.makesViews = makesViews
        self.relations = relations
        self.user = user
    }

    /// A table as policy lets the consumer see it; nil when no column may be seen.
    ///
    /// - Parameters:
    ///   - name: Its name upstream.
    ///   - columns: Its columns in their order, each with its rule.
    ///   - filter: The condition of the rows that may be seen, in PostgreSQL's SQL; nil for all.
    ///   - view: The text of its query, when it is a view.
    ///   - marks: What else makes it differ from another outcome.
    /// - Returns: The governed relation.
    /// - Throws: what is wrong with a mask, filter or view: it then can't be read at all.
    package func relation(
        _ name: RelationName,
        columns: [(column: UpstreamColumn, rule: ColumnRule)],
        filter: String?,
        view: String? = nil,
        marks: [String] = []
    ) throws(StatementError) -> GovernedRelation? {
        // Nothing is said of a relation of which nothing may be seen.
        guard columns.contains(where: { $0.rule != .withheld }) else { return nil }
        // PostgreSQL tells columns apart whose names differ in how Unicode writes a character; rules go by names.
        guard Set(columns.map(\.column.name)).count == columns.count else {
            throw StatementError(
                code: .ungovernable,
                message: "relation \"\(name)\" can't be read here: two of its columns have the same name",
                position: nil
            )
        }
        var governed: [GovernedColumn] = []
        for (column, rule) in columns {
            switch rule {
            case .clear: governed.append(GovernedColumn(column: column, mask: nil))
            case .masked(let text, let late):
                let names = columns.map(\.column)
                let mask = try expression(text, of: name, names, masked: column)
                var unmasked: UnmaskedColumn?
                if let late {
                    unmasked = UnmaskedColumn(
                        value: try expression(late.input, of: name, names, masked: column),
                        column: LateColumn(relation: name, column: column.name, mask: late)
                    )
                }
                governed.append(GovernedColumn(column: column, mask: mask, unmasked: unmasked))
            case .withheld: break
            }
        }
        var condition: QueryExpression?
        if let filter { condition = try expression(filter, of: name, columns.map(\.column), masked: nil) }
        var query: Query?
        if let view {
            let own = try PolicyText.query(view)
            guard !isOverFiles || SharedMeaning(relations: relations).holds(for: own) else {
                throw StatementError(
                    code: .ungovernable,
                    message: "a view whose query may mean something else to its database",
                    position: nil
                )
            }
            query = own
        }
        var fence: Result<FenceText, FenceFault>?
        if let condition, makesViews, view == nil {
            fence = FenceText.made(of: name, columns.map(\.column), showing: governed, filter: condition)
        }
        return GovernedRelation(
            name: name,
            columns: governed,
            filter: condition,
            fence: fence,
            view: query,
            viewColumns: view == nil ? [] : columns.map(\.column.name),
            outcome: RelationOutcome(columns: columns, filter: filter, view: view, marks: marks)
        )
    }

    /// Whether a text is an expression that a database could be given, subqueries included.
    ///
    /// Blocks; any thread may call it. Names are looked up when the text is used.
    /// - Throws: what is wrong, by name and place.
    package static func check(_ text: String) throws(StatementError) {
        let outcome = ParserThread.run {
            Result { () throws(StatementError) in _ = try parsed(text) }
        }
        guard let outcome else {
            throw StatementError(code: .unproven, message: "the parser could not start", position: nil)
        }
        try outcome.get()
    }

    private static func query(_ text: String) throws(StatementError) -> Query {
        let bytes = Array(text.utf8)
        var decoder = StatementDecoder(text: bytes)
        let statements = try decoder.statements(
            try ParsedTree.parse(bytes, depthLimit: StatementDecoder.depthLimit * 6)
        )
        guard statements.count == 1, case .query(let query) = statements[0].statement else {
            throw decoder.unreadable
        }
        return query
    }

    private func expression(
        _ text: String,
        of name: RelationName,
        _ columns: [UpstreamColumn],
        masked: UpstreamColumn?
    ) throws(StatementError) -> QueryExpression {
        let (value, decoder) = try PolicyText.parsed(text)
        var resolver = QueryResolver(
            relations: PolicyLookup(
                relations: relations.merging([name: columns]) { known, _ in known },
                user: user
            ),
            decoder: decoder
        )
        var item = NamespaceItem(name: name.name, columns: columns.map(\.name))
        item.instants = Set(columns.filter { $0.type == "timestamptz" }.map(\.name))
        let names = Namespace().inside([item])
        let filled = try value.replacingParameters { number throws(StatementError) in
            switch (number, masked) {
            case (1, _): .literal(.text(user))
            case (2, let masked?): .name([name.name, masked.name], .nowhere)
            default: throw decoder.refusal("a parameter", -1)
            }
        }
        return try resolver.expression(filled, in: names, common: CommonNames()).qualifyingColumns(
            with: name.name,
            Set(columns.map(\.name))
        )
    }

    /// The expression of a text, nothing resolved.
    private static func parsed(
        _ text: String
    ) throws(StatementError) -> (QueryExpression, StatementDecoder) {
        let prepared: PreparedText
        do throws(ExpressionSyntaxError) { prepared = try PreparedText(text) } catch {
            throw StatementError(code: .ungovernable, message: error.message, position: error.position)
        }
        let bytes = Array(PreparedText.opening.utf8) + prepared.bytes + Array("\n)".utf8)
        var decoder = StatementDecoder(text: bytes)
        let statements = try decoder.statements(
            try ParsedTree.parse(bytes, depthLimit: StatementDecoder.depthLimit * 6)
        )
        guard statements.count == 1, case .query(let query) = statements[0].statement,
            case .plain(let plain) = query.body, plain.from.isEmpty, plain.targets.count == 1,
            case .expression(let value) = plain.targets[0].value
        else { throw decoder.unreadable }
        return (value, decoder)
    }
}
