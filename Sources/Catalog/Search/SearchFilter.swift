package import CatalogModel

/// A condition on attributes, as callers of search send it.
package indirect enum SearchFilter: Sendable {
    /// One comparison.
    case leaf(attribute: String, operation: String, value: String?)
    /// All of these.
    case all([SearchFilter])
    /// Any of these.
    case any([SearchFilter])

    /// Reads Atlas's form: a leaf, or `condition` with `criterion`.
    ///
    /// - Throws: `.badRequest`; `.blankFilterName` for a leaf without a name. Nesting is bounded by that of JSON.
    package init?(_ value: JSONValue?) throws(CatalogError) {
        guard let object = value?.object else { return nil }
        if let list = object["criterion"]?.list {
            var parts: [SearchFilter] = []
            for element in list {
                if let part = try SearchFilter(element) { parts.append(part) }
            }
            guard !parts.isEmpty else { return nil }
            switch object.text("condition")?.uppercased() {
            case "AND"?: self = .all(parts)
            case "OR"?: self = .any(parts)
            default: throw CatalogError(.badRequest, "a criterion needs the condition AND or OR")
            }
            return
        }
        guard let name = object.text("attributeName"), !name.isEmpty else {
            guard object.text("operator") != nil || object["attributeValue"] != nil else { return nil }
            throw CatalogError(.blankFilterName, "attributeName of a filter is empty")
        }
        let value = object["attributeValue"].flatMap { $0.isNull ? nil : $0.text ?? $0.json }
        self = .leaf(attribute: name, operation: object.text("operator") ?? "=", value: value)
    }

    /// The names of all attributes in it.
    package var attributes: [String] {
        switch self {
        case .leaf(let attribute, _, _): [attribute]
        case .all(let parts), .any(let parts): parts.flatMap(\.attributes)
        }
    }
}

/// What an attribute's values are, for comparing.
enum ComparedKind: Sendable {
    case text, number, date, bool
}

/// A filter whose names and values are understood, so that it is quick to ask.
indirect enum CompiledFilter: Sendable {
    case leaf(name: String, Comparison)
    case all([CompiledFilter])
    case any([CompiledFilter])

    /// A filter whose names and values are looked up.
    ///
    /// - Parameters:
    ///   - filter: The filter.
    ///   - now: The moment, for named ranges of time.
    ///   - owner: What has the attributes, for messages.
    ///   - kind: What an attribute's values are; nil for an attribute that isn't known.
    /// - Throws: `.unknownAttribute`, `.unknownOperator`, `.blankFilterValue`, `.badRequest`.
    init(
        _ filter: SearchFilter,
        now: Int64,
        owner: String,
        kind: (String) -> ComparedKind?
    ) throws(CatalogError) {
        switch filter {
        case .leaf(let name, let operation, let value):
            guard let kind = kind(name) else {
                throw CatalogError(.unknownAttribute, "Attribute \(name) not found for type \(owner)")
            }
            guard let parsed = FilterOperator(operation) else {
                throw CatalogError(.unknownOperator, "\(operation) is no operator")
            }
            guard !parsed.needsValue || value?.isEmpty == false else {
                throw CatalogError(.blankFilterValue, "attributeValue of a filter on \(name) is empty")
            }
            self = .leaf(name: name, try Comparison(parsed, value ?? "", kind, name, now: now))
        case .all(let parts):
            var compiled: [CompiledFilter] = []
            for part in parts {
                compiled.append(try CompiledFilter(part, now: now, owner: owner, kind: kind))
            }
            self = .all(compiled)
        case .any(let parts):
            var compiled: [CompiledFilter] = []
            for part in parts {
                compiled.append(try CompiledFilter(part, now: now, owner: owner, kind: kind))
            }
            self = .any(compiled)
        }
    }

    /// Whether it holds, given the attributes' values.
    func holds(_ value: (String) -> JSONValue?) -> Bool {
        switch self {
        case .leaf(let name, let comparison): comparison.holds(value(name) ?? .null)
        case .all(let parts): parts.allSatisfy { $0.holds(value) }
        case .any(let parts): parts.contains { $0.holds(value) }
        }
    }

    /// A text that an attribute must be equal to for it to hold; nil when there is none.
    func requiredText(of attribute: String) -> String? {
        switch self {
        case .leaf(let name, let comparison): name == attribute ? comparison.requiredText : nil
        case .all(let parts): parts.lazy.compactMap { $0.requiredText(of: attribute) }.first
        case .any: nil
        }
    }
}
