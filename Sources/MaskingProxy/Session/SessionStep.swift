import QueryAnalysis

/// What has to be asked outside before the session can go on.
enum SessionQuestion {
    /// What becomes of a text.
    case rewrite(String)
    /// Whether all that was read still holds.
    case check([StatementReads])
}

/// What to do after a message.
enum SessionStep {
    /// The next message may be looked at.
    case next
    /// Nothing may be looked at before ``SessionCore`` has the answer.
    case ask(SessionQuestion)
    /// The session is over; the error is for the client.
    case close(ClientError?)
}
