extension QueryResolver {
    /// The resolved expression.
    mutating func expression(
        _ value: QueryExpression,
        in names: Namespace,
        common: CommonNames
    ) throws(StatementError) -> QueryExpression {
        switch value {
        case .name(let parts, let place): return try name(parts, place, in: names)
        case .literal, .parameter: return value
        case .session(let fact): return try sessionFact(fact.rawValue, [], .nowhere)
        case .moment(let moment, let precision): return relations.moment(moment, precision)
        case .call(let call): return try self.call(call, in: names, common: common)
        case .query(let test, let query): return try subquery(test, query, in: names, common: common)
        case .part(let value, [.everything]): return try row(of: value, in: names)
        case .part(let value, let steps): return try part(value, steps, in: names, common: common)
        case .row(let parts, let isList):
            let parts = try spread(parts, in: names)
            return .row(try expressions(parts, in: names, common: common), isList: isList)
        case .cast(let inner, let type) where CatalogReference.types.contains(type.name):
            return try identifier(inner, type, in: names, common: common)
        case .cast(let whole, let type) where CatalogReference.shownAs.contains(type.name) && !type.isArray:
            guard let (inner, reference) = CatalogReference.reference(whole) else {
                return .cast(try expression(whole, in: names, common: common), type)
            }
            return .cast(try shownName(inner, reference, in: names, common: common), type)
        default:
            return try value.mappingParts { (part) throws(StatementError) in
                try expression(part, in: names, common: common)
            }
        }
    }

    /// All of a list.
    mutating func expressions(
        _ values: [QueryExpression],
        in names: Namespace,
        common: CommonNames
    ) throws(StatementError) -> [QueryExpression] {
        var result: [QueryExpression] = []
        result.reserveCapacity(values.count)
        for value in values { result.append(try expression(value, in: names, common: common)) }
        return result
    }

    private mutating func name(
        _ parts: [String],
        _ place: Place,
        in names: Namespace
    ) throws(StatementError) -> QueryExpression {
        let column = parts[parts.count - 1]
        let item: NamespaceItem
        if parts.count == 2 {
            item = try self.item(named: parts[0], names, place)
            switch item.columns.count(where: { $0 == column }) {
            case 1: break
            case 0:
                guard column == "tableoid", let identifier = item.catalogIdentifier else {
                    throw unknownColumn("\(parts[0]).\(column)", place)
                }
                return CatalogReference.literal(identifier)
            default: throw ambiguousColumn(column, place)
            }
        } else {
            let holders = names.holders(ofColumn: column)
            if holders.isEmpty {
                guard !names.items(named: column).isEmpty else { throw unknownColumn("\"\(column)\"", place) }
                noteAll(of: try self.item(named: column, names, place))
                return .name(parts, place)
            }
            guard holders.count == 1 else { throw ambiguousColumn(column, place) }
            item = holders[0]
        }
        note(column, of: item)
        let resolved = QueryExpression.name(parts, place)
        return item.instants.contains(column) ? .inUTC(resolved) : resolved
    }

    /// The row of a relation, as a value.
    private mutating func row(
        of value: QueryExpression,
        in names: Namespace
    ) throws(StatementError) -> QueryExpression {
        let item = try wholeRow(value, in: names)
        guard let name = item.name else { throw decoder.unreadable }
        noteAll(of: item)
        return .name([name], .nowhere)
    }

    /// The parts of a row, with the columns of a relation in the place of `relation.*`.
    private func spread(
        _ parts: [QueryExpression],
        in names: Namespace
    ) throws(StatementError) -> [QueryExpression] {
        var result: [QueryExpression] = []
        for part in parts {
            guard case .part(let value, [.everything]) = part else {
                result.append(part)
                continue
            }
            let item = try wholeRow(value, in: names)
            guard let name = item.name else { throw decoder.unreadable }
            result += item.columns.map { .name([name, $0], .nowhere) }
        }
        return result
    }

    func unknownColumn(_ name: String, _ place: Place) -> StatementError {
        StatementError(
            code: .column,
            message: "column \(name) does not exist",
            position: decoder.position(place.offset)
        )
    }

    func ambiguousColumn(_ name: String, _ place: Place) -> StatementError {
        StatementError(
            code: .ambiguous,
            message: "column reference \"\(name)\" is ambiguous",
            position: decoder.position(place.offset)
        )
    }

    /// A call with its parts; facts about the session become the consumer's.
    mutating func call(
        _ call: QueryCall,
        in names: Namespace,
        common: CommonNames
    ) throws(StatementError) -> QueryExpression {
        if CatalogFunctions.plain.contains(call.function), relations.consumersCatalog?.isEmbedded == true,
            let value = CatalogFunctions.embeddedValue(call.function)
        {
            return value
        }
        if isOfNoKey(call, in: names) { return .cast(.literal(.null), QueryType(name: "int8")) }
        if CatalogFunctions.contains(call.function) {
            return try catalogCall(call, in: names, common: common)
        }
        if AllowedFunctions.sessionFacts.contains(call.function) {
            return try sessionFact(call.function, call.arguments, call.place)
        }
        if call.function == SettingCall.name { return try settingCall(call) }
        if call.function == "now" || call.function == "transaction_timestamp", call.arguments.isEmpty {
            return relations.now(call)
        }
        if call.function == "age", call.arguments.count == 1 {
            // With one argument the name also means how many transactions there have been since another one.
            var dated = call
            dated.arguments.insert(.moment(.currentDate, precision: nil), at: 0)
            return .call(try resolved(dated, in: names, common: common))
        }
        return .call(try resolved(call, in: names, common: common))
    }

