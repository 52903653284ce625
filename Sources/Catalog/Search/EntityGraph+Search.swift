package import CatalogModel
import HashTreeCollections

extension EntityGraph {
    /// The entities that a question asks for, of those that somebody may read.
    ///
    /// Sorted as asked; without that by how well words fit, else in the order the entities came.
    /// - Throws: `.noSearchCriteria`, `.badRequest`, `.unknownSearchType`, `.unknownSearchTag`, `.unknownTerm`,
    ///   `.unknownAttribute`, and what a filter's operators and values may be refused for.
    package func search(
        _ question: SearchQuestion,
        _ gate: any CatalogGate,
        now: Int64
    ) throws(CatalogError) -> SearchFinding {
        let search = try PreparedSearch(question, self, gate, now: now)
        var counter = FacetCounter([], self)
        return search.run(&counter)
    }

    /// As ``search(_:_:now:)``, with how often each value of some attributes comes among all that was found.
    ///
    /// - Returns: The finding, and for each facet the values with their counts, greatest first.
    package func searchWithFacets(
        _ question: SearchQuestion,
        _ facets: [String],
        _ gate: any CatalogGate,
        now: Int64
    ) throws(CatalogError) -> (SearchFinding, [(facet: String, counts: [(value: String, count: Int)])]) {
        let search = try PreparedSearch(question, self, gate, now: now)
        var counter = FacetCounter(facets, self)
        let finding = search.run(&counter)
        return (finding, counter.sorted())
    }

    /// Words of the catalog that start with a prefix, those that most entities have first.
    ///
    /// Only words of entities that somebody may read; for those who don't administer in the order of the alphabet, for how
    /// many entities have a word counts hidden ones too.
    /// Cost: for those who don't administer, at most one look at policy for each entity that has a word that starts so.
    package func suggestions(for prefix: String, _ gate: any CatalogGate, limit: Int = 5) -> [String] {
        let prefix = prefix.lowercased()
        guard !prefix.isEmpty else { return [] }
        guard !gate.isOpen else { return index.words(from: prefix, limit: limit) }
        // An end after so many looks would tell how much of what is hidden comes before.
        var verdicts: [UInt32: Bool] = [:]
        return index.words(from: prefix, limit: limit) { handle in
            if let known = verdicts[handle] { return known }
            let isRead = entity(handle).map { mayRead($0, gate) } ?? false
            verdicts[handle] = isRead
            return isRead
        }
    }
}

/// A question whose names are looked up.
struct PreparedSearch {
    let graph: EntityGraph
    private let question: SearchQuestion
    private let query: WordQuery?
    /// Names of the types that fit; nil for all that aren't internal.
    private let types: Set<String>?
    private let tags: TagCriterion?
    private let term: EntityID?
    private let filter: CompiledFilter?
    private let sortKind: ComparedKind?
    private let gate: any CatalogGate

