import Governance
import NIOCore

/// A session that runs.
final class OpenSession {
    let upstream: any SessionUpstream
    /// The same when it uses connections in turn with others.
    let pooled: PooledUpstream?
    /// The same when it is a connection to PostgreSQL of the session's own, whose bytes come as they were sent.
    let direct: UpstreamConnection?
    let statements: StatementSession
    var core = SessionCore()
    var process: Int32 = 0

    /// When what its user signed in with is no longer in force.
    let end: NIODeadline?

    init(upstream: any SessionUpstream, statements: StatementSession, end: NIODeadline?) {
        self.upstream = upstream
        pooled = upstream as? PooledUpstream
        direct = upstream as? UpstreamConnection
        core.tellsEffects = pooled != nil
        self.statements = statements
        self.end = end
    }

    /// Whether PostgreSQL has answered all that was sent, so that another session can come after.
    var mayBeFollowed: Bool { !core.isWaiting && core.toUpstream.readableBytes == 0 }

    /// Writes what waits, both ways.
    func flush(_ client: ClientConnection) {
        if core.toUpstream.readableBytes > 0 {
            if let direct {
                direct.write(core.toUpstream)
            } else if let pooled {
                pooled.take(core.toUpstream, core.takeEffects())
            } else {
                upstream.write(core.toUpstream)
            }
            OpenSession.empty(&core.toUpstream)
            pooled?.advance(at: .now)
        }
        flushToClient(client)
    }

    /// Writes what waits for the client.
    func flushToClient(_ client: ClientConnection) {
        guard core.toClient.readableBytes > 0 else { return }
        client.write(core.toClient)
        OpenSession.empty(&core.toClient)
    }

    /// Bytes of memory that a session that waits may hold for what it will write, each way.
    private static let kept = 2048

    /// Empties a buffer that was written; a small one's memory is used again once the write is done with it.
    private static func empty(_ buffer: inout ByteBuffer) {
        if buffer.storageCapacity <= kept { buffer.clear() } else { buffer = ByteBuffer() }
    }
}

extension Moment {
    /// Now, by the clock of the event loops.
    static var now: Moment { Moment(nanoseconds: NIODeadline.now().uptimeNanoseconds) }
}
