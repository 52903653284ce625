import CatalogModel
import Governance
import Synchronization

/// Delivers batches of one table, from one thread at a time.
protocol BatchReader: AnyObject {
    /// The next batch, never an empty one; nil at the end.
    func nextBatch() throws(GovernanceError) -> RawBatch?

    /// Rows left out so far.
    var skippedRows: Int { get }
}

/// A reader as the port wants it: its end is final, and its file is closed there or when this is released.
final class ReaderCursor: RowCursor {
    private let state: Mutex<State>

    private struct State {
        var reader: (any BatchReader)?
        var skippedRows = 0
        var failure: GovernanceError?
    }

    init(_ reader: sending any BatchReader) { state = Mutex(State(reader: reader)) }

    var skippedRows: Int { state.withLock { $0.reader?.skippedRows ?? $0.skippedRows } }

    func next() throws(GovernanceError) -> RawBatch? {
        try state.withLock { state throws(GovernanceError) -> RawBatch? in
            if let failure = state.failure { throw failure }
            guard let reader = state.reader else { return nil }
            do throws(GovernanceError) {
                if let batch = try reader.nextBatch() { return batch }
            } catch {
                state.failure = error
            }
            state.skippedRows = reader.skippedRows
            state.reader = nil
            if let failure = state.failure { throw failure }
            return nil
        }
    }
}
