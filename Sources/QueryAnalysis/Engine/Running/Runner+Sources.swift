extension Runner {
    /// The rows of a source, each with a part for each of its items.
    ///
    /// `base` has the parts of the items left of it; they are only looked at by what is lateral.
    func rows(of source: SourcePlan, _ frame: Frame, base: [[Datum]]) throws(EngineFault) -> [[[Datum]]] {
        switch source {
        case .nothing: return [[]]
        case .join(let join): return try self.join(join, frame, base)
        case .scan, .query, .common, .working, .function:
            return try single(source, frame, base).map { [$0] }
        }
    }

    /// The rows of a source that has one item.
    func single(_ source: SourcePlan, _ frame: Frame, _ base: [[Datum]]) throws(EngineFault) -> [[Datum]] {
        switch source {
        case .scan(let scan): return context.tables[scan.relation] ?? []
        case .query(let plan):
            let inner = plan.isCorrelated ? Frame(row: base, outer: frame.outer) : frame
            return try kept(plan, inner)
        case .common(let plan, _): return try common(plan)
        case .working(let table): return context.workingRows[ObjectIdentifier(table)] ?? []
        case .function(let function, let arguments, let types, let withOrdinality, _):
            let inner = Frame(row: [], outer: Frame(row: base, outer: frame.outer))
            return try rows(of: function, try values(arguments, inner), types, withOrdinality)
        case .nothing, .join: return []
        }
    }

    private func common(_ plan: CommonPlan) throws(EngineFault) -> [[Datum]] {
        let key = ObjectIdentifier(plan)
        if let known = context.commonRows[key] { return known }
        let frame = context.commonFrames[key] ?? nil
        let taken = context.taken
        let result: [[Datum]]
        switch plan.body {
        case .query(let query): result = try rows(of: query, frame)
        case .recursive(let first, let second, let all, let conversions):
            result = try recursive(first, second, all, conversions, plan.working, frame)
        }
        if !plan.isCorrelated { context.retain(since: taken) }
        context.commonRows[key] = result
        return result
    }

    private func recursive(
        _ first: QueryPlan,
        _ second: QueryPlan,
        _ all: Bool,
        _ conversions: [[Conversion?]],
        _ working: WorkingTable,
        _ frame: Frame?
    ) throws(EngineFault) -> [[Datum]] {
        let key = ObjectIdentifier(working)
        let outer = context.workingRows[key]
        defer { context.workingRows[key] = outer }
        var seen: Set<DatumKey> = []
        var result: [[Datum]] = []
        func taken(_ rows: [[Datum]], _ side: Int) throws(EngineFault) -> [[Datum]] {
            var new: [[Datum]] = []
            for row in rows {
                try context.tick()
                let row = try converted(row, conversions[side])
                if all || seen.insert(DatumKey(values: row)).inserted { new.append(row) }
            }
            try context.keep(new.reduce(0) { $0 + $1.reduce(32) { $0 + $1.footprint } })
            return new
        }
        var current = try taken(try rows(of: first, frame), 0)
        while !current.isEmpty {
            result += current
            guard result.count <= context.limits.rows else {
                throw EngineFault("54000", "a recursive query gives too many rows")
            }
            context.workingRows[key] = current
            current = try taken(try rows(of: second, frame), 1)
        }
        return result
    }

    func rows(
        of function: RowFunction,
        _ a: [Datum],
        _ types: [EngineType],
        _ withOrdinality: Bool
    ) throws(EngineFault) -> [[Datum]] {
        if function == .unnest, a.count > 1 { return abreast(a, withOrdinality) }
        var values: [Datum] = []
        // A text without a separator is taken apart into its characters.
        let isCharacters = function == .textToTable && a.count > 1 && a[1].isNull && !a[0].isNull
        if isCharacters || !a.contains(where: \.isNull) {
            switch function {
            case .series: values = try series(a)
            case .unnest: values = a[0].list
            case .subscripts:
                let count = a[1].integer == 1 ? a[0].list.count : 0
                values = (0..<count).map { .integer(Int64($0 + 1)) }
            case .textToTable:
                let made = try ListFunctions.apply(.textToArray, a, [.text, .text])
                values = made?.list ?? []
            case .jsonElements, .jsonElementTexts, .jsonMembers, .jsonMemberTexts, .jsonKeys:
                let rows = try DocumentRows.rows(of: function, a[0].bytes[...])
                try context.keep(rows.reduce(0) { $0 + $1.reduce(64) { $0 + $1.footprint } })
                guard withOrdinality else { return rows }
                return rows.enumerated().map { $1 + [.integer(Int64($0 + 1))] }
            }
        }
        guard withOrdinality else { return values.map { [$0] } }
        return values.enumerated().map { [$1, .integer(Int64($0 + 1))] }
    }

    /// The elements of arrays side by side, with NULL where one has ended before others.
    private func abreast(_ arrays: [Datum], _ withOrdinality: Bool) -> [[Datum]] {
        let lists = arrays.map { $0.isNull ? [] : $0.list }
        let count = lists.map(\.count).max() ?? 0
        return (0..<count).map { index in
            let row = lists.map { $0.indices.contains(index) ? $0[index] : .null }
            return withOrdinality ? row + [.integer(Int64(index + 1))] : row
        }
    }

    private func series(_ a: [Datum]) throws(EngineFault) -> [Datum] {
        let step = a.count > 2 ? a[2].integer : 1
        guard step != 0 else { throw EngineFault("22023", "step size cannot equal zero") }
        var result: [Datum] = []
        var number = a[0].integer
        while step > 0 ? number <= a[1].integer : number >= a[1].integer {
            try context.tick()
            result.append(.integer(number))
            if result.count & 0xFFFF == 0 { try context.keep(0xFFFF * 200) }
            let (next, overflow) = number.addingReportingOverflow(step)
            if overflow { break }
            number = next
        }
        return result
    }

    private func join(
        _ join: JoinPlan,
        _ frame: Frame,
        _ base: [[Datum]]
    ) throws(EngineFault) -> [[[Datum]]] {
        let left = try rows(of: join.left, frame, base: base)
        let blank = [[Datum]](repeating: [], count: join.leftItems)
        let missing = [[Datum]](repeating: [], count: join.rightItems)
        var right: [[[Datum]]] = []
        var table: [DatumKey: [Int]]?
        if !join.isLateral {
            right = try rows(of: join.right, frame, base: base + blank)
            if !join.keys.isEmpty { table = try hashed(right, join, base + blank, frame) }
        }
        var result: [[[Datum]]] = []
        var matched = [Bool](
            repeating: false,
            count: join.kind == .full || join.kind == .right ? right.count : 0
        )
        let probe = Frame(row: [], outer: frame.outer)
        for one in left {
            if join.isLateral { right = try rows(of: join.right, frame, base: base + one) }
            var found = false
            func take(_ index: Int) throws(EngineFault) {
                try context.tick()
                let whole = one + right[index]
                if let condition = join.condition {
                    probe.row = base + whole
                    guard try value(condition, probe).isTrue else { return }
                }
                found = true
                if !matched.isEmpty { matched[index] = true }
                result.append(whole)
                if result.count & 0xFFF == 0 { try spend(0xFFF, whole.count) }
            }
            if let table {
                probe.row = base + one
                let key = try values(join.keys.map(\.left), probe)
                if !key.contains(where: \.isNull) {
                    for index in table[DatumKey(values: key)] ?? [] { try take(index) }
                }
            } else {
                for index in right.indices { try take(index) }
            }
            if !found, join.kind == .left || join.kind == .full { result.append(one + missing) }
        }
        if !matched.isEmpty {
            for (index, row) in right.enumerated() where !matched[index] { result.append(blank + row) }
        }
        return result
    }

    private func spend(_ rows: Int, _ items: Int) throws(EngineFault) {
        try context.keep(rows * (32 + items * 8))
    }

    private func hashed(
        _ rows: [[[Datum]]],
        _ join: JoinPlan,
        _ base: [[Datum]],
        _ frame: Frame
    ) throws(EngineFault) -> [DatumKey: [Int]] {
        var table: [DatumKey: [Int]] = [:]
        let probe = Frame(row: [], outer: frame.outer)
        for (index, row) in rows.enumerated() {
            try context.tick()
            probe.row = base + row
            let key = try values(join.keys.map(\.right), probe)
            if !key.contains(where: \.isNull) { table[DatumKey(values: key), default: []].append(index) }
        }
        try context.keep(rows.count * 64)
        return table
    }
}
