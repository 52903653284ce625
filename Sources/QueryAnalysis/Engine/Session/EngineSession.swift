/// Where a session's statements find what they read; filled by the door.
package protocol EngineRelations: Sendable {
    /// The columns of a relation that was named in a governed statement, as it may be read now; nil for none.
    func columns(of relation: RelationName) -> [UpstreamColumn]?

    /// The rows of relations, governed: the columns named of each, in that order.
    ///
    /// Blocks.
    /// - Throws: why they can't be read.
    func rows(of wanted: [EngineRead], limits: EngineLimits) throws(EngineFault) -> [RelationName:
        EngineTable]
}

/// What a statement reads of one relation.
package struct EngineRead: Sendable {
    /// The relation.
    package let relation: RelationName
    /// The columns, in the order wanted, with the types that the statement was understood with; may be empty.
    package let columns: [UpstreamColumn]
    /// The most rows that matter; nil for all.
    package let limit: Int?
}

/// One person's statements over files, one after another: what PostgreSQL's backend is to a session.
///
/// Takes governed text alone, as `StatementRewriter` prints it, and reads rows through ``EngineRelations`` alone.
/// Must be called on a thread of ``ParserThreads``.
package final class EngineSession {
    let relations: any EngineRelations
    var limits = EngineLimits()
    var settings: [String: String]
    /// The settings as they were when the session began.
    let firstSettings: [String: String]
    /// The client's name for itself, as it was told.
    var toldApplicationName: String
    /// The settings as they were before the transaction.
    var outerSettings: [String: String]?
    /// What settings were that were changed for a transaction alone; nil for their first value.
    var localSettings: [String: String?] = [:]
    var prepared: [String: PreparedPlan] = [:]
    var portals: [String: EnginePortal] = [:]
    var transaction = TransactionState.none
    private let now: @Sendable () -> Int64
    /// The moment at which the transaction began.
    private var began: Int64?

    enum TransactionState {
        case none
        /// Several statements of one text, or those up to a `Sync`.
        case implicit
        case open
        case failed
    }

    /// A session.
    ///
    /// - Parameters:
    ///   - relations: What may be read.
    ///   - settings: What the client asked for at the start, in PostgreSQL's names.
    ///   - now: The moment, in microseconds since 1970.
    package init(
        relations: any EngineRelations,
        settings: [String: String],
        now: @escaping @Sendable () -> Int64
    ) {
        self.relations = relations
        self.now = now
        toldApplicationName = settings["application_name"] ?? ""
        firstSettings = Dictionary(
            settings.map { ($0.key.lowercased(), $0.value) },
            uniquingKeysWith: { $1 }
        )
        self.settings = firstSettings
    }

    /// The letter by which `ReadyForQuery` tells of the transaction.
    package var status: UInt8 {
        switch transaction {
        case .none, .implicit: UInt8(ascii: "I")
        case .open: UInt8(ascii: "T")
        case .failed: UInt8(ascii: "E")
        }
    }

    /// Sets what a statement may use and when it is stopped.
    package func limit(_ limits: EngineLimits) { self.limits = limits }

    /// The statement's own time limit in milliseconds; nil for none.
    package var statementTimeout: Int? {
        settings["statement_timeout"].flatMap(SettingValues.milliseconds).flatMap { $0 > 0 ? $0 : nil }
    }

    /// The statements of a text, not yet understood.
    package func statements(of text: String) throws(EngineFault) -> [EngineCommand] {
        do throws(StatementError) {
            let bytes = Array(text.utf8)
            var decoder = StatementDecoder(rereading: bytes)
            let tree = try ParsedTree.parse(bytes, depthLimit: StatementDecoder.depthLimit * 12)
            return try decoder.statements(tree).map {
                EngineCommand(statement: $0.statement, textBytes: bytes.count)
            }
        } catch { throw EngineFault(error.code.sqlState, error.message) }
    }

    /// Runs a statement; `isSingle` for one that came alone.
    package func run(_ command: EngineCommand, isSingle: Bool) throws(EngineFault) -> EngineOutcome {
        if transaction == .none, !isSingle { transaction = .implicit }
        textBytes = command.textBytes
        do throws(EngineFault) {
            let outcome = try perform(command.statement, parameters: [], formats: [])
            if isSingle, transaction == .none || transaction == .implicit { endSeries() }
            return outcome
        } catch {
            fail()
            throw error
        }
    }

    /// A statement failed: an open transaction is lost.
    package func fail() {
        switch transaction {
        case .open: transaction = .failed
        case .none, .implicit:
            restore()
            endSeries()
        case .failed: break
        }
    }

    /// What was sent together is over: what isn't in a transaction ends.
    package func endSeries() {
        if transaction == .implicit { transaction = .none }
        guard transaction == .none else { return }
        began = nil
        outerSettings = nil
        for (name, value) in localSettings { settings[name] = value }
        localSettings = [:]
        portals = portals.filter { $0.value.isHeld }
    }

    /// Begins a series of messages that belong together up to a `Sync`.
    package func beginSeries() {
        if transaction == .none { transaction = .implicit }
    }

    /// Every setting becomes what it was when the session began.
    func resetSettings() {
        if outerSettings == nil, transaction != .none { outerSettings = settings }
        settings = firstSettings
        localSettings = [:]
    }

    /// Gives up all that was set, prepared and opened.
    func discardAll() throws(EngineFault) {
        guard transaction == .none else {
            throw EngineFault("25001", "DISCARD ALL cannot run inside a transaction block")
        }
        settings = firstSettings
        prepared = [:]
        portals = [:]
        empty = []
        emptyPortals = []
    }

    private func restore() {
        if let outer = outerSettings { settings = outer }
        outerSettings = nil
        localSettings = [:]
        portals = portals.filter { $0.value.isHeld && $0.value.isCommitted }
    }

    func require(_ statement: Statement) throws(EngineFault) {
        guard transaction == .failed else { return }
        switch statement {
        case .transaction(.commit), .transaction(.rollback), .transaction(.rollbackTo): return
        default:
            throw EngineFault(
                "25P02",
                "current transaction is aborted, commands ignored until end of transaction block"
            )
        }
    }

    /// Ends a transaction.
    func end(keeping: Bool, chain: Bool) {
        if keeping {
            for name in portals.keys where portals[name]?.isHeld == true { portals[name]?.isCommitted = true }
            outerSettings = nil
        } else {
            restore()
        }
        savepoints = []
        transaction = .none
        endSeries()
        if chain { transaction = .open }
    }

    /// Bytes of the text that runs now.
    var textBytes = 0
    /// The names of prepared statements and portals that have no text.
    var empty: Set<String> = []
    var emptyPortals: Set<String> = []
    var savepoints: [(name: String, settings: [String: String])] = []

    /// The moment of the transaction.
    func moment() -> Int64 {
        if let began { return began }
        let moment = now()
        began = moment
        return moment
    }
}

/// A statement that was read and not yet run.
package struct EngineCommand: Sendable {
    let statement: Statement
    /// Bytes of the text that it came in.
    let textBytes: Int
}

/// A prepared statement.
struct PreparedPlan {
    let statement: Statement
    /// The plan of its query; nil for statements without one.
    let plan: EnginePlan?
    var parameters: [EngineType]
    /// Bytes of the text that it came in.
    var textBytes = 0
    /// What counts it.
    var held: HeldBytes?

    /// About what a byte of a statement's text grows to.
    static let growth = 128
}

/// A query that can be run, with what it reads.
struct EnginePlan {
    let query: QueryPlan
    let columns: [EngineColumn]
    let parameters: [EngineType]
    /// The columns of each relation, in the order of their slots, as they were when it was made.
    let reads: [EngineRead]
}

/// A statement with its parameters, or a cursor.
struct EnginePortal {
    let prepared: PreparedPlan
    let parameters: [Datum]
    let formats: [Int16]
    /// The rows, once it has run.
    var kept: KeptRows?
    /// How many rows lie before the place where it is; one more than there are, after the end.
    var position = 0
    var isScrollable = true
    var isHeld = false
    var isCommitted = false
    var isCursor = false
}
