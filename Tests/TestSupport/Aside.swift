import Foundation
import Synchronization
package import Testing

/// Runs the cases of a suite on threads of their own, a few at once.
///
/// Swift's own pool has as many threads as the machine has cores. A test that blocks on a socket, waits for a process or
/// computes for a minute would hold one of them, and the servers that other tests talk to in the same process would stand
/// still. Every suite has this trait; `ArchitectureTests` sees to it.
package struct Aside: SuiteTrait, TestTrait, TestScoping {
    /// Every case of a suite is run so, not the suite as one.
    package let isRecursive = true

    /// Waits until few enough cases run and performs this one on the threads for tests.
    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        await Turns.shared.take()
        defer { Turns.shared.giveBack() }
        try await withTaskExecutorPreference(TestThreads.shared) { try await function() }
    }
}

extension Trait where Self == Aside {
    /// On threads of their own, a few at once.
    package static var aside: Aside { Aside() }
}

/// How many cases run at once.
private final class Turns: Sendable {
    static let shared = Turns(count: max(4, ProcessInfo.processInfo.activeProcessorCount * 2))

    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(count: Int) { state = Mutex(State(free: count)) }

    func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func giveBack() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}

/// Threads that tests may block: a new one whenever all others are busy, so that none waits for another.
package final class TestThreads: TaskExecutor {
    /// The threads that all tests share.
    package static let shared = TestThreads()

    private struct State {
        var jobs: [UnownedJob] = []
        var idle = 0
    }

    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)

    /// Runs a job on a thread that has nothing else to do.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let needsThread = state.withLock { state in
            state.jobs.append(job)
            guard state.idle == 0 else {
                state.idle -= 1
                return false
            }
            return true
        }
        if needsThread { Thread.detachNewThread { [self] in work() } }
        signal.signal()
    }

    private func work() {
        while true {
            signal.wait()
            let job = state.withLock { $0.jobs.removeFirst() }
            job.runSynchronously(on: asUnownedTaskExecutor())
            state.withLock { $0.idle += 1 }
        }
    }
}
