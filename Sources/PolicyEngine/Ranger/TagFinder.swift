import CatalogModel

/// Finds the tags of a request's resource.
struct TagFinder: Sendable {
    let finder: ResourceFinder
    let tagsOfResource: [[TagRecord]]
    private let times: ValidityTimes
    private let all: [TagRecord]

    init(_ download: TagDownload, definition: ServiceDefinition, times: ValidityTimes) throws(PolicyError) {
        var resources: [[String: PolicyResource]] = []
        var tags: [[TagRecord]] = []
        for resource in download.resources {
            guard let id = resource.id, let ids = download.tagsOfResource[String(id)] else { continue }
            resources.append(resource.elements)
            tags.append(ids.compactMap { download.tags[String($0)] })
        }
        finder = try ResourceFinder(resources, definition: definition)
        tagsOfResource = tags
        self.times = times
        all = download.tags.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The tags in force, each once for every place where it was set; sorted by type, place and attributes.
    func tags(of request: AccessRequest, facts: RequestFacts) -> [AttachedTag] {
        var found: Set<AttachedTag> = []
        if request.elements.isEmpty, request.isAny {
            found = Set(all.map { $0.attached(.below) })
        } else {
            let elements = finder.repository.elements(of: request)
            let countsBelow = request.isAny || request.countsDescendants
            for (position, match) in finder.find(elements, facts: facts) {
                guard match != .descendant || countsBelow else { continue }
                for tag in tagsOfResource[position] { found.insert(tag.attached(TagMatch(match))) }
            }
        }
        return TagFinder.inForce(found, at: facts.now, times)
    }

    /// Tags that always count, in the order of ``tags(of:facts:)``.
    func sorted(_ tags: Set<AttachedTag>) -> [AttachedTag] {
        TagFinder.inForce(tags, at: Instant(microseconds: 0), times)
    }

    /// Those that count at a moment, in a fixed order.
    static func inForce(_ tags: some Sequence<AttachedTag>, at now: Instant, _ times: ValidityTimes)
        -> [AttachedTag]
    {
        tags.filter { tag in
            tag.validityPeriods.isEmpty
                || tag.validityPeriods.contains { schedule in
                    let place = PolicyPlace("tag", tag.type)
                    return (try? schedule.period(times, at: place))?.holds(at: now) ?? false
                }
        }.sorted { left, right in
            if left.type != right.type { return left.type < right.type }
            if left.match != right.match {
                return left.match.matchType.rawValue < right.match.matchType.rawValue
            }
            let text = { (tag: AttachedTag) in
                tag.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(
                    separator: ","
                )
            }
            return text(left) < text(right)
        }
    }
}
