import NIOCore

/// When a session last did something.
struct SessionTimes {
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
    mutating func heard() { lastHeard = .now() }

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

/// What a session's silence comes to.
extension ClientConnection {
    /// Looks at the session's limits four times in the shortest of them, at least every 15 seconds.
    func watchLimits() {
        let limits = proxy.configuration
        let all = [limits.idleSeconds, limits.idleInTransactionSeconds, limits.statementSeconds]
        guard let context, let shortest = all.filter({ $0 > 0 }).min() else { return }
        let period = TimeAmount.milliseconds(min(shortest * 250, 15_000))
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        watch = context.eventLoop.scheduleRepeatedTask(initialDelay: period, delay: period) { _ in
            bound.value.lookAtLimits()
        }
    }

    private func lookAtLimits() {
        guard case .open(let session) = phase, !isAsking else { return }
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
