import CatalogModel

/// Tells from an entity's facets whether it may be wanted; asks once for each combination.
struct FacetJudge {
    private let search: PreparedSearch
    private var reader: FacetColumn.Reader
    /// 0 for combinations that weren't asked for yet, 1 for no, 2 for yes.
    private var verdicts: [UInt8]

    init(_ search: PreparedSearch) {
        self.search = search
        reader = FacetColumn.Reader(search.graph.index.facets)
        verdicts = [UInt8](repeating: 0, count: search.graph.index.facets.keys.count)
    }

    @inline(__always)
    mutating func number(of handle: UInt32) -> Int { reader.number(of: handle) }

    @inline(__always)
    mutating func mayFit(_ number: Int) -> Bool {
        let known = verdicts[number]
        return known == 0 ? ask(number) : known == 2
    }

    /// Takes all that words found which may fit: counts it, and puts the best on a page.
    ///
    /// - Returns: How many there are.
    mutating func tally(_ found: [Scored], _ page: inout Page, _ facets: inout FacetCounter) -> Int {
        var counts = [Int](repeating: 0, count: verdicts.count)
        var least = page.leastScore
        for scored in found {
            let number = reader.number(of: scored.handle)
            counts[number] += 1
            if scored.score > least, mayFit(number) {
                page.add(.score(scored.score), scored.handle)
                least = page.leastScore
            }
        }
        return sum(counts, &facets)
    }

    /// As ``tally(_:_:_:)``, of what is found block by block.
    mutating func tally(_ search: DenseSearch, _ page: inout Page, _ facets: inout FacetCounter) -> Int {
        var search = search
        var counts = [Int](repeating: 0, count: verdicts.count + DenseSearch.spare)
        var least = UInt32(max(0, page.leastScore))
        let column = self.search.graph.index.facets
        search.forEachBlock { start, scores in
            for offset in stride(from: 0, to: scores.count, by: FacetColumn.size) {
                let end = min(scores.count, offset + FacetColumn.size)
                let part = UnsafeBufferPointer(rebasing: scores[offset..<end])
                let first = start + UInt32(offset)
                let numbers = column.chunk(of: first)
                DenseSearch.count(part, numbers, into: &counts)
                for index in 0..<min(part.count, numbers.count) where part[index] > least {
                    guard mayFit(Int(numbers[index])) else { continue }
                    page.add(.score(Float(part[index])), first + UInt32(index))
                    least = UInt32(max(0, page.leastScore))
                }
            }
        }
        return sum(counts.dropLast(DenseSearch.spare), &facets)
    }

    private mutating func sum(_ counts: some Collection<Int>, _ facets: inout FacetCounter) -> Int {
        var sum = 0
        for (number, count) in counts.enumerated() where count > 0 && mayFit(number) {
            sum += count
            facets.add(number, count)
        }
        return sum
    }

    private mutating func ask(_ number: Int) -> Bool {
        let answer = search.graph.index.facets.keys[number].map(search.mayFit) ?? false
        verdicts[number] = answer ? 2 : 1
        return answer
    }
}

/// Counts values of facets among what a search finds.
struct FacetCounter {
    private let facets: [String]
    /// Facets that need a look at the entities.
    private let others: [String]
    private let graph: EntityGraph
    private var counts: [Int]
    private var values: [String: [String: Int]] = [:]

    init(_ facets: [String], _ graph: EntityGraph) {
        self.facets = facets
        self.graph = graph
        others = facets.filter { !FacetKey.names.contains($0) }
        counts = [Int](repeating: 0, count: facets.isEmpty ? 0 : graph.index.facets.keys.count)
    }

    var isEmpty: Bool { facets.isEmpty }

    /// Whether a look at the entities is needed.
    var needsLook: Bool { !others.isEmpty }

    /// Counts entities by the number of their facets.
    @inline(__always)
    mutating func add(_ number: Int, _ count: Int) {
        if number < counts.count { counts[number] += count }
    }

    /// Counts an entity, with a look at it where that is needed.
    mutating func add(_ number: Int, _ row: EntityRow) {
        add(number, 1)
        for facet in others { count(graph.value(facet, of: row), facet) }
    }

    /// Counts an entity by what of it somebody sees.
    mutating func add(shown entity: Entity) {
        for facet in facets {
            switch facet {
            case "__classificationNames":
                for tag in graph.tagNames(on: entity.id) { count(.string(tag.text), facet) }
            case "__labels": for label in entity.labels { count(.string(label), facet) }
            default: count(graph.value(facet, of: entity), facet)
            }
        }
    }

    private mutating func count(_ value: JSONValue?, _ facet: String) {
        guard let value, !value.isNull else { return }
        let text = value.text ?? value.json
        if !text.isEmpty { values[facet, default: [:]][text, default: 0] += 1 }
    }

    /// For each facet the values with their counts, greatest first.
    func sorted() -> [(facet: String, counts: [(value: String, count: Int)])] {
        var values = values
        for (number, count) in counts.enumerated() where count > 0 {
            guard let key = graph.index.facets.keys[number] else { continue }
            for facet in facets where FacetKey.names.contains(facet) {
                for value in key.values(of: facet) where !value.isEmpty {
                    values[facet, default: [:]][value, default: 0] += count
                }
            }
        }
        return facets.map { facet in
            let found = values[facet, default: [:]].sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            return (facet: facet, counts: found.map { (value: $0.key, count: $0.value) })
        }
    }
}
