import CatalogModel

/// The tags of resources as numbers, for questions that need no more to know the tags of theirs.
final class TagLookup: Sendable {
    /// What looking them up takes; its owner keeps them.
    struct View: Sendable, BitwiseCopyable {
        fileprivate let layers: Frozen<PlainLayer>
        /// The tags of each resource, side by side.
        let tags: Frozen<RankedTag>
        /// Where those of a resource are, by its position; from -1 for tags that count only at times.
        let places: Frozen<Stretch>

        /// The resources.
        @inline(__always)
        var layer: UnsafePointer<PlainLayer> { layers.base }
    }

    private let repository: Repository
    /// What tags are called; tags name positions in it.
    let names: ContiguousArray<RequestElements>
    let view: View

    /// Nil when no tag policy could make use of tags.
    init?(_ finder: TagFinder, _ tagPolicies: Repository?) {
        guard let tagPolicies else { return nil }
        repository = finder.finder.repository
        let order = TagOrder(finder)
        var names: ContiguousArray<RequestElements> = []
        var numbers: [String: Int32] = [:]
        var tags: [RankedTag] = []
        var places: [Stretch] = []
        for records in finder.tagsOfResource {
            guard records.allSatisfy(\.validityPeriods.isEmpty) else {
                places.append(Stretch(-1, -1))
                continue
            }
            let start = Int32(tags.count)
            for (index, (tag, rank)) in order.sorted(records).enumerated() {
                if numbers[tag.type] == nil, let elements = tagPolicies.elements(ofTag: tag.type) {
                    numbers[tag.type] = Int32(names.count)
                    names.append(elements)
                }
                guard let name = numbers[tag.type] else { continue }
                let tag = RequestTag(name: name, match: .same, source: Int32(index))
                tags.append(RankedTag(tag: tag, rank: rank))
            }
            places.append(Stretch(start, Int32(tags.count)))
        }
        self.names = names
        view = View(
            layers: Frozen([PlainLayer(repository, .access)]),
            tags: Frozen(tags),
            places: Frozen(places)
        )
    }

    deinit {
        view.layers.free()
        view.tags.free()
        view.places.free()
    }
}

/// A tag of a resource, and where it stands among others.
struct RankedTag: Sendable, BitwiseCopyable {
    let tag: RequestTag
    let rank: TagRank
}

/// Where a tag stands among the tags of one resource, wherever each of them was set.
struct TagRank: Sendable, BitwiseCopyable {
    /// Its type's position among all types.
    fileprivate let type: Int32
    /// Its own position among all tags: tags with one position are the same.
    fileprivate let tag: Int32

    /// By type, then by where it was set, then by what it says.
    @inline(__always)
    func with(_ match: MatchType) -> UInt64 {
        UInt64(UInt32(bitPattern: type)) << 40 | UInt64(match.rawValue) << 32
            | UInt64(UInt32(bitPattern: tag))
    }
}

/// The order of tags that always count.
private struct TagOrder {
    private var ranks: [AttachedTag: TagRank] = [:]

    init(_ finder: TagFinder) {
        var all: Set<AttachedTag> = []
        for records in finder.tagsOfResource {
            for record in records where record.validityPeriods.isEmpty { all.insert(record.attached(.own)) }
        }
        var type: Int32 = 0
        var last: String?
        for (index, tag) in finder.sorted(all).enumerated() {
            if let last, last != tag.type { type += 1 }
            last = tag.type
            ranks[tag] = TagRank(type: type, tag: Int32(index))
        }
    }

    /// Tags, each once, in their order.
    func sorted(_ records: [TagRecord]) -> [(tag: AttachedTag, rank: TagRank)] {
        Set(records.map { $0.attached(.own) })
            .compactMap { tag in ranks[tag].map { (tag: tag, rank: $0) } }
            .sorted { $0.rank.tag < $1.rank.tag }
    }
}
