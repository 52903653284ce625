import Governance
import NIOCore
import SocketTransport

/// Prepared statements that run again.
extension ClientConnection: SocketReader {
    func takes(_ bytes: ByteBuffer) -> Bool { beginsRound(bytes, at: .now) }

    /// Whether bytes are a prepared statement's next run, and nothing has to be looked at for it.
    func beginsRound(_ bytes: ByteBuffer, at now: Moment) -> Bool {
        guard let session, session.direct != nil, !isAsking, decoder.waiting == 0 else { return false }
        let isBegun = session.core.beginRound(bytes, limit: proxy.configuration.messageBytes, at: now) {
            session.statements.momentOfHolding($0)
        } isNow: {
            session.statements.isNow($0)
        }
        guard isBegun else { return false }
        times.heard(at: now)
        session.flush(self)
        return true
    }

    /// Takes bytes of PostgreSQL when they are the whole answer to a prepared statement's run.
    func endsRound(_ bytes: ByteBuffer, at now: Moment) -> Bool {
        guard let session, session.core.round != nil else { return false }
        let ended = session.core.endRound(bytes, at: now) {
            session.statements.isNow($0)
        } isClear: { origin in
            session.statements.isClear(relation: origin.relation, column: origin.number)
        } shownType: {
            session.statements.shownType($0)
        }
        guard let ended else { return false }
        let isMany = session.statements.finished(
            ended.statement.subject(in: session.statements),
            rows: ended.rows,
            milliseconds: ended.milliseconds,
            errorCode: nil
        )
        if isMany { writeAudit(session) }
        session.flushToClient(self)
        return true
    }
}
