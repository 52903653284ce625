import NIOCore
import Synchronization

/// Some loops, among which connections are divided evenly.
package final class SocketLoopGroup: Sendable {
    /// All of them; at least one.
    package let loops: [SocketLoop]
    private let turn = Atomic<Int>(0)

    /// Starts loops.
    ///
    /// - Parameters:
    ///   - count: How many; 0 for one a core.
    ///   - name: What their threads are called, of at most 12 characters.
    /// - Throws: `IOError` when the system has no room for them.
    package init(count: Int, name: String) throws {
        let count = count > 0 ? count : System.coreCount
        var loops: [SocketLoop] = []
        do {
            for number in 0..<count { loops.append(try SocketLoop(name: "\(name)-\(number)")) }
        } catch {
            for loop in loops { loop.stop {} }
            throw error
        }
        self.loops = loops
    }

    /// The loop whose turn it is.
    package func next() -> SocketLoop {
        let turn = self.turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: turn) % UInt(loops.count))]
    }

    /// Ends the loops, and waits until they have.
    package func stop() async {
        for loop in loops {
            await withCheckedContinuation { continuation in loop.stop { continuation.resume() } }
        }
    }
}
