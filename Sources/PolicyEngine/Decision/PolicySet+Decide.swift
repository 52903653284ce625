import CatalogModel

extension PolicySet {
    /// Decides columns of one table for one person.
    ///
    /// Total: an unknown service, a table whose name doesn't fit the service's levels, tags that aren't parallel to
    /// the columns, all end in `.denied` for every column.
    /// Cost: interning the request's names once, then the policies that may match, for each column.
    package func decide(_ request: ReadRequest) -> Decision { decide(request, byAllRules: false) }

    /// As ``decide(_:)``; with all rules for every column, even where numbers alone would do, for the same result.
    func decide(_ request: ReadRequest, byAllRules: Bool) -> Decision {
        guard let service = compiled[request.service], request.columnTags.count == request.columns.count,
            var reader = TableReader(request, service, table, scratches)
        else {
            return refusal(of: request)
        }
        if byAllRules { reader.useAllRules() }
        reader.use(scripts, zones: zones)
        let filter = reader.rowFilter()
        let columns = request.columns.indices.map { reader.column(at: $0) }
        return Decision(
            subject: request.subject,
            table: request.table,
            now: request.now,
            purpose: request.purpose,
            version: request.version ?? version,
            columns: columns,
            rowFilter: filter,
            isAudited: reader.isAudited
        )
    }

    private func refusal(of request: ReadRequest) -> Decision {
        let reason = Reason(steps: [.noPolicy])
        return Decision(
            subject: request.subject,
            table: request.table,
            now: request.now,
            purpose: request.purpose,
            version: request.version ?? version,
            columns: request.columns.map { ColumnDecision(column: $0, treatment: .denied, reason: reason) },
            rowFilter: nil,
            isAudited: true
        )
    }
}
