import Glibc
import Synchronization

/// Counts what is ready and lets threads wait for it.
final class Semaphore: @unchecked Sendable {
    // INVARIANT: `handle` is touched by the system's semaphore calls alone, which are safe between threads.
    private let handle: UnsafeMutablePointer<sem_t>

    init() {
        handle = .allocate(capacity: 1)
        handle.initialize(to: sem_t())
        sem_init(handle, 0, 0)
    }

    deinit {
        sem_destroy(handle)
        handle.deallocate()
    }

    func post() { sem_post(handle) }

    func wait() {
        while sem_wait(handle) != 0, errno == EINTR {}
    }
}

/// A value that one thread makes and another waits for.
final class ResultSlot<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let ready = Semaphore()

    func fill(_ value: Value) {
        self.value.withLock { $0 = value }
        ready.post()
    }

    /// Waits for the value.
    func take() -> Value {
        while true {
            ready.wait()
            if let value = value.withLock({ $0 }) { return value }
        }
    }
}
