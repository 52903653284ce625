import CatalogModel

/// The tags of resources as numbers, for questions about resources that got their tags in one place.
struct TagLookup {
    private let repository: Repository
    /// By position of the policy that stands for a resource; nil for tags that count only at times.
    private let tags: ContiguousArray<ContiguousArray<RequestTag>?>
    private var queue = CandidateQueue()
    private var elements: RequestElements
    private let facts = RequestFacts(AccessRequest(), now: Instant(microseconds: 0))

    /// Nil when no tag policy could make use of tags.
    init?(_ finder: TagFinder, _ service: CompiledService) {
        guard let tagPolicies = service.tags else { return nil }
        repository = finder.finder.repository
        elements = RequestElements(levelCount: repository.levels.count)
        tags = ContiguousArray(
            repository.policies[PolicyType.access.rawValue].map { policy in
                guard !policy.asksFacts else { return nil }
                let records = finder.tagsOfResource[Int(policy.source)]
                guard records.allSatisfy(\.validityPeriods.isEmpty) else { return nil }
                var found: ContiguousArray<RequestTag> = []
                let attached = Set(records.map { $0.attached(.own) })
                for (index, tag) in finder.sorted(attached).enumerated() {
                    guard let elements = tagPolicies.elements(ofTag: tag.type) else { continue }
                    found.append(RequestTag(elements: elements, match: .same, source: Int32(index)))
                }
                return found
            }
        )
    }

    /// Adds the tags of a question's resource; false when more than one place sets them, or they depend on the time.
    mutating func find(
        _ question: AccessQuestion,
        _ levels: FrozenNames,
        _ found: inout ContiguousArray<RequestTag>
    ) -> Bool {
        elements.removeAll()
        for index in question.resource.indices {
            let level = Int(levels.find(question.resource[index].name))
            elements.set(level, to: question.resource[index].value, names: repository.names)
        }
        queue.start(repository, .access, elements)
        var hasFound = false
        while true {
            let position = queue.next(repository, .access)
            if position < 0 { return true }
            for map in repository.policies[PolicyType.access.rawValue][Int(position)].maps {
                let match = repository.match(repository.maps[Int(map)], elements, type: .access, facts: facts)
                guard match != .none, match != .descendant else { continue }
                guard !hasFound, let tags = tags[Int(position)] else { return false }
                hasFound = true
                for var tag in tags {
                    tag.match = match
                    found.append(tag)
                }
            }
        }
    }
}
