import CPgQuery
import Glibc
import Synchronization

/// A few threads whose stacks hold what PostgreSQL's parser and our own walks over its trees need.
///
/// libpg_query recurses without a limit of its own. A stack of ``ParserThread/stackSize`` is address space only; pages
/// are taken as far as a parse really goes, and given back after it. The threads stay: libpg_query takes a
/// thread-local key for every thread that it sees and never returns it, and a process has only 1,024 of them.
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
        guard let stack = ThreadStack(size: ParserThread.stackSize), pthread_attr_init(&attributes) == 0
        else {
            return false
        }
        defer { pthread_attr_destroy(&attributes) }
        guard pthread_attr_setstack(&attributes, stack.lowest, stack.size) == 0,
            pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED)) == 0
        else { return false }
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(Work(threads: self, stack: stack))
        let status = pthread_create(
            &thread,
            &attributes,
            { pointer in
                guard let pointer else { return nil }
                let work = Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue()
                work.threads.work(on: work.stack)
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

    private func work(on stack: ThreadStack) {
        while true {
            filled.wait()
            let body = queue.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            let start = ContinuousClock.now
            body?()
            // Whoever has gone deep has taken long: the kernel gives out a megabyte of pages in no less.
            if ContinuousClock.now - start > .microseconds(200) { stack.giveBack() }
        }
    }

    /// What a new thread is handed.
    private final class Work {
        let threads: ParserThreads
        let stack: ThreadStack

        init(threads: ParserThreads, stack: ThreadStack) {
            self.threads = threads
            self.stack = stack
        }
    }
}

/// The memory of a thread's stack, with a page below it that can't be touched.
private struct ThreadStack {
    let lowest: UnsafeMutableRawPointer
    let size: Int
    /// What stays when the rest is given back: far more than a thread that waits for work uses.
    private static let kept = 1 << 20

    /// Nil when the system has no room for it.
    init?(size: Int) {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK
        guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED,
            mprotect(memory, 4096, PROT_NONE) == 0
        else { return nil }
        lowest = memory
        self.size = size
    }

    /// Tells the kernel that all but the top isn't needed; only for the thread itself, when it waits for work.
    func giveBack() { madvise(lowest + 4096, size - Self.kept - 4096, MADV_DONTNEED) }
}
