import Governance
import HTTPTypes

/// All codes that a problem document can have.
enum ProblemCodes {
    /// The codes, sorted.
    static let all: [String] =
        (GovernanceErrorCode.allCases.map(\.rawValue) + DoorErrorCode.allCases.map(\.rawValue)).sorted()

    /// The status that goes with a code.
    static func status(of code: String) -> HTTPResponse.Status {
        DoorErrorCode(rawValue: code)?.status ?? GovernanceErrorCode(rawValue: code)?.status
            ?? .internalServerError
    }
}
