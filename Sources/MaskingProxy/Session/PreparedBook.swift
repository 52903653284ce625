import QueryAnalysis

/// What is kept of a prepared statement or portal.
struct PreparedRecord {
    /// What it reads, also through a statement or cursor that it runs.
    var reads: [StatementReads]
    /// Its fingerprint.
    var fingerprint: String?
    /// What running it does to the session.
    var effect: StatementEffect
}

extension [PreparedRecord] {
    /// What any of them reads, each once.
    var reads: [StatementReads] { count == 1 ? self[0].reads : flatMap(\.reads).distinct }

    /// The last of them, with what any of them reads; nil for none.
    var asOne: PreparedRecord? {
        guard count > 1, var record = last else { return last }
        record.reads = reads
        return record
    }
}

/// The prepared statements and portals that PostgreSQL has, or will have once it has answered.
///
/// PostgreSQL passes over messages after an error, so a name may go on meaning what it meant: nothing is forgotten or
/// replaced before PostgreSQL has said that it did so, and until then a name means both.
struct PreparedBook {
    private enum Operation {
        case parse(String, PreparedRecord?)
        case bind(String, [PreparedRecord])
        /// Of the portal without a name, before a text took its place.
        case replacedBind
        case closeStatement(String)
        case closePortal(String)
    }

    private var statements: [String: [PreparedRecord]] = [:]
    private var portals: [String: [PreparedRecord]] = [:]
    private var operations: [(epoch: Int, operation: Operation)] = []

    /// Names kept; clients that pass ``limit`` are cut off.
    var count: Int { statements.count + portals.count + operations.count }
    static let limit = 20_000

    /// All that a statement's name may mean.
    func statement(_ name: String) -> [PreparedRecord] {
        var found = statements[name] ?? []
        for (_, operation) in operations {
            if case .parse(name, let record?) = operation { found.append(record) }
        }
        return found
    }

    /// All that a portal's name may mean.
    func portal(_ name: String) -> [PreparedRecord] {
        var found = portals[name] ?? []
        for (_, operation) in operations {
            if case .bind(name, let records) = operation { found += records }
        }
        return found
    }

    /// What those read that PostgreSQL hasn't prepared or bound yet.
    var pending: [StatementReads] {
        operations.flatMap { _, operation -> [StatementReads] in
            switch operation {
            case .parse(_, let record): record?.reads ?? []
            case .bind(_, let records): records.reads
            case .replacedBind, .closeStatement, .closePortal: []
            }
        }
    }

    // What was sent, in order; `epoch` counts the answers that end a series.

    mutating func willParse(_ name: String, _ record: PreparedRecord?, epoch: Int) {
        operations.append((epoch, .parse(name, record)))
    }

    mutating func willBind(_ portal: String, to statement: String, epoch: Int) {
        operations.append((epoch, .bind(portal, self.statement(statement))))
    }

    mutating func willCloseStatement(_ name: String, epoch: Int) {
        operations.append((epoch, .closeStatement(name)))
    }

    mutating func willClosePortal(_ name: String, epoch: Int) {
        operations.append((epoch, .closePortal(name)))
    }

    /// A text was sent, which takes the place of the portal without a name.
    mutating func willQuery() {
        portals[""] = nil
        for index in operations.indices {
            if case .bind("", _) = operations[index].operation { operations[index].operation = .replacedBind }
        }
    }

    /// Whether the portal without a name is one that the protocol's messages made, or will in a series.
    func hasUnnamedPortal(in epoch: Int) -> Bool {
        portals[""] != nil
            || operations.contains { one in
                if case .bind("", _) = one.operation { one.epoch == epoch } else { false }
            }
    }

    /// PostgreSQL did the next of these.
    mutating func didNext() {
        guard !operations.isEmpty else { return }
        switch operations.removeFirst().operation {
        case .parse(let name, let record): statements[name] = record.map { [$0] } ?? []
        case .bind(let name, let records): portals[name] = records
        case .replacedBind: return
        case .closeStatement(let name): statements[name] = nil
        case .closePortal(let name): portals[name] = nil
        }
    }

    /// A series ended: what wasn't done in it never will be.
    mutating func endEpoch(_ epoch: Int) { operations.removeAll { $0.epoch <= epoch } }

    /// A statement ran well: takes over what it left.
    mutating func ran(_ record: PreparedRecord) {
        switch record.effect {
        case .prepares(let name): statements[name] = [record]
        case .declares(let name): portals[name] = [record]
        case .deallocates(let name?): statements[name] = nil
        case .deallocates(nil): statements = [:]
        case .closes(let name?): portals[name] = nil
        case .closes(nil): portals = [:]
        case .discardsAll:
            statements = [:]
            portals = [:]
        case .query, .copyOut, .executes, .fetches, .session, .changesSettings: return
        }
    }
}

extension StatementEffect {
    /// What a statement of SQL takes its rows from.
    enum Source {
        case statement(String)
        case portal(String)
    }

    /// The prepared statement or cursor that it runs; nil for others.
    var source: Source? {
        switch self {
        case .executes(let name): .statement(name)
        case .fetches(let name): .portal(name)
        case .query, .copyOut, .prepares, .deallocates, .declares, .closes, .session, .changesSettings,
            .discardsAll:
            nil
        }
    }
}
