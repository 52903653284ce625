import CPgQuery
import Glibc
import Synchronization

/// A few threads whose stacks hold what PostgreSQL's parser and our own walks over its trees need.
///
/// libpg_query recurses without a limit of its own. A stack of ``ParserThread/stackSize`` is address space only; pages
/// are taken as far as a parse really goes.
package final class ParserThreads: Sendable {
    // INVARIANT: `queue` is only touched under its mutex; `filled` wakes one waiting thread per job.
    private let queue = Mutex<[@Sendable () -> Void]>([])
    private let filled: Semaphore

    /// Starts the threads; they live as long as the process.
    ///
    /// Nil when the system has no room for their stacks.
    ///
    /// - Parameter count: How many statements can be parsed at once.
    package init?(count: Int) {
        filled = Semaphore()
        for _ in 0..<count {
            guard start() else { return nil }
        }
    }

    /// Runs a body on one of the threads, in the order of submission.
    package func submit(_ body: @escaping @Sendable () -> Void) {
        queue.withLock { $0.append(body) }
        filled.post()
    }

    /// Runs a body on one of the threads and waits for it.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
        let slot = ResultSlot<Value>()
        submit { slot.fill(body()) }
        return slot.take()
    }

    private func start() -> Bool {
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return false }
        defer { pthread_attr_destroy(&attributes) }
        guard pthread_attr_setstacksize(&attributes, ParserThread.stackSize) == 0,
            pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED)) == 0
        else { return false }
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread,
            &attributes,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<ParserThreads>.fromOpaque(pointer).takeRetainedValue().work()
                return nil
            },
            argument.toOpaque()
        )
        guard status == 0 else {
            argument.release()
            return false
        }
        return true
    }

    private func work() {
        while true {
            filled.wait()
            let body = queue.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            body?()
        }
    }
}
