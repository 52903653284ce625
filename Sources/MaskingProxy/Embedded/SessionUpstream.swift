import NIOCore

/// What a session's governed statements are sent to; used on the client's event loop alone.
protocol SessionUpstream: AnyObject {
    /// The settings that it told at the start.
    var settings: [String: String] { get }
    /// Whether what the client sends may be written on.
    var isWritable: Bool { get }
    /// Sends messages.
    func write(_ bytes: ByteBuffer)
    /// The client takes more.
    func resumeReading()
    /// Ends it and lets go of the client.
    func close()
    /// Stops what runs.
    func cancel(on loop: any EventLoop)
}

extension UpstreamConnection: SessionUpstream {}
