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
    /// Entities whose words are to be written anew, perhaps some of them twice.
    private var touched: [UInt32] = []
    var facets = FacetColumn()

    private static let fan = 6

    mutating func touch(_ handle: UInt32) {
        if touched.last != handle { touched.append(handle) }
    }

    /// Each once, in ascending order.
    mutating func takeTouched() -> [UInt32] {
        let handles = touched
        touched = []
        for index in handles.indices.dropFirst() where handles[index] <= handles[index - 1] {
            return Set(handles).sorted()
        }
        return handles
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
            let isTagged = hasTags
            for handle in some {
                guard case .packed(let pack, let index) = row(handle) else {
                    self.index.facets.set(0, of: handle)
                    continue
                }
                if weights.turn(to: pack) { recent.forget() }
                collect(handle, pack, Int(index), isTagged, &words, &walker, &weights, &recent)
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
        _ isTagged: Bool,
        _ words: inout WordCollector,
        _ walker: inout WordWalker,
        _ weights: inout WeightTable,
        _ recent: inout RecentFacets
    ) {
        let tags = isTagged ? tagNames(on: handle, pack.id(index)).map(\.text) : []
        var facets: (marks: PackedMarks, owner: PackedText?, labels: [String])?
        pack.reading(index) { reader in
            let marks = PackedMarks(&reader)
            guard weights.turn(to: marks.type, types) else { return }
            var owner: PackedText?
            for _ in 0..<reader.count() {
                let name = Int(truncatingIfNeeded: reader.number())
                if name == weights.owner { owner = PackedText(reader) }
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
            if marks.hasExtras {
                var entity = Entity(id: EntityID(""), typeName: "", unchecked: JSONObject())
                entity.take(reader.object())
                labels = entity.labels
                walker.walk(entity) { words.add($0, handle, $1) }
            }
            for tag in tags { walker.walk(text: tag) { words.add($0, handle, 4) } }
            facets = (marks, owner, labels)
        }
        guard let (marks, owner, labels) = facets else { return self.index.facets.set(0, of: handle) }
        if tags.isEmpty, labels.isEmpty, let number = recent.number(of: marks, owner, in: pack) {
            return self.index.facets.set(number, of: handle)
        }
        let key = FacetKey(
            typeName: pack.name(marks.type),
            owner: owner.map { $0.value(in: pack) } ?? "",
            createdBy: pack.name(marks.createdBy),
            isActive: marks.isActive,
            tags: tags,
            labels: labels
        )
        let number = self.index.facets.set(key, of: handle)
        if tags.isEmpty, labels.isEmpty { recent.note(number, of: marks, owner, in: pack) }
    }
}

/// A value of an attribute in a pack, whose bytes are looked at where that is enough.
private struct PackedText {
    let start: Int
    let end: Int

    init(_ reader: PackReader) {
        var copy = reader
        start = copy.position
        copy.skipValue()
        end = copy.position
    }

    /// The value as text; empty for null.
    func value(in pack: GraphPack) -> String {
        let value = pack.reading(at: start) { $0.value() }
        return value.isNull ? "" : value.text ?? value.json
    }
}

/// How much words of attributes count, by the numbers that their names have in a pack.
private struct WeightTable {
    private var pack: GraphPack?
    private var type = -1
    private(set) var weights: [UInt8] = []
    /// The number of the name `owner`; -1 for none.
    private(set) var owner = -1

    /// True for another pack than the one before.
    mutating func turn(to pack: GraphPack) -> Bool {
        if self.pack === pack { return false }
        self.pack = pack
        type = -1
        owner = pack.names.firstIndex(of: "owner") ?? -1
        return true
    }

    /// False for a type that isn't known.
    @inline(__always)
    mutating func turn(to type: Int, _ types: TypeRegistry) -> Bool {
        self.type == type || change(to: type, types)
    }

    private mutating func change(to type: Int, _ types: TypeRegistry) -> Bool {
        guard let pack, let shape = types.entityTypes[pack.name(type)] else { return false }
        weights = pack.names.map { shape.searchWeights[$0] ?? 0 }
        self.type = type
        return true
    }
}

/// The numbers of facets that came in one pack, for entities without tags and labels.
private struct RecentFacets {
    private struct Held {
        let type: Int
        let createdBy: Int
        let isActive: Bool
        let start: Int
        let end: Int
        let number: UInt32
    }

    private var held = [Held?](repeating: nil, count: 256)
    private var isUsed = false

    mutating func forget() {
        guard isUsed else { return }
        for index in held.indices { held[index] = nil }
        isUsed = false
    }

    private func place(_ owner: PackedText?, in pack: GraphPack) -> Int {
        guard let owner else { return 0 }
        return pack.bytes.withUnsafeBufferPointer { bytes in
            let text = UnsafeBufferPointer(rebasing: bytes[owner.start..<owner.end])
            return Int(truncatingIfNeeded: ByteHash.hash(text, 0)) & 255
        }
    }

    func number(of marks: PackedMarks, _ owner: PackedText?, in pack: GraphPack) -> UInt32? {
        guard let known = held[place(owner, in: pack)], known.type == marks.type,
            known.createdBy == marks.createdBy, known.isActive == marks.isActive,
            known.end - known.start == (owner.map { $0.end - $0.start } ?? 0)
        else { return nil }
        guard let owner else { return known.number }
        let isSame = pack.bytes.withUnsafeBufferPointer { bytes in
            ByteHash.isSame(
                UnsafeBufferPointer(rebasing: bytes[owner.start..<owner.end]),
                UnsafeBufferPointer(rebasing: bytes[known.start..<known.end])
            )
        }
        return isSame ? known.number : nil
    }

    mutating func note(_ number: UInt32, of marks: PackedMarks, _ owner: PackedText?, in pack: GraphPack) {
        isUsed = true
        held[place(owner, in: pack)] = Held(
            type: marks.type,
            createdBy: marks.createdBy,
            isActive: marks.isActive,
            start: owner?.start ?? 0,
            end: owner?.end ?? 0,
            number: number
        )
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
