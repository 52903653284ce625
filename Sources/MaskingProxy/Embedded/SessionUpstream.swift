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
    /// Lets go of the client; for one of which no answer is owed, so that it may serve another.
    func release()
    /// Stops what runs.
    func cancel()
}

extension UpstreamConnection: SessionUpstream {}
