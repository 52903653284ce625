package import CatalogModel

/// What a search for relationships is for.
package struct RelationshipQuestion: Sendable {
    /// Names of relationship types; not empty.
    package var types: [String] = []
    /// A condition on their attributes.
    package var filter: SearchFilter?
    /// Whether deleted ones are left out.
    package var excludesDeleted = false
    /// The attribute to sort by; nil for the order in which they came.
    package var sortBy: String?
    /// Whether the greatest come first.
    package var isDescending = false
    /// How many are passed over.
    package var offset = 0
    /// How many are wanted.
    package var limit = SearchQuestion.defaultLimit

    /// A question that isn't one yet.
    package init() {}
}

extension VisibleGraph {
    /// The relationships that a question asks for, with how many there are in all; only those of which both ends are seen.
    ///
    /// - Throws: `.noSearchCriteria`, `.unknownSearchType`, `.unknownAttribute`, and what a filter may be refused for.
    /// - Source: `AtlasDiscoveryService.searchRelationsWithParameters`.
    package func search(
        _ question: RelationshipQuestion,
        now: Int64
    ) throws(CatalogError) -> (page: [Relationship], count: Int) {
        guard !question.types.isEmpty else {
            throw CatalogError(
                .noSearchCriteria,
                "No search parameter was found: relationshipName is missing"
            )
        }
        var kinds = Relationship.systemKinds
        for name in question.types {
            guard let definition = types.definition(name, .relationship) else {
                throw CatalogError(.unknownSearchType, "\(name): Unknown/invalid typename")
            }
            for attribute in definition.attributes {
                kinds[attribute.name] = AttributeType(attribute.typeName)?.comparedKind ?? .text
            }
        }
        let owner = question.types.joined(separator: ",")
        if let name = question.sortBy, kinds[name] == nil {
            throw CatalogError(.unknownAttribute, "Attribute \(name) not found for type \(owner)")
        }
        let filter = try question.filter.map { filter throws(CatalogError) in
            try CompiledFilter(filter, now: now, owner: owner) { kinds[$0] }
        }
        let wanted = Set(question.types)
        var found = graph.relationships.compactMap { relationship -> Relationship? in
            guard let relationship, wanted.contains(relationship.typeName),
                relationship.isActive || !question.excludesDeleted,
                filter?.holds({ relationship.value($0) }) ?? true
            else { return nil }
            return self.relationship(relationship.id)
        }
        if let name = question.sortBy { sort(&found, by: name, kinds[name], question.isDescending) }
        return (Array(found.dropFirst(question.offset).prefix(question.limit)), found.count)
    }

    private func sort(
        _ found: inout [Relationship],
        by name: String,
        _ kind: ComparedKind?,
        _ isDescending: Bool
    ) {
        func isBefore(_ one: JSONValue, _ other: JSONValue) -> Bool {
            kind == .number || kind == .date
                ? one.double ?? -.infinity < other.double ?? -.infinity
                : (one.text ?? one.json) < (other.text ?? other.json)
        }
        let keyed = found.map { (relationship: $0, key: $0.value(name) ?? .null) }
        found = keyed.sorted { isDescending ? isBefore($1.key, $0.key) : isBefore($0.key, $1.key) }.map(
            \.relationship
        )
    }
}

extension Relationship {
    fileprivate static let systemKinds: [String: ComparedKind] = [
        "__guid": .text, "__typeName": .text, "__state": .text, "__timestamp": .date,
        "__modificationTimestamp": .date, "__createdBy": .text, "__modifiedBy": .text,
    ]

    /// The value of an attribute by the names that filters use.
    fileprivate func value(_ name: String) -> JSONValue? {
        if let value = attributes[name] { return value }
        switch name {
        case "__guid": return .string(id.text)
        case "__typeName": return .string(typeName)
        case "__state": return .string(status.rawValue)
        case "__timestamp": return .integer(createTime)
        case "__modificationTimestamp": return .integer(updateTime)
        case "__createdBy": return .string(createdBy)
        case "__modifiedBy": return .string(updatedBy)
        default: return nil
        }
    }
}

extension SearchFilter {
    /// Whether it holds for a record of named values that isn't an entity; missing values count as null.
    ///
    /// The types of the values go by the names that the type system has for types; `owner` is what has them, for
    /// messages.
    /// - Throws: what a filter may be refused for.
    package func holds(
        for values: JSONObject,
        of types: [String: String],
        owner: String,
        now: Int64
    ) throws(CatalogError) -> Bool {
        let compiled = try CompiledFilter(self, now: now, owner: owner) { name in
            types[name].flatMap { AttributeType($0)?.comparedKind }
        }
        return compiled.holds { values[$0] }
    }
}