    init(
        _ question: SearchQuestion,
        _ graph: EntityGraph,
        _ gate: any CatalogGate,
        now: Int64
    ) throws(CatalogError) {
        self.graph = graph
        self.gate = gate
        self.question = question
        guard
            !question.words.isEmpty || !question.types.isEmpty || !question.tags.isEmpty
                || question.term != nil
        else {
            throw CatalogError(
                .noSearchCriteria,
                "No search parameter was found. One of the following MUST be specified in the request; typeName, "
                    + "classification, termName or queryText"
            )
        }
        guard question.limit >= 0, question.offset >= 0 else {
            throw CatalogError(.badRequest, "limit and offset must not be negative")
        }
        guard question.limit <= Int32.max, question.offset <= Int32.max else {
            throw CatalogError(.badRequest, "limit and offset must be below two to the power of 31")
        }
        guard question.filter == nil || !question.types.isEmpty else {
            throw CatalogError(.badRequest, "entityFilters need a typeName")
        }
        guard question.tagFilter == nil || !question.tags.isEmpty else {
            throw CatalogError(.badRequest, "tagFilters need a classification")
        }
        query = question.words.isEmpty ? nil : WordQuery(question.words)
        types = try PreparedSearch.types(of: question, graph.types)
        tags = try TagCriterion(question, graph.types, now: now)
        if let name = question.term {
            let found = graph.entity(ofExactly: GlossaryTypes.term, "qualifiedName", name)
            guard let found, graph.mayRead(found, gate) else {
                throw CatalogError(.unknownTerm, "\(name): Unknown/invalid glossary term")
            }
            term = found.id
        } else {
            term = nil
        }
        let shapes = (question.types.isEmpty ? [] : question.types).compactMap { graph.types.entityTypes[$0] }
        let owner = question.types.joined(separator: ",")
        func kind(_ name: String) -> ComparedKind? { graph.kind(of: name, in: shapes, question.types) }
        filter = try question.filter.map { filter throws(CatalogError) in
            try CompiledFilter(filter, now: now, owner: owner, kind: kind)
        }
        if let name = question.sortBy {
            guard let kind = kind(name) ?? (shapes.isEmpty ? .text : nil) else {
                throw CatalogError(.unknownAttribute, "Attribute \(name) not found for type \(owner)")
            }
            sortKind = kind
        } else {
            sortKind = nil
        }
    }

    private static func types(
        of question: SearchQuestion,
        _ registry: TypeRegistry
    ) throws(CatalogError) -> Set<String>? {
        guard !question.types.isEmpty else { return nil }
        var types: Set<String> = []
        for name in question.types {
            if name == SearchQuestion.allTypes { return nil }
            guard let shape = registry.entityTypes[name] else {
                throw CatalogError(.unknownSearchType, "\(name): Unknown/invalid typename")
            }
            if question.includesSubTypes { types.formUnion(shape.selfAndBelow) } else { types.insert(name) }
        }
        return types
    }

    // MARK: Running

    func run(_ facets: inout FacetCounter) -> SearchFinding {
        if gate.isOpen { return runOpen(&facets) }
        return facets.isEmpty && question.sortBy == nil ? runTrimmed() : runWhole(&facets)
    }

    /// For those who may read all: most entities are counted without a look at them.
    private func runOpen(_ facets: inout FacetCounter) -> SearchFinding {
        var page = Page(offset: question.offset, limit: question.limit, isDescending: question.isDescending)
        var count = 0
        var judge = FacetJudge(self)
        if !needsLook, question.sortBy == nil, !facets.needsLook, let query, !query.isEverything {
            if let dense = graph.index.dense(query, among: graph.handleCount, isRarityTold: true) {
                count = judge.tally(dense, &page, &facets)
                return finding(&page, count)
            }
            let found = graph.index.find(query, among: graph.handleCount, isRarityTold: true)
            count = judge.tally(found, &page, &facets)
            return finding(&page, count)
        }
        forEachCandidate { handle, score in
            let number = judge.number(of: handle)
            guard judge.mayFit(number) else { return }
            let row = graph.row(handle)
            guard !needsLook || fits(row) else { return }
            count += 1
            facets.add(number, row)
            page.add(question.sortBy == nil ? (score == 0 ? .none : .score(score)) : sortKey(row), handle)
        }
        return finding(&page, count)
    }

    /// For those who may read some: looks at rights in the order of the answer, and ends when its page is full and
    /// enough is counted.
    ///
    /// It ends by what they may read alone: an end after so many looks would tell how much is hidden.
    private func runTrimmed() -> SearchFinding {
        var candidates: [Scored] = []
        var judge = FacetJudge(self)
        forEachCandidate { handle, score in
            if judge.mayFit(judge.number(of: handle)) {
                candidates.append(Scored(handle: handle, score: score))
            }
        }
        if candidates.contains(where: { $0.score != 0 }) {
            candidates.sort { $0.score == $1.score ? $0.handle < $1.handle : $0.score > $1.score }
        }
        var page = Page(offset: question.offset, limit: question.limit, isDescending: false)
        let enough = max(SearchQuestion.mostCounted, question.offset + question.limit + 1)
        var count = 0
        for candidate in candidates {
            guard let entity = graph.entity(candidate.handle), graph.mayRead(entity, gate),
                !needsLook || fits(graph.shown(entity, gate))
            else { continue }
            count += 1
            page.add(.none, candidate.handle)
            if count == enough { break }
        }
        return finding(&page, count)
    }

