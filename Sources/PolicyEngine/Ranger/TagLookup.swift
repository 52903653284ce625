import CatalogModel

/// The tags of resources as numbers, for questions about resources that got their tags in one place.
final class TagLookup: Sendable {
    private let repository: Repository
    /// What tags are called; tags name positions in it.
    let names: ContiguousArray<RequestElements>
    /// The tags of each resource, side by side.
    private let tags: Frozen<RequestTag>
    /// Where those of a resource are, by its position; from -1 for tags that count only at times.
    private let places: Frozen<Stretch>

    /// Nil when no tag policy could make use of tags.
    init?(_ finder: TagFinder, _ tagPolicies: Repository?) {
        guard let tagPolicies else { return nil }
        repository = finder.finder.repository
        var names: ContiguousArray<RequestElements> = []
        var numbers: [String: Int32] = [:]
        var tags: [RequestTag] = []
        var places: [Stretch] = []
        for records in finder.tagsOfResource {
            guard records.allSatisfy(\.validityPeriods.isEmpty) else {
                places.append(Stretch(-1, -1))
                continue
            }
            let start = Int32(tags.count)
            let attached = Set(records.map { $0.attached(.own) })
            for (index, tag) in finder.sorted(attached).enumerated() {
                if numbers[tag.type] == nil, let elements = tagPolicies.elements(ofTag: tag.type) {
                    numbers[tag.type] = Int32(names.count)
                    names.append(elements)
                }
                guard let name = numbers[tag.type] else { continue }
                tags.append(RequestTag(name: name, match: .same, source: Int32(index)))
            }
            places.append(Stretch(start, Int32(tags.count)))
        }
        self.names = names
        self.tags = Frozen(tags)
        self.places = Frozen(places)
    }

    deinit {
        tags.free()
        places.free()
    }

    /// Adds the tags of a resource; false when more than one place sets them, or they depend on the time.
    func find(
        _ elements: RequestElements,
        _ queue: inout CandidateQueue,
        _ facts: RequestFacts,
        _ found: inout ContiguousArray<RequestTag>
    ) -> Bool {
        queue.start(repository, .access, elements)
        var hasFound = false
        while true {
            let number = queue.next()
            if number < 0 { return true }
            let policy = repository.policies[Int(number)]
            for map in policy.maps {
                let match = repository.match(repository.maps[Int(map)], elements, type: .access, facts: facts)
                guard match != .none, match != .descendant else { continue }
                let place = places[Int(policy.source)]
                guard !hasFound, !policy.asksFacts, place.startIndex >= 0 else { return false }
                hasFound = true
                for index in place {
                    var tag = tags[Int(index)]
                    tag.match = match
                    found.append(tag)
                }
            }
        }
    }
}
