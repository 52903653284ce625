import NIOCore

/// What a connection does between two sessions.
enum UpstreamReset {
    /// Ends what the former session left unfinished.
    case finishing
    /// Rolls back its transaction.
    case rollingBack
    /// Gives up all that it set, prepared, opened or locked.
    case discarding
    case idle
    /// Shows that PostgreSQL still answers.
    case checking((Bool) -> Void)
}

/// From one session to the next.
extension UpstreamConnection {
    /// Makes the connection ready for another session, and keeps it; or closes it.
    ///
    /// Only for one of which PostgreSQL owes no answer. First a `Sync` ends what is unfinished in the extended protocol,
    /// then a transaction is rolled back, then `DISCARD ALL` gives back settings, prepared statements, cursors, temporary
    /// tables, sequences' values and locks. Each is waited for; whatever isn't as it should be closes the connection.
    /// One that was ever cancelled is closed, too: the request, which takes a way of its own, could meet another
    /// session's statement.
    func release() {
        guard case .open = phase, !wasCancelled, let context, context.channel.isActive else {
            close()
            return
        }
        leaveClient()
        phase = .between(.finishing)
        var bytes = ByteBuffer()
        bytes.writeEmpty("S")
        write(bytes)
        resumeReading()
    }

    /// Asks PostgreSQL for a sign of life before a session relies on it.
    func check(then told: @escaping (Bool) -> Void) {
        guard case .between(.idle) = phase, let context, context.channel.isActive else {
            close()
            told(false)
            return
        }
        phase = .between(.checking(told))
        var bytes = ByteBuffer()
        bytes.writeEmpty("S")
        write(bytes)
    }

    /// Takes a message between sessions; none of it is for anybody.
    func take(_ message: UpstreamMessage, _ reset: UpstreamReset) {
        switch message {
        case .parameterStatus(let name, let value): note(name, value)
        case .dropped: return
        case .ready(let status): ready(status == UInt8(ascii: "I"), reset)
        case .error(let error):
            // What the former session left may fail now; after that nothing may.
            if case .finishing = reset, error.severity == "ERROR" { return }
            lose()
        case .prepared, .completed, .passing, .rows, .described, .rowDescription:
            if case .idle = reset { lose() }
        case .backendKey, .authentication: lose()
        }
    }

    private func ready(_ isOutside: Bool, _ reset: UpstreamReset) {
        switch (reset, isOutside) {
        case (.finishing, false):
            phase = .between(.rollingBack)
            ask("ROLLBACK")
        case (.finishing, true), (.rollingBack, true):
            phase = .between(.discarding)
            ask("DISCARD ALL")
        case (.discarding, true):
            phase = .between(.idle)
            shelf = ConnectionShelf()
            guard let context, pool.keep(self, on: context.eventLoop) else {
                close()
                return
            }
        case (.checking(let told), true):
            phase = .between(.idle)
            told(true)
        case (.idle, _), (_, false): lose()
        }
    }

    private func ask(_ text: String) {
        var bytes = ByteBuffer()
        bytes.writeQuery(text)
        write(bytes)
    }

    private func lose() { fail(.fatal("08006", "the connection to the database was lost")) }

    /// The connection ended between two sessions.
    func lost(_ reset: UpstreamReset) {
        if let context { pool.remove(self, on: context.eventLoop) }
        if case .checking(let told) = reset { told(false) }
    }
}
