extension EngineSession {
    /// Carries a statement out.
    func perform(
        _ statement: Statement,
        parameters: [Datum],
        formats: [Int16],
        plan known: EnginePlan? = nil
    ) throws(EngineFault) -> EngineOutcome {
        try require(statement)
        switch statement {
        case .query(let query):
            let plan = try planned(known, query)
            let kept = try run(plan, parameters)
            return EngineOutcome(
                columns: plan.columns,
                rows: kept.rows[...],
                of: kept,
                tag: "SELECT \(kept.rows.count)",
                formats: formats
            )
        case .copyOut(let query, let options):
            let form = try CopyForm(options)
            let plan = try planned(known, query)
            try form.check(plan.columns)
            let kept = try run(plan, parameters)
            return EngineOutcome(
                columns: plan.columns,
                rows: kept.rows[...],
                of: kept,
                tag: "COPY \(kept.rows.count)",
                copy: form
            )
        case .prepare(let name, let types, let query): return try prepare(name, types, query)
        case .execute(let name, let arguments): return try execute(name, arguments, formats)
        case .deallocate(let name?):
            guard prepared[name] != nil else { throw unknownStatement(name) }
            prepared[name] = nil
            return EngineOutcome(columns: [], tag: "DEALLOCATE")
        case .deallocate(nil):
            prepared = [:]
            return EngineOutcome(columns: [], tag: "DEALLOCATE ALL")
        case .declare(let name, let options, let query): return try declare(name, options, query, parameters)
        case .fetch(let name, let amount, let isMove): return try fetch(name, amount, isMove, formats)
        case .close(let name?):
            guard portals[name]?.isCursor == true else { throw unknownCursor(name) }
            portals[name] = nil
            return EngineOutcome(columns: [], tag: "CLOSE CURSOR")
        case .close(nil):
            portals = portals.filter { !$0.value.isCursor }
            return EngineOutcome(columns: [], tag: "CLOSE CURSOR ALL")
        case .transaction(let act): return EngineOutcome(columns: [], tag: try perform(act))
        case .set(let setting, let value, let isLocal):
            let accepted = try value.map { (value) throws(EngineFault) in
                try SettingValues.accepted(setting, value)
            }
            set(setting, accepted, isLocal)
            return EngineOutcome(columns: [], tag: "SET")
        case .resetAll:
            resetSettings()
            return EngineOutcome(columns: [], tag: "RESET")
        case .unlisten: return EngineOutcome(columns: [], tag: "UNLISTEN")
        case .discardAll:
            try discardAll()
            return EngineOutcome(columns: [], tag: "DISCARD ALL")
        case .discard(let part): return EngineOutcome(columns: [], tag: "DISCARD \(part.rawValue)")
        case .show(let name):
            let value = settings[name] ?? SettingValues.initial[name] ?? ""
            let column = EngineColumn(OutputColumn(name: name, type: .text))
            return EngineOutcome(columns: [column], rows: [[.text(value)]], tag: "SHOW", formats: formats)
        }
    }

    /// Changes a setting; nil for what it was when the session began.
    func set(_ setting: SessionSetting, _ accepted: String?, _ isLocal: Bool) {
        // Outside a transaction, what is local to one is gone at once.
        if !isLocal || transaction == .open || transaction == .implicit {
            if outerSettings == nil, transaction != .none { outerSettings = settings }
            if isLocal {
                if localSettings[setting.rawValue] == nil {
                    localSettings[setting.rawValue] = .some(settings[setting.rawValue])
                }
            } else {
                localSettings[setting.rawValue] = nil
            }
            settings[setting.rawValue] = accepted ?? firstSettings[setting.rawValue]
        }
    }

    /// What the client's name for itself has become since this was last asked; nil when it is the same.
    package func changedApplicationName() -> String? {
        let name = settings["application_name"] ?? ""
        guard name != toldApplicationName else { return nil }
        toldApplicationName = name
        return name
    }

