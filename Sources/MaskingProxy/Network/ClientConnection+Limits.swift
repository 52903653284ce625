import NIOCore

/// When a session last did something.
struct SessionTimes {
    /// When the client came.
    let start = NIODeadline.now()
    private var lastHeard = NIODeadline.now()
    private var progress = 0
    private var waitingSince: NIODeadline?
    private var isCancelled = false

    /// What is to be done about a session's silence.
    enum Verdict {
        case fine
        /// The statement has had its time.
        case cancel
        /// It didn't end when it was told to.
        case abandon
        case idle
        case idleInTransaction
    }

    /// Bytes came from the client.
    mutating func heard(at now: Moment) { lastHeard = .uptimeNanoseconds(now.nanoseconds) }

    /// Looks at a session.
    mutating func look(at core: SessionCore, _ limits: ProxyConfiguration, now: NIODeadline) -> Verdict {
        guard core.isWaiting else {
            if waitingSince != nil { lastHeard = max(lastHeard, now) }
            waitingSince = nil
            isCancelled = false
            let silence = now - lastHeard
            if core.isInTransaction, passed(silence, limits.idleInTransactionSeconds) {
                return .idleInTransaction
            }
            return passed(silence, limits.idleSeconds) ? .idle : .fine
        }
        guard let since = waitingSince, progress == core.progress else {
            waitingSince = now
            progress = core.progress
            isCancelled = false
            return .fine
        }
        guard passed(now - since, limits.statementSeconds) else { return .fine }
        guard isCancelled else {
            isCancelled = true
            return .cancel
        }
        return now - since > .seconds(limits.statementSeconds + SessionTimes.graceSeconds) ? .abandon : .fine
    }

    /// How long a cancelled statement may take to end.
    private static let graceSeconds: Int64 = 5

    private func passed(_ time: TimeAmount, _ seconds: Int64) -> Bool {
        seconds > 0 && time >= .seconds(seconds)
    }
}

/// What a client's silence comes to.
extension ClientConnection {
    /// Looks at the limits on the client's time.
    func lookAtLimits() {
        switch phase {
        case .closed: return
        case .starting, .authenticating, .waiting:
            guard NIODeadline.now() - times.start >= .seconds(proxy.configuration.signInSeconds) else {
                return
            }
            refuse(.fatal("08006", "signing in took too long"))
        case .open: if let session { lookAtSession(session) }
        }
    }

    private func lookAtSession(_ session: OpenSession) {
        if let end = session.end, NIODeadline.now() >= end {
            refuse(.fatal("57P01", "the web token that the session began with has expired"))
            return
        }
        guard !isAsking else { return }
        switch times.look(at: session.core, proxy.configuration, now: .now()) {
        case .fine: return
        case .cancel: cancel()
        case .abandon: refuse(.fatal("57014", "the statement took too long, and could not be stopped"))
        case .idle: refuse(.fatal("57P05", "the session was idle for too long"))
        case .idleInTransaction:
            refuse(.fatal("25P03", "the session was idle in a transaction for too long"))
        }
    }
}
