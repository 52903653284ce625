package import Governance
import QueryAnalysis

/// The threads on which statements over files run; as many run at once as there are threads.
package struct StatementRunners: Sendable {
    let threads: ParserThreads

    /// Starts the threads; they live as long as the process.
    ///
    /// - Throws: `.limitExceeded` when the system has no room for their stacks.
    package init(count: Int = 4) throws(GovernanceError) {
        guard let threads = ParserThreads(count: count) else {
            throw GovernanceError(.limitExceeded, "the threads for statements can not be started")
        }
        self.threads = threads
    }
}
