import Governance
import HTTPTypes

extension GovernanceErrorCode {
    /// The status that goes with the code.
    var status: HTTPResponse.Status {
        switch self {
        case .invalidRequest: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden, .denied: .forbidden
        case .unknownUser, .unknownTable, .unknownColumn, .notFound: .notFound
        case .conflict: .conflict
        case .limitExceeded: .contentTooLarge
        case .unknownMask, .unsuitableMask, .evaluationFailed, .invalidPolicy, .invalidEntity, .malformedRow:
            .unprocessableContent
        case .sourceUnavailable, .sourceChanged: .badGateway
        case .storeVersion, .storeUnavailable, .auditUnavailable: .serviceUnavailable
        case .internalError: .internalServerError
        }
    }

    /// The kind of problem in a few words.
    var title: String {
        switch self {
        case .invalidRequest: "The request is wrong"
        case .unauthenticated: "Sign in first"
        case .forbidden: "You may not do this"
        case .denied: "Policy denies it"
        case .unknownUser: "There is no such user"
        case .unknownTable: "There is no such table"
        case .unknownColumn: "There is no such column"
        case .unknownMask: "Policy names a mask that isn't known"
        case .unsuitableMask: "A mask doesn't fit its column"
        case .evaluationFailed: "A mask or row filter can't work on a value"
        case .conflict: "Something of that name is there already"
        case .notFound: "There is no such thing"
        case .invalidPolicy: "The policy isn't acceptable"
        case .invalidEntity: "It doesn't fit its type"
        case .sourceUnavailable: "The source can't be read"
        case .sourceChanged: "The source has changed"
        case .malformedRow: "A row can't be read"
        case .limitExceeded: "A limit was passed"
        case .storeVersion: "The store is of another version"
        case .storeUnavailable: "The catalog can't be reached"
        case .auditUnavailable: "The audit log can't be written"
        case .internalError: "Something is wrong with the server"
        }
    }

    /// What callers are told of a failure whose message names files or says how the server is doing; nil when they may
    /// read the message.
    var generalDetail: String? {
        switch self {
        case .sourceUnavailable:
            "the source of the table can't be read: tell an administrator, with the request id"
        case .sourceChanged:
            "the source has other columns than the catalog: tell an administrator, with the request id"
        case .storeVersion, .storeUnavailable: "the catalog can't be reached: try again"
        case .auditUnavailable: "the audit log can't be written, so nothing is handed out: try again"
        case .internalError: "tell an administrator, with the request id"
        case .invalidRequest, .unauthenticated, .forbidden, .denied, .unknownUser, .unknownTable,
            .unknownColumn,
            .unknownMask, .unsuitableMask, .evaluationFailed, .conflict, .notFound, .invalidPolicy,
            .invalidEntity, .malformedRow, .limitExceeded:
            nil
        }
    }
}

extension DoorErrorCode {
    /// The status that goes with the code.
    var status: HTTPResponse.Status {
        switch self {
        case .noSuchRoute: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .notAcceptable: .notAcceptable
        case .unsupportedMediaType: .unsupportedMediaType
        case .bodyTooLarge: .contentTooLarge
        case .addressTooLong: .uriTooLong
        case .headerTooLarge: .requestHeaderFieldsTooLarge
        case .malformedBody: .badRequest
        case .requestTimeout: .requestTimeout
        case .tooManySignIns: .tooManyRequests
        case .busy: .serviceUnavailable
        case .crossSite: .forbidden
        }
    }

    /// The kind of problem in a few words.
    var title: String {
        switch self {
        case .noSuchRoute: "There is no such route"
        case .methodNotAllowed: "The route doesn't know that method"
        case .notAcceptable: "There is no answer of that kind"
        case .unsupportedMediaType: "A body of that kind isn't read"
        case .bodyTooLarge: "The body is too long"
        case .addressTooLong: "The address is too long"
        case .headerTooLarge: "The header is too long"
        case .malformedBody: "The body can't be read"
        case .requestTimeout: "The request took too long to arrive"
        case .tooManySignIns: "Too many wrong passwords or tokens"
        case .busy: "The server has enough to do"
        case .crossSite: "Another site's page may not do this"
        }
    }
}
