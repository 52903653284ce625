import CatalogModel
import HashTreeCollections

/// What of an entity many others share: by it entities are counted, and most are taken or left without a look at them.
struct FacetKey: Hashable, Sendable {
    let typeName: String
    let owner: String
    let createdBy: String
    let isActive: Bool
    let tags: [String]
    let labels: [String]

    /// The facets that are counted without a look at the entities.
    static let names: Set<String> = [
        "__typeName", "owner", "__createdBy", "__state", "__classificationNames", "__labels",
    ]

    func values(of facet: String) -> [String] {
        switch facet {
        case "__typeName": [typeName]
        case "owner": [owner]
        case "__createdBy": [createdBy]
        case "__state": [(isActive ? EntityStatus.active : .deleted).rawValue]
        case "__classificationNames": tags
        case "__labels": labels
        default: []
        }
    }
}

/// The facets of all entities, by handle.
struct FacetColumn: Sendable {
    static let shift = 12
    /// How many handles a chunk has.
    static let size = 1 << shift
    private static let mask = 4095
    /// Numbers of keys by handle; 0 for entities that are gone.
    private(set) var chunks: [[UInt32]] = []
    private(set) var keys = ChunkedArray<FacetKey?>()
    private var numbers: TreeDictionary<FacetKey, UInt32> = [:]

    init() { keys.append(nil) }

    @discardableResult
    mutating func set(_ key: FacetKey?, of handle: UInt32) -> UInt32 {
        let known = key.map { number(of: $0) } ?? 0
        set(known, of: handle)
        return known
    }

    mutating func set(_ number: UInt32, of handle: UInt32) {
        while chunks.count <= Int(handle) >> FacetColumn.shift {
            chunks.append([UInt32](repeating: 0, count: FacetColumn.mask + 1))
        }
        chunks[Int(handle) >> FacetColumn.shift][Int(handle) & FacetColumn.mask] = number
    }

    /// The numbers of the keys of handles from a multiple of a chunk's size.
    func chunk(of handle: UInt32) -> [UInt32] {
        let place = Int(handle) >> FacetColumn.shift
        return place < chunks.count ? chunks[place] : []
    }

    private mutating func number(of key: FacetKey) -> UInt32 {
        if let known = numbers[key] { return known }
        let number = UInt32(keys.count)
        keys.append(key)
        numbers[key] = number
        return number
    }

    /// Reads keys of handles that mostly ascend.
    struct Reader {
        private let column: FacetColumn
        private var chunk: [UInt32] = []
        private var number = -1

        init(_ column: FacetColumn) { self.column = column }

        @inline(__always)
        mutating func number(of handle: UInt32) -> Int {
            let wanted = Int(handle) >> FacetColumn.shift
            if wanted != number {
                number = wanted
                chunk = wanted < column.chunks.count ? column.chunks[wanted] : []
            }
            let place = Int(handle) & FacetColumn.mask
            return place < chunk.count ? Int(chunk[place]) : 0
        }
    }
}
