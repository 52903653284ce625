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
        guard let service = compiled[request.service], request.columnTags.count == request.columns.count
        else { return refusal(of: request) }
        if !superUsers.isEmpty, let decision = decisionForSuperUser(request, service) { return decision }
        if let zones = zonesOfService[request.service] {
            return decide(request, service, zones, byAllRules: byAllRules)
        }
        guard var reader = reader(request, service, nil, byAllRules: byAllRules) else {
            return refusal(of: request)
        }
        let filter = reader.rowFilter()
        let columns = request.columns.indices.map { reader.column(at: $0) }
        return decision(on: request, columns, filter, isAudited: reader.isAudited)
    }

    /// Decides by the zones that hold the table or its columns.
    private func decide(
        _ request: ReadRequest,
        _ service: CompiledService,
        _ zones: ServiceZones,
        byAllRules: Bool
    ) -> Decision {
        let made = ZonedReader(request, service, zones) { service, zone in
            reader(request, service, zone, byAllRules: byAllRules)
        }
        guard var made else { return refusal(of: request) }
        do throws(ZonedReader.Unreadable) {
            let filter = try made.rowFilter()
            var columns: [ColumnDecision] = []
            for index in request.columns.indices { columns.append(try made.column(at: index)) }
            return decision(on: request, columns, filter, isAudited: made.isAudited)
        } catch { return refusal(of: request) }
    }

    private func reader(
        _ request: ReadRequest,
        _ service: CompiledService,
        _ zone: String?,
        byAllRules: Bool
    ) -> TableReader? {
        guard var reader = TableReader(request, service, zone: zone, table, scratches) else { return nil }
        if let shares = sharing[request.service] { reader.use(shares, table) }
        if byAllRules { reader.useAllRules() }
        reader.use(scripts, timeZones: timeZones)
        return reader
    }

    private func decision(
        on request: ReadRequest,
        _ columns: [ColumnDecision],
        _ filter: RowFilterDecision?,
        isAudited: Bool
    ) -> Decision {
        Decision(
            subject: request.subject,
            table: request.table,
            now: request.now,
            purpose: request.purpose,
            version: request.version ?? version,
            columns: columns,
            rowFilter: filter,
            isAudited: isAudited
        )
    }

    private func refusal(of request: ReadRequest) -> Decision {
        decision(on: request, all: .denied, because: .noPolicy)
    }

    /// The same for every column, without a row filter; with an audit line.
    func decision(
        on request: ReadRequest,
        all treatment: Treatment,
        because step: ReasonStep
    ) -> Decision {
        let reason = Reason(steps: [step])
        let columns = request.columns.map {
            ColumnDecision(column: $0, treatment: treatment, reason: reason)
        }
        return decision(on: request, columns, nil, isAudited: true)
    }
}