    /// For those who may read some, with facets or sorted by an attribute: looks at all.
    private func runWhole(_ facets: inout FacetCounter) -> SearchFinding {
        var page = Page(offset: question.offset, limit: question.limit, isDescending: question.isDescending)
        var count = 0
        var judge = FacetJudge(self)
        forEachCandidate { handle, score in
            guard judge.mayFit(judge.number(of: handle)), let whole = graph.entity(handle),
                graph.mayRead(whole, gate)
            else { return }
            let entity = graph.shown(whole, gate)
            guard !needsLook || fits(entity) else { return }
            count += 1
            facets.add(shown: entity)
            page.add(key(of: entity, score), handle)
        }
        return finding(&page, count)
    }

    private func finding(_ page: inout Page, _ count: Int) -> SearchFinding {
        let entities = page.handles().compactMap { handle in
            graph.entity(handle).map { graph.shown($0, gate) }
        }
        let end = question.offset + entities.count
        return SearchFinding(entities: entities, count: count, hasMore: end < count)
    }

    private func forEachCandidate(_ body: (UInt32, Float) -> Void) {
        if let query, !query.isEverything {
            // How rare a word is tells of all entities: only who may read them all gets an order from it.
            for scored in graph.index.find(query, among: graph.handleCount, isRarityTold: gate.isOpen) {
                body(scored.handle, scored.score)
            }
        } else if let term {
            for related in graph.related(term, BaseTypes.termAssignment, from: 0) {
                if let handle = graph.handle(related.entity.id) { body(handle, 0) }
            }
        } else if let tags, let handles = tags.handles(in: graph) {
            for handle in handles { body(handle, 0) }
        } else if let types {
            if let named = named(types) {
                for handle in named { body(handle, 0) }
                return
            }
            for type in types.sorted() { for handle in graph.handles(ofExactly: type) { body(handle, 0) } }
        } else {
            for handle in 0..<UInt32(graph.handleCount) { body(handle, 0) }
        }
    }

    /// The entities that a filter on a unique attribute leaves; nil when there is no such filter.
    private func named(_ types: Set<String>) -> [UInt32]? {
        guard question.excludesDeleted, let value = filter?.requiredText(of: "qualifiedName") else {
            return nil
        }
        return types.sorted().compactMap { type in
            graph.entity(ofExactly: type, "qualifiedName", value).flatMap { graph.handle($0.id) }
        }
    }

    /// Whether entities of a facet key may fit, as far as it tells.
    func mayFit(_ key: FacetKey) -> Bool {
        if question.excludesDeleted, !key.isActive { return false }
        if let types {
            guard types.contains(key.typeName) else { return false }
        } else if graph.types.entityTypes[key.typeName]?.isInternal ?? true {
            return false
        }
        return tags?.mayHold(for: key.tags) ?? true
    }

    /// Whether an entity itself must be looked at to know whether it fits.
    private var needsLook: Bool {
        filter != nil || term != nil || tags?.needsLook == true || query?.phrases.isEmpty == false
    }

    private func fits(_ row: EntityRow) -> Bool {
        if tags?.needsLook != true, term == nil, query?.phrases.isEmpty != false, let filter {
            return filter.holds { graph.value($0, of: row) }
        }
        return row.entity.map(fits) ?? false
    }

