import PolicyEngine

/// Compares outcomes with what a file expects, member by member.
struct OutcomeCheck {
    /// What Ranger's results of an access have; each runner compares its own choice of them.
    static let resultMembers: Set<String> = [
        "serviceName", "serviceDef", "request", "policyType", "isAccessDetermined", "isAllowed",
        "isAccessAllowed", "isAuditedDetermined", "isAudited", "auditLogId", "auditPolicyId", "policyId",
        "policyPriority", "zoneName", "policyVersion", "evaluatedPoliciesCount", "reason", "additionalInfo",
    ]

    private(set) var problems: [(expected: String, got: String)] = []

    mutating func compare(_ name: String, _ expected: String, _ got: String) {
        if expected != got { problems.append(("\(name) \(expected)", "\(name) \(got)")) }
    }

    mutating func compare(_ problem: (expected: String, got: String)) { problems.append(problem) }

    mutating func compare(_ name: String, _ expected: [Int64], _ got: Set<Int64>) {
        compare(name, "\(Set(expected).sorted())", "\(got.sorted())")
    }

    mutating func flag(_ reader: NodeReader, _ name: String, _ got: Bool) throws {
        if let expected = try reader.flag(name) { compare(name, "\(expected)", "\(got)") }
    }

    mutating func integer(_ reader: NodeReader, _ name: String, _ got: Int64?) throws {
        guard let value = reader.node.members?[name] else { return }
        compare(name, value.isNull ? "null" : value.scalarText ?? "?", got.map { "\($0)" } ?? "null")
    }

    mutating func text(_ reader: NodeReader, _ name: String, _ got: String?) throws {
        guard let value = reader.node.members?[name] else { return }
        compare(name, value.isNull ? "null" : value.scalarText ?? "?", got ?? "null")
    }

    mutating func set(_ reader: NodeReader, _ name: String, _ got: [String]) throws {
        let expected = try reader.texts(name)
        compare(name, "\(expected.sorted())", "\(got.sorted())")
    }
}
