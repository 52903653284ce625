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

    /// Columns made from masked ones that the same people read clear.
    private func rawCopies() -> [PolicyFinding] {
        var decisions: [TableName: [(principal: PolicyPrincipal, decision: Decision)]] = [:]
        let principals = snapshot.principals(named: Array(snapshot.state.policies.values))
        for table in snapshot.state.tables.values {
            decisions[table.definition.name] = principals.map {
                ($0, snapshot.decide($0.subject, on: table, for: nil, at: now))
            }
        }
        var found: [PolicyFinding] = []
        for table in snapshot.state.tables.values.sorted(by: { $0.definition.name < $1.definition.name }) {
            let here = decisions[table.definition.name] ?? []
            for (index, column) in table.definition.columns.enumerated() {
                let masked = here.filter { $0.decision.columns[index].isMasked }
                guard !masked.isEmpty else { continue }
                let origin = ColumnReference(table: table.definition.name, column: column.name)
                for (copy, edge) in copies(of: origin) {
                    guard let copied = snapshot.state.tables[copy.table],
                        let position = copied.schema.position(of: copy.column),
                        let there = decisions[copy.table]
                    else { continue }
                    let clear = Set(
                        there.filter { $0.decision.columns[position].treatment == .clear }.map(\.principal)
                    )
                    let leaking = masked.filter { clear.contains($0.principal) }
                    guard let first = leaking.first else { continue }
                    found.append(
                        rawCopy(
                            copy,
                            of: origin,
                            edge,
                            leaking.map(\.principal),
                            first.decision.columns[index]
                        )
                    )
                }
            }
        }
        return found
    }

    private func rawCopy(
        _ copy: ColumnReference,
        of origin: ColumnReference,
        _ edge: LineageEdge,
        _ principals: [PolicyPrincipal],
        _ masked: ColumnDecision
    ) -> PolicyFinding {
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

extension MaskChoice {
    /// The mask as a call: the expression of a custom one, else what the definition says.
    private var call: String {
        (maskType == "CUSTOM" ? valueExpression : transformer)?.lowercased().filter { $0 != " " } ?? ""
    }

    /// Which end of a value it shows four characters of, or more; nil when it doesn't.
    fileprivate var shownEnd: String? {
        let shown = [("mask_show_last_n({col},", "last"), ("mask_show_first_n({col},", "first")].first {
            call.hasPrefix($0.0)
        }
        if let shown {
            let count = Int(call.dropFirst(shown.0.count).prefix { $0.isNumber }) ?? 4
            return count >= 4 ? shown.1 : nil
        }
        return maskType == "MASK_SHOW_LAST_4" ? "last" : maskType == "MASK_SHOW_FIRST_4" ? "first" : nil
    }

    /// Whether it is a hash that is the same for everybody who computes it.
    fileprivate var isUnsaltedHash: Bool { maskType == "MASK_HASH" || call.hasPrefix("mask_hash({col})") }
}

extension DataType {
    /// How many characters values have, as far as the type tells.
    fileprivate enum Characters {
        case atMost(Int)
        case unknown
    }

    fileprivate var characters: Characters {
        switch self {
        case .boolean: .atMost(5)
        case .tinyint: .atMost(4)
        case .smallint: .atMost(6)
        case .int: .atMost(11)
        case .bigint: .atMost(20)
        case .decimal(let precision, let scale): .atMost(precision + (scale > 0 ? 2 : 1))
        case .varchar(let length), .char(let length): .atMost(length)
        case .date: .atMost(10)
        case .float, .double, .string, .timestamp, .binary, .json, .complex, .void: .unknown
        }
    }

    /// How many values a type with few of them has, in words; nil for the others.
    fileprivate var differentValues: String? {
        switch self {
        case .boolean: "2 values"
        case .tinyint: "256 values"
        case .date: "some ten thousand values that occur"
        case .smallint, .int, .bigint, .float, .double, .decimal, .string, .varchar, .char, .timestamp,
            .binary,
            .json, .complex, .void:
            nil
        }
    }
}
