import CatalogModel

/// What the tags of a request are called, each name once.
struct TagNames {
    /// The names as resources of the tag service.
    private(set) var elements: ContiguousArray<RequestElements> = []
    private var positions: [TagName: Int32] = [:]

    init(of request: ReadRequest, _ service: CompiledService) {
        guard let tags = service.tags else { return }
        for list in [request.tableTags] + request.columnTags {
            for tag in list where positions[tag.tag.name] == nil {
                guard let name = tags.elements(ofTag: tag.tag.name.text) else { continue }
                positions[tag.tag.name] = Int32(elements.count)
                elements.append(name)
            }
        }
    }

    /// The position of a tag's name; nil when the tag doesn't count.
    subscript(tag: Tag, at now: Instant) -> Int32? { tag.holds(at: now) ? positions[tag.name] : nil }
}