    /// A call with its parts.
    mutating func resolved(
        _ call: QueryCall,
        in names: Namespace,
        common: CommonNames
    ) throws(StatementError) -> QueryCall {
        var result = call
        result.arguments = try expressions(call.arguments, in: names, common: common)
        for index in result.order.indices {
            result.order[index].value = try expression(result.order[index].value, in: names, common: common)
        }
        if let filter = call.filter { result.filter = try expression(filter, in: names, common: common) }
        if let window = call.window { result.window = try self.window(window, in: names, common: common) }
        return result
    }

    /// A window with its parts.
    mutating func window(
        _ window: QueryWindow,
        in names: Namespace,
        common: CommonNames
    ) throws(StatementError) -> QueryWindow {
        var result = window
        result.partition = try expressions(window.partition, in: names, common: common)
        for index in result.order.indices {
            result.order[index].value = try expression(result.order[index].value, in: names, common: common)
        }
        if let bound = window.frameStart {
            result.frameStart = try expression(bound, in: names, common: common)
        }
        if let bound = window.frameEnd { result.frameEnd = try expression(bound, in: names, common: common) }
        return result
    }

    private mutating func subquery(
        _ test: QueryTest,
        _ query: Query,
        in names: Namespace,
        common: CommonNames
    ) throws(StatementError) -> QueryExpression {
        let inner = try self.query(query, in: names, common: common).query
        switch test {
        case .exists, .scalar, .array: return .query(test, inner)
        case .any(let left, let symbol):
            return .query(.any(try expression(left, in: names, common: common), operator: symbol), inner)
        case .all(let left, let symbol):
            return .query(.all(try expression(left, in: names, common: common), operator: symbol), inner)
        }
    }

    /// Elements of any value; fields only of rows whose columns are known, because PostgreSQL would call a function
    /// of a field's name.
    private mutating func part(
        _ value: QueryExpression,
        _ steps: [QueryStep],
        in names: Namespace,
        common: CommonNames
    ) throws(StatementError) -> QueryExpression {
        var resolved: [QueryStep] = []
        for (index, step) in steps.enumerated() {
            switch step {
            case .field(let field, _):
                guard index == 0 else { throw decoder.refusal("a field of a field", -1) }
                if ["x", "n"].contains(field), isNumbered(value, in: names) {
                    // Of what `_pg_expandarray` gives; PostgreSQL has no functions of these names.
                    guard steps.count == 1 else { throw decoder.refusal("a field of a field", -1) }
                    let whole = try expression(value, in: names, common: common)
                    return relations.consumersCatalog?.isEmbedded == true
                        ? .cast(.literal(.null), QueryType(name: "int4")) : .part(whole, steps)
                }
                let item = try wholeRow(value, in: names)
                guard item.columns.contains(field) else { throw unknownColumn("\"\(field)\"", .nowhere) }
                note(field, of: item)
                resolved.append(step)
            case .everything: throw decoder.refusal("`.*` inside an expression", -1)
            case .element(let position):
                resolved.append(.element(try expression(position, in: names, common: common)))
            case .slice(let low, let high):
                var bounds: (QueryExpression?, QueryExpression?)
                if let low { bounds.0 = try expression(low, in: names, common: common) }
                if let high { bounds.1 = try expression(high, in: names, common: common) }
                resolved.append(.slice(bounds.0, bounds.1))
            }
        }
        if case .field? = steps.first { return .part(value, resolved) }
        return .part(try expression(value, in: names, common: common), resolved)
    }

    /// Whether a call takes apart the columns of a key or index where there are none: its value is in no row.
    private func isOfNoKey(_ call: QueryCall, in names: Namespace) -> Bool {
        guard ["unnest", "generate_subscripts"].contains(call.function),
            relations.consumersCatalog?.isEmbedded == true, case .name(let parts, _)? = call.arguments.first
        else { return false }
        let column = parts[parts.count - 1]
        let items = parts.count == 2 ? names.items(named: parts[0]) : names.holders(ofColumn: column)
        return items.count == 1 && items[0].isCatalog
            && ["indkey", "indclass", "indoption", "indcollation", "conkey", "confkey"].contains(column)
    }

    /// Whether a value may come from `_pg_expandarray`: a call of it, or a column of a query's.
    private func isNumbered(_ value: QueryExpression, in names: Namespace) -> Bool {
        switch value {
        case .call(let call): return call.function == "_pg_expandarray"
        case .name(let parts, _):
            let column = parts[parts.count - 1]
            let items = parts.count == 2 ? names.items(named: parts[0]) : names.holders(ofColumn: column)
            guard items.count == 1, items[0].columns.contains(column) else { return false }
            return items[0].governed == nil && !items[0].isCatalog
        default: return false
        }
    }

    private func sessionFact(
        _ fact: String,
        _ arguments: [QueryExpression],
        _ place: Place
    ) throws(StatementError) -> QueryExpression {
        guard let value = relations.sessionFact(fact, hasArguments: !arguments.isEmpty) else {
            throw decoder.refusal("`\(fact)`", place.offset, .function)
        }
        return value
    }
}
