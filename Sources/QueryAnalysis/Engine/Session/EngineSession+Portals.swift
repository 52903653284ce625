extension EngineSession {
    /// The plan of a query.
    func plan(_ query: Query, _ parameters: [EngineType]) throws(EngineFault) -> EnginePlan {
        var known: [RelationName: [UpstreamColumn]] = [:]
        var analyser = Analyser(parameters: parameters) { [relations] name in
            guard let columns = known[name] ?? relations.columns(of: name) else { return nil }
            known[name] = columns
            return columns.map { ($0.name, EngineType(named: $0.type) ?? .text) }
        }
        let plan = try analyser.query(query)
        var reads: [EngineRead] = []
        for (name, wanted) in analyser.scans {
            let columns = known[name] ?? []
            reads.append(
                EngineRead(
                    relation: name,
                    columns: wanted.compactMap { own in columns.first { $0.name == own } },
                    limit: plan.scanLimit
                )
            )
        }
        return EnginePlan(
            query: plan,
            columns: Types.settled(plan.columns).map { EngineColumn($0) },
            parameters: analyser.parameters.map { $0.kind == .unknown ? .text : $0 },
            reads: reads
        )
    }

    /// The rows of a plan.
    func run(_ plan: EnginePlan, _ parameters: [Datum]) throws(EngineFault) -> KeptRows {
        let tables = try relations.rows(of: plan.reads, limits: limits)
        let context = RunContext(
            parameters: parameters,
            tables: tables.mapValues(\.rows),
            limits: limits,
            now: moment()
        )
        let rows = try Runner(context: context).rows(of: plan.query, nil)
        for (setting, change) in context.changedSettings { set(setting, change.value, change.isLocal) }
        return try KeptRows(rows, bytes: context.taken, by: limits)
    }

    /// The plan that is there, or a new one.
    func planned(_ known: EnginePlan?, _ query: Query) throws(EngineFault) -> EnginePlan {
        if let known { return known }
        return try plan(query, [])
    }

    /// The rows of a portal, which has run or runs now.
    func rows(of portal: EnginePortal, _ plan: EnginePlan) throws(EngineFault) -> KeptRows {
        if let kept = portal.kept { return kept }
        return try run(plan, portal.parameters)
    }

    // MARK: The extended protocol

    /// Keeps a statement under a name; the empty name may be used again.
    package func parse(_ name: String, _ text: String, types: [UInt32]) throws(EngineFault) {
        let commands = try statements(of: text)
        guard name.isEmpty || prepared[name] == nil else {
            throw EngineFault("42P05", "prepared statement \"\(name)\" already exists")
        }
        guard let statement = commands.first?.statement else {
            prepared[name] = nil
            empty.insert(name)
            return
        }
        try require(statement)
        empty.remove(name)
        var parameters: [EngineType] = []
        for identifier in types {
            guard let type = EngineType(identifier: identifier) else {
                throw .missing("a parameter of type \(identifier)")
            }
            parameters.append(type)
        }
        let plan: EnginePlan?
        switch statement {
        case .query(let query), .copyOut(let query, _): plan = try self.plan(query, parameters)
        default: plan = nil
        }
        prepared[name] = PreparedPlan(
            statement: statement,
            plan: plan,
            parameters: plan?.parameters ?? parameters,
            textBytes: text.utf8.count,
            held: try HeldBytes(text.utf8.count * PreparedPlan.growth, by: limits)
        )
    }

    /// Binds values to a statement's parameters; each with its format, nil for NULL.
    package func bind(
        _ portal: String,
        to statement: String,
        values: [(format: Int16, bytes: [UInt8]?)],
        formats: [Int16]
    ) throws(EngineFault) {
        if empty.contains(statement) {
            emptyPortals.insert(portal)
            return
        }
        guard let known = prepared[statement] else { throw unknownStatement(statement) }
        try require(known.statement)
        guard values.count == known.parameters.count else {
            throw EngineFault(
                "08P01",
                "bind message supplies \(values.count) parameters, but prepared statement \"\(statement)\" "
                    + "requires \(known.parameters.count)"
            )
        }
        guard portal.isEmpty || portals[portal] == nil else {
            throw EngineFault("42P03", "cursor \"\(portal)\" already exists")
        }
        var parameters: [Datum] = []
        for ((format, bytes), type) in zip(values, known.parameters) {
            guard let bytes else {
                parameters.append(.null)
                continue
            }
            if format == 1 {
                parameters.append(try DatumWire.datum(bytes, type))
            } else {
                guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
                    throw EngineFault("22021", "invalid byte sequence for encoding UTF8")
                }
                parameters.append(try TextInput.datum(bytes, type))
            }
        }
        emptyPortals.remove(portal)
        portals[portal] = EnginePortal(prepared: known, parameters: parameters, formats: formats)
    }

    /// What is known of a prepared statement: the types of its parameters and its columns; nil columns for none.
    package func describe(
        statement name: String
    ) throws(EngineFault) -> (parameters: [UInt32], columns: [EngineColumn]?) {
        if empty.contains(name) { return ([], nil) }
        guard let known = prepared[name] else { throw unknownStatement(name) }
        return (known.parameters.map(\.identifier), columns(of: known))
    }

    /// What is known of a portal: its columns with their formats; nil for none.
    package func describe(portal name: String) throws(EngineFault) -> (
        columns: [EngineColumn], formats: [Int16]
    )? {
        if emptyPortals.contains(name) { return nil }
        guard let portal = portals[name] else { throw unknownPortal(name) }
        return columns(of: portal.prepared).map { ($0, portal.formats) }
    }

    private func columns(of known: PreparedPlan) -> [EngineColumn]? {
        switch known.statement {
        case .query: return known.plan?.columns
        case .execute(let name, _): return prepared[name].flatMap(columns)
        case .fetch(let name, _, isMove: false): return portals[name]?.prepared.plan?.columns
        case .show(let name): return [EngineColumn(OutputColumn(name: name, type: .text))]
        case .copyOut, .prepare, .deallocate, .declare, .fetch, .close, .resetAll, .unlisten, .discardAll,
            .discard, .transaction, .set:
            return nil
        }
    }

    private func unknownPortal(_ name: String) -> EngineFault {
        EngineFault("34000", "portal \"\(name)\" does not exist")
    }

    /// Runs a portal, or goes on with it; nil for an empty statement.
    ///
    /// `limit` is 0 for all rows.
    package func execute(portal name: String, limit: Int) throws(EngineFault) -> EngineOutcome? {
        if emptyPortals.contains(name) { return nil }
        guard var portal = portals[name] else { throw unknownPortal(name) }
        guard case .query = portal.prepared.statement, let plan = portal.prepared.plan else {
            textBytes = portal.prepared.textBytes
            return try perform(
                portal.prepared.statement,
                parameters: portal.parameters,
                formats: portal.formats,
                plan: portal.prepared.plan
            )
        }
        try require(portal.prepared.statement)
        let kept = try rows(of: portal, plan)
        let rows = kept.rows
        let start = min(portal.position, rows.count)
        let end = limit > 0 ? min(rows.count, start + limit) : rows.count
        let isDone = limit <= 0 || end - start < limit
        portal.position = end
        // What was handed out whole needn't be kept.
        portal.kept = isDone ? KeptRows.none : kept
        portals[name] = portal
        return EngineOutcome(
            columns: plan.columns,
            rows: rows[start..<end],
            of: kept,
            tag: isDone ? "SELECT \(end - start)" : nil,
            formats: portal.formats
        )
    }

    /// Forgets a prepared statement; there needn't be one.
    package func close(statement name: String) {
        prepared[name] = nil
        empty.remove(name)
    }

    /// Forgets a portal; there needn't be one.
    package func close(portal name: String) {
        portals[name] = nil
        emptyPortals.remove(name)
    }
}

extension QueryPlan {
    /// How many rows of its only relation matter, when nothing but `LIMIT` chooses among them.
    fileprivate var scanLimit: Int? {
        guard case .plain(let plain) = body, case .scan = plain.source, plain.condition == nil,
            plain.grouping == nil, plain.windows.isEmpty, !plain.isDistinct, plain.distinctOn.isEmpty,
            order.isEmpty, common.isEmpty, case .constant(.integer(let limit))? = limit, limit >= 0,
            !plain.targets.contains(where: { $0.contains { if case .subquery = $0 { true } else { false } } })
        else { return nil }
        guard let offset else { return Int(limit) }
        guard case .constant(.integer(let skipped)) = offset, skipped >= 0 else { return nil }
        let (sum, overflow) = limit.addingReportingOverflow(skipped)
        return overflow ? nil : Int(sum)
    }
}
