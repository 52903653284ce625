import Governance
import NIOCore
import QueryAnalysis

/// One signed-in session between a client and PostgreSQL: messages in, messages out, no I/O.
///
/// **Promise.** Nothing of a client's text goes upstream. What doesn't come from a `StatementSession` and isn't a
/// `Bind` of values goes nowhere.
struct SessionCore {
    /// What is to be written to the client.
    var toClient = ByteBuffer()
    /// What is to be written to PostgreSQL.
    var toUpstream = ByteBuffer()

    /// Whether what texts do is told, for who must know what outlives their transactions.
    var tellsEffects = false
    private var effects: [[StatementEffect]] = []

    var refusals = Refusals()
    var book = PreparedBook()
    var runs = RunQueue()
    var answers = RowAnswers() {
        didSet { masksRows = answers.masksRows }
    }
    private var pending: Pending?
    /// What a session runs again and again, and the run of it that is on its way.
    var steady = SteadyStatements()
    var round: Round?
    /// Names that were checked since the last bytes came: they needn't be again.
    private var checkedStatements: Set<String> = []
    private var checkedPortals: Set<String> = []

    /// What waits for an answer.
    private enum Pending {
        case query
        case checkedQuery([RewrittenStatement])
        case parse(name: String, types: [UInt32])
        case bind(portal: String, statement: String, ByteBuffer)
        case execute(portal: String, limit: Int32)
        case describe(Character, String)
    }

    /// Whether PostgreSQL owes an answer.
    var isWaiting: Bool { round != nil || runs.isWaiting }

    /// Whether nothing is on its way.
    var isCalm: Bool { pending == nil && !runs.isWaiting && answers.isCalm && book.isCalm }

    /// Grows with each answer.
    var progress: Int { runs.progress }

    /// Whether PostgreSQL waits for the client inside a transaction.
    var isInTransaction = false

    /// What is running now reads; empty when nothing is.
    var running: [StatementReads] { round?.statement.record.reads ?? runs.reads }

    /// New bytes came: what was checked before has to be checked again.
    mutating func beginBatch() {
        checkedStatements.removeAll(keepingCapacity: true)
        checkedPortals.removeAll(keepingCapacity: true)
    }

    /// Whether rows that come now have to be given whole, as ``UpstreamMessage/rows(_:)``.
    ///
    /// Kept, so that the connection needn't copy the session to ask for it with every message.
    private(set) var masksRows = false

    /// Takes a message of the client.
    mutating func receive(_ message: FrontendMessage, at now: Moment) -> SessionStep {
        unfold()
        guard book.count < PreparedBook.limit, runs.count < PreparedBook.limit,
            answers.count < PreparedBook.limit
        else {
            return .close(.fatal("53400", "too many prepared statements, portals or unanswered messages"))
        }
        guard message.hasPlainNames else {
            refuse(.unfitName)
            return .next
        }
        switch message {
        case .query(let text):
            pending = .query
            return .ask(.rewrite(text))
        case .parse(let name, let text, let types):
            if let type = types.first(where: { !StatementTypes.mayBeParameter($0) }) {
                refuse(
                    ClientError(
                        sqlState: "42501",
                        message: "parameters of type \(type) are not permitted here"
                    )
                )
                return .next
            }
            pending = .parse(name: name, types: types)
            return .ask(.rewrite(text))
        case .bind(let portal, let statement, let whole):
            guard portal != SessionCore.absentPortal else {
                refuse(.reservedPortal)
                return .next
            }
            let next = Pending.bind(portal: portal, statement: statement, whole)
            let records = checkedStatements.contains(statement) ? nil : book.statement(statement)
            return check(records, then: next, now)
        case .describeStatement(let name):
            let records = checkedStatements.contains(name) ? nil : book.statement(name)
            return check(records, then: .describe("S", name), now)
        case .describePortal(let name):
            let records = checkedPortals.contains(name) ? nil : book.portal(name)
            return check(records, then: .describe("P", name), now)
        case .execute(let portal, let limit):
            let next = Pending.execute(portal: portal, limit: limit)
            return check(checkedPortals.contains(portal) ? nil : book.portal(portal), then: next, now)
        case .closeStatement(let name):
            toUpstream.writeNamed("C", "S", name)
            book.willCloseStatement(name, epoch: runs.epoch)
            answers.send(.closeStatement(name))
        case .closePortal(let name):
            toUpstream.writeNamed("C", "P", name)
            book.willClosePortal(name, epoch: runs.epoch)
            answers.send(.closePortal(name))
        case .flush: toUpstream.writeEmpty("H")
        case .sync:
            toUpstream.writeEmpty("S")
            runs.endEpoch()
            answers.send(.sync)
        case .functionCall:
            refuseQuery(
                ClientError(sqlState: "42501", message: "function calls by identifier are not permitted here")
            )
        case .copyPart: break
        case .terminate: return .close(nil)
        case .password: return .close(.fatal("08P01", "a password at this point is not expected"))
        }
        return .next
    }

