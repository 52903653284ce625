import CatalogModel

/// Decides the columns of one table one after another; what they share is interned once.
struct TableReader {
    /// Whether any policy asked for an audit line, or none had a say.
    private(set) var isAudited = false

    private let request: ReadRequest
    private let service: CompiledService
    private var evaluator: Evaluator
    private var evaluation: EvaluationRequest
    private let columnLevel: Int
    private let access: Int
    private let readAccess: Int
    private let mark: Int
    /// The table's tags as tags of the table itself, and as tags above its columns.
    private var tableTags: ContiguousArray<RequestTag> = []
    private var inheritedTags: ContiguousArray<RequestTag> = []
    /// The names of the table's tags.
    private var tableTagNames: ContiguousArray<RequestElements> = []

    /// Nil when the table's name doesn't fit the service, or nothing is known as reading.
    init?(_ request: ReadRequest, _ service: CompiledService, _ table: PrincipalTable) {
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
        for (index, tag) in request.tableTags.enumerated() {
            guard let elements = tagElements(of: tag) else { continue }
            evaluation.add(elements, .same, source: Int32(index))
        }
        tableTags = evaluation.tags
        tableTagNames = evaluation.tagElements
        inheritedTags = tableTags
        for index in inheritedTags.indices {
            inheritedTags[index].match = .ancestor
        }
    }

    /// Lets scripts of conditions run in an engine, with zones to name.
    func use(_ scripts: (any ScriptEngine)?, zones: TimeZoneDatabase) {
        evaluation.facts.scripts = scripts
        evaluation.facts.zoneDatabase = zones
    }

    /// The row filter of the table; nil when no policy sets one.
    mutating func rowFilter() -> RowFilterDecision? {
        evaluation.accesses = [readAccess]
        evaluation.tags = tableTags
        evaluation.tagElements = tableTagNames
        evaluation.facts.look(at: nil, of: request, [])
        let verdict = evaluator.evaluate(evaluation, .rowFilter)
        guard verdict.isAllowed else { return nil }
        let reason = Reason(steps: steps(verdict.decider, .rowFilter, []))
        guard let item = item(of: verdict.decider, .rowFilter) else {
            // A filter that was decided on but can't be found must not show all rows.
            return RowFilterDecision(expression: TableReader.lostFilter, reason: reason)
        }
        // An item without a text is an exemption from those after it, as in Ranger.
        guard let text = item.rowFilterInfo?.filterExpr, !text.isEmpty else { return nil }
        guard MacroText.isNeeded(for: text) else {
            return RowFilterDecision(expression: text, reason: reason)
        }
        evaluation.facts.turn(to: Int(verdict.decider.tag))
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
        evaluation.facts.look(at: name, of: request, own)
        evaluation.resource.set(columnLevel, to: name.text)
        defer { evaluation.resource.cut(to: mark, without: columnLevel) }
        evaluation.tags = inheritedTags
        evaluation.tagElements = tableTagNames
        for (offset, tag) in own.enumerated() {
            let match: MatchType = tag.origin == .table ? .ancestor : .same
            guard let elements = tagElements(of: tag) else { continue }
            evaluation.add(elements, match, source: Int32(request.tableTags.count + offset))
        }
        evaluation.accesses = [access]
        let verdict = evaluator.evaluate(evaluation, .access)
        if verdict.isAudited || !verdict.isAuditDetermined { isAudited = true }
        let accessSteps = steps(verdict.decider, .access, own)
        guard verdict.isAllowed else {
            return ColumnDecision(column: name, treatment: .denied, reason: Reason(steps: accessSteps))
        }
        evaluation.accesses = [readAccess]
        let maskVerdict = evaluator.evaluate(evaluation, .dataMask)
        let unmasked = ColumnDecision(column: name, treatment: .clear, reason: Reason(steps: accessSteps))
        guard maskVerdict.isAllowed else { return unmasked }
        guard let item = item(of: maskVerdict.decider, .dataMask) else {
            // A mask that was decided on but can't be found must not leave the column clear.
            let reason = Reason(steps: steps(maskVerdict.decider, .dataMask, own))
            return ColumnDecision(column: name, treatment: .denied, reason: reason)
        }
        guard let mask = item.dataMaskInfo, !mask.dataMaskType.isEmpty else { return unmasked }
        let reason = Reason(steps: steps(maskVerdict.decider, .dataMask, own) + accessSteps)
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
            evaluation.facts.turn(to: Int(maskVerdict.decider.tag))
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

    /// A tag's name as the tag service has it; nil when it doesn't count.
    private func tagElements(of tag: EffectiveTag) -> RequestElements? {
        guard tag.tag.holds(at: request.now) else { return nil }
        return service.tags?.elements(ofTag: tag.tag.name.text)
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
        guard let repository = service.repository(of: decider.origin) else { return [.noPolicy] }
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
        guard decider.tag >= 0, Int(decider.tag) < tags.count else { return [.policy(citation)] }
        return [.policy(citation), .tag(tags[Int(decider.tag)])]
    }
}

extension EvaluationRequest {
    /// Takes the names of the one who asks that any policy knows.
    mutating func add(_ subject: Subject, _ table: PrincipalTable) {
        var ids = [table.find(.user, subject.user.text)]
        ids += subject.groups.map { table.find(.group, $0.text) }
        ids += subject.roles.map { table.find(.role, $0.text) }
        principals = ContiguousArray(ids.filter { $0 >= 0 })
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
