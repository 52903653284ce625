extension GovernedRelation {
    /// The query that stands in the relation's place: permitted columns, masks, filter and fence.
    ///
    /// The fence (`OFFSET 0`) keeps the consumer's conditions from being run before the row filter: PostgreSQL orders
    /// conditions by cost, not by trust. Without a filter there is no row to hide, and masks are all there is to see.
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
        plain.condition = filter
        plain.from = [try base(isOnly: isOnly, with: &resolver)]
        var query = Query(body: .plain(plain), governed: GovernedMark(unmasked: unmasked))
        if filter != nil { query.offset = .literal(.number("0")) }
        return query
    }

    private func base(isOnly: Bool, with resolver: inout QueryResolver) throws(StatementError) -> QuerySource
    {
        guard let view else {
            return .relation(
                QueryRelation(
                    schema: name.schema,
                    name: name.name,
                    isOnly: isOnly,
                    alias: QueryAlias(name: name.name),
                    place: .nowhere
                )
            )
        }
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
