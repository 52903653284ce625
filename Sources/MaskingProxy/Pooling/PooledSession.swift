import NIOCore
import QueryAnalysis

/// A session that uses connections to PostgreSQL in turn with others: messages in, messages out, no I/O.
///
/// **Promise.** To the session it is as if it had a connection of its own. Between its transactions it keeps here what a
/// connection would: prepared statements and settings. What can't be kept here keeps the connection: see ``isHeld``.
/// Statements are prepared on connections under names that are made from what they say, and a session reaches those
/// alone that it prepared itself.
///
/// One series of messages, up to `Sync` or a text, is on its way at a time, so that it is always known what a name means.
struct PooledSession {
    /// What is to be written to PostgreSQL.
    var toUpstream = ByteBuffer()
    /// Answers of ours that come after the one at hand.
    var given: [UpstreamMessage] = []
    /// Whether it keeps its connection to its end: it may have cursors that outlive transactions, or statements that were
    /// prepared in several time zones.
    var isHeld = false

    /// Prepared statements that a connection may hold.
    let statementLimit: Int
    /// What names mean, also the empty one, when everything that was sent succeeds.
    var names: [String: KeptStatement] = [:]
    var namedBytes = 0
    /// The settings that `SET` has changed.
    var settings: [String: String] = [:]
    /// Whether they may have changed since.
    var mayDiffer = false
    var learned: [String: String] = [:]
    /// Whether the time zone may have changed since the settings were learned.
    var zoneMayDiffer = false

    /// What hasn't been sent, and what its texts do.
    var inbox = ByteBuffer()
    var effects = CircularBuffer<[StatementEffect]>()

    var owed = CircularBuffer<OwedAnswer>()
    /// The state of the transaction that PostgreSQL told last.
    var status = UInt8(ascii: "I")
    /// Whether nothing may be sent before PostgreSQL is ready.
    var isAwaiting = false
    /// Whether messages were sent that no `Sync` followed.
    var isInSeries = false
    /// Whether everything up to the next `Sync` is passed over.
    var isSkipping = false
    /// Statements that will be there, or gone, once what was sent is answered.
    var drafts: [String: Bool] = [:]
    /// What running portals does that run statements of SQL on prepared statements.
    var portals: [String: [StatementEffect]] = [:]
    /// The same of those under the client's names.
    var ownDrafts: [String: Bool] = [:]
    /// Statements that the connection has under the client's names: it isn't another session's while there are any.
    var ownNames: Set<String> = []

    init(statementLimit: Int) { self.statementLimit = statementLimit }

    /// Bytes of the texts that a session may have prepared.
    static let namedLimit = 32 << 20

    /// Bytes that wait.
    var waiting: Int { inbox.readableBytes }

    /// Whether nothing of the session is left on its connection.
    var isFree: Bool {
        status == UInt8(ascii: "I") && owed.isEmpty && !isAwaiting && !isInSeries && !isSkipping && !isHeld
            && !mayDiffer && !zoneMayDiffer && ownNames.isEmpty
    }

    /// Whether PostgreSQL owes an answer.
    var isRunning: Bool { !owed.isEmpty }

    /// Whether rows that come now are ours, and have to be given whole.
    var readsRows: Bool {
        if case .ours(.learnSettings)? = owed.first { true } else { false }
    }

    /// Takes messages that are to be sent; `effects` says what the text of each `Parse` and `Query` does.
    mutating func take(_ bytes: ByteBuffer, _ effects: [[StatementEffect]]) {
        inbox.writeImmutableBuffer(bytes)
        self.effects.append(contentsOf: effects)
    }

    // MARK: Connections

    /// Begins to use a connection.
    mutating func attach(_ shelf: inout ConnectionShelf) {
        shelf.beginTurn()
        guard shelf.settings != settings else { return }
        ask(SettingsText.apply(settings, over: shelf.settings), .applySettings, &shelf)
        shelf.settings = settings
    }

    /// Nothing will come of what wasn't sent: an error is told instead, up to the end of the first series.
    mutating func fail(_ error: ClientError) {
        given.append(.error(UpstreamError(error)))
        isSkipping = true
        while let message = next() {
            guard message.kind == UInt8(ascii: "S") || (message.kind == UInt8(ascii: "Q") && !isInSeries)
            else {
                isInSeries = true
                continue
            }
            isSkipping = false
            isInSeries = false
            given.append(.ready(UInt8(ascii: "I")))
            return
        }
    }

    /// Passes over what comes up to a `Sync`, without a connection.
    mutating func skip() {
        while isSkipping, let message = next() {
            guard message.kind == UInt8(ascii: "S") else { continue }
            isSkipping = false
            isInSeries = false
            given.append(.ready(UInt8(ascii: "I")))
        }
    }

    /// Sends a text of ours; as any text it ends the statement without a name.
    mutating func ask(
        _ text: String,
        _ message: OwedAnswer.OwnMessage,
        _ shelf: inout ConnectionShelf
    ) {
        toUpstream.writeQuery(text)
        owed.append(.ours(message))
        shelf.unnamed = .none
    }
}
