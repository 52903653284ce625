/// What an engine in Ranger's place answers to a request.
package struct RangerOutcome: Hashable, Sendable {
    /// Whether the access is allowed; for masks and filters, whether an item matched.
    package var isAllowed = false
    /// Whether policies settled it.
    package var isDetermined = false
    /// Whether it goes to the audit log.
    package var isAudited = false
    /// Whether policies settled that.
    package var isAuditDetermined = false
    /// The policy that settled the access; -1 for none.
    package var policyId: Int64 = -1
    /// Its version.
    package var policyVersion: Int64?
    /// Its priority.
    package var priority: Int64 = 0
    /// The policy that settled the audit; -1 for none.
    package var auditPolicyId: Int64 = -1
    /// The security zone in which it was looked up; nil for none.
    package var zoneName: String?
    /// Why, where Ranger says so.
    package var reason: String?
    /// The mask type; nil for no mask.
    package var maskType: String?
    /// The mask's expression.
    package var maskedValue: String?
    /// The mask's condition.
    package var maskCondition: String?
    /// The row filter; nil for none.
    package var rowFilter: String?
    /// Shared datasets that hold the resource.
    package var datasets: [String] = []
    /// Shared projects that hold it.
    package var projects: [String] = []

    /// Whether values are masked.
    package var isMaskEnabled: Bool { maskType.map { !$0.isEmpty && $0 != "MASK_NONE" } ?? false }
    /// Whether rows are filtered.
    package var isRowFilterEnabled: Bool { rowFilter.map { !$0.isEmpty } ?? false }
}
