import Glibc
package import NIOCore

/// What NIO's handlers see of a connection.
extension SocketChannel: Channel {
    /// Makes buffers.
    package var allocator: ByteBufferAllocator { allocated }

    /// Told when the connection has been closed.
    package var closeFuture: EventLoopFuture<Void> { closePromise.futureResult }

    /// The address of this side.
    package var localAddress: SocketAddress? { local }

    /// The address of the other side.
    package var remoteAddress: SocketAddress? { remote }

    /// None.
    package var parent: (any Channel)? { nil }

    /// Itself.
    package var _channelCore: any ChannelCore { self }

    /// The loop that the connection lives on.
    package var eventLoop: any EventLoop { socketLoop }

    /// What handlers may ask about.
    package var syncOptions: (any NIOSynchronousChannelOptions)? { SocketOptions() }

    /// None can be set.
    package func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<
        Void
    > {
        eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
    }

    /// One of those that ``syncOptions`` knows.
    package func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
        do { return eventLoop.makeSucceededFuture(try SocketOptions().getOption(option)) } catch {
            return eventLoop.makeFailedFuture(error)
        }
    }
}

/// What handlers may ask a connection about; the same for all.
private struct SocketOptions: NIOSynchronousChannelOptions {
    func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) throws {
        throw ChannelError.operationUnsupported
    }

    func getOption<Option: ChannelOption>(_ option: Option) throws -> Option.Value {
        let value: Any? =
            switch option {
            case is ChannelOptions.Types.AutoReadOption: true
            case is ChannelOptions.Types.AllowRemoteHalfClosureOption: false
            default: nil
            }
        guard let value = value as? Option.Value else { throw ChannelError.operationUnsupported }
        return value
    }
}

extension SocketAddress {
    /// The address that a socket has on this side.
    static func local(of socket: Int32) -> SocketAddress? {
        address { getsockname(socket, $0, $1) }
    }

    /// The address that a call of the system fills in; nil when it fails, or for an address that isn't IP's.
    static func address(
        _ fill: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            let raw = UnsafeMutableRawPointer(pointer)
            let status = raw.withMemoryRebound(to: sockaddr.self, capacity: 1) { fill($0, &length) }
            guard status >= 0 else { return nil }
            return SocketAddress(raw)
        }
    }

    /// The address at a place, which holds IP's; nil for others.
    init?(_ raw: UnsafeRawPointer) {
        switch Int32(raw.load(as: sockaddr.self).sa_family) {
        case AF_INET: self = SocketAddress(raw.load(as: sockaddr_in.self))
        case AF_INET6: self = SocketAddress(raw.load(as: sockaddr_in6.self))
        default: return nil
        }
    }
}
