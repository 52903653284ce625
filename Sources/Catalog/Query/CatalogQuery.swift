package import CatalogModel

/// What a query found.
package struct QueryAnswer: Sendable {
    /// A cell of a table.
    package enum Cell: Hashable, Sendable {
        /// A value.
        case value(JSONValue)
        /// Entities.
        case entities([EntityID])
    }

    /// What was found.
    package enum Content: Sendable {
        /// Entities in order.
        case entities([Entity])
        /// Labels, and rows of as many cells.
        case table([String], [[Cell]])
    }

    /// What was found.
    package let content: Content
}

/// A query in Atlas's language, ready to run.
package struct CatalogQuery: Sendable {
    private let graph: EntityGraph
    private let text: String
    private let names: QueryNames
    private let condition: Condition?
    private let groups: [QueryTarget]
    private let items: [(item: QuerySyntax.Item, target: QueryTarget?)]?
    private let order: QueryTarget?
    private let isDescending: Bool
    private let limit: Int
    private let offset: Int
    private let special: String?

    /// The longest text.
    package static let longest = 4096

    private indirect enum Condition: Sendable {
        case all([Condition])
        case any([Condition])
        case comparison(QueryTarget, [Comparison], isNegated: Bool)
        case isTagged(Set<String>)
        case isTaggedAtAll(Bool)
        case has(QueryTarget)
        case hasTerm(String)
    }

    /// Reads a query and looks its names up.
    ///
    /// - Parameters:
    ///   - text: The query; its own `limit` and `offset` go before those given here.
    ///   - graph: What is asked.
    ///   - limit: The most that are wanted.
    ///   - offset: How many are passed over.
    ///   - now: Milliseconds since 1970.
    /// - Throws: `.queryTooLong`, `.invalidQuery`.
    package init(
        _ text: String,
        in graph: EntityGraph,
        limit: Int,
        offset: Int,
        now: Int64
    ) throws(CatalogError) {
        guard text.utf8.count <= Self.longest else {
            throw CatalogError(
                .queryTooLong,
                "Invalid query length, update atlas.graph.index.search.max-query-str-length to change the limit"
            )
        }
        let syntax = try QueryParser.parse(text)
        self.graph = graph
        self.text = text
        let shape = graph.types.entityTypes[syntax.source]
        let tagShape = graph.types.tagTypes[syntax.source]
        let specials = ["_CLASSIFIED", "_NOT_CLASSIFIED"]
        special = specials.contains(syntax.source) ? syntax.source : nil
        guard shape != nil || tagShape != nil || special != nil else {
            throw QueryFailure.invalid(text, "DSL Semantic Error - \(syntax.source) type not found")
        }
        let names = QueryNames(
            graph: graph,
            text: text,
            shape: shape,
            tagShape: tagShape,
            alias: syntax.alias,
            source: syntax.source
        )
        self.names = names
        condition = try syntax.condition.map { part throws(CatalogError) in
            try Self.compile(part, names, now: now)
        }
        groups = try Self.targets(syntax.groupBy, names)
        items = try Self.items(syntax, names)
        order = try syntax.orderBy.map { path throws(CatalogError) in try Self.order(path, names, syntax) }
        isDescending = syntax.isDescending
        self.limit = SearchQuestion.effectiveLimit(syntax.limit ?? limit)
        self.offset = syntax.offset ?? (syntax.limit == nil ? offset : 0)
    }

    private static func targets(
        _ paths: [QuerySyntax.Path],
        _ names: QueryNames
    ) throws(CatalogError) -> [QueryTarget] {
        var targets: [QueryTarget] = []
        for path in paths {
            let target = try names.target(path)
            guard target.isPlain else {
                throw QueryFailure.invalid(
                    names.text,
                    "GroupBy attribute \(path.joined(separator: ".")) is non-primitive"
                )
            }
            targets.append(target)
        }
        return targets
    }

    private static func order(
        _ path: QuerySyntax.Path,
        _ names: QueryNames,
        _ syntax: QuerySyntax
    ) throws(CatalogError) -> QueryTarget {
        let labelled =
            path.count == 1 ? syntax.select?.first { $0.label == path[0] && $0.aggregate == nil } : nil
        let target = try names.target(labelled?.path ?? path)
        guard target.isPlain || target.isFar && target.kind != nil else {
            throw QueryFailure.invalid(
                names.text,
                "OrderBy attribute \(path.joined(separator: ".")) is non-primitive"
            )
        }
        return target
    }

    private static func items(
        _ syntax: QuerySyntax,
        _ names: QueryNames
    ) throws(CatalogError) -> [(item: QuerySyntax.Item, target: QueryTarget?)]? {
        guard let select = syntax.select else { return nil }
        var items: [(item: QuerySyntax.Item, target: QueryTarget?)] = []
        for item in select {
            let target: QueryTarget?
            if item.path.isEmpty { target = nil } else { target = try names.target(item.path) }
            if item.aggregate != nil, let target, !target.isPlain {
                throw QueryFailure.invalid(
                    names.text,
                    "Select clause has aggregation on referred attributes \(item.label)"
                )
            }
            items.append((item, target))
        }
        let plain = items.contains { $0.item.aggregate == nil && $0.target.map { !$0.isFar } ?? false }
        guard !plain || !items.contains(where: { $0.target?.isFar ?? false }) else {
            throw QueryFailure.invalid(names.text, "Select clause has simple and referred attributes")
        }
        return items
    }

    private static func compile(
        _ condition: QuerySyntax.Condition,
        _ names: QueryNames,
        now: Int64
    ) throws(CatalogError) -> Condition {
        switch condition {
        case .all(let parts): return .all(try compile(parts, names, now: now))
        case .any(let parts): return .any(try compile(parts, names, now: now))
        case .isTagged(let name):
            if name == "_CLASSIFIED" { return .isTaggedAtAll(true) }
            if name == "_NOT_CLASSIFIED" { return .isTaggedAtAll(false) }
            guard let shape = names.graph.types.tagTypes[name] else {
                throw QueryFailure.invalid(
                    names.text,
                    "DSL Semantic Error - \(name) classification not found"
                )
            }
            return .isTagged(shape.selfAndBelow)
        case .has(let path): return .has(try names.target(path))
        case .hasTerm(let name): return .hasTerm(name)
        case .comparison(let path, let operation, let literals):
            let target = try names.target(path)
            guard let kind = target.kind else {
                throw QueryFailure.invalid(
                    names.text,
                    "\(path.joined(separator: ".")) is no attribute with a value"
                )
            }
            var comparisons: [Comparison] = []
            let isNegated = operation == .notEqual
            for literal in literals {
                do throws(CatalogError) {
                    comparisons.append(
                        try Comparison(
                            isNegated ? .equal : operation,
                            literal.text,
                            kind,
                            path.joined(separator: "."),
                            now: now
                        )
                    )
                } catch {
                    throw QueryFailure.invalid(names.text, error.message)
                }
            }
            return .comparison(target, comparisons, isNegated: isNegated)
        }
    }

    private static func compile(
        _ parts: [QuerySyntax.Condition],
        _ names: QueryNames,
        now: Int64
    ) throws(CatalogError) -> [Condition] {
        var compiled: [Condition] = []
        for part in parts { compiled.append(try compile(part, names, now: now)) }
        return compiled
    }

    // MARK: Running

    /// Runs it over what somebody may read.
    package func run(_ gate: any CatalogGate) -> QueryAnswer {
        let enough = offset + limit
        guard let items else {
            var found: [Entity] = []
            forEachFound(gate) { entity in
                found.append(entity)
                return found.count < enough
            }
            return QueryAnswer(content: .entities(Array(found.dropFirst(offset).prefix(limit))))
        }
        var rows: [[QueryAnswer.Cell]] = []
        var seen: Set<[QueryAnswer.Cell]> = []
        func add(_ row: [QueryAnswer.Cell]) -> Bool {
            if seen.insert(row).inserted { rows.append(row) }
            return rows.count < enough
        }
        if !groups.isEmpty {
            for group in grouped(found(gate), gate) where !add(row(items, group, gate)) { break }
        } else if items.contains(where: { $0.item.aggregate != nil }) {
            _ = add(row(items, found(gate), gate))
        } else {
            forEachFound(gate) { add(row(items, [$0], gate)) }
        }
        return QueryAnswer(
            content: .table(items.map(\.item.label), Array(rows.dropFirst(offset).prefix(limit)))
        )
    }

    private func found(_ gate: any CatalogGate) -> [Entity] {
        var found: [Entity] = []
        forEachFound(gate) { entity in
            found.append(entity)
            return true
        }
        return found
    }

    /// Gives what fits, in order, until `body` says that it has enough.
    ///
    /// Without an order it looks at no more than it must.
    private func forEachFound(_ gate: any CatalogGate, _ body: (Entity) -> Bool) {
        guard let order else { return forEachFitting(gate, body) }
        var found: [Entity] = []
        forEachFitting(gate) { entity in
            found.append(entity)
            return true
        }
        sort(&found, by: order, gate)
        for entity in found where !body(entity) { return }
    }

    private func forEachFitting(_ gate: any CatalogGate, _ body: (Entity) -> Bool) {
        forEachCandidate { candidate in
            let entity = graph.shown(candidate, gate)
            let fits =
                (condition.map { holds($0, entity, gate) } ?? true)
                && (gate.isOpen || graph.mayRead(entity, gate))
            return !fits || body(entity)
        }
    }

    private func forEachCandidate(_ body: (Entity) -> Bool) {
        if let shape = names.shape {
            for type in shape.selfAndBelow.sorted() {
                for handle in graph.handles(ofExactly: type) {
                    if let entity = graph.entity(handle), !body(entity) { return }
                }
            }
            return
        }
        let wanted = names.tagShape?.selfAndBelow
        for handle in 0..<UInt32(graph.handleCount) {
            guard let entity = graph.entity(handle),
                graph.types.entityTypes[entity.typeName]?.isInternal == false
            else { continue }
            let tags = graph.tagNames(on: entity.id)
            let fits =
                wanted.map { wanted in tags.contains { wanted.contains($0.text) } }
                ?? (tags.isEmpty == (special == "_NOT_CLASSIFIED"))
            if fits, !body(entity) { return }
        }
    }

    private func holds(_ condition: Condition, _ entity: Entity, _ gate: any CatalogGate) -> Bool {
        switch condition {
        case .all(let parts): return parts.allSatisfy { holds($0, entity, gate) }
        case .any(let parts): return parts.contains { holds($0, entity, gate) }
        case .isTagged(let wanted): return graph.tagNames(on: entity.id).contains { wanted.contains($0.text) }
        case .isTaggedAtAll(let isTagged): return graph.tagNames(on: entity.id).isEmpty != isTagged
        case .has(let target): return graph.values(target, of: entity, gate).contains { !$0.isNull }
        case .hasTerm(let name):
            return graph.terms(of: entity.id).contains {
                ($0.entity.qualifiedName == name || graph.displayText(of: $0.entity) == name)
                    && graph.mayRead($0.entity, gate)
            }
        case .comparison(let target, let comparisons, let isNegated):
            let values = graph.values(target, of: entity, gate)
            let isEqual = values.contains { value in comparisons.contains { $0.holds(value) } }
            return isNegated ? !isEqual : isEqual
        }
    }

    private func sort(_ entities: inout [Entity], by target: QueryTarget, _ gate: any CatalogGate) {
        let keyed = entities.map { entity in
            (entity: entity, key: graph.values(target, of: entity, gate).first ?? .null)
        }
        let isNumber = target.kind == .number || target.kind == .date
        func isBefore(_ one: JSONValue, _ other: JSONValue) -> Bool {
            isNumber
                ? one.double ?? -.infinity < other.double ?? -.infinity
                : (one.text ?? "").lowercased() < (other.text ?? "").lowercased()
        }
        entities = keyed.sorted { isDescending ? isBefore($1.key, $0.key) : isBefore($0.key, $1.key) }.map(
            \.entity
        )
    }

    private func grouped(_ entities: [Entity], _ gate: any CatalogGate) -> [[Entity]] {
        var order: [[JSONValue]] = []
        var byKey: [[JSONValue]: [Entity]] = [:]
        for entity in entities {
            let key = groups.map { graph.values($0, of: entity, gate).first ?? .null }
            if byKey[key] == nil { order.append(key) }
            byKey[key, default: []].append(entity)
        }
        return order.compactMap { byKey[$0] }
    }

    private func row(
        _ items: [(item: QuerySyntax.Item, target: QueryTarget?)],
        _ entities: [Entity],
        _ gate: any CatalogGate
    ) -> [QueryAnswer.Cell] {
        items.map { item, target in
            if let aggregate = item.aggregate {
                return .value(self.aggregate(aggregate, target, entities, gate))
            }
            guard let target, let entity = entities.first else { return .value(.string("")) }
            let values = graph.values(target, of: entity, gate)
            switch target {
            case .itself, .related: return .entities(values.compactMap { $0.text.map { EntityID($0) } })
            case .attribute, .system, .tagAttribute, .beyond:
                let value = values.count > 1 ? JSONValue.array(values) : values.first ?? .null
                return .value(value.isNull ? .string("") : value)
            }
        }
    }

    private func aggregate(
        _ aggregate: QuerySyntax.Aggregate,
        _ target: QueryTarget?,
        _ entities: [Entity],
        _ gate: any CatalogGate
    ) -> JSONValue {
        guard let target, aggregate != .count else { return .integer(Int64(entities.count)) }
        let values = entities.flatMap { graph.values(target, of: $0, gate) }.filter { !$0.isNull }
        let isNumber = target.kind == .number || target.kind == .date
        func isBefore(_ one: JSONValue, _ other: JSONValue) -> Bool {
            isNumber ? one.double ?? 0 < other.double ?? 0 : (one.text ?? "") < (other.text ?? "")
        }
        switch aggregate {
        case .min: return values.min(by: isBefore) ?? .string("")
        case .max: return values.max(by: isBefore) ?? .string("")
        case .sum, .count:
            let sum = values.compactMap(\.double).reduce(0, +)
            return Int64(exactly: sum).map { .integer($0) } ?? .number(sum)
        }
    }
}
