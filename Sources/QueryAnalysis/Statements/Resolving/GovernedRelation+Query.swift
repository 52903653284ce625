extension GovernedRelation {
    /// The query that stands in the relation's place: permitted columns, masks, filter and fence.
    ///
    /// The fence, a view of ours or else `OFFSET 0`, keeps the consumer's conditions from being run before the row filter:
    /// PostgreSQL orders conditions by cost, not by trust. Without a filter there is no row to hide, and masks are all
    /// there is to see.
    func governedQuery(isOnly: Bool, with resolver: inout QueryResolver) throws(StatementError) -> Query {
        var plain = PlainQuery()
        var unmasked: [UnmaskedColumn?] = []
        for column in columns {
            let own = QueryExpression.name([name.name, column.column.name], .nowhere)
            // A mask's text can be long: it is left out where nothing can ask for its value.
            let isMeant = column.mask == nil || resolver.mayMean(column.column.name)
            let value = isMeant ? column.mask ?? own : .literal(.null)
            plain.targets.append(QueryTarget(value: .expression(value), name: column.column.name))
            unmasked.append(isMeant ? column.unmasked : nil)
        }
        let mark = GovernedMark(unmasked: unmasked)
        guard filter != nil else {
            plain.from = [try base(isOnly: isOnly, with: &resolver)]
            return Query(body: .plain(plain), governed: mark)
        }
        let fence = resolver.fence(of: self, isOnly: isOnly)
        if case .view(let view) = fence {
            plain.from = [.relation(view.name.source(isOnly: false, called: name.name))]
            return Query(body: .plain(plain), governed: mark)
        }
        plain.condition = filter
        plain.from = [try base(isOnly: isOnly, with: &resolver)]
        return Query(body: .plain(plain), offset: .literal(.number("0")), governed: mark)
    }

    private func base(isOnly: Bool, with resolver: inout QueryResolver) throws(StatementError) -> QuerySource
    {
        guard let view else { return .relation(name.source(isOnly: isOnly, called: name.name)) }
        try resolver.enterView(name)
        defer { resolver.leaveView() }
        do throws(StatementError) {
            let (query, found) = try resolver.query(view, in: Namespace(), common: CommonNames())
            guard found.count == viewColumns.count else { throw ungovernable }
            return .query(query, isLateral: false, QueryAlias(name: name.name, columns: viewColumns))
        } catch {
            if error.code == .limit { throw error }
            throw ungovernable
        }
    }

    private var ungovernable: StatementError {
        StatementError(
            code: .ungovernable,
            message: "view \"\(name.name)\" reads what is not permitted here",
            position: nil
        )
    }
}
