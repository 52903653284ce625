import Governance
import NIOCore

/// A session that runs.
final class OpenSession {
    let upstream: any SessionUpstream
    let statements: StatementSession
    var core = SessionCore()
    var process: Int32 = 0

    /// When what its user signed in with is no longer in force.
    let end: NIODeadline?

    init(upstream: any SessionUpstream, statements: StatementSession, end: NIODeadline?) {
        self.upstream = upstream
        self.statements = statements
        self.end = end
    }

    /// Whether PostgreSQL has answered all that was sent, so that another session can come after.
    var mayBeFollowed: Bool { !core.isWaiting && core.toUpstream.readableBytes == 0 }

    /// Writes what waits, both ways.
    func flush(_ client: ClientConnection) {
        if core.toUpstream.readableBytes > 0 {
            upstream.write(core.toUpstream)
            core.toUpstream = ByteBuffer()
        }
        if core.toClient.readableBytes > 0 {
            client.write(core.toClient)
            core.toClient = ByteBuffer()
        }
    }
}

extension Moment {
    /// Now, by the clock of the event loops.
    static var now: Moment { Moment(nanoseconds: NIODeadline.now().uptimeNanoseconds) }
}
