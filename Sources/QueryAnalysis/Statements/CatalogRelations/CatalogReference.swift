/// The types whose values name objects: what is cast to them becomes an identifier, and a name where it is shown.
enum CatalogReference {
    static let types: Set<String> = ["regclass", "regtype", "regnamespace", "regrole", "regproc"]

    /// Types that a name is shown as.
    static let shownAs: Set<String> = ["text", "varchar", "name"]

    static let identifier = QueryType(name: "oid")

    /// The functions of PostgreSQL that clients look for by name.
    ///
    /// **Source.** `pg_proc.dat`.
    static let functions: [String: UInt32] = [
        "array_in": 750, "record_in": 2290, "domain_in": 2597, "enum_in": 3506,
    ]

    /// `unnest` of no identifiers.
    static let noIdentifiers = QueryExpression.call(
        QueryCall(
            function: "unnest",
            arguments: [.cast(.literal(.text("{}")), QueryType(name: "oid", isArray: true))]
        )
    )

    /// The type that a call's value has; nil for calls whose values name no object.
    static func result(of call: QueryCall) -> String? {
        switch call.function {
        case "to_regclass", "to_regtype", "to_regnamespace": String(call.function.dropFirst(3))
        default: nil
        }
    }

    /// What is shown by its name: what it is made from, and its type; nil for other values.
    static func reference(_ value: QueryExpression) -> (QueryExpression, QueryType)? {
        switch value {
        case .cast(let inner, let type) where types.contains(type.name): (inner, type)
        case .call(let call): result(of: call).map { (value, QueryType(name: $0)) }
        default: nil
        }
    }

    static func isNumber(_ text: String) -> Bool { UInt32(text) != nil }

    static func literal(_ identifier: UInt32) -> QueryExpression {
        .cast(.literal(.text(String(identifier))), CatalogReference.identifier)
    }

    /// A literal or parameter, with or without a cast to text.
    static func bare(_ value: QueryExpression) -> QueryExpression {
        if case .cast(let inner, let type) = value, ["text", "varchar"].contains(type.name), !type.isArray {
            return inner
        }
        return value
    }

    /// The question whose answer is the name of an identifier.
    static func name(of type: String, isEmbedded: Bool) -> String {
        switch type {
        case "regtype" where isEmbedded:
            """
            SELECT COALESCE(t.title, CASE WHEN q.a1 = 0 THEN '-' ELSE CAST(q.a1 AS text) END) \
            FROM args AS q LEFT JOIN pg_visible_types AS t ON t.oid = q.a1
            """
        case "regproc" where isEmbedded: "SELECT CAST(q.a1 AS text) FROM args AS q"
        case "regclass":
            """
            SELECT COALESCE(v.shown, CASE WHEN q.a1 = 0 THEN '-' ELSE CAST(q.a1 AS text) END) \
            FROM args AS q LEFT JOIN pg_visible_names AS v ON v.oid = q.a1
            """
        case "regtype":
            """
            SELECT CASE WHEN q.a1 = 0 THEN '-' WHEN q.a1 < 16384 THEN pg_catalog.format_type(q.a1, NULL) \
            ELSE CAST(q.a1 AS text) END FROM args AS q
            """
        case "regnamespace":
            """
            SELECT COALESCE(v.quoted, CAST(q.a1 AS text)) \
            FROM args AS q LEFT JOIN pg_visible_schemas AS v ON v.oid = q.a1
            """
        case "regrole":
            """
            SELECT CASE WHEN q.a1 = 16383 THEN pg_catalog.quote_ident(s.role) ELSE 'steward' END \
            FROM args AS q CROSS JOIN pg_visible_session AS s
            """
        default:
            """
            SELECT COALESCE(CAST(p.proname AS text), CAST(q.a1 AS text)) \
            FROM args AS q LEFT JOIN pg_catalog.pg_proc AS p ON p.oid = q.a1 AND p.oid < 16384
            """
        }
    }
}

