import NIOCore
import SocketTransport
import Synchronization
import TestSupport
import Testing

@Suite(.aside) struct `A loop` {
    private func loop(_ body: (SocketLoop) async throws -> Void) async throws {
        let group = try SocketLoopGroup(count: 1, name: "test")
        do { try await body(group.loops[0]) } catch {
            await group.stop()
            throw error
        }
        await group.stop()
    }

    @Test func `runs each thread's tasks in their order, on its own thread`() async throws {
        try await loop { loop in
            let seen = NIOLoopBoundBox<[[Int]]>.makeBoxSendingValue([[], [], [], []], eventLoop: loop)
            await withTaskGroup { tasks in
                for teller in 0..<4 {
                    tasks.addTask {
                        for number in 0..<10_000 {
                            loop.execute { seen.value[teller].append(loop.inEventLoop ? number : -1) }
                        }
                    }
                }
            }
            let all = try await loop.submit { seen.value }.get()
            #expect(!loop.inEventLoop)
            for told in all { #expect(told == Array(0..<10_000)) }
        }
    }

    @Test func `runs tasks at their times, in the order of the times`() async throws {
        try await loop { loop in
            let log = Log()
            let start = NIODeadline.now()
            for delay in [90, 10, 50, 30, 70, 10] {
                let number = log.events.count
                _ = loop.scheduleTask(deadline: start + .milliseconds(Int64(delay))) {
                    log.add(NIODeadline.now() >= start + .milliseconds(Int64(delay)) ? "\(delay)" : "early")
                }
                #expect(number == 0)
            }
            let none = loop.scheduleTask(in: .milliseconds(60)) { log.add("called off") }
            none.cancel()
            let failing = loop.scheduleTask(in: .milliseconds(1)) { () throws -> Int in throw Log.TimedOut() }
            await #expect(throws: Log.TimedOut.self) { try await failing.futureResult.get() }
            await #expect(throws: EventLoopError.self) { try await none.futureResult.get() }
            try await log.wait(for: "90")
            #expect(log.events == ["10", "10", "30", "50", "70", "90"])
        }
    }

    @Test func `lets go of a timer that is called off`() async throws {
        final class Held: Sendable {}
        try await loop { loop in
            var held: Held? = Held()
            weak let watched = held
            let timer = loop.scheduleTask(in: .hours(1)) { [held] in _ = held }
            held = nil
            #expect(watched != nil)
            timer.cancel()
            // The loop lets go of what it ran together.
            try await Log().wait { watched == nil }
        }
    }

    @Test func `repeats tasks until told otherwise`() async throws {
        try await loop { loop in
            let log = Log()
            let task = loop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(1)) { task in
                log.add("run")
                if log.events.count == 20 { task.cancel() }
            }
            try await log.wait { log.events.count == 20 }
            try await Task.sleep(for: .milliseconds(30))
            #expect(log.events.count == 20)
            task.cancel()
        }
    }

    @Test func `runs what it was given before it ends, and drops what comes after`() async throws {
        let group = try SocketLoopGroup(count: 1, name: "test")
        let loop = group.loops[0]
        let log = Log()
        let late = loop.scheduleTask(in: .hours(1)) { log.add("late") }
        try await loop.submit { late.futureResult.whenFailure { _ in log.add("run") } }.get()
        for _ in 0..<1000 { loop.execute { loop.execute { log.add("run") } } }
        await group.stop()
        #expect(log.events.count == 1001)
        loop.execute { log.add("dropped") }
        // Once more does no harm.
        await group.stop()
        #expect(log.events.count == 1001)
    }

    @Test func `in a group get their turns`() async throws {
        let group = try SocketLoopGroup(count: 3, name: "test")
        let turns = (0..<300).map { _ in ObjectIdentifier(group.next()) }
        for loop in group.loops { #expect(turns.count { $0 == ObjectIdentifier(loop) } == 100) }
        await group.stop()
    }
}
