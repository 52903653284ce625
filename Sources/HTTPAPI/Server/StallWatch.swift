import Synchronization

/// Notices when a reader takes nothing for too long.
final class StallWatch: Sendable {
    private let limit: Duration
    private let waitingSince: Mutex<ContinuousClock.Instant?>

    init(limit: Duration) {
        self.limit = limit
        waitingSince = Mutex(nil)
    }

    /// The reader has to take something from now on.
    func progress() { waitingSince.withLock { $0 = .now } }

    /// The reader has taken it.
    func pause() { waitingSince.withLock { $0 = nil } }

    /// Returns when the reader has taken nothing for the limit, or the task was cancelled.
    func untilStalled() async {
        while !Task.isCancelled {
            let since = waitingSince.withLock { $0 } ?? .now
            let deadline = since + limit
            if deadline <= .now { return }
            try? await Task.sleep(until: deadline, clock: .continuous)
        }
    }
}
