import CatalogModel

/// The words of all entities, as segments of which each holds some batches of changes.
///
/// An entity that changes is written anew into the newest segment; what older ones say of it counts no more. As soon as
/// there are six segments of about one size they are merged.
struct SearchIndex: Sendable {
    /// A segment with whether all that it says still counts.
    struct Held: Sendable {
        let segment: SearchSegment
        var isWhole = true
    }

    private(set) var segments: [Held] = []
    /// The batch in which each entity was written last, by handle; 0 for none.
    private var stamps = ChunkedArray<UInt32>()
    private var batch: UInt32 = 0
    private(set) var touched: Set<UInt32> = []
    var facets = FacetColumn()

    private static let fan = 6

    mutating func touch(_ handle: UInt32) { touched.insert(handle) }

    mutating func takeTouched() -> [UInt32] {
        defer { touched = [] }
        return touched.sorted()
    }

    /// Whether what a segment says of an entity still counts.
    @inline(__always)
    func isCurrent(_ handle: UInt32, _ held: Held) -> Bool {
        held.isWhole || held.segment.batches.contains(stamps[Int(handle)])
    }

    /// Writes the words of entities, in place of all that was known of them.
    mutating func add(_ handles: some Sequence<UInt32>, _ words: WordCollector) {
        batch += 1
        for handle in handles {
            while stamps.count <= Int(handle) { stamps.append(0) }
            let former = stamps[Int(handle)]
            stamps[Int(handle)] = batch
            guard former != 0 else { continue }
            if let place = segments.lastIndex(where: { $0.segment.batches.contains(former) }) {
                segments[place].isWhole = false
            }
        }
        guard !words.isEmpty else { return }
        segments.append(Held(segment: words.segment(batch...batch)))
        while let size = mergeable() {
            let last = Array(segments.suffix(size))
            segments.removeLast(size)
            let merged = SearchSegment.merged(last.map(\.segment)) { isCurrent($0, last[$1]) }
            if merged.count > 0 { segments.append(Held(segment: merged)) }
        }
    }

    /// How many of the newest segments are to be one; nil when there are few of their size.
    private func mergeable() -> Int? {
        guard let last = segments.last else { return nil }
        let size = SearchIndex.size(last.segment)
        let count = segments.reversed().prefix { SearchIndex.size($0.segment) <= size }.count
        return count >= SearchIndex.fan ? count : nil
    }

    /// A number that is the same for segments of about one size.
    private static func size(_ segment: SearchSegment) -> Int {
        var (size, count) = (0, segment.count / 256)
        while count > 0 {
            count /= fan
            size += 1
        }
        return size
    }
}

extension EntityGraph {
    mutating func settleIndex() {
        let handles = index.takeTouched()
        let most = 1 << 16
        for first in stride(from: 0, to: handles.count, by: most) {
            let some = handles[first..<min(first + most, handles.count)]
            var words = WordCollector()
            var walker = WordWalker()
            var weights = WeightTable()
            var recent = RecentFacets()
            for handle in some {
                let row = row(handle)
                guard case .packed(let pack, let index) = row else {
                    self.index.facets.set(0, of: handle)
                    continue
                }
                collect(handle, pack, Int(index), &words, &walker, &weights, &recent)
            }
            index.add(some, words)
        }
    }

    /// Adds each word by which an entity is found, with how much it counts, and its facets.
    ///
    /// Beside Atlas, which leaves descriptions out, all texts of `description` attributes count.
    private mutating func collect(
        _ handle: UInt32,
        _ pack: GraphPack,
        _ index: Int,
        _ words: inout WordCollector,
        _ walker: inout WordWalker,
        _ weights: inout WeightTable,
        _ recent: inout RecentFacets
    ) {
        let id = pack.id(index)
        let tags = tagNames(on: handle, id).map(\.text)
        let types = types
        let key: FacetKey? = pack.reading(index) { reader in
            let head = PackedHead(&reader)
            guard weights.turn(to: head.typeName, pack, types) else { return nil }
            var owner = ""
            for _ in 0..<reader.count() {
                let name = Int(truncatingIfNeeded: reader.number())
                if name == weights.owner {
                    var copy = reader
                    let value = copy.value()
                    owner = value.isNull ? "" : value.text ?? value.json
                }
                let weight = name < weights.weights.count ? weights.weights[name] : 0
                guard weight > 0 else {
                    reader.skipValue()
                    continue
                }
                reader.forEachText { text in
                    walker.walk(text) { words.add($0, handle, weight) }
                }
            }
            var labels: [String] = []
            if head.hasExtras {
                var entity = Entity(id: head.id, typeName: head.typeName, unchecked: JSONObject())
                entity.take(reader.object())
                labels = entity.labels
                walker.walk(entity) { words.add($0, handle, $1) }
            }
            for tag in tags { walker.walk(text: tag) { words.add($0, handle, 4) } }
            return FacetKey(
                typeName: head.typeName,
                owner: owner,
                createdBy: head.createdBy,
                isActive: head.isActive,
                tags: tags,
                labels: labels
            )
        }
        guard let key else { return self.index.facets.set(0, of: handle) }
        if let number = recent.number(of: key) {
            self.index.facets.set(number, of: handle)
        } else {
            recent.note(key, self.index.facets.set(key, of: handle))
        }
    }
}

/// How much words of attributes count, by the numbers that their names have in a pack.
private struct WeightTable {
    private var pack: GraphPack?
    private var typeName = ""
    private(set) var weights: [UInt8] = []
    /// The number of the name `owner`; -1 for none.
    private(set) var owner = -1

    /// False for a type that isn't known.
    mutating func turn(to typeName: String, _ pack: GraphPack, _ types: TypeRegistry) -> Bool {
        if self.pack === pack, self.typeName == typeName { return true }
        guard let shape = types.entityTypes[typeName] else { return false }
        weights = pack.names.map { shape.searchWeights[$0] ?? 0 }
        owner = pack.names.firstIndex(of: "owner") ?? -1
        (self.pack, self.typeName) = (pack, typeName)
        return true
    }
}

/// The numbers of the facets that came last: neighbours mostly share theirs.
private struct RecentFacets {
    private var held: [(key: FacetKey, number: UInt32)] = []
    private var next = 0

    func number(of key: FacetKey) -> UInt32? { held.first { $0.key == key }?.number }

    mutating func note(_ key: FacetKey, _ number: UInt32) {
        if held.count < 4 {
            held.append((key, number))
        } else {
            held[next] = (key, number)
            next = (next + 1) & 3
        }
    }
}

extension PackReader {
    /// Gives the text that comes next, or the texts of a list.
    @inline(__always)
    mutating func forEachText(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var copy = self
        switch copy.byte() {
        case 5: body(copy.slice())
        case 6:
            for _ in 0..<copy.count() {
                var element = copy
                if element.byte() == 5 { body(element.slice()) }
                copy.skipValue()
            }
        default: break
        }
        skipValue()
    }
}
