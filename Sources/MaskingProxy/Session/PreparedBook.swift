import QueryAnalysis

/// What is kept of a prepared statement or portal.
struct PreparedRecord {
    /// What it reads, also through a statement or cursor that it runs.
    var reads: [StatementReads]
    /// Its fingerprint.
    var fingerprint: String?
    /// What running it does to the session.
    var effect: StatementEffect

    /// Whether all that its rows are behind is there.
    var stands: Bool { reads.allSatisfy(\.stands) }
}

extension [PreparedRecord] {
    /// What any of them reads, each once.
    var reads: [StatementReads] { count == 1 ? self[0].reads : flatMap(\.reads).distinct }

    /// The last of them, with what any of them reads; nil for none.
    var asOne: PreparedRecord? {
        guard count > 1, var record = last else { return last }
        // What it reads itself comes first: that is what the audit log has of it.
        record.reads = (record.reads + reads).distinct
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

    private var statements: [String: [PreparedRecord]] = [:] {
        didSet { changes += 1 }
    }
    /// Grows whenever a statement's name may mean something else.
    private(set) var changes = 0
    private var portals: [String: [PreparedRecord]] = [:]
    /// What the portal without a name means; nil when there is none.
    private var unnamed: [PreparedRecord]? {
        didSet {
            unnamedRound = nil
            unnamedIsQuery = unnamed?.allSatisfy { $0.effect == .query } ?? true
        }
    }
    private var unnamedIsQuery = true
    /// What ran last in a round, when the portal without a name still means that.
    private var unnamedRound: SteadyStatement?
    private var operations: [(epoch: Int, operation: Operation)] = []

    /// Names kept; clients that pass ``limit`` are cut off.
    var count: Int { statements.count + portals.count + operations.count + (unnamed == nil ? 0 : 1) }
    static let limit = 20_000

    /// Whether every name means one thing, and the portal without a name nothing but a query.
    var isCalm: Bool { operations.isEmpty && unnamedIsQuery }

    /// A statement was bound to the portal without a name, and ran.
    mutating func ranRound(_ statement: SteadyStatement) {
        guard unnamedRound !== statement else { return }
        unnamed = statement.records
        unnamedRound = statement
    }

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
        var found = (name.isEmpty ? unnamed : portals[name]) ?? []
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
        unnamed = nil
        for index in operations.indices {
            if case .bind("", _) = operations[index].operation { operations[index].operation = .replacedBind }
        }
    }

    /// Whether the portal without a name is one that the protocol's messages made, or will in a series.
    func hasUnnamedPortal(in epoch: Int) -> Bool {
        unnamed != nil
            || operations.contains { one in
                if case .bind("", _) = one.operation { one.epoch == epoch } else { false }
            }
    }

    private mutating func forgetPortals() {
        portals = [:]
        unnamed = nil
    }

    private mutating func mean(_ portal: String, _ records: [PreparedRecord]?) {
        if portal.isEmpty { unnamed = records } else { portals[portal] = records }
    }

    /// PostgreSQL did the next of these.
    mutating func didNext() {
        guard !operations.isEmpty else { return }
        switch operations.removeFirst().operation {
        case .parse(let name, let record): statements[name] = record.map { [$0] } ?? []
        case .bind(let name, let records): mean(name, records)
        case .replacedBind: return
        case .closeStatement(let name): statements[name] = nil
        case .closePortal(let name): mean(name, nil)
        }
    }

    /// A series ended: what wasn't done in it never will be.
    mutating func endEpoch(_ epoch: Int) { operations.removeAll { $0.epoch <= epoch } }

    /// A statement ran well: takes over what it left.
    mutating func ran(_ record: PreparedRecord) {
        switch record.effect {
        case .prepares(let name): statements[name] = [record]
        case .declares(let name): mean(name, [record])
        case .deallocates(let name?): statements[name] = nil
        case .deallocates(nil): statements = [:]
        case .closes(let name?): mean(name, nil)
        case .closes(nil): forgetPortals()
        case .discardsAll:
            statements = [:]
            forgetPortals()
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
