import CatalogModel
import HashTreeCollections
import Lineage
import Masking
import PolicyEngine

/// Finds masks that show what they are meant to hide.
struct LeakyMasks {
    /// The tag that says that a column has so few different values that all can be tried.
    static let fewValues = TagName("LOW_CARDINALITY")

    let snapshot: GovernanceSnapshot
    let now: Instant

    /// All findings, by table and column.
    func findings() throws(GovernanceError) -> [PolicyFinding] {
        var found: [PolicyFinding] = []
        var seen: Set<PolicyFinding> = []
        for table in snapshot.state.tables.values.sorted(by: { $0.definition.name < $1.definition.name }) {
            let outcomes = snapshot.policies.possibleOutcomes(
                service: table.definition.service,
                table: table.definition.name,
                columns: table.definition.columns.map(\.name),
                tableTags: table.tags,
                columnTags: table.columnTags
            )
            for outcome in outcomes {
                guard let mask = outcome.mask, let column = outcome.column,
                    let type = table.schema.type(of: column)
                else { continue }
                let reference = ColumnReference(table: table.definition.name, column: column)
                let tags = table.schema.position(of: column).map { table.columnTags[$0] } ?? []
                let finding =
                    shown(mask, of: type, at: outcome.place, on: reference)
                    ?? guessable(mask, of: type, tags: tags + table.tags, at: outcome.place, on: reference)
                if let finding, seen.insert(finding).inserted { found.append(finding) }
            }
        }
        return found + rawCopies()
    }

    private func shown(
        _ mask: MaskChoice,
        of type: DataType,
        at place: PolicyPlace,
        on column: ColumnReference
    ) -> PolicyFinding? {
        guard let end = mask.shownEnd else { return nil }
        let level: PolicyFinding.Level
        let why: String
        switch type.characters {
        case .atMost(let count) where count <= 4:
            level = .error
            why = "values of type `\(type)` have \(count) characters at most, and all of them are shown"
        case .atMost(let count):
            level = .warning
            why =
                "values of type `\(type)` have up to \(count) characters; those of 4 or fewer are shown whole"
        case .unknown: return nil
        }
        return PolicyFinding(
            rule: .shortValuesShown,
            level: level,
            place: place,
            column: column,
            why: "`\(mask.maskType)` shows the \(end) 4 characters; \(why)",
            advice: "use `MASK`, `MASK_HASH` or `MASK_NULL` for this column"
        )
    }

    private func guessable(
        _ mask: MaskChoice,
        of type: DataType,
        tags: [EffectiveTag],
        at place: PolicyPlace,
        on column: ColumnReference
    ) -> PolicyFinding? {
        guard mask.isUnsaltedHash else { return nil }
        let why: String
        if let count = type.differentValues {
            why = "type `\(type)` has \(count)"
        } else if tags.contains(where: { $0.tag.name.text.uppercased() == LeakyMasks.fewValues.text }) {
            why = "the column is tagged `\(LeakyMasks.fewValues)`"
        } else {
            return nil
        }
        return PolicyFinding(
            rule: .guessableHash,
            level: .error,
            place: place,
            column: column,
            why:
                "`\(mask.maskType)` hashes without salt, and \(why): who hashes each possible value knows them all",
            advice: "use `MASK_NULL`, for dates `MASK_DATE_SHOW_YEAR`, or deny the column"
        )
    }

    /// A column and one that is made from it.
    private struct Copy {
        let origin: ColumnReference
        let originPosition: Int
        let copy: ColumnReference
        let copyPosition: Int
        let edge: LineageEdge
    }