extension QueryResolver {
    /// The identifier that a cast to one of the types of names gives.
    mutating func identifier(
        _ value: QueryExpression,
        _ type: QueryType,
        in names: Namespace,
        common: CommonNames
    ) throws(StatementError) -> QueryExpression {
        let refusal = decoder.refusal("type `\(type.name)`", -1, .type)
        readsLiterals = true
        guard !type.isArray, relations.consumersCatalog != nil else { throw refusal }
        switch CatalogReference.bare(value) {
        case .literal(.null): return .cast(.literal(.null), CatalogReference.identifier)
        case .literal(.text(let text)): return try literal(text, type.name)
        case .parameter:
            let functions = [
                "regclass": "to_regclass", "regtype": "to_regtype", "regnamespace": "to_regnamespace",
            ]
            guard let function = functions[type.name] else { throw refusal }
            let call = QueryCall(function: function, arguments: [value])
            return try catalogCall(call, in: names, common: common)
        case .literal(.number): return .cast(value, CatalogReference.identifier)
        case .cast(let inner, let other) where ["oid", "int4", "int8"].contains(other.name):
            return .cast(
                try expression(.cast(inner, other), in: names, common: common),
                CatalogReference.identifier
            )
        case .cast(_, let other) where CatalogReference.types.contains(other.name):
            return try expression(value, in: names, common: common)
        case .call(let call)
        where CatalogFunctions.texts.contains(call.function) || CatalogReference.result(of: call) != nil:
            return .cast(
                try expression(.call(call), in: names, common: common),
                CatalogReference.identifier
            )
        case .name(let parts, _):
            guard isOfCatalog(parts, names) else { throw refusal }
            return .cast(try expression(value, in: names, common: common), CatalogReference.identifier)
        default: throw refusal
        }
    }

    /// The name that a cast to one of those types shows.
    mutating func shownName(
        _ value: QueryExpression,
        _ type: QueryType,
        in names: Namespace,
        common: CommonNames
    ) throws(StatementError) -> QueryExpression {
        let identifier = try identifier(value, type, in: names, common: common)
        _ = try openCatalog(.nowhere, "type `\(type.name)`", .type)
        return try ask(
            CatalogReference.name(of: type.name, isEmbedded: catalog?.isEmbedded ?? false),
            [identifier]
        )
    }

    /// Columns of tables could hold anything, and what they hold would be told by an error.
    ///
    /// What stands in `FROM` is resolved before anything that names it: where no table was named until now, none can be
    /// behind a column, whatever queries it came through.
    private func isOfCatalog(_ parts: [String], _ names: Namespace) -> Bool {
        let items = parts.count == 2 ? names.items(named: parts[0]) : names.holders(ofColumn: parts[0])
        return items.count == 1 && (items[0].isCatalog || reads.outcomes.isEmpty)
    }

    private mutating func literal(_ text: String, _ type: String) throws(StatementError) -> QueryExpression {
        if let number = UInt32(text) { return CatalogReference.literal(number) }
        if text == "-" { return CatalogReference.literal(0) }
        switch type {
        case "regclass": return try literalRelation(text, .nowhere)
        case "regnamespace": return try literalSchema(text, .nowhere)
        case "regtype":
            _ = try openCatalog(.nowhere, "type `regtype`", .type)
            return try askFunction("to_regtype", [.cast(.literal(.text(text)), QueryType(name: "text"))])
        case "regrole":
            _ = try openCatalog(.nowhere, "type `regrole`", .type)
            guard text == catalog?.user else { throw missing("role", text) }
            return CatalogReference.literal(CatalogIdentifiers.role)
        default:
            let name = text.hasPrefix("pg_catalog.") ? String(text.dropFirst(11)) : text
            guard let number = CatalogReference.functions[name] else {
                throw decoder.refusal("this name of a function", -1, .function)
            }
            return CatalogReference.literal(number)
        }
    }

    /// The identifier of a relation that a text names; what is hidden and what isn't there are told apart by nothing.
    mutating func literalRelation(_ text: String, _ place: Place) throws(StatementError) -> QueryExpression {
        let content = try openCatalog(place, "type `regclass`", .type)
        guard let parts = CatalogName.parts(of: text) else { throw missing("relation", text) }
        let name = parts[parts.count - 1]
        if parts.count == 1 || parts[0] == "pg_catalog", let number = CatalogIdentifiers.catalogs[name] {
            return CatalogReference.literal(number)
        }
        for schema in parts.count == 2 ? [parts[0]] : content.searchPath {
            if let number = content.identifier(of: RelationName(schema: schema, name: name)) {
                return CatalogReference.literal(number)
            }
        }
        throw missing("relation", text)
    }

    /// The identifier of a schema that a text names.
    mutating func literalSchema(_ text: String, _ place: Place) throws(StatementError) -> QueryExpression {
        let content = try openCatalog(place, "type `regnamespace`", .type)
        guard let parts = CatalogName.parts(of: text), parts.count == 1, let number = content.schema(parts[0])
        else {
            throw missing("schema", text)
        }
        return CatalogReference.literal(number)
    }

    private func missing(_ kind: String, _ text: String) -> StatementError {
        StatementError(code: .relation, message: "\(kind) \"\(text)\" does not exist", position: nil)
    }
}
