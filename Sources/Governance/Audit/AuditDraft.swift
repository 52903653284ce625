import CatalogModel
import PolicyEngine

/// An audit line under construction: filled as far as the act came.
struct AuditDraft: Sendable {
    let caller: Caller
    let user: UserName
    var act: AuditAct
    let resource: String
    var purpose: String?
    var version: Int64?
    var rows: Int?
    private var columns: [String] = []
    private var policies: [String] = []

    init(caller: Caller, user: UserName, act: AuditAct, resource: String) {
        self.caller = caller
        self.user = user
        self.act = act
        self.resource = String(resource.prefix(1000))
    }

    /// Takes over each column's treatment and the policies that decided.
    mutating func describe(_ decision: Decision) {
        version = decision.version
        purpose = decision.purpose
        columns += decision.columns.map { "\($0.column): \($0.treatment.label)" }
        let reasons = decision.columns.map(\.reason) + (decision.rowFilter.map { [$0.reason] } ?? [])
        let cited = reasons.flatMap(\.steps).compactMap { step -> String? in
            switch step {
            case .policy(let policy): "\(policy.id) \(policy.name)"
            case .superUser(let name, let service): "super user of \(service): \(name)"
            case .shared(let citation): "shared by \(citation.names): \(citation.policy)"
            case .zone(let name): "zone \(name)"
            case .tag, .noPolicy: nil
            }
        }
        policies = Array(Set(policies + cited)).sorted()
    }

    func record(_ outcome: AuditOutcome, errorCode: GovernanceErrorCode? = nil, at time: Instant)
        -> AuditRecord
    {
        AuditRecord(
            time: time,
            request: caller.request,
            user: user,
            actor: caller.user,
            act: act,
            resource: resource,
            purpose: purpose.map { String($0.prefix(200)) },
            columns: columns,
            policies: policies,
            outcome: outcome,
            errorCode: errorCode?.rawValue,
            rows: rows,
            version: version
        )
    }

    /// The line for an act that ended with an error.
    func record(refusing error: GovernanceError, at time: Instant) -> AuditRecord {
        record(error.isRefusal ? .denied : .failed, errorCode: error.code, at: time)
    }
}

extension Treatment {
    /// One word for logs, tables and answers: `clear`, `denied`, or the mask type.
    package var label: String {
        switch self {
        case .clear: "clear"
        case .masked(let mask): mask.maskType
        case .denied: "denied"
        }
    }
}
