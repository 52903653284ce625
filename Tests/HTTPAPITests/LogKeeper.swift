import Logging
import Synchronization

/// Keeps what is logged, so that tests can look for what must not be there.
final class LogKeeper: Sendable {
    private let kept = Mutex<[String]>([])

    /// Each line with its level and metadata.
    var lines: [String] { kept.withLock { $0 } }

    /// A logger at the lowest level that writes here.
    var logger: Logger {
        var logger = Logger(label: "steward") { _ in Handler(keeper: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let keeper: LogKeeper
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            keeper.kept.withLock {
                $0.append("\(event.level) \(event.message) \(metadata) \(event.metadata ?? [:])")
            }
        }
    }
}
