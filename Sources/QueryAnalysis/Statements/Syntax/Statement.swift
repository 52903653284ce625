/// A statement of the subset.
indirect enum Statement: Equatable, Sendable {
    case query(Query)
    /// `COPY (…) TO STDOUT`, with its options.
    case copyOut(Query, [CopyOption])
    case prepare(name: String, types: [QueryType], Query)
    case execute(name: String, [QueryExpression])
    /// Nil for all of them.
    case deallocate(name: String?)
    case declare(name: String, CursorOptions, Query)
    case fetch(name: String, FetchAmount, isMove: Bool)
    /// Nil for all of them.
    case close(name: String?)
    case transaction(TransactionAct)
    case set(SessionSetting, value: String?, isLocal: Bool)
    case show(String)
    /// Every setting to what it was when the session began.
    case resetAll
    /// Nobody can listen here: there is nothing to be ended.
    case unlisten
    /// `DISCARD ALL`: what the session set, prepared and opened.
    case discardAll
    /// `DISCARD PLANS` and the like: of nothing that lasts.
    case discard(DiscardedPart)
}

/// What is discarded without a trace.
enum DiscardedPart: String, Equatable, Sendable {
    case plans = "PLANS"
    case sequences = "SEQUENCES"
    case temporary = "TEMP"
}

/// An option of `COPY … TO STDOUT`.
enum CopyOption: Equatable, Sendable {
    /// `text`, `csv` or `binary`.
    case format(String)
    case delimiter(String)
    case null(String)
    case header(Bool)
    case quote(String)
    case escape(String)
    case forceQuoteAll
    /// The columns whose values are always quoted.
    case forceQuote([String])
}

/// What `DECLARE` says of a cursor.
struct CursorOptions: Equatable, Sendable {
    var isBinary = false
    var isScrollable: Bool?
    var isHeld = false
}

/// How far `FETCH` and `MOVE` go.
enum FetchAmount: Equatable, Sendable {
    case forward(Int64)
    case backward(Int64)
    case absolute(Int64)
    case relative(Int64)
    /// PostgreSQL's mark for `ALL`.
    static let all = Int64.max
}

/// What is done to a transaction; there are none that write.
enum TransactionAct: Equatable, Sendable {
    case begin(isolation: String?, isDeferrable: Bool?)
    case commit(chain: Bool)
    case rollback(chain: Bool)
    case savepoint(String)
    case release(String)
    case rollbackTo(String)
    /// `SET TRANSACTION` or, for the session, `SET SESSION CHARACTERISTICS`.
    case characteristics(isolation: String?, isDeferrable: Bool?, isSession: Bool)
}
