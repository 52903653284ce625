/// The query of a view that shows a relation's permitted rows, as they are.
///
/// Masks aren't in it. PostgreSQL trusts what a view's select list computes: it carries a leakproof comparison with such a
/// value out before the view's own filter, so that a mask that fails would tell of hidden rows. Masks stay in the
/// statement, outside of the view, where nothing of theirs is carried out before the filter unless it can't fail.
package struct FenceText: Hashable, Sendable {
    /// The relation.
    package let relation: RelationName
    /// The view's columns, which are called as the relation's: those that may be seen, and what their masks are made of.
    package let columns: [String]
    /// The query: printed by us, read back and compared.
    package let query: String

    /// The view of a filtered table, or why there is none.
    ///
    /// Must be called on a thread with a big stack.
    static func made(
        of name: RelationName,
        _ columns: [UpstreamColumn],
        showing governed: [GovernedColumn],
        filter: QueryExpression
    ) -> Result<FenceText, FenceFault> {
        var uses = NameUses()
        for column in governed {
            if let mask = column.mask { uses.add(mask) }
            if let input = column.unmasked?.value { uses.add(input) }
        }
        let seen = Set(governed.map(\.column.name))
        let shown = columns.map(\.name).filter { seen.contains($0) || uses.mayMean($0, of: name.name) }
        var plain = PlainQuery()
        plain.targets = shown.map { column in
            QueryTarget(value: .expression(.name([name.name, column], .nowhere)), name: column)
        }
        plain.from = [.relation(name.source(isOnly: false, called: name.name))]
        plain.condition = filter
        let query: String
        do throws(StatementError) {
            query = try StatementRewriter.proven(
                .query(Query(body: .plain(plain))),
                limit: StatementRewriter.textLimit
            )
        } catch { return .failure(FenceFault(obstacle: .unproven)) }
        guard !mayNameMoment(query) else { return .failure(FenceFault(obstacle: .momentInLiteral)) }
        return .success(FenceText(relation: name, columns: shown, query: query))
    }

    /// Words in which a literal means the moment at which it is read: PostgreSQL reads a view's literals when it is made.
    private static let moments = ["now", "today", "tomorrow", "yesterday"]

    /// Whether a literal of a text that we printed holds such a word, whatever it means there.
    static func mayNameMoment(_ text: String) -> Bool {
        var literal = ""
        var quote: Character?
        for character in text {
            switch (quote, character) {
            case (nil, "'"), (nil, "\""): quote = character
            case ("'", "'"), ("\"", "\""):
                quote = nil
                // Something stands between what is in two of them.
                literal += "'"
            case ("'", _): literal.append(character)
            default: break
            }
        }
        let lower = literal.lowercased()
        return moments.contains { lower.contains($0) }
    }
}

/// Why there is no view.
struct FenceFault: Error {
    let obstacle: FenceObstacle
}

extension RelationName {
    /// The relation as an entry of `FROM`.
    func source(isOnly: Bool, called alias: String) -> QueryRelation {
        QueryRelation(
            schema: schema,
            name: name,
            isOnly: isOnly,
            alias: QueryAlias(name: alias),
            place: .nowhere
        )
    }
}
