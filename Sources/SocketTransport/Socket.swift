import Glibc
import NIOCore

/// What is asked of the system for a socket.
enum Socket {
    /// A new socket for TCP, which doesn't block.
    static func open(_ address: SocketAddress) throws -> Int32 {
        let kind = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let family =
            switch address {
            case .v4: AF_INET
            case .v6: AF_INET6
            case .unixDomainSocket: AF_UNIX
            }
        let socket = Glibc.socket(family, Int32(kind), 0)
        guard socket >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        return socket
    }

    /// Says yes to an option.
    static func set(_ socket: Int32, _ level: Int32, _ option: Int32) throws {
        var yes: Int32 = 1
        guard setsockopt(socket, level, option, &yes, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw IOError(errnoCode: errno, reason: "setsockopt")
        }
    }

    /// Small messages go at once, and a side that is gone is noticed in the end; a socket that can't is used as it is.
    static func prepare(_ socket: Int32) {
        try? set(socket, Int32(IPPROTO_TCP), TCP_NODELAY)
        try? set(socket, SOL_SOCKET, SO_KEEPALIVE)
    }
}
