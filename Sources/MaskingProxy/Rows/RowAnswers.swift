import NIOCore
import QueryAnalysis

/// A message that went upstream and will be answered.
enum SentMessage {
    case parse(String, PreparedRows)
    /// The formats are of use for statements of which unmasked values may come.
    case bind(portal: String, statement: String, ResultFormats?)
    case closeStatement(String)
    case closePortal(String)
    case describeStatement(String)
    case describePortal(String)
    case execute(String)
    /// A text, statement by statement; `done` of them have ended.
    case query([PreparedRows], done: Int)
    case sync
}

/// What has to be known of a statement to deal with its rows.
struct PreparedRows {
    /// What its output columns need; empty when they need nothing.
    var late: [LateColumn?] = []
    /// Names of which its success makes something else, or nothing.
    var effect = StatementEffect.session

    init() {}

    init(_ statement: RewrittenStatement) {
        late = statement.late
        effect = statement.effect
    }
}

/// Tells by which masks the rows that come now have to go, from the order in which PostgreSQL answers.
///
/// PostgreSQL answers each message before the next one, and passes over everything up to a `Sync` after an error in the
/// extended protocol. So what comes can always be told to belong to one message, and every name means one thing at that
/// point. What doesn't fit that order ends a session that has sent for unmasked values: rows of which it isn't known what
/// they are never pass.
struct RowAnswers {
    private struct Portal {
        let rows: PreparedRows
        /// Nil when nothing is to be done to its rows.
        let masker: RowMasker?
    }

    /// What is to be done to rows.
    enum Treatment {
        case pass
        case mask(RowMasker)
        /// They can't be shown: it isn't known what they are.
        case unknown
    }

    private var sent = CircularBuffer<SentMessage>()
    private var statements: [String: PreparedRows] = [:]
    private var portals: [String: Portal] = [:]
    /// Whether PostgreSQL passes over what comes, up to the next `Sync`.
    private var isSkipping = false
    /// Whether an answer came that nothing asked for.
    private var isLost = false
    /// Whether unmasked values were ever sent for.
    private(set) var isNeeded = false
    /// The masks that a text's statement was described with.
    private var described: RowMasker?
    /// Texts that PostgreSQL passed over after an error, so that they have no answer.
    private var passedOver = 0

    /// Messages that haven't been answered.
    var count: Int { sent.count }

    /// Whether all is answered and nothing passed over.
    var isCalm: Bool { sent.isEmpty && !isSkipping && !isLost }

    /// What is known of a statement's rows.
    func rows(of statement: String) -> PreparedRows { statements[statement] ?? PreparedRows() }

    /// A statement was bound to the portal without a name, and ran.
    mutating func ranRound(_ rows: PreparedRows, _ masker: RowMasker?, isIdle: Bool) {
        guard isNeeded else { return }
        described = nil
        if isIdle {
            portals.removeAll(keepingCapacity: true)
        } else {
            portals[""] = Portal(rows: rows, masker: masker)
        }
    }

    /// How many more texts PostgreSQL passed over since this was asked last.
    mutating func takePassedOver() -> Int {
        defer { passedOver = 0 }
        return passedOver
    }

    // MARK: What goes upstream

    mutating func send(_ message: SentMessage) {
        if message.isLate { isNeeded = true }
        guard !isLost else { return }
        if isSkipping {
            guard message.isSync else {
                if message.isQuery { passedOver += 1 }
                return
            }
            isSkipping = false
        }
        sent.append(message)
    }

    /// Whether a statement's name means one, or will, of which unmasked values come.
    func mayBeLate(statement name: String) -> Bool {
        guard isNeeded else { return false }
        if statements[name]?.late.isEmpty == false { return true }
        return sent.contains { message in
            if case .parse(name, let rows) = message { !rows.late.isEmpty } else { false }
        }
    }

    /// Whether a portal's name means one, or will, of which unmasked values come.
    func mayBeLate(portal name: String) -> Bool {
        guard isNeeded else { return false }
        if portals[name]?.rows.late.isEmpty == false { return true }
        return sent.contains { message in
            if case .bind(name, let statement, _) = message { mayBeLate(statement: statement) } else { false }
        }
    }

    // MARK: What comes back

    /// What is to be done to the rows that come now.
    var treatment: Treatment {
        guard isNeeded else { return .pass }
        guard !isLost else { return .unknown }
        switch sent.first {
        case .execute(let name)?:
            guard let portal = portals[name], !portal.rows.late.isEmpty else { return .pass }
            return portal.masker.map { .mask($0) } ?? .unknown
        case .query?: return late.isEmpty ? .pass : described.map { .mask($0) } ?? .unknown
        case .parse?, .bind?, .closeStatement?, .closePortal?, .describeStatement?, .describePortal?, .sync?,
            nil:
            return .pass
        }
    }