    private func perform(_ act: TransactionAct) throws(EngineFault) -> String {
        switch act {
        case .begin:
            if transaction != .failed { transaction = .open }
            return "BEGIN"
        case .commit(let chain):
            try requireBlock(chain)
            let isLost = transaction == .failed
            end(keeping: !isLost, chain: chain)
            return isLost ? "ROLLBACK" : "COMMIT"
        case .rollback(let chain):
            try requireBlock(chain)
            end(keeping: false, chain: chain)
            return "ROLLBACK"
        case .savepoint(let name):
            try requireBlock(true, "SAVEPOINT")
            savepoints.append((name, settings))
            return "SAVEPOINT"
        case .release(let name):
            guard let index = savepoints.lastIndex(where: { $0.name == name }) else {
                throw EngineFault("3B001", "savepoint \"\(name)\" does not exist")
            }
            savepoints.removeSubrange(index...)
            return "RELEASE"
        case .rollbackTo(let name):
            guard let index = savepoints.lastIndex(where: { $0.name == name }) else {
                throw EngineFault("3B001", "savepoint \"\(name)\" does not exist")
            }
            settings = savepoints[index].settings
            savepoints.removeSubrange((index + 1)...)
            transaction = .open
            return "ROLLBACK"
        case .characteristics: return "SET"
        }
    }

    private func requireBlock(_ isNeeded: Bool, _ word: String = "COMMIT AND CHAIN") throws(EngineFault) {
        guard isNeeded, transaction == .none || transaction == .implicit else { return }
        throw EngineFault("25P01", "\(word) can only be used in transaction blocks")
    }

    // MARK: Prepared statements

    private func prepare(
        _ name: String,
        _ types: [QueryType],
        _ query: Query
    ) throws(EngineFault) -> EngineOutcome {
        guard prepared[name] == nil else {
            throw EngineFault("42P05", "prepared statement \"\(name)\" already exists")
        }
        var parameters: [EngineType] = []
        for type in types {
            guard let known = EngineType(named: type.name) else { throw .missing("type `\(type.name)`") }
            parameters.append(type.isArray ? EngineType(.array(known.kind)) : known)
        }
        let plan = try plan(query, parameters)
        prepared[name] = PreparedPlan(
            statement: .query(query),
            plan: plan,
            parameters: plan.parameters,
            textBytes: textBytes,
            held: try HeldBytes(textBytes * PreparedPlan.growth, by: limits)
        )
        return EngineOutcome(columns: [], tag: "PREPARE")
    }

    private func execute(
        _ name: String,
        _ arguments: [QueryExpression],
        _ formats: [Int16]
    ) throws(EngineFault) -> EngineOutcome {
        guard let known = prepared[name] else { throw unknownStatement(name) }
        guard arguments.count == known.parameters.count else {
            throw EngineFault("42601", "wrong number of parameters for prepared statement \"\(name)\"")
        }
        var values: [Datum] = []
        for (argument, type) in zip(arguments, known.parameters) {
            var analyser = Analyser(parameters: []) { _ in nil }
            analyser.levels = [ScopeLevel(aggregateRefusal: "EXECUTE parameters")]
            analyser.itemCounts = [0]
            let typed = try analyser.expression(argument)
            let node = try analyser.convert(typed, to: type, .assignment)
            let context = RunContext(parameters: [], tables: [:], limits: limits, now: moment())
            values.append(try Runner(context: context).value(node, Frame(row: [], outer: nil)))
        }
        return try perform(known.statement, parameters: values, formats: formats, plan: known.plan)
    }

    func unknownStatement(_ name: String) -> EngineFault {
        EngineFault("26000", "prepared statement \"\(name)\" does not exist")
    }

    func unknownCursor(_ name: String) -> EngineFault {
        EngineFault("34000", "cursor \"\(name)\" does not exist")
    }

    // MARK: Cursors

