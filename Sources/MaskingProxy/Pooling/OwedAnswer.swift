import QueryAnalysis

/// An answer that PostgreSQL owes to a session on a connection that others use too, in the order of the answers.
enum OwedAnswer {
    /// To a message of ours, which the session knows nothing of.
    case ours(OwnMessage)
    /// `former` is what the name meant; nothing was sent when it is answered already.
    case parse(name: String, KeptStatement, former: KeptStatement?, isAnswered: Bool)
    case closeStatement(name: String, former: KeptStatement?, isAnswered: Bool)
    /// `Bind`, or the end of a portal; with the statement's name that the client said, if any.
    case bindOrClose(String)
    case describe(String)
    /// `former` is what the names meant that it makes mean nothing.
    case execute([StatementEffect], former: [String: KeptStatement])
    /// `done` of its statements have ended; `former` is what the unnamed statement was.
    case query([StatementEffect], done: Int, former: KeptStatement?)
    /// What was sent in a message's place fails, and this is told.
    case refusal(ClientError, isQuery: Bool)
    case sync

    /// What is said to PostgreSQL beside what sessions say.
    enum OwnMessage {
        /// Prepares a statement that is needed next.
        case parse(String)
        /// Prepares one under the client's own name, for statements of SQL that name it.
        case parseNamed(String)
        case close(String)
        case closeNamed(String)
        /// Ends a series of such; it must not fail the session's own.
        case sync
        /// Gives the connection the session's settings.
        case applySettings
        /// Asks which settings the session has changed.
        case learnSettings
    }

    /// Whether it is answered without PostgreSQL, once its turn comes.
    var isAnswered: Bool {
        switch self {
        case .parse(_, _, _, let isAnswered), .closeStatement(_, _, let isAnswered): isAnswered
        case .ours, .bindOrClose, .describe, .execute, .query, .refusal, .sync: false
        }
    }

    /// Whether PostgreSQL's next `ReadyForQuery` belongs to it.
    var endsSeries: Bool {
        switch self {
        case .query, .sync, .refusal(_, isQuery: true): true
        case .ours(.sync), .ours(.applySettings), .ours(.learnSettings): true
        case .ours, .parse, .closeStatement, .bindOrClose, .describe, .execute, .refusal: false
        }
    }

    /// Whether an error leaves it in its place, because PostgreSQL doesn't pass over it.
    var isSync: Bool {
        switch self {
        case .sync, .ours(.sync): true
        case .ours, .parse, .closeStatement, .bindOrClose, .describe, .execute, .query, .refusal: false
        }
    }

    /// Whether it ends messages of ours that must not fail the session's own.
    var isOwnSync: Bool { if case .ours(.sync) = self { true } else { false } }

    /// Whether nothing of its answer is for the client.
    var isOurs: Bool { if case .ours = self { true } else { false } }
}

extension StatementEffect {
    /// Whether it is about prepared statements.
    var isAboutStatements: Bool {
        switch self {
        case .deallocates, .discardsAll: true
        case .prepares, .executes, .query, .copyOut, .declares, .fetches, .closes, .session, .changesSettings:
            statementName != nil
        }
    }

    /// The prepared statement that a statement of SQL names.
    var statementName: String? {
        switch self {
        case .prepares(let name), .executes(let name), .deallocates(let name?): name
        case .query, .copyOut, .deallocates(nil), .declares, .fetches, .closes, .session,
            .changesSettings, .discardsAll:
            nil
        }
    }
}
