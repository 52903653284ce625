import CatalogModel

/// Decides the columns of one table one after another; what they share is interned once.
struct TableReader {
    /// Whether any policy asked for an audit line, or none had a say.
    private(set) var isAudited = false

    private let request: ReadRequest
    private let service: CompiledService
    /// The security zone whose policies count; nil outside of zones.
    private let zone: String?
    private var evaluator: Evaluator
    private var evaluation: EvaluationRequest
    private let columnLevel: Int
    private let access: Int
    private let readAccess: Int
    private let mark: Int
    /// The table's tags as tags of the table itself, and as tags above its columns.
    private var tableTags: ContiguousArray<RequestTag> = []
    private var inheritedTags: ContiguousArray<RequestTag> = []
    /// Positions of tags' names among those of the request.
    private let tagNames: TagNames
    /// What is shared of the table, and the names that its policies know; nil when nothing is.
    private var shares: (CompiledSharing, PrincipalTable)?
    /// What shares said of the last question.
    private var shared: SharedVerdict?
    /// Decides by numbers alone what needs no more; nil when nothing of the request can be.
    private var plain: PlainResource?

    /// Nil when the table's name doesn't fit the service, or nothing is known as reading.
    init?(
        _ request: ReadRequest,
        _ service: CompiledService,
        zone: String? = nil,
        _ table: PrincipalTable,
        _ pool: ScratchPool
    ) {
        self.zone = zone
        guard let path = service.columnPath(parts: request.table.parts.count),
            let readName = service.definition.readAccessType, let read = service.accessTypes.find(readName),
            let column = path.last
        else { return nil }
        self.request = request
        self.service = service
        columnLevel = column
        readAccess = read
        if let name = request.accessType {
            guard let bit = service.accessTypes.find(name) else { return nil }
            access = bit
        } else {
            access = read
        }
        evaluator = Evaluator(service: service)
        var elements = RequestElements(levelCount: service.resource.levels.count)
        for (level, part) in zip(path, request.table.parts) {
            elements.set(level, to: part)
        }
        mark = elements.mark
        evaluation = EvaluationRequest(
            resource: elements,
            facts: RequestFacts(reading: request, path, service)
        )
        evaluation.add(request.subject, table)
        evaluation.purpose = request.purpose.map { table.find(.purpose, $0) } ?? -1
        evaluation.isOwner = request.owner == request.subject.user
        tagNames = TagNames(of: request, service)
        evaluation.tagElements = tagNames.elements
        for (index, tag) in request.tableTags.enumerated() {
            guard let name = tagNames[tag.tag, at: request.now] else { continue }
            tableTags.append(RequestTag(name: name, match: .same, source: Int32(index)))
            inheritedTags.append(RequestTag(name: name, match: .ancestor, source: Int32(index)))
        }
        plain = PlainResource(
            service,
            evaluation.principals,
            isOwner: evaluation.isOwner,
            tagNames: tagNames.elements,
            pool
        )
        for (level, part) in zip(path, request.table.parts) where plain?.set(level, to: part) == false {
            plain = nil
        }
    }

    /// Lets shares count, too, where the table or something of it is shared.
    mutating func use(_ sharing: CompiledSharing, _ table: PrincipalTable) {
        guard sharing.touches(evaluation.facts) else { return }
        shares = (sharing, table)
        plain = nil
    }

    /// Looks at every policy that may match with all the rules, even where numbers alone would do.
    mutating func useAllRules() { plain = nil }

    /// What policies say of the table, or of one of its columns.
    private mutating func verdict(
        on column: ColumnName?,
        _ access: Int,
        _ tags: ContiguousArray<RequestTag>,
        _ own: [EffectiveTag],
        _ type: PolicyType
    ) -> Verdict {
        if let verdict = plain?.verdict(column.map { (columnLevel, $0.text) }, access, tags, type) {
            return verdict
        }
        evaluation.accesses = [access]
        evaluation.tags = tags
        look(at: column, own)
        guard let (sharing, table) = shares else { return evaluator.evaluate(evaluation, type) }
        evaluation.facts.request.accessType = service.accessTypes.names[access]
        shared = sharing.outcome(evaluation.facts, table)
        evaluation.facts.currentTag = -1
        return evaluator.evaluate(evaluation, type, sharing: shared?.outcome)
    }

    /// Turns what conditions and expressions may ask to the table or a column of it.
    private mutating func look(at column: ColumnName?, _ own: [EffectiveTag]) {
        evaluation.facts.look(at: column, of: request, own)
        evaluation.resource.cut(to: mark, without: columnLevel)
        if let column { evaluation.resource.set(columnLevel, to: column.text) }
    }

