import Logging
import Synchronization

/// Says once why a database has no views for row filters, and once that it has again.
final class ViewReport: Sendable {
    private let told = Mutex<[String: String]>([:])

    /// Takes what is in their way now; nil for nothing.
    func note(_ obstacle: String?, of database: String, _ logger: Logger) {
        let former = told.withLock { told in
            defer { told[database] = obstacle }
            return told[database]
        }
        guard former != obstacle else { return }
        if let obstacle {
            logger.warning(
                "row filters have no views and are carried out in place",
                metadata: ["database": "\(database)", "why": "\(obstacle)"]
            )
        } else {
            logger.info("row filters have views again", metadata: ["database": "\(database)"])
        }
    }
}
