import Governance
import NIOCore
import QueryAnalysis

/// What becomes of what runs when policy changes.
extension ClientConnection {
    /// Ends the session when what it is reading would be governed otherwise now, or its user is gone.
    func checkRunning(policyChanged: Bool) {
        guard let context, let session else { return }
        let reads = session.core.running
        guard policyChanged || !reads.isEmpty else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let loop = context.eventLoop
        proxy.parserThreads.submit { [statements = session.statements] in
            let holds =
                statements.isAdmitted()
                && reads.allSatisfy { (try? statements.stillHolds($0, isRunning: true)) == true }
            guard !holds else { return }
            loop.execute {
                bound.value.refuse(.fatal("57P01", "policy has changed: connect again"))
            }
        }
    }

    /// Goes on when what is running would be governed as it was; ends the session otherwise.
    func confirmRunning(then go: @escaping () -> Void) {
        guard let context, let session else { return }
        let reads = session.core.running
        guard !reads.allSatisfy(session.statements.surelyHolds) else {
            go()
            return
        }
        let bound = NIOLoopBound((self, go), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        proxy.parserThreads.submit { [statements = session.statements] in
            let holds =
                statements.isAdmitted() && reads.allSatisfy { (try? statements.stillHolds($0)) == true }
            loop.execute {
                let (client, go) = bound.value
                if holds { go() } else { client.refuse(.fatal("57P01", "policy has changed: connect again")) }
            }
        }
    }
}