    /// Lets scripts of conditions run in an engine, with zones to name.
    func use(_ scripts: (any ScriptEngine)?, timeZones: TimeZoneDatabase) {
        evaluation.facts.scripts = scripts
        evaluation.facts.zoneDatabase = timeZones
        if let zone { evaluation.facts.zones = [zone] }
    }

    /// The row filter of the table; nil when no policy sets one.
    mutating func rowFilter() -> RowFilterDecision? {
        let verdict = verdict(on: nil, readAccess, tableTags, [], .rowFilter)
        guard verdict.isAllowed else { return nil }
        let reason = Reason(steps: steps(verdict.decider, .rowFilter, []))
        if verdict.decider.origin == .sharing {
            return filter(shared?.rowFilters?.first ?? TableReader.lostFilter, verdict.decider, reason)
        }
        guard let item = item(of: verdict.decider, .rowFilter) else {
            // A filter that was decided on but can't be found must not show all rows.
            return RowFilterDecision(expression: TableReader.lostFilter, reason: reason)
        }
        // An item without a text is an exemption from those after it, as in Ranger.
        guard let text = item.rowFilterInfo?.filterExpr, !text.isEmpty else { return nil }
        return filter(text, verdict.decider, reason)
    }

    /// A row filter's text with what it asks of the request filled in.
    private mutating func filter(_ text: String, _ decider: Decider, _ reason: Reason) -> RowFilterDecision {
        guard MacroText.isNeeded(for: text) else {
            return RowFilterDecision(expression: text, reason: reason)
        }
        look(at: nil, [])
        evaluation.facts.turn(to: Int(decider.tag))
        // What can't be filled in shows no row.
        return RowFilterDecision(
            expression: (try? MacroText(text))?.filled(evaluation.facts) ?? "FALSE",
            publishedExpression: text,
            reason: reason
        )
    }

    /// No policy can publish this text, so that no plan can be made of it and the read is refused.
    private static let lostFilter = ""

    /// How one column may be seen.
    mutating func column(at index: Int) -> ColumnDecision {
        let name = request.columns[index]
        let own = request.columnTags[index]
        var tags = inheritedTags
        for (offset, tag) in own.enumerated() {
            guard let position = tagNames[tag.tag, at: request.now] else { continue }
            let match: MatchType = tag.origin == .table ? .ancestor : .same
            let source = Int32(request.tableTags.count + offset)
            tags.append(RequestTag(name: position, match: match, source: source))
        }
        let verdict = verdict(on: name, access, tags, own, .access)
        if verdict.isAudited || !verdict.isAuditDetermined { isAudited = true }
        let accessSteps = steps(verdict.decider, .access, own)
        guard verdict.isAllowed else {
            return ColumnDecision(column: name, treatment: .denied, reason: Reason(steps: accessSteps))
        }
        let maskVerdict = self.verdict(on: name, readAccess, tags, own, .dataMask)
        let unmasked = ColumnDecision(column: name, treatment: .clear, reason: Reason(steps: accessSteps))
        guard maskVerdict.isAllowed else { return unmasked }
        if maskVerdict.decider.origin == .sharing {
            let reason = Reason(steps: steps(maskVerdict.decider, .dataMask, own) + accessSteps)
            guard let mask = shared?.mask, !mask.dataMaskType.isEmpty else {
                return ColumnDecision(column: name, treatment: .denied, reason: reason)
            }
            return masked(name, mask, maskVerdict.decider, own, reason)
        }
        guard let item = item(of: maskVerdict.decider, .dataMask) else {
            // A mask that was decided on but can't be found must not leave the column clear.
            let reason = Reason(steps: steps(maskVerdict.decider, .dataMask, own))
            return ColumnDecision(column: name, treatment: .denied, reason: reason)
        }
        guard let mask = item.dataMaskInfo, !mask.dataMaskType.isEmpty else { return unmasked }
        let reason = Reason(steps: steps(maskVerdict.decider, .dataMask, own) + accessSteps)
        return masked(name, mask, maskVerdict.decider, own, reason)
    }

