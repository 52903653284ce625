import CatalogModel
import HashTreeCollections
import Masking
import PolicyEngine
import QueryAnalysis

extension DecisionDesk {
    /// What a relation of files is made from: its rows come decided, filtered and masked from a governed read, so that
    /// nothing is left to be done but to leave out the columns that don't exist for this person.
    ///
    /// A view gives way to its query, and so to the policies of what it is over; masks and filters on the view itself
    /// can't be carried out there.
    func fileMaterial(
        of relation: UpstreamRelation,
        _ table: CatalogTable,
        _ decision: Decision
    ) throws(StatementError) -> Material {
        let treatments = Dictionary(
            decision.columns.map { ($0.column.text, $0.treatment) },
            uniquingKeysWith: { first, _ in first }
        )
        let filter = decision.rowFilter?.expression
        if let view = relation.view {
            guard !view.isEmpty else { throw ungovernable(relation, "its query is not understood") }
            let isPlain = treatments.values.allSatisfy { $0 == .clear || $0 == .denied }
            guard isPlain, filter == nil else {
                throw ungovernable(relation, "policy masks or filters the view itself")
            }
        }
        let types = try outputTypes(of: table, decision, relation)
        var columns: [(UpstreamColumn, ColumnRule)] = []
        for column in relation.columns {
            switch treatments[column.name] {
            case .clear?, .masked?:
                let type = types[column.name]?.postgreSQLName ?? column.type
                columns.append((UpstreamColumn(name: column.name, type: type), .clear))
            case .denied?, nil: columns.append((column, .withheld))
            }
        }
        // The mask's own words, too: another mask of the same kind is another outcome.
        let marks = decision.columns.map { "\($0.column): \($0.treatment)" } + [filter ?? ""]
        return Material(columns: columns, filter: nil, view: relation.view, marks: marks)
    }

    /// The types in which a governed read gives the columns that may be read.
    private func outputTypes(
        of table: CatalogTable,
        _ decision: Decision,
        _ relation: UpstreamRelation
    ) throws(StatementError) -> [String: DataType] {
        let permitted = decision.columns.filter { $0.treatment != .denied }.map(\.column)
        do throws(GovernanceError) {
            let narrowed = try snapshot.decide(
                subject,
                reading: table,
                columns: permitted,
                purpose: nil,
                at: now
            )
            let schema = try snapshot.plan(narrowed, of: table).outputSchema
            return Dictionary(
                schema.columns.map { ($0.name.text, $0.type) },
                uniquingKeysWith: { first, _ in first }
            )
        } catch { throw ungovernable(relation, error.message) }
    }

    private func ungovernable(_ relation: UpstreamRelation, _ why: String) -> StatementError {
        StatementError(
            code: .ungovernable,
            message: "relation \"\(relation.name)\" can't be read here: \(why)",
            position: nil
        )
    }
}
