import Governance
import QueryAnalysis

/// An error as a client gets it: nothing in it comes from a row.
struct ClientError: Error, Hashable, Sendable {
    var severity = "ERROR"
    let sqlState: String
    let message: String
    /// In characters of the client's own text.
    var position: Int?

    static func fatal(_ sqlState: String, _ message: String) -> ClientError {
        ClientError(severity: "FATAL", sqlState: sqlState, message: message)
    }

    /// What a client that keeps prepared statements answers by preparing them again.
    static let stale = ClientError(
        sqlState: "0A000",
        message: "cached plan must not change result type: policy has changed, prepare the statement again"
    )

    /// A statement of SQL that runs what was prepared by the protocol's messages, whose rows are masked by us.
    static let late = ClientError(
        sqlState: "0A000",
        message:
            "what was prepared or bound by messages of the protocol, and is masked on its way back, can not be "
            + "run by EXECUTE or FETCH: run it by messages of the protocol, or prepare or declare it in SQL"
    )

    static let reservedName = ClientError(
        sqlState: "42939",
        message: "names of prepared statements that begin with \"\(KeptStatement.prefix)\" are reserved here"
    )

    static let unfitName = ClientError(
        sqlState: "42602",
        message:
            "names of prepared statements and portals have up to \(SessionName.limit) bytes of ASCII here"
    )

    static let reservedPortal = ClientError(
        sqlState: "42939",
        message: "this name of a portal is reserved here"
    )

    static let tooMuchPrepared = ClientError(
        sqlState: "53400",
        message: "the session has prepared more than 32 MiB of statements: close some of them"
    )

    static func duplicate(_ name: String) -> ClientError {
        ClientError(sqlState: "42P05", message: "prepared statement \"\(name)\" already exists")
    }

    static func unknown(_ name: String) -> ClientError {
        ClientError(sqlState: "26000", message: "prepared statement \"\(name)\" does not exist")
    }

    /// What was waited for didn't come in time.
    static let noneFree = ClientError(
        sqlState: "53300",
        message: "all connections to the database are taken: try again, or ask for more of them"
    )

    /// Rows came of which it isn't known what they are.
    static let lost = ClientError.fatal(
        "XX000",
        "the database's answers can't be told apart: this session ends"
    )

    init(severity: String = "ERROR", sqlState: String, message: String, position: Int? = nil) {
        self.severity = severity
        self.sqlState = sqlState
        self.message = message
        self.position = position
    }

    init(_ failure: StatementFailure) {
        switch failure {
        case .refused(let error):
            self.init(sqlState: error.code.sqlState, message: error.message, position: error.position)
        case .failed(let error):
            self.init(sqlState: ClientError.sqlState(of: error.code), message: ClientError.words(of: error))
        }
    }

    /// What a source says names files and places, which are nobody's business but of whoever answers for it.
    private static func words(of error: GovernanceError) -> String {
        switch error.code {
        case .sourceUnavailable:
            "what the statement reads is not available now: ask the one who answers for it"
        case .sourceChanged:
            "what the statement reads has changed at its source: ask again, or the one who answers for it"
        case .unauthenticated, .forbidden, .denied, .unknownUser, .unknownTable, .notFound, .unknownColumn,
            .invalidRequest, .unknownMask, .unsuitableMask, .evaluationFailed, .conflict, .invalidPolicy,
            .invalidEntity, .malformedRow, .limitExceeded, .storeVersion, .storeUnavailable,
            .auditUnavailable, .internalError:
            error.message
        }
    }

    private static func sqlState(of code: GovernanceErrorCode) -> String {
        switch code {
        case .unauthenticated: "28P01"
        case .forbidden, .denied, .unknownUser: "42501"
        case .unknownTable, .notFound: "42P01"
        case .unknownColumn: "42703"
        case .invalidRequest, .unknownMask, .unsuitableMask, .evaluationFailed, .conflict, .invalidPolicy,
            .invalidEntity, .sourceChanged, .malformedRow:
            "22000"
        case .limitExceeded: "54000"
        case .sourceUnavailable: "08006"
        case .storeVersion, .storeUnavailable, .auditUnavailable: "58000"
        case .internalError: "XX000"
        }
    }
}

