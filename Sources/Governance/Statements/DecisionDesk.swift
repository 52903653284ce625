import CatalogModel
import HashTreeCollections
import Masking
import PolicyEngine
import QueryAnalysis

/// One snapshot, person and moment, at which the relations of a statement are decided.
struct DecisionDesk: Sendable {
    let snapshot: GovernanceSnapshot
    let subject: Subject
    let now: Instant
    let tables: [RelationName: TableName]
    let shape: UpstreamShape
    /// Whether rows come masked from governed reads, so that statements needn't mask them.
    let isOverFiles: Bool
    /// Whether row filters may be carried out behind views of ours.
    let makesViews: Bool

    /// Reads policies' texts for this person.
    var text: PolicyText {
        PolicyText(
            relations: shape.relations.mapValues(\.columns),
            user: subject.user.text,
            isOverFiles: isOverFiles,
            makesViews: makesViews
        )
    }

    /// What a governed relation is made from.
    struct Material {
        let columns: [(column: UpstreamColumn, rule: ColumnRule)]
        let filter: String?
        let view: String?
        /// What else makes it differ from another outcome.
        var marks: [String] = []
    }

    /// What policy says of a relation; nil when it doesn't exist for this person.
    func material(of name: RelationName) throws(StatementError) -> Material? {
        guard let relation = shape.relations[name], let table = table(of: name),
            let decision = decision(on: table)
        else { return nil }
        guard decision.columns.contains(where: { $0.treatment != .denied }) else { return nil }
        if isOverFiles { return try fileMaterial(of: relation, table, decision) }
        let definitions = Dictionary(
            table.definition.columns.map { ($0.sourcePath, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let treatments = Dictionary(
            decision.columns.map { ($0.column, $0.treatment) },
            uniquingKeysWith: { first, _ in first }
        )
        var columns: [(UpstreamColumn, ColumnRule)] = []
        for column in relation.columns {
            guard let definition = definitions[column.name], let treatment = treatments[definition.name]
            else {
                columns.append((column, .withheld))
                continue
            }
            do throws(MaskError) {
                let rule = try PostgreSQLMasking.rule(of: treatment, on: definition.type)
                columns.append((column, ColumnRule(rule)))
            } catch {
                throw StatementError(
                    code: .ungovernable,
                    message: "relation \"\(name)\" can't be read here: \(error)",
                    position: nil
                )
            }
        }
        return Material(columns: columns, filter: decision.rowFilter?.expression, view: relation.view)
    }

    private func table(of name: RelationName) -> CatalogTable? {
        tables[name].flatMap { snapshot.state.tables[$0] }
    }

    func decision(on table: CatalogTable) -> Decision? {
        try? snapshot.decide(subject, reading: table, columns: nil, purpose: nil, at: now)
    }

    /// What a statement reads, column by column, with the reasons.
    func explain(_ statement: RewrittenStatement) -> StatementExplanation {
        var columns: [StatementExplanation.Column] = []
        for (name, read) in statement.reads.columns.sorted(by: { $0.key < $1.key }) {
            guard let table = table(of: name), let decision = decision(on: table) else { continue }
            for item in decision.columns {
                let definition = table.definition.columns.first { $0.name == item.column }
                guard read.contains(definition?.sourcePath ?? "") else { continue }
                let filter = decision.rowFilter.map { $0.reason.sentences(for: nil) } ?? []
                columns.append(
                    StatementExplanation.Column(
                        column: ColumnReference(table: table.definition.name, column: item.column),
                        treatment: item.treatment.label,
                        isLate: statement.late.contains {
                            $0?.relation == name && $0?.column == definition?.sourcePath
                        },
                        why: item.reason.sentences(for: item.treatment) + filter
                    )
                )
            }
        }
        return StatementExplanation(text: statement.text, columns: columns, fences: fences(of: statement))
    }

    private func fences(of statement: RewrittenStatement) -> [StatementExplanation.Fence] {
        statement.reads.fences.compactMap { fence in
            guard let table = tables[fence.relation] else { return nil }
            let text: FenceText? = if case .view(let view) = fence.fence { view.text } else { nil }
            return StatementExplanation.Fence(table: table, how: fence.sentence, query: text?.query)
        }
    }

    /// The audit line of a statement that may be sent: tables, columns with their treatment, policies; no literal.
    func line(of statement: RewrittenStatement, on resource: String, by caller: Caller) -> AuditRecord {
        var columns: [String] = []
        var policies: Set<String> = []
        for (name, read) in statement.reads.columns.sorted(by: { $0.key < $1.key }) {
            guard let table = table(of: name), let decision = decision(on: table) else { continue }
            let paths = Dictionary(
                table.definition.columns.map { ($0.name, $0.sourcePath) },
                uniquingKeysWith: { first, _ in first }
            )
            for item in decision.columns where read.contains(paths[item.column] ?? "") {
                columns.append("\(table.definition.name).\(item.column): \(item.treatment.label)")
                policies.formUnion(item.reason.citations)
            }
            if let filter = decision.rowFilter { policies.formUnion(filter.reason.citations) }
        }
        let fences = fences(of: statement)
        return AuditRecord(
            time: now,
            request: caller.request,
            user: subject.user,
            actor: caller.user,
            act: .statement,
            resource: resource,
            columns: columns,
            policies: policies.sorted(),
            fences: fences.isEmpty ? nil : fences.map { "\($0.table): \($0.how)" },
            outcome: .allowed,
            version: snapshot.version,
            statement: statement.fingerprint
        )
    }
}

extension Reason {
    /// The policies that it cites, as audit lines name them.
    fileprivate var citations: [String] {
        steps.compactMap { step in
            if case .policy(let policy) = step { "\(policy.id) \(policy.name)" } else { nil }
        }
    }
}

extension ColumnRule {
    fileprivate init(_ rule: PostgreSQLRule) {
        self =
            switch rule {
            case .clear: .clear
            case .masked(let text, let late): .masked(text, late: late)
            case .withheld: .withheld
            }
    }
}