    /// Whether rows that come now must not pass as they are.
    var masksRows: Bool {
        guard isNeeded else { return false }
        if case .pass = treatment { return false }
        return true
    }

    /// What the columns need that are described now; empty when they need nothing.
    var late: [LateColumn?] {
        guard isNeeded else { return [] }
        switch sent.first {
        case .describeStatement(let name)?: return statements[name]?.late ?? []
        case .describePortal(let name)?: return portals[name]?.rows.late ?? []
        case .query(let statements, let done)? where done < statements.count: return statements[done].late
        case .query?, .execute?, .parse?, .bind?, .closeStatement?, .closePortal?, .sync?, nil: return []
        }
    }

    /// Takes the kind of an answer; for a description of columns also the formats of their values.
    ///
    /// - Throws: when it can't be told any more which rows are which, and that matters.
    mutating func take(_ kind: UInt8, formats: ResultFormats? = nil) throws(ClientError) {
        if !isLost, !fits(kind, formats) {
            isLost = true
            sent.removeAll()
        }
        guard !isLost || !isNeeded else { throw .lost }
    }

    /// PostgreSQL is ready for more; outside of a transaction no portal is left that messages made.
    mutating func takeReady(isIdle: Bool) throws(ClientError) {
        try take(UInt8(ascii: "Z"))
        if isIdle { portals.removeAll(keepingCapacity: true) }
    }

    private mutating func fits(_ kind: UInt8, _ formats: ResultFormats?) -> Bool {
        guard let first = sent.first else { return false }
        switch (kind, first) {
        case (UInt8(ascii: "1"), .parse(let name, let rows)): if isNeeded { statements[name] = rows }
        case (UInt8(ascii: "2"), .bind(let portal, let statement, let formats)):
            if isNeeded { bound(portal, to: statements[statement] ?? PreparedRows(), formats) }
        case (UInt8(ascii: "3"), .closeStatement(let name)): statements[name] = nil
        case (UInt8(ascii: "3"), .closePortal(let name)): portals[name] = nil
        case (UInt8(ascii: "t"), .describeStatement): return true
        case (UInt8(ascii: "T"), .describeStatement), (UInt8(ascii: "T"), .describePortal),
            (UInt8(ascii: "n"), .describeStatement), (UInt8(ascii: "n"), .describePortal):
            break
        case (UInt8(ascii: "T"), .query):
            described = late.isEmpty ? nil : formats.map { RowMasker(late, $0) }
            return true
        case (UInt8(ascii: "C"), .execute(let portal)): if let portal = portals[portal] { ran(portal.rows) }
        case (UInt8(ascii: "I"), .execute), (UInt8(ascii: "s"), .execute): break
        case (UInt8(ascii: "C"), .query(let statements, let done)),
            (UInt8(ascii: "I"), .query(let statements, let done)):
            described = nil
            if done < statements.count { ran(statements[done]) }
            sent[sent.startIndex] = .query(statements, done: done + 1)
            return true
        case (UInt8(ascii: "Z"), .query), (UInt8(ascii: "Z"), .sync): described = nil
        case (UInt8(ascii: "E"), _):
            failed(first)
            return true
        default: return false
        }
        sent.removeFirst()
        return true
    }

    private mutating func bound(_ portal: String, to rows: PreparedRows, _ formats: ResultFormats?) {
        let masker = rows.late.isEmpty ? nil : formats.map { RowMasker(rows.late, $0) }
        portals[portal] = Portal(rows: rows, masker: masker)
    }

    /// A statement ran well: names that it made mean what never comes unmasked.
    private mutating func ran(_ rows: PreparedRows) {
        switch rows.effect {
        case .prepares(let name): statements[name] = nil
        case .declares(let name): portals[name] = nil
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

    private mutating func failed(_ first: SentMessage) {
        described = nil
        switch first {
        case .sync: return
        case .query(let statements, _): sent[sent.startIndex] = .query(statements, done: statements.count)
        case .parse, .bind, .closeStatement, .closePortal, .describeStatement, .describePortal, .execute:
            while let next = sent.first, !next.isSync {
                if next.isQuery { passedOver += 1 }
                sent.removeFirst()
            }
            isSkipping = sent.isEmpty
        }
    }
}

extension SentMessage {
    fileprivate var isSync: Bool { if case .sync = self { true } else { false } }

    fileprivate var isQuery: Bool { if case .query = self { true } else { false } }

    fileprivate var isLate: Bool {
        switch self {
        case .parse(_, let rows): !rows.late.isEmpty
        case .query(let statements, _): statements.contains { !$0.late.isEmpty }
        case .bind, .closeStatement, .closePortal, .describeStatement, .describePortal, .execute, .sync: false
        }
    }
}
