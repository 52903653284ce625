package import Dispatch
package import NIOCore

/// NIO's futures, timers and pipelines on the loop.
extension SocketLoop: EventLoop {
    /// Runs a task at a time.
    ///
    /// A task that is called off is let go of at once, on the loop's thread.
    package func scheduleTask<Value>(
        deadline: NIODeadline,
        _ task: @escaping @Sendable () throws -> Value
    ) -> Scheduled<Value> {
        let promise = makePromise(of: Value.self)
        let slot = NIOLoopBoundBox<LoopTimer?>.makeEmptyBox(eventLoop: self)
        let begin: @Sendable () -> Void = { [self] in
            guard slot.value == nil else { return }
            let timer = LoopTimer(at: deadline) {
                do { promise.assumeIsolated().succeed(try task()) } catch { promise.fail(error) }
            } dropped: {
                promise.fail(EventLoopError.shutdown)
            }
            slot.value = timer
            add(timer)
        }
        if inEventLoop { begin() } else { execute(begin) }
        let callOff: @Sendable () -> Void = {
            // It may come before what was given from another thread.
            if let timer = slot.value { timer.cancel() } else { slot.value = .calledOff() }
        }
        return Scheduled(promise: promise) { [self] in
            if inEventLoop { callOff() } else { execute(callOff) }
        }
    }

    /// Runs a task after a time.
    package func scheduleTask<Value>(
        in time: TimeAmount,
        _ task: @escaping @Sendable () throws -> Value
    ) -> Scheduled<Value> {
        scheduleTask(deadline: .now() + time, task)
    }

    /// The loop itself.
    package func next() -> any EventLoop { self }

    /// The loop itself.
    package func makeIterator() -> EventLoopIterator { EventLoopIterator([self]) }

    /// Ends the loop, and tells it on a queue.
    package func shutdownGracefully(
        queue: DispatchQueue,
        _ callback: @escaping @Sendable ((any Error)?) -> Void
    ) {
        stop { queue.async { callback(nil) } }
    }
}
