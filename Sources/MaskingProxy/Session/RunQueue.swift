import Governance
import QueryAnalysis

/// A moment of a clock that only goes forward.
struct Moment {
    /// From any start.
    let nanoseconds: UInt64

    /// The time since an earlier moment.
    func milliseconds(since earlier: Moment) -> Int {
        Int((nanoseconds &- earlier.nanoseconds) / 1_000_000)
    }
}

/// The statements that were sent and haven't ended, in the order in which PostgreSQL answers them.
struct RunQueue {
    private struct Run {
        let record: PreparedRecord?
        let start: Moment
        let epoch: Int
    }

    private var runs: [Run] = []
    /// The number of `ReadyForQuery` that what is sent now will be answered before.
    private(set) var epoch = 0
    private var answered = 0

    /// What those that haven't ended read.
    var reads: [StatementReads] { runs.flatMap { $0.record?.reads ?? [] }.distinct }

    /// How many haven't ended.
    var count: Int { runs.count }

    /// Whether PostgreSQL owes an answer.
    var isWaiting: Bool { answered < epoch || !runs.isEmpty }

    /// Grows with each answer.
    private(set) var progress = 0

    mutating func add(_ record: PreparedRecord?, at now: Moment) {
        runs.append(Run(record: record, start: now, epoch: epoch))
    }

    /// A series was sent, and answered.
    mutating func ranRound() {
        progress += 2
        epoch += 1
        answered += 1
    }

    /// A message was sent that `ReadyForQuery` answers.
    mutating func endEpoch() { epoch += 1 }

    /// PostgreSQL passed over texts after an error in a series of messages: nothing answers them.
    mutating func passOver(_ texts: Int) { answered += texts }

    /// `ReadyForQuery` came: what PostgreSQL passed over after an error will never end.
    ///
    /// Returns the number of the series that ended, and whether nothing else was sent.
    mutating func didAnswer() -> (epoch: Int, isIdle: Bool) {
        let ended = answered
        runs.removeAll { $0.epoch <= ended }
        progress += 1
        answered += 1
        return (ended, answered >= epoch)
    }

    /// The first one ended.
    mutating func finish(
        rows: Int,
        errorCode: String?,
        at now: Moment
    ) -> (record: PreparedRecord?, run: StatementRun)? {
        progress += 1
        guard let run = runs.first else { return nil }
        runs.removeFirst()
        let ended = StatementRun(
            reads: run.record?.reads.first,
            fingerprint: run.record?.fingerprint,
            rows: rows,
            milliseconds: now.milliseconds(since: run.start),
            errorCode: errorCode
        )
        return (run.record, ended)
    }
}
