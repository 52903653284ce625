import QueryAnalysis

/// What has to be asked outside before the session can go on.
enum SessionQuestion {
    /// What becomes of a text.
    case rewrite(String)
    /// Whether all that was read still holds.
    case check([StatementReads])
}

extension FrontendMessage {
    /// Whether what it names means the same here and in PostgreSQL.
    var hasPlainNames: Bool {
        switch self {
        case .parse(let name, _, _), .describeStatement(let name), .describePortal(let name),
            .execute(let name, _), .closeStatement(let name), .closePortal(let name):
            SessionName.isPlain(name)
        case .bind(let portal, let statement, _):
            SessionName.isPlain(portal) && SessionName.isPlain(statement)
        case .query, .flush, .sync, .password, .functionCall, .copyPart, .terminate: true
        }
    }
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