    /// Goes on with a message once it is known that what it is about still holds; nil holds.
    private mutating func check(
        _ records: [PreparedRecord]?,
        then next: Pending,
        _ now: Moment
    ) -> SessionStep {
        guard let reads = records?.reads, !reads.isEmpty else {
            proceed(next, now)
            return .next
        }
        pending = next
        return .ask(.check(reads))
    }

    /// Takes the answer to a question about a text.
    mutating func rewritten(
        _ result: Result<[RewrittenStatement], StatementFailure>,
        at now: Moment
    ) -> SessionStep {
        let waiting = pending
        pending = nil
        switch (waiting, result) {
        case (.query, .success(let rewritten)):
            let reads = rewritten.flatMap { used(by: $0.effect) }.distinct
            guard reads.isEmpty else {
                pending = .checkedQuery(rewritten)
                return .ask(.check(reads))
            }
            proceed(.checkedQuery(rewritten), now)
        case (.query, .failure(let failure)): refuseQuery(ClientError(failure))
        case (.parse(let name, let types), .success(let rewritten)): parse(name, types, rewritten)
        case (.parse, .failure(let failure)): refuse(ClientError(failure))
        default: return .close(.fatal("XX000", "the session lost its way"))
        }
        return .next
    }

    /// Takes the answer to a question whether something still holds.
    mutating func checked(_ holds: Result<Bool, StatementFailure>, at now: Moment) -> SessionStep {
        guard let waiting = pending else { return .close(.fatal("XX000", "the session lost its way")) }
        pending = nil
        let error: ClientError
        switch holds {
        case .success(true):
            proceed(waiting, now)
            return .next
        case .success(false): error = .stale
        case .failure(let failure): error = ClientError(failure)
        }
        switch waiting {
        case .checkedQuery, .query: refuseQuery(error)
        case .parse, .bind, .execute, .describe: refuse(error)
        }
        return .next
    }

    /// What the texts do, each a `Parse` or `Query`, that were sent since this was asked last.
    mutating func takeEffects() -> [[StatementEffect]] {
        defer { effects = [] }
        return effects
    }

    private mutating func tell(_ texts: [RewrittenStatement]) {
        if tellsEffects { effects.append(texts.map(\.effect)) }
    }

    /// Refuses a simple query.
    private mutating func refuseQuery(_ error: ClientError) {
        tell([])
        toUpstream.writeQuery(refusals.text(for: error))
        book.willQuery()
        runs.endEpoch()
        answers.send(.query([PreparedRows()], done: 0))
        runs.passOver(answers.takePassedOver())
    }

    /// Refuses in the extended protocol, where PostgreSQL then passes over everything up to the next `Sync`.
    private mutating func refuse(_ error: ClientError) {
        tell([])
        toUpstream.writeParse(name: "steward_refusal", text: refusals.text(for: error), types: [])
        answers.send(.parse("steward_refusal", PreparedRows()))
    }

    private mutating func parse(_ name: String, _ types: [UInt32], _ rewritten: [RewrittenStatement]) {
        guard rewritten.count <= 1 else {
            let message = "cannot insert multiple commands into a prepared statement"
            refuse(ClientError(sqlState: "42601", message: message))
            return
        }
        tell(rewritten)
        toUpstream.writeParse(name: name, text: rewritten.first?.text ?? "", types: types)
        answers.send(.parse(name, rewritten.first.map(PreparedRows.init) ?? PreparedRows()))
        let record = rewritten.first.map(record)
        book.willParse(name, record, epoch: runs.epoch)
        if record?.reads.count == 1 { checkedStatements.insert(name) }
    }

    private func record(of statement: RewrittenStatement) -> PreparedRecord {
        PreparedRecord(
            reads: ([statement.reads] + used(by: statement.effect)).distinct,
            fingerprint: statement.fingerprint,
            effect: statement.effect
        )
    }

    /// What the prepared statement or cursor reads that a statement runs.
    private func used(by effect: StatementEffect) -> [StatementReads] {
        switch effect.source {
        case .statement(let name)?: book.statement(name).reads
        case .portal(let name)?: book.portal(name).reads
        case nil: []
        }
    }

    private mutating func proceed(_ next: Pending, _ now: Moment) {
        if let refused = refusal(of: next) {
            refuse(refused)
            return
        }
        switch next {
        case .checkedQuery(let rewritten): send(rewritten, now)
        case .bind(let portal, let statement, var whole):
            let formats = answers.mayBeLate(statement: statement) ? ResultFormats(bind: whole) : nil
            answers.send(.bind(portal: portal, statement: statement, formats))
            toUpstream.writeBuffer(&whole)
            book.willBind(portal, to: statement, epoch: runs.epoch)
            checkedStatements.insert(statement)
            checkedPortals.insert(portal)
        case .execute(let portal, let limit):
            toUpstream.writeExecute(portal: present(portal), limit: limit)
            runs.add(book.portal(portal).asOne, at: now)
            answers.send(.execute(portal))
        case .describe(let target, let name):
            toUpstream.writeNamed("D", target, target == "P" ? present(name) : name)
            answers.send(target == "S" ? .describeStatement(name) : .describePortal(name))
        case .query, .parse: return
        }
    }

