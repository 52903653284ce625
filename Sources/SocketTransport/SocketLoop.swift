import CSocketCalls
import Glibc
import HeapModule
import NIOCore
import Synchronization

/// What a loop tells of a socket.
protocol SocketWatcher: AnyObject {
    /// The socket is ready for something; `events` are epoll's.
    func ready(_ events: UInt32)

    /// The loop ends.
    func loopEnds()
}

/// An event loop made for passing bytes on: a thread that waits for its sockets, and reads them all into one buffer.
///
/// NIO's pipelines, futures and TLS run on it as on NIO's own loops; what it does for each message costs about a tenth.
/// Linux alone: it waits by `epoll(7)`.
package final class SocketLoop: @unchecked Sendable {
    // INVARIANT: only `inbox`, `thread` and `bell` are touched by other threads than the loop's own.

    private struct Inbox {
        var tasks: [@Sendable () -> Void] = []
        /// Whether the thread waits and has to be woken.
        var isAsleep = false
        var isStopping = false
        /// Whether nothing is run any more.
        var hasEnded = false
        /// Called when nothing is run any more.
        var ended: [@Sendable () -> Void] = []
    }

    private let inbox = Mutex(Inbox())
    private let thread = Atomic<UInt>(0)
    private let poll: Int32
    /// Wakes the thread.
    private let bell: Int32

    private struct Slot {
        var watcher: (any SocketWatcher)?
        var generation: UInt32 = 0
    }

    /// By the socket's number.
    private var slots: [Slot] = []
    private var generation: UInt32 = 0
    private var timers = Heap<LoopTimer>()
    private var timerCount: UInt64 = 0
    /// What was read last; whoever keeps a part of it keeps all.
    var incoming = ByteBuffer()

    /// Bytes that are read at once.
    static let readSize = 1 << 16
    /// Sockets that are looked at between two looks at the tasks.
    private static let eventLimit = 256

    /// Starts a loop.
    ///
    /// - Parameter name: The thread's, of at most 15 characters.
    /// - Throws: `IOError` when the system has no room for it.
    package init(name: String) throws {
        poll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard poll >= 0 else { throw IOError(errnoCode: errno, reason: "epoll_create1") }
        bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard bell >= 0 else {
            let code = errno
            _ = Glibc.close(poll)
            throw IOError(errnoCode: code, reason: "eventfd")
        }
        // Each ring is told once: the bell needn't be read.
        var event = epoll_event()
        event.events = EPOLLIN.rawValue | EPOLLET.rawValue
        event.data.u64 = SocketLoop.bellMark
        guard epoll_ctl(poll, EPOLL_CTL_ADD, bell, &event) == 0, start(name) else {
            let code = errno
            _ = Glibc.close(poll)
            _ = Glibc.close(bell)
            throw IOError(errnoCode: code, reason: "an event loop can not be started")
        }
    }

    private static let bellMark = UInt64.max

    private func start(_ name: String) -> Bool {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Start(loop: self, name: name))
        let status = pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer else { return nil }
                let start = Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue()
                pthread_setname_np(pthread_self(), start.name)
                start.loop.run()
                return nil
            },
            work.toOpaque()
        )
        guard status == 0 else {
            work.release()
            errno = status
            return false
        }
        pthread_detach(thread)
        return true
    }

    private final class Start {
        let loop: SocketLoop
        let name: String

        init(loop: SocketLoop, name: String) {
            self.loop = loop
            self.name = name
        }
    }

    /// Ends the loop: its sockets are closed, and what is given to it afterwards is dropped.
    ///
    /// - Parameter ended: Called once the thread runs nothing any more, on no thread in particular.
    package func stop(_ ended: @escaping @Sendable () -> Void) {
        let hasEnded = inbox.withLock { inbox in
            guard !inbox.hasEnded else { return true }
            inbox.ended.append(ended)
            inbox.isStopping = true
            wake()
            return false
        }
        if hasEnded { ended() }
    }

    // MARK: Tasks

    /// Whether this is the loop's thread.
    package var inEventLoop: Bool { pthread_self() == thread.load(ordering: .relaxed) }

    /// Runs a task on the loop's thread, in the order of submission.
    package func execute(_ task: @escaping @Sendable () -> Void) {
        inbox.withLock { inbox in
            guard !inbox.hasEnded else { return }
            inbox.tasks.append(task)
            // The loop itself looks at the tasks before it sleeps again.
            guard inbox.isAsleep, !inEventLoop else { return }
            inbox.isAsleep = false
            wake()
        }
    }

    /// Rings; under the lock, because the bell's number may be another's once the loop has ended.
    private func wake() {
        var one: UInt64 = 1
        _ = Glibc.write(bell, &one, 8)
    }

    /// Runs a task at a time; on the loop's thread alone.
    func add(_ timer: LoopTimer) {
        timerCount += 1
        timer.number = timerCount
        timers.insert(timer)
    }

    // MARK: Sockets

    /// Begins to wait for a socket.
    func watch(_ socket: Int32, for events: UInt32, _ watcher: any SocketWatcher) throws {
        let index = Int(socket)
        while slots.count <= index { slots.append(Slot()) }
        generation &+= 1
        slots[index] = Slot(watcher: watcher, generation: generation)
        guard control(EPOLL_CTL_ADD, socket, events) else {
            let code = errno
            slots[index].watcher = nil
            throw IOError(errnoCode: code, reason: "epoll_ctl")
        }
    }

    /// Waits for something else.
    func change(_ socket: Int32, to events: UInt32) { _ = control(EPOLL_CTL_MOD, socket, events) }

    /// Waits for a socket no longer; comes before it is closed.
    func unwatch(_ socket: Int32) {
        _ = control(EPOLL_CTL_DEL, socket, 0)
        slots[Int(socket)].watcher = nil
    }

    private func control(_ operation: Int32, _ socket: Int32, _ events: UInt32) -> Bool {
        var event = epoll_event()
        event.events = events
        event.data.u64 = UInt64(slots[Int(socket)].generation) << 32 | UInt64(UInt32(bitPattern: socket))
        return epoll_ctl(poll, operation, socket, &event) == 0
    }

    // MARK: The thread

    private func run() {
        thread.store(pthread_self(), ordering: .relaxed)
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: SocketLoop.eventLimit)
        defer { events.deallocate() }
        var tasks: [@Sendable () -> Void] = []
        while true {
            let patience = timeToWait
            let (mayWait, isStopping) = inbox.withLock { inbox -> (Bool, Bool) in
                inbox.isAsleep = inbox.tasks.isEmpty
                return (inbox.isAsleep, inbox.isStopping)
            }
            guard !isStopping else { break }
            let count = epoll_wait(poll, events, Int32(SocketLoop.eventLimit), mayWait ? patience : 0)
            for index in 0..<Int(max(0, count)) { dispatch(events[index]) }
            take(&tasks)
            runTimers()
        }
        finish()
    }

    private func dispatch(_ event: epoll_event) {
        let mark = event.data.u64
        guard mark != SocketLoop.bellMark else { return }
        let slot = slots[Int(UInt32(truncatingIfNeeded: mark))]
        // Another socket may have the number by now.
        guard slot.generation == UInt32(mark >> 32) else { return }
        slot.watcher?.ready(event.events)
    }

    /// Runs the tasks that wait; those that they add come after the sockets.
    private func take(_ tasks: inout [@Sendable () -> Void]) {
        inbox.withLock { inbox in
            inbox.isAsleep = false
            swap(&inbox.tasks, &tasks)
        }
        guard !tasks.isEmpty else { return }
        for task in tasks { task() }
        // A rush's memory isn't kept.
        tasks.removeAll(keepingCapacity: tasks.capacity <= 1024)
    }

    /// Milliseconds until the next timer; -1 for none.
    private var timeToWait: Int32 {
        guard let next = timers.min else { return -1 }
        let rest = (next.deadline - .now()).nanoseconds
        guard rest > 0 else { return 0 }
        return Int32(clamping: (rest + 999_999) / 1_000_000)
    }

    private func runTimers() {
        guard !timers.isEmpty else { return }
        let now = NIODeadline.now()
        while let next = timers.min, next.deadline <= now {
            timers.removeMin()
            next.fire()
        }
    }

    /// Closes everything and runs what that leads to.
    private func finish() {
        var tasks: [@Sendable () -> Void] = []
        // What was given before it was told to end comes first: last words may be among it.
        take(&tasks)
        for slot in slots { slot.watcher?.loopEnds() }
        // What is given while this runs is run too, but not without an end.
        for _ in 0..<64 {
            take(&tasks)
            for slot in slots { slot.watcher?.loopEnds() }
        }
        while let timer = timers.popMin() { timer.drop() }
        take(&tasks)
        let (left, ended) = inbox.withLock { inbox in
            inbox.hasEnded = true
            defer {
                inbox.tasks = []
                inbox.ended = []
            }
            return (inbox.tasks, inbox.ended)
        }
        for task in left { task() }
        slots = []
        thread.store(0, ordering: .relaxed)
        _ = Glibc.close(poll)
        _ = Glibc.close(bell)
        for ended in ended { ended() }
    }
}

/// Something that a loop does at a time.
final class LoopTimer: Comparable {
    let deadline: NIODeadline
    /// Of two with the same time the one that came first comes first.
    fileprivate(set) var number: UInt64 = 0
    /// Nil once it ran or was called off.
    private var task: (() -> Void)?
    private let dropped: () -> Void

    init(at deadline: NIODeadline, _ task: @escaping () -> Void, dropped: @escaping () -> Void) {
        self.deadline = deadline
        self.task = task
        self.dropped = dropped
    }

    func fire() {
        let task = task
        self.task = nil
        task?()
    }

    /// One that was called off before it was made.
    static func calledOff() -> LoopTimer {
        let timer = LoopTimer(at: .distantPast, {}, dropped: {})
        timer.cancel()
        return timer
    }

    /// Calls it off.
    func cancel() { task = nil }

    /// The loop ends before the time has come.
    func drop() {
        guard task != nil else { return }
        task = nil
        dropped()
    }

    static func < (left: LoopTimer, right: LoopTimer) -> Bool {
        (left.deadline, left.number) < (right.deadline, right.number)
    }

    static func == (left: LoopTimer, right: LoopTimer) -> Bool { left === right }
}