    /// Columns made from masked ones that the same people read clear; tried principal by principal, so that only one
    /// principal's decisions are held at a time.
    private func rawCopies() -> [PolicyFinding] {
        let copies = self.copies()
        let names = Set(copies.flatMap { [$0.origin.table, $0.copy.table] })
        let tables = names.compactMap { snapshot.state.tables[$0] }
        var leaking = copies.map { _ in [PolicyPrincipal]() }
        var masks: [ColumnDecision?] = copies.map { _ in nil }
        for principal in snapshot.principals(named: Array(snapshot.state.policies.values)) {
            var decisions: [TableName: Decision] = [:]
            for table in tables {
                decisions[table.definition.name] = snapshot.decide(
                    principal.subject,
                    on: table,
                    for: nil,
                    at: now
                )
            }
            for (index, copy) in copies.enumerated() {
                guard let here = decisions[copy.origin.table]?.columns[copy.originPosition], here.isMasked,
                    decisions[copy.copy.table]?.columns[copy.copyPosition].treatment == .clear
                else { continue }
                leaking[index].append(principal)
                masks[index] = masks[index] ?? here
            }
        }
        return copies.indices.compactMap { index in
            masks[index].map { rawCopy(copies[index], leaking[index], $0) }
        }
    }

    /// Each catalogued column with each catalogued column made from it, by name.
    private func copies() -> [Copy] {
        var found: [Copy] = []
        for table in snapshot.state.tables.values.sorted(by: { $0.definition.name < $1.definition.name }) {
            for (index, column) in table.definition.columns.enumerated() {
                let origin = ColumnReference(table: table.definition.name, column: column.name)
                for (copy, edge) in copies(of: origin) {
                    guard
                        let position = snapshot.state.tables[copy.table]?.schema.position(of: copy.column)
                    else { continue }
                    found.append(
                        Copy(
                            origin: origin,
                            originPosition: index,
                            copy: copy,
                            copyPosition: position,
                            edge: edge
                        )
                    )
                }
            }
        }
        return found
    }

    private func rawCopy(
        _ found: Copy,
        _ principals: [PolicyPrincipal],
        _ masked: ColumnDecision
    ) -> PolicyFinding {
        let (origin, copy, edge) = (found.origin, found.copy, found.edge)
        let names = principals.prefix(3).map(\.title).joined(separator: ", ")
        let more = principals.count > 3 ? " and \(principals.count - 3) more" : ""
        let byTag = masked.reason.steps.contains { if case .tag = $0 { true } else { false } }
        let citation = masked.reason.steps.lazy.compactMap { step in
            if case .policy(let citation) = step { citation } else { nil }
        }.first
        return PolicyFinding(
            rule: .rawCopy,
            level: .error,
            service: citation?.service.text ?? "",
            policy: citation?.name ?? "",
            member: citation.map { "\($0.list)[\($0.item)]" } ?? "",
            column: copy,
            why: "`\(copy)` is made from `\(origin)` by `\(edge.process)`; \(names)\(more) "
                + "see the origin as `\(masked.treatment.label)` and the copy clear: "
                + (byTag ? "the tag or its policy does not reach the copy" : "the policy misses the copy"),
            advice: "mask the copy too, best by a tag that flows; or say that `\(edge.process)` anonymises"
        )
    }

    /// What is made from a column without being anonymised, with the last step to it.
    private func copies(of origin: ColumnReference) -> [(copy: ColumnReference, edge: LineageEdge)] {
        var found: [(ColumnReference, LineageEdge)] = []
        var seen: Set = [origin]
        var next = [origin]
        var position = 0
        while position < next.count {
            for edge in snapshot.state.lineage.edges(outOf: next[position])
            where !edge.anonymises && seen.insert(edge.output).inserted {
                found.append((edge.output, edge))
                next.append(edge.output)
            }
            position += 1
        }
        return found
    }
}

extension PolicyFinding {
    fileprivate init(
        rule: PolicyRule,
        level: Level,
        place: PolicyPlace,
        column: ColumnReference,
        why: String,
        advice: String
    ) {
        self.init(
            rule: rule,
            level: level,
            service: place.service,
            policy: place.name,
            member: place.member,
            column: column,
            why: why,
            advice: advice
        )
    }
}

extension ColumnDecision {
    fileprivate var isMasked: Bool { if case .masked = treatment { true } else { false } }
}
