import CatalogModel
import HashTreeCollections
import Masking
import PolicyEngine
import QueryAnalysis

extension GovernanceSnapshot {
    /// Checks every mask and row filter of some policies against the columns that it would work on.
    ///
    /// **Cost.** Nothing without masks and filters; else a look-up for each column of the services that the policies
    /// are about, and a check for each different mask and type.
    /// - Throws: `.invalidPolicy` for a mask that doesn't fit a column's type, or an expression over columns that the
    ///   table hasn't, or of the wrong types; by policy, item, table and column.
    func checkOutcomes(of changed: [Policy]) throws(GovernanceError) {
        let changed = changed.filter { $0.isEnabled && $0.policyType != .access }
        guard !changed.isEmpty else { return }
        let services = state.services.values.sorted { $0.name < $1.name }
        let given = Set(changed.map { ServiceName($0.service) })
        let concerned = Set(
            services.filter { given.contains($0.name) || $0.tagService.map(given.contains) ?? false }
                .map(\.name)
        )
        let alone = try compiled(changed)
        let tables = state.tables.values.filter { concerned.contains($0.definition.service) }
        try checkOutcomes(of: alone, on: tables)
    }

    /// Checks every mask and row filter of shared resources, as those of policies.
    ///
    /// - Throws: `.invalidPolicy` by resource, table and column.
    func checkOutcomesOfShares() throws(GovernanceError) {
        try checkOutcomes(of: compiled([], shared: state.sharedRecords), on: Array(state.tables.values))
    }

    private func checkOutcomes(of policies: PolicySet, on tables: [CatalogTable]) throws(GovernanceError) {
        var checked: Set<String> = []
        for table in tables.sorted(by: { $0.definition.name < $1.definition.name }) {
            let outcomes = policies.possibleOutcomes(
                service: table.definition.service,
                table: table.definition.name,
                columns: table.definition.columns.map(\.name),
                tableTags: table.tags,
                columnTags: table.columnTags
            )
            for outcome in outcomes {
                let type = outcome.column.flatMap(table.schema.type(of:))
                let isCall =
                    outcome.mask.map { $0.valueExpression.map(MaskCatalog.isMaskCall) ?? true } ?? false
                if isCall, let type, !checked.insert("\(outcome.place) \(type)").inserted { continue }
                try check(outcome, type: type, on: table)
            }
        }
    }

    private func check(
        _ outcome: PossibleOutcome,
        type: DataType?,
        on table: CatalogTable
    ) throws(GovernanceError) {
        let place = "\(outcome.place), on `\(table.definition.name)"
        if let mask = outcome.mask, let column = outcome.column {
            do throws(MaskError) { try MaskCatalog.check(mask, on: type) } catch {
                throw GovernanceError(.invalidPolicy, "\(place).\(column)`: \(error)")
            }
            if let text = mask.valueExpression, !MaskCatalog.isMaskCall(text) {
                try check(text, masking: column, on: table, place: "\(place).\(column)`")
            }
        }
        if let filter = outcome.rowFilter, !filter.isEmpty {
            try check(filter, masking: nil, on: table, place: "\(place)`")
        }
    }

    private func check(
        _ text: String,
        masking column: ColumnName?,
        on table: CatalogTable,
        place: String
    ) throws(GovernanceError) {
        guard let expression = expressions[text] else {
            // What only a database can carry out was read when it was published.
            if state.services[table.definition.service]?.definition.name == "postgres" { return }
            throw GovernanceError(.invalidPolicy, "\(place): its expression was not parsed")
        }
        let compiled = try? CompiledExpression(
            expression,
            schema: table.schema,
            subject: Subject(user: UserName("")),
            now: Instant(seconds: 0),
            maskedColumn: column
        )
        guard let compiled, column != nil || compiled.isCondition else {
            // Read once more, for the position of what is wrong.
            do throws(ExpressionSyntaxError) {
                let sample = (try? PolicyExpressions.sample(of: text)) ?? text
                try ExpressionParser.check(sample, schema: table.schema, maskedColumn: column)
            } catch {
                throw GovernanceError(.invalidPolicy, "\(place): \(error)")
            }
            throw GovernanceError(.invalidPolicy, "\(place): its expression does not fit the table")
        }
    }
}
