import Catalog
package import Governance
package import Logging
import ServiceLifecycle

/// Keeps counts of the catalog each hour, for `admin/metricsstats`.
///
/// Several servers on one store keep them once: each looks at what was kept before.
package struct CountsKeeper: Service {
    private let catalog: AssetCatalog
    private let caller: Caller
    private let logger: Logger
    /// Time for what a server has to do first.
    private let delay: Duration

    /// A keeper that isn't running yet.
    ///
    /// - Parameters:
    ///   - catalog: What is counted.
    ///   - caller: Who counts, for the audit log: one who may read everything.
    ///   - logger: An `error` when counts can't be kept.
    ///   - delay: How long it waits at its start.
    package init(
        catalog: AssetCatalog,
        caller: Caller,
        logger: Logger,
        delay: Duration = .seconds(60)
    ) {
        (self.catalog, self.caller, self.logger, self.delay) = (catalog, caller, logger, delay)
    }

    /// Keeps counts until a graceful shutdown, or cancellation.
    package func run() async {
        await cancelWhenGracefulShutdown {
            try? await Task.sleep(for: delay)
            while !Task.isCancelled {
                var wait = CountSchedule.hour
                do throws(CatalogError) { wait = try keepWhenDue() } catch {
                    logger.error("counts of the catalog weren't kept", metadata: ["why": "\(error)"])
                }
                try? await Task.sleep(for: .milliseconds(wait))
            }
        }
    }

    /// Keeps now's counts when none were kept for an hour.
    ///
    /// - Returns: How many milliseconds it is until there is something to do again, at least 1,000.
    /// - Throws: what a change of the catalog may be refused for.
    func keepWhenDue() throws(CatalogError) -> Int64 {
        let view = try catalog.view(for: caller)
        let wait = CountSchedule.wait(since: AtlasCounts.kept(view).last?.time, at: view.now)
        guard wait == 0 else { return max(1000, wait) }
        _ = try catalog.change(by: caller, AtlasRequest.actPrefix + "keep counts") {
            transaction throws(CatalogError) in
            try AtlasCounts.keep(CatalogView(transaction), in: &transaction)
        }
        return CountSchedule.hour
    }
}
