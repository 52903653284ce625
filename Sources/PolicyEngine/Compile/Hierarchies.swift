/// The paths of levels that policies of one type may name, each from a root to a place where it may end.
struct Hierarchies: Sendable {
    /// Each a list of positions in the definition's resources, outermost first; shortest first.
    let paths: [[Int]]
    /// The same as sets of bits.
    let keys: [UInt64]

    /// - Throws: `.unknown` for a dangling parent, `.cycle`, `.tooMuch`.
    init(_ resources: [ResourceDefinition], positions: [String: Int], at place: PolicyPlace)
        throws(PolicyError)
    {
        var children: [String: [ResourceDefinition]] = [:]
        let names = Set(resources.map(\.name))
        for resource in resources {
            let parent = resource.parent
            guard parent.isEmpty || names.contains(parent) else {
                let known = names.sorted()
                throw PolicyError(.unknown(kind: "parent", name: parent, known: known), at: place)
            }
            children[parent, default: []].append(resource)
        }
        var found: [[Int]] = []
        var reached: Set<String> = []
        func walk(_ resource: ResourceDefinition, _ path: [Int]) {
            reached.insert(resource.name)
            let path = path + [positions[resource.name] ?? 0]
            let below = children[resource.name] ?? []
            if below.isEmpty ? resource.isValidLeaf != false : resource.isValidLeaf == true {
                found.append(path)
            }
            for child in below { walk(child, path) }
        }
        for root in children[""] ?? [] { walk(root, []) }
        if let lost = names.subtracting(reached).min() { throw PolicyError(.cycle([lost]), at: place) }
        paths = found.enumerated().sorted { ($0.element.count, $0.offset) < ($1.element.count, $1.offset) }
            .map(\.element)
        keys = paths.map { $0.reduce(0) { $0 | 1 << UInt64($1) } }
    }

    /// The positions of the paths that hold all these keys without a gap before the last of them.
    func fitting(_ wanted: UInt64) -> [Int] {
        paths.indices.filter { keys[$0] & wanted == wanted && !hasGap(paths[$0], wanted) }
    }

    private func hasGap(_ path: [Int], _ wanted: UInt64) -> Bool {
        var isMissing = false
        for level in path {
            let isThere = wanted & (1 << UInt64(level)) != 0
            if isThere && isMissing { return true }
            if !isThere { isMissing = true }
        }
        return false
    }
}
