import CatalogModel

/// The tags of resources as numbers, for questions about resources that got their tags in one place.
final class TagLookup: Sendable {
    /// What looking them up takes; its owner keeps them.
    struct View: Sendable, BitwiseCopyable {
        let layer: PlainLayer
        /// The tags of each resource, side by side.
        let tags: Frozen<RequestTag>
        /// Where those of a resource are, by its position; from -1 for tags that count only at times.
        let places: Frozen<Stretch>
    }

    private let repository: Repository
    /// What tags are called; tags name positions in it.
    let names: ContiguousArray<RequestElements>
    let view: View

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
        view = View(
            layer: PlainLayer(repository, .access),
            tags: Frozen(tags),
            places: Frozen(places)
        )
    }

    deinit {
        view.tags.free()
        view.places.free()
    }
}