    private func fits(_ entity: Entity) -> Bool {
        if let tags, tags.needsLook, !tags.holds(for: entity, in: graph, gate) { return false }
        if let term {
            guard graph.terms(of: entity.id).contains(where: { $0.entity.id == term }) else { return false }
        }
        if let query, !query.phrases.allSatisfy({ entity.hasPhrase($0) }) { return false }
        return filter?.holds { graph.value($0, of: entity) } ?? true
    }

    private func key(of entity: Entity, _ score: Float) -> Page.Key {
        guard let name = question.sortBy else { return score == 0 ? .none : .score(score) }
        return sortKey(graph.value(name, of: entity))
    }

    private func sortKey(_ row: EntityRow) -> Page.Key {
        sortKey(graph.value(question.sortBy ?? "", of: row))
    }

    private func sortKey(_ value: JSONValue?) -> Page.Key {
        let value = value ?? .null
        switch sortKind {
        case .number?, .date?: return .number(value.double ?? -.infinity)
        case .text?, .bool?, nil: return .text(value.isNull ? "" : (value.text ?? value.json).lowercased())
        }
    }
}

extension Entity {
    fileprivate func hasPhrase(_ phrase: String) -> Bool {
        attributes.pairs.contains { pair in pair.value.text?.lowercased().contains(phrase) ?? false }
    }
}

extension EntityGraph {
    /// The value of an attribute by the names that filters use: the type's, the catalog's own, or `Business.attribute`.
    func value(_ name: String, of entity: Entity) -> JSONValue? {
        if let value = entity.attributes[name] { return value }
        if name.hasPrefix("__") { return comparedAttribute(name, of: entity) }
        return entity.businessAttribute(name)
    }

    /// As for an entity, without decoding more of an entity than is asked for.
    func value(_ name: String, of row: EntityRow) -> JSONValue? {
        if let value = row.attribute(name) { return value }
        guard name.hasPrefix("__") || name.contains(".") else { return nil }
        return row.entity.flatMap { value(name, of: $0) }
    }

    /// What an attribute's values are; nil for one that none of some types has.
    func kind(of name: String, in shapes: [EntityShape], _ asked: [String]) -> ComparedKind? {
        if name.hasPrefix("__") { return EntityGraph.systemKinds[name] }
        if let dot = name.firstIndex(of: "."),
            let definition = types.definition(String(name[..<dot]), .businessMetadata)
        {
            let attribute = String(name[name.index(after: dot)...])
            return definition.attributes.first { $0.name == attribute }
                .map { (AttributeType($0.typeName) ?? .string).comparedKind }
        }
        if asked.contains(SearchQuestion.allTypes) {
            return name == "qualifiedName" || name == "name" ? .text : nil
        }
        for shape in shapes {
            if let attribute = shape.attribute(name) { return attribute.type.comparedKind }
        }
        return nil
    }

    static let systemKinds: [String: ComparedKind] = [
        "__guid": .text, "__historicalGuids": .text, "__typeName": .text, "__state": .text,
        "__timestamp": .date,
        "__modificationTimestamp": .date, "__createdBy": .text, "__modifiedBy": .text, "__labels": .text,
        "__customAttributes": .text, "__classificationNames": .text, "__propagatedClassificationNames": .text,
        "__classificationsText": .text, "__isIncomplete": .bool, "__pendingTasks": .text,
        "__entityStatus": .text,
    ]
}

extension Entity {
    /// A value of business metadata by the name `Business.attribute`; nil when there is none.
    package func businessAttribute(_ name: String) -> JSONValue? {
        guard let dot = name.firstIndex(of: ".") else { return nil }
        return businessAttributes[String(name[..<dot])]?[String(name[name.index(after: dot)...])]
    }
}

extension AttributeType {
    /// How values are compared; those of a list one by one.
    var comparedKind: ComparedKind {
        switch self {
        case .date: .date
        case .boolean: .bool
        case .byte, .short, .int, .long, .float, .double, .bigInteger, .bigDecimal: .number
        case .string, .map, .named: .text
        case .array(let element): element.comparedKind
        }
    }
}
