import CatalogModel

extension RequestFacts {
    /// The facts of a request to read columns of a table.
    convenience init(reading request: ReadRequest, _ path: [Int], _ service: CompiledService) {
        var facts = AccessRequest()
        let names = service.definition.resources.map(\.name)
        for (level, part) in zip(path, request.table.parts) { facts.elements[names[level]] = [part] }
        facts.owner = request.owner?.text
        facts.accessType = request.accessType ?? service.definition.readAccessType ?? ""
        facts.user = request.subject.user.text
        facts.groups = request.subject.groups.map(\.text)
        self.init(facts, now: request.now)
        roles = request.subject.roles.map(\.text)
        users = UserStore(
            users: [request.subject.user.text: request.subject.attributes],
            groups: Dictionary(
                request.subject.groupAttributes.map { ($0.key.text, $0.value) },
                uniquingKeysWith: { first, _ in first }
            )
        )
    }

    /// Turns to a column, nil for the table itself, with its tags.
    func look(at column: ColumnName?, of read: ReadRequest, _ own: [EffectiveTag]) {
        request.elements["column"] = column.map { [$0.text] }
        tags.removeAll(keepingCapacity: true)
        var positions: [Int] = []
        for (index, tag) in (read.tableTags + own).enumerated() {
            guard tag.tag.holds(at: read.now) else {
                positions.append(-1)
                continue
            }
            let isAbove = column != nil && (index < read.tableTags.count || tag.origin == .table)
            positions.append(tags.count)
            tags.append(
                AttachedTag(
                    type: tag.tag.name.text,
                    attributes: tag.tag.attributes,
                    match: isAbove ? .above : .own
                )
            )
        }
        tagPositions = positions
        currentTag = -1
    }
}