/// An error as PostgreSQL sent it, and what of it may be passed on.
struct UpstreamError {
    private(set) var sqlState = "XX000"
    private(set) var message = ""
    private(set) var severity = "ERROR"
    /// Whether the words are ours, made from names and the statement's text alone.
    private var isOwn = false

    /// An error of a statement that we answered ourselves.
    init(_ fault: EngineFault) {
        sqlState = fault.sqlState
        message = fault.message
        isOwn = true
    }

    /// An error of ours, told in PostgreSQL's place.
    init(_ error: ClientError) {
        sqlState = error.sqlState
        message = error.message
        severity = error.severity
        isOwn = true
    }

    /// Takes the fields of an `ErrorResponse`.
    init(fields: [(kind: UInt8, value: String)]) {
        for (kind, value) in fields {
            switch kind {
            case UInt8(ascii: "C"): sqlState = value
            case UInt8(ascii: "M"): message = value
            case UInt8(ascii: "V"): severity = value
            default: break
            }
        }
    }

    /// What the client gets: PostgreSQL's words only for errors that are made from the statement's text alone, a
    /// sentence of ours for some others, and for the rest nothing but the code.
    ///
    /// Detail, hint, context and positions, which are those of another text, never pass.
    var forClient: ClientError {
        let isFatal = severity == "FATAL" || severity == "PANIC"
        let text =
            isOwn || UpstreamError.verbatim.contains(sqlState) || sqlState.hasPrefix("53")
            ? message
            : UpstreamError.sentences[sqlState]
                ?? "the statement failed, details withheld (SQLSTATE \(sqlState))"
        return ClientError(severity: isFatal ? "FATAL" : "ERROR", sqlState: sqlState, message: text)
    }

    /// Codes of errors about names, grammar and transactions.
    private static let verbatim: Set<String> = [
        "42601", "42703", "42702", "42803", "42804", "42725", "42P10", "42P18", "42P20", "42P19", "42701",
        "42712",
        "25P02", "25P01", "25001", "25006", "57014", "57P01", "57P02", "57P03", "26000", "34000", "3B001",
        "40001",
        "40P01", "42P05", "42P03",
    ]

    /// Codes of errors about data, in words that hold none.
    private static let sentences = [
        "22012": "division by zero", "22003": "value out of range",
        "22P02": "invalid input syntax for the type",
        "22007": "invalid input syntax for a date or time", "22008": "date or time out of range",
        "22001": "value too long for the type", "22023": "invalid parameter value",
        "21000": "more than one row returned by a subquery used as an expression",
        "42883": "no function or operator matches the given name and argument types",
        "42P01": "relation does not exist", "42846": "cannot cast between these types",
        "2201B": "invalid regular expression", "22025": "invalid escape sequence",
        "22019": "invalid escape character", "2202E": "array subscript error",
        "2201W": "LIMIT must not be negative",
        "2201X": "OFFSET must not be negative", "54000": "a limit of the database was passed",
        "54001": "the statement is too complex", "0A000": "this is not supported by the database",
    ]

    /// The number of the refusal that this error stands for; nil when it is an error of PostgreSQL's own.
    var refusal: Int? {
        guard sqlState == "42883", let start = message.firstRange(of: Refusals.mark) else { return nil }
        let digits = message[start.upperBound...].prefix { $0.isNumber }
        return Int(digits)
    }
}

/// Refused statements, sent upstream as a call of a function that can't exist, so that transactions and pipelines go
/// on as PostgreSQL has them; the error that comes back is exchanged for the refusal.
struct Refusals {
    static let mark = "steward_refusal_"

    private var errors: [Int: ClientError] = [:]
    private var next = 1

    /// The text to send in a statement's place.
    mutating func text(for error: ClientError) -> String {
        let number = next
        next += 1
        errors[number] = error
        return "SELECT pg_catalog.\(Refusals.mark)\(number)()"
    }

    /// The refusal that came back.
    mutating func take(_ number: Int) -> ClientError? { errors.removeValue(forKey: number) }

    /// Forgets refusals that PostgreSQL passed over.
    mutating func removeAll() { errors = [:] }
}