    /// The portal that a message is about; one that doesn't exist when it is the one without a name and no message made it.
    ///
    /// A text that fails in a transaction leaves PostgreSQL 15 with a portal without a name whose plan is gone, and running
    /// it takes the whole server down.
    private func present(_ portal: String) -> String {
        portal.isEmpty && !book.hasUnnamedPortal(in: runs.epoch) ? SessionCore.absentPortal : portal
    }

    private static let absentPortal = "steward_none"

    /// Why a prepared statement or portal can't be gone on with: it runs in SQL what only the protocol's own messages
    /// may run.
    private func refusal(of next: Pending) -> ClientError? {
        guard answers.isNeeded else { return nil }
        let records: [PreparedRecord]
        switch next {
        case .bind(_, let statement, _): records = book.statement(statement)
        case .describe("S", let name): records = book.statement(name)
        case .describe(_, let name), .execute(let name, _): records = book.portal(name)
        case .query, .checkedQuery, .parse: return nil
        }
        return records.contains { runsLate($0.effect) } ? .late : nil
    }

    /// Whether a statement of SQL runs a prepared statement or portal of the protocol of which unmasked values come.
    private func runsLate(_ effect: StatementEffect) -> Bool {
        switch effect.source {
        case .statement(let name)?: answers.mayBeLate(statement: name)
        case .portal(let name)?: answers.mayBeLate(portal: name)
        case nil: false
        }
    }

    private mutating func send(_ rewritten: [RewrittenStatement], _ now: Moment) {
        guard !rewritten.contains(where: { runsLate($0.effect) }) else {
            refuseQuery(.late)
            return
        }
        answers.send(.query(rewritten.map(PreparedRows.init), done: 0))
        tell(rewritten)
        toUpstream.writeQuery(rewritten.map(\.text).joined(separator: ";\n"))
        for statement in rewritten { runs.add(record(of: statement), at: now) }
        book.willQuery()
        if rewritten.isEmpty { runs.add(nil, at: now) }
        runs.endEpoch()
        runs.passOver(answers.takePassedOver())
    }

    /// Takes a message of PostgreSQL; `isClear` says whether a column may be seen as it is, `shownType` as what type
    /// one is shown.
    ///
    /// - Returns: A run that ended, for the audit log.
    mutating func receive(
        _ message: UpstreamMessage,
        at now: Moment,
        isClear: (RowDescription.Origin) -> Bool,
        shownType: (UInt32) -> UInt32
    ) throws(ClientError) -> StatementRun? {
        unfold()
        switch message {
        case .passing(var bytes):
            guard !masksRows else { throw .lost }
            toClient.writeBuffer(&bytes)
        case .rows(let bytes):
            guard case .mask(let masker) = answers.treatment else { throw .lost }
            do throws(WireFault) { try masker.mask(bytes, into: &toClient) } catch {
                throw .fatal("08P01", error.message)
            }
        case .described(var bytes):
            try answers.take(bytes.messageKind)
            if bytes.messageKind == UInt8(ascii: "t") {
                guard let shown = RowDescription.parameters(bytes, showing: shownType) else { throw .lost }
                bytes = shown
            }
            toClient.writeBuffer(&bytes)
        case .prepared(var bytes):
            try answers.take(bytes.messageKind)
            book.didNext()
            toClient.writeBuffer(&bytes)
        case .completed(let rows, var bytes):
            try answers.take(bytes.messageKind)
            toClient.writeBuffer(&bytes)
            let ended = runs.finish(rows: rows, errorCode: nil, at: now)
            if let record = ended?.record { book.ran(record) }
            return ended?.run
        case .rowDescription(let whole):
            let late = answers.late
            guard let description = RowDescription(whole), description.hides(late, isClear) else {
                throw .fatal("XX000", "a column came back that policy hides: this session ends")
            }
            try answers.take(whole.messageKind, formats: late.isEmpty ? nil : description.formats)
            description.write(to: &toClient, showing: shownType)
        case .error(let error):
            let own = error.refusal.flatMap { refusals.take($0) }
            let shown = own ?? error.shown { runs.reads + book.pending }
            if shown.severity == "FATAL" { throw shown }
            try answers.take(UInt8(ascii: "E"))
            defer { runs.passOver(answers.takePassedOver()) }
            toClient.writeError(shown)
            return own == nil ? runs.finish(rows: 0, errorCode: shown.sqlState, at: now)?.run : nil
        case .ready(let status):
            isInTransaction = status != UInt8(ascii: "I")
            try answers.takeReady(isIdle: !isInTransaction)
            toClient.writeReady(status)
            let (epoch, isIdle) = runs.didAnswer()
            book.endEpoch(epoch)
            // A series that is on its way without its `Sync` may have refusals of its own.
            if isIdle, answers.count == 0 { refusals.removeAll() }
        case .parameterStatus(let name, let value):
            if SessionParameters.areShown.contains(name) { toClient.writeParameterStatus(name, value) }
        case .dropped: break
        case .backendKey, .authentication:
            throw .fatal("08P01", "the database sent what is not expected")
        }
        return nil
    }
}