    private func declare(
        _ name: String,
        _ options: CursorOptions,
        _ query: Query,
        _ parameters: [Datum]
    ) throws(EngineFault) -> EngineOutcome {
        guard options.isHeld || transaction != .none else {
            throw EngineFault("25P01", "DECLARE CURSOR can only be used in transaction blocks")
        }
        guard portals[name] == nil else { throw EngineFault("42P03", "cursor \"\(name)\" already exists") }
        let plan = try plan(query, [])
        var portal = EnginePortal(
            prepared: PreparedPlan(statement: .query(query), plan: plan, parameters: plan.parameters),
            parameters: parameters,
            formats: options.isBinary ? [1] : [0]
        )
        portal.isScrollable = options.isScrollable ?? true
        portal.isHeld = options.isHeld
        portal.isCommitted = options.isHeld && transaction == .none
        portal.isCursor = true
        if options.isHeld { portal.kept = try run(plan, parameters) }
        portals[name] = portal
        return EngineOutcome(columns: [], tag: "DECLARE CURSOR")
    }

    private func fetch(
        _ name: String,
        _ amount: FetchAmount,
        _ isMove: Bool,
        _ formats: [Int16]
    ) throws(EngineFault) -> EngineOutcome {
        guard var portal = portals[name], let plan = portal.prepared.plan else { throw unknownCursor(name) }
        let kept = try rows(of: portal, plan)
        portal.kept = kept
        let rows = kept.rows
        let moved = CursorMove(position: portal.position, count: rows.count).moved(amount)
        guard portal.isScrollable || moved.isForward else {
            throw EngineFault("55000", "cursor can only scan forward")
        }
        portal.position = moved.position
        portals[name] = portal
        let found = moved.rows.map { rows[$0] }
        if isMove { return EngineOutcome(columns: [], tag: "MOVE \(found.count)") }
        return EngineOutcome(
            columns: plan.columns,
            rows: found[...],
            of: kept,
            tag: "FETCH \(found.count)",
            formats: portal.formats == [1] ? [1] : formats
        )
    }
}

/// How a cursor moves through its rows.
struct CursorMove {
    /// 0 is before the first row, one more than there are is after the last one.
    let position: Int
    let count: Int

    /// The rows passed, in the order in which they are handed out, and where the cursor then is.
    func moved(_ amount: FetchAmount) -> (rows: [Int], position: Int, isForward: Bool) {
        switch amount {
        case .forward(let wanted): return wanted < 0 ? backward(negated(wanted)) : forward(wanted)
        case .backward(let wanted): return wanted < 0 ? forward(negated(wanted)) : backward(wanted)
        case .absolute(let place):
            let target =
                place >= 0
                ? Int(min(place, Int64(count) + 1)) : max(0, count + 1 + Int(max(place, -Int64(count) - 1)))
            return landed(target)
        case .relative(let distance):
            let target = Int64(position) + max(min(distance, Int64(count) + 1), -Int64(count) - 1)
            return landed(Int(max(0, min(target, Int64(count) + 1))))
        }
    }

    /// The row that it is on once more, which goes backward for PostgreSQL.
    private var again: ([Int], Int, Bool) {
        let (rows, target, _) = landed(position)
        return (rows, target, rows.isEmpty)
    }

    private func negated(_ number: Int64) -> Int64 { number == .min ? .max : -number }

    private func landed(_ target: Int) -> ([Int], Int, Bool) {
        let rows = (1...max(1, count)).contains(target) && count > 0 ? [target - 1] : []
        return (rows, target, target >= position)
    }

    private func forward(_ wanted: Int64) -> ([Int], Int, Bool) {
        guard wanted > 0 else { return again }
        let end = min(Int64(count), Int64(min(position, count)) + min(wanted, Int64(count) + 1))
        let rows = Array(min(position, count)..<Int(end))
        return (rows, rows.count < wanted ? count + 1 : Int(end), true)
    }

    private func backward(_ wanted: Int64) -> ([Int], Int, Bool) {
        guard wanted > 0 else { return again }
        let start = max(0, Int64(position) - 1 - min(wanted, Int64(count) + 1))
        let rows = Array((Int(start)..<max(Int(start), position - 1)).reversed())
        return (rows, rows.count < wanted ? 0 : Int(start) + 1, false)
    }
}
