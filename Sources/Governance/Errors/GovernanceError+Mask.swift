import CatalogModel
import Masking

extension GovernanceError {
    /// A failure of the masking room, for a table; its messages never hold a value.
    init(mask error: MaskError, table: TableName) {
        self.init(error.code, "table `\(table)`: \(error)")
    }

    /// Whether it is a no rather than a failure.
    var isRefusal: Bool {
        switch code {
        case .denied, .forbidden, .unauthenticated, .unknownUser, .unknownTable, .unknownColumn: true
        case .invalidRequest, .unknownMask, .unsuitableMask, .evaluationFailed, .conflict, .notFound,
            .invalidPolicy, .invalidEntity, .sourceUnavailable, .sourceChanged, .malformedRow, .limitExceeded,
            .storeVersion,
            .storeUnavailable, .auditUnavailable, .internalError:
            false
        }
    }
}

extension MaskError {
    fileprivate var code: GovernanceErrorCode {
        switch self {
        case .deniedColumn: .denied
        case .unknownColumn: .unknownColumn
        case .repeatedColumn: .invalidRequest
        case .unknownMask, .unpublishedExpression: .unknownMask
        case .unsupportedArguments, .unfitType: .unsuitableMask
        case .failedExpression, .impossibleDate: .evaluationFailed
        case .unexpectedColumns: .sourceChanged
        case .malformedValue: .malformedRow
        case .oversizedBatch: .limitExceeded
        }
    }
}