    /// A column under a mask, with what the mask asks of the request filled in.
    private mutating func masked(
        _ name: ColumnName,
        _ mask: DataMaskInfo,
        _ decider: Decider,
        _ own: [EffectiveTag],
        _ reason: Reason
    ) -> ColumnDecision {
        guard mask.dataMaskType != "MASK_NONE" else {
            return ColumnDecision(column: name, treatment: .clear, reason: reason)
        }
        let transformer = service.definition.dataMaskDef?.maskTypes
            .first { $0.name == mask.dataMaskType }?.transformer
        var choice = MaskChoice(
            maskType: mask.dataMaskType,
            transformer: transformer.flatMap { $0.isEmpty ? nil : $0 },
            valueExpression: mask.valueExpr.isEmpty ? nil : mask.valueExpr
        )
        if MacroText.isNeeded(for: mask.valueExpr) {
            look(at: name, own)
            evaluation.facts.turn(to: Int(decider.tag))
            guard let text = (try? MacroText(mask.valueExpr))?.filled(evaluation.facts) else {
                return ColumnDecision(column: name, treatment: .denied, reason: reason)
            }
            choice = MaskChoice(
                maskType: choice.maskType,
                transformer: choice.transformer,
                valueExpression: text,
                publishedExpression: mask.valueExpr
            )
        }
        return ColumnDecision(column: name, treatment: .masked(choice), reason: reason)
    }

    private func item(of decider: Decider, _ type: PolicyType) -> PolicyItem? {
        guard let repository = service.repository(of: decider.origin), decider.item >= 0 else { return nil }
        let policy = repository.policies[Int(decider.policy)]
        let source = Int(repository.items[Int(decider.item)].source)
        let items = repository.sources[Int(policy.source)].itemLists.first { $0.list == decider.list }?.items
        guard let items, items.indices.contains(source) else { return nil }
        return items[source]
    }

    private func steps(_ decider: Decider, _ type: PolicyType, _ own: [EffectiveTag]) -> [ReasonStep] {
        let place: [ReasonStep] = zone.map { [.zone($0)] } ?? []
        if decider.origin == .sharing, let shared {
            let citation = SharedCitation(
                datasets: shared.allowedByDatasets,
                projects: shared.allowedByProjects,
                policy: shared.policyId
            )
            return [.shared(citation)] + place
        }
        guard let repository = service.repository(of: decider.origin) else { return [.noPolicy] + place }
        let compiled = repository.policies[Int(decider.policy)]
        let policy = repository.sources[Int(compiled.source)]
        let item = item(of: decider, type)
        let citation = PolicyCitation(
            id: compiled.id,
            name: policy.name,
            service: ServiceName(policy.service),
            list: decider.list.name,
            item: decider.item >= 0 ? Int(repository.items[Int(decider.item)].source) : 0,
            principal: item.map { $0.principal(meaning: request.subject, owner: request.owner) }
                ?? "everyone else"
        )
        let tags = request.tableTags + own
        guard decider.tag >= 0, Int(decider.tag) < tags.count else { return [.policy(citation)] + place }
        return [.policy(citation), .tag(tags[Int(decider.tag)])] + place
    }
}

extension EvaluationRequest {
    /// Takes the names of the one who asks that any policy knows.
    mutating func add(_ subject: Subject, _ table: PrincipalTable) {
        principals = EvaluationRequest.principals(of: subject, table)
    }

    /// The numbers of the names of the one who asks that any policy knows.
    static func principals(of subject: Subject, _ table: PrincipalTable) -> ContiguousArray<Int32> {
        var ids = [table.find(.user, subject.user.text)]
        ids += subject.groups.map { table.find(.group, $0.text) }
        ids += subject.roles.map { table.find(.role, $0.text) }
        return ContiguousArray(ids.filter { $0 >= 0 })
    }
}

extension PolicyItem {
    /// Why this item means a subject.
    func principal(meaning subject: Subject, owner: UserName?) -> String {
        if users.contains(subject.user.text) { return "user \(subject.user)" }
        if let group = subject.groups.first(where: { groups.contains($0.text) }) { return "group \(group)" }
        if let role = subject.roles.first(where: { roles.contains($0.text) }) { return "role \(role)" }
        if users.contains("{OWNER}"), owner == subject.user { return "owner" }
        return "public"
    }
}

extension CompiledService {
    /// The levels from the outermost down to `column` for a table name of so many parts; nil when none fits.
    func columnPath(parts: Int) -> [Int]? {
        guard let column = resource.levels["column"] else { return nil }
        return resource.hierarchies[PolicyType.access.rawValue].paths.first {
            $0.count == parts + 1 && $0.last == column
        }
    }
}

extension ServiceDefinition {
    /// What reading is called: the access that masks go with, else `select`, else `read`.
    package var readAccessType: String? {
        if let first = dataMaskDef?.accessTypes.first?.name { return first }
        let names = accessTypes.map(\.name)
        return ["select", "read"].first { names.contains($0) }
    }
}
