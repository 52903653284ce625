import Glibc

/// The other side of a connection: a socket that blocks.
///
/// INVARIANT: one task at a time has it, so that it needs no lock.
final class Peer: @unchecked Sendable {
    struct Failure: Error {
        let code: Int32
    }

    let socket: Int32

    /// Connects to a port of this machine.
    convenience init(port: Int) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let status = Peer.withAddress(port) { connect(socket, $0, $1) }
        guard status == 0 else { throw Failure(code: errno) }
        self.init(socket)
    }

    private init(_ socket: Int32) {
        self.socket = socket
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(socket) }

    static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Sends all of it, for as long as that takes.
    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw Failure(code: errno) }
            rest = rest.dropFirst(sent)
        }
    }

    /// Sends what the system takes without waiting for the other side for a fifth of a second; how much that was.
    func sendUntilFull(_ bytes: [UInt8]) -> Int {
        var rest = bytes[...]
        var idle = 0
        while !rest.isEmpty, idle < 20 {
            let sent = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if sent > 0 {
                rest = rest.dropFirst(sent)
                idle = 0
            } else {
                idle += 1
                usleep(10_000)
            }
        }
        return bytes.count - rest.count
    }

    /// What comes next, at most so many bytes; nothing at the other side's end.
    func receive(atMost count: Int = 1 << 16) throws -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let read = recv(socket, buffer.baseAddress, buffer.count, 0)
            if read < 0 { failure = errno }
            filled = max(0, read)
        }
        guard failure == 0 else { throw Failure(code: failure) }
        return bytes
    }

    /// So many bytes; fewer when the other side ends before.
    func receive(exactly count: Int) throws -> [UInt8] {
        var all: [UInt8] = []
        all.reserveCapacity(count)
        while all.count < count {
            let next = try receive(atMost: min(1 << 16, count - all.count))
            guard !next.isEmpty else { break }
            all += next
        }
        return all
    }

    /// Says that nothing more comes from this side.
    func finish() { shutdown(socket, Int32(SHUT_WR)) }

    /// Ends without a farewell, so that the other side is reset.
    func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        // The number is given back in `deinit`; until then it leads nowhere.
        dup2(Peer.nowhere, socket)
    }

    private static let nowhere = open("/dev/null", O_RDONLY | O_CLOEXEC)
}

/// A port of this machine.
struct Hole: ~Copyable {
    let port: Int
    private let socket: Int32

    /// One at which nobody takes connections: so many are let in by the system, others wait; nil for one that refuses all.
    init(backlog: Int32?) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.socket = socket
        guard Peer.withAddress(0, { bind(socket, $0, $1) }) == 0 else { throw Peer.Failure(code: errno) }
        if let backlog { listen(socket, backlog) }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(socket) }
}
