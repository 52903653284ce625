import Governance
import HTTPTypes
import NIOPosix
import Synchronization

/// Threads for what blocks, so that neither event loops nor Swift's own threads ever do.
final class Workers: Sendable {
    private let catalogThreads = NIOThreadPool(numberOfThreads: 4)
    private let rowThreads = NIOThreadPool(numberOfThreads: 4)
    /// One thread: however many wrong passwords arrive, the other cores go on serving.
    private let secretThreads = NIOThreadPool(numberOfThreads: 1)
    private let signIns: Gate

    init(limits: HTTPLimits) {
        signIns = Gate(limits.waitingSignIns, "too many sign-ins at once: try again, or use a token")
    }

    /// Starts the threads.
    func start() {
        for pool in [catalogThreads, rowThreads, secretThreads] { pool.start() }
    }

    /// Ends the threads when their work is done.
    func stop() async {
        for pool in [catalogThreads, rowThreads, secretThreads] { try? await pool.shutdownGracefully() }
    }

    /// Runs a use case.
    func catalog<Value: Sendable>(
        _ body: @escaping @Sendable () throws(GovernanceError) -> Value
    ) async throws -> Value {
        try await catalogThreads.runIfActive(body)
    }

    /// Runs a step of a read.
    func rows<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await rowThreads.runIfActive(body)
    }

    /// Runs what needs scrypt; at most so many wait.
    ///
    /// - Throws: `busy` when too many wait.
    func secret<Value: Sendable>(
        _ body: @escaping @Sendable () throws(GovernanceError) -> Value
    ) async throws -> Value {
        let permit = try signIns.enter()
        defer { withExtendedLifetime(permit) {} }
        return try await secretThreads.runIfActive(body)
    }
}

/// Lets so many in at once.
final class Gate: Sendable {
    private let limit: Int
    private let refusal: String
    private let inside = Atomic(0)

    init(_ limit: Int, _ refusal: String) {
        self.limit = limit
        self.refusal = refusal
    }

    /// How many are inside.
    var count: Int { inside.load(ordering: .relaxed) }

    /// Lets one in, until the permit is released.
    func enter() throws(Problem) -> Permit {
        guard inside.add(1, ordering: .relaxed).newValue <= limit else {
            inside.subtract(1, ordering: .relaxed)
            throw Problem(.busy, refusal, headers: [.retryAfter: "2"])
        }
        return Permit(gate: self)
    }

    /// A place inside; given back when it is released.
    final class Permit: Sendable {
        private let gate: Gate
        fileprivate init(gate: Gate) { self.gate = gate }
        deinit { gate.inside.subtract(1, ordering: .relaxed) }
    }
}
