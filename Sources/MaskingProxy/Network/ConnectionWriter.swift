import Glibc
import NIOCore

/// Writes to one connection: without TLS at once what the system takes, the rest through the connection's pipeline.
///
/// The pipeline's own way costs as much as all else that is done for a message. On the connection's event loop alone.
final class ConnectionWriter {
    /// The connection and its socket, when what is written may go there as it is.
    private var direct: (channel: any Channel, socket: NIOBSDSocket.Handle)?
    /// Writes that the pipeline has and that haven't ended: what comes later goes behind them.
    private var behind = 0

    /// Begins to write at once; called when nothing in the pipeline changes what is written.
    func begin(over context: ChannelHandlerContext) {
        let socket = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { $0 }
        direct = socket.flatMap { $0 }.map { (context.channel, $0) }
    }

    /// The connection ends: the number of its socket may be another's soon.
    func end() { direct = nil }

    func write(_ bytes: ByteBuffer, over context: ChannelHandlerContext) {
        var rest = bytes
        // An open connection's number is its own: nothing but this event loop closes it.
        guard let direct, direct.channel.isActive else {
            context.writeAndFlush(NIOAny(rest), promise: nil)
            return
        }
        if behind == 0 {
            let sent = rest.withUnsafeReadableBytes { bytes in
                send(direct.socket, bytes.baseAddress, bytes.count, ConnectionWriter.flags)
            }
            if sent == rest.readableBytes { return }
            // An error comes again in the pipeline, which closes the connection for it.
            if sent > 0 { rest.moveReaderIndex(forwardBy: sent) }
        }
        behind += 1
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [self] _ in behind -= 1 }
        context.writeAndFlush(NIOAny(rest), promise: promise)
    }

    private static let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
}
