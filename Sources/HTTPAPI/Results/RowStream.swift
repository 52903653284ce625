import Governance
import HTTPTypes
import Synchronization

/// Masked rows on their way to a caller, made piece by piece as the caller takes them.
///
/// Memory is bounded by two batches: one that is being sent, one that is being made.
final class RowStream: Sendable {
    /// The form.
    let format: ResultFormat
    /// Whether the pieces are gzipped.
    let isGzipped: Bool
    private let rows: GovernedRows
    /// Held while rows flow.
    private let permit: Gate.Permit
    private let state: Mutex<State>

    private enum State {
        /// Nothing was handed out yet.
        case fresh(Writer)
        case flowing(Writer)
        case ended
    }

    /// INVARIANT: only touched under the lock of `state`, so it may cross threads.
    private final class Writer: @unchecked Sendable {
        var encoder: ResultEncoder
        let gzip: Gzip?

        init(encoder: ResultEncoder, gzip: Gzip?) {
            self.encoder = encoder
            self.gzip = gzip
        }
    }

    init(_ rows: GovernedRows, as format: ResultFormat, gzipped: Bool, permit: Gate.Permit) throws(Problem) {
        self.rows = rows
        self.format = format
        isGzipped = gzipped
        self.permit = permit
        let encoder = ResultEncoder(format, schema: rows.schema)
        state = Mutex(.fresh(Writer(encoder: encoder, gzip: gzipped ? try Gzip() : nil)))
    }

    /// Rows that the source left out because they were malformed, so far.
    var skippedRows: Int { rows.skippedRows }

    /// Whether all has been handed out.
    var isEnded: Bool {
        state.withLock { state in
            switch state {
            case .ended: true
            case .fresh, .flowing: false
            }
        }
    }

    /// The next piece; nil at the end.
    ///
    /// It may be empty, when a row filter hid all its rows. Blocks.
    /// - Throws: what ended the read; what was handed out before is no whole answer then.
    func next() throws(GovernanceError) -> [UInt8]? {
        let result = state.withLock { state in
            Result { () throws(GovernanceError) in try RowStream.advance(&state, rows) }
        }
        return try result.get()
    }

    private static func advance(
        _ state: inout State,
        _ rows: GovernedRows
    ) throws(GovernanceError) -> [UInt8]? {
        var output: [UInt8]
        let writer: Writer
        switch state {
        case .ended: return nil
        case .fresh(let fresh):
            writer = fresh
            output = fresh.encoder.start()
        case .flowing(let flowing):
            writer = flowing
            output = []
        }
        state = .flowing(writer)
        if let batch = try rows.next() {
            writer.encoder.append(batch, to: &output)
            if output.isEmpty { return [] }
            return writer.gzip?.compress(output) ?? output
        }
        state = .ended
        output += writer.encoder.end()
        return writer.gzip?.finish(output) ?? output
    }
}
