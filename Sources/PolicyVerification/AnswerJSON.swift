import PolicyEngine

/// Answers of a policy decision point as JSON.
enum AnswerJSON {
    static func node(_ answer: PermissionAnswer) -> JSONNode {
        var members = JSONMembers()
        members.append("permission", .string(answer.permission))
        var access = JSONMembers()
        access.append("decision", .string(answer.decision.rawValue))
        access.append("policy", node(answer.source))
        members.append("access", .object(access))
        if let type = answer.maskType {
            var mask = JSONMembers()
            mask.append("maskType", .string(type))
            if let value = answer.maskedValue { mask.append("maskedValue", .string(value)) }
            if let source = answer.maskSource { mask.append("policy", node(source)) }
            members.append("dataMask", .object(mask))
        }
        if let expression = answer.rowFilter {
            var filter = JSONMembers()
            filter.append("filterExpr", .string(expression))
            if let source = answer.rowFilterSource { filter.append("policy", node(source)) }
            members.append("rowFilter", .object(filter))
        }
        if !answer.parts.isEmpty {
            var parts = JSONMembers()
            for (name, part) in answer.parts { parts.append(name, node(part)) }
            members.append("subResources", .object(parts))
        }
        return .object(members)
    }

    private static func node(_ source: PermissionAnswer.Source) -> JSONNode {
        var members = JSONMembers()
        members.append("id", .integer(source.id))
        if let version = source.version { members.append("version", .integer(version)) }
        return .object(members)
    }
}

/// Documents as texts that are equal when they mean the same: members sorted, absent and null ones left out.
enum Canonical {
    static func text(_ node: JSONNode) -> String {
        switch node {
        case .null, .bool, .integer, .number: return node.scalarText ?? "null"
        case .string(let text): return "\"\(text)\""
        case .array(let list): return "[" + list.map(text).joined(separator: ", ") + "]"
        case .object(let members):
            let pairs = zip(members.names, members.values).filter { !$0.1.isNull }.sorted { $0.0 < $1.0 }
            return "{" + pairs.map { "\($0.0): \(text($0.1))" }.joined(separator: ", ") + "}"
        }
    }
}

/// Compares audit records, member by member, as far as the file names them.
enum AuditCheck {
    /// What goes to the audit log for one permission.
    static func record(_ answer: PermissionAnswer, _ question: AuthorizationQuestion, _ service: String)
        -> JSONNode
    {
        let name = question.resource
        let colon = name.firstIndex(of: ":") ?? name.startIndex
        var members = JSONMembers()
        members.append("reqUser", .string(question.request.user ?? ""))
        members.append("access", .string(answer.permission))
        members.append("action", .string(question.request.action ?? ""))
        members.append("repo", .string(service))
        members.append("resType", .string(String(name[..<colon])))
        members.append("resource", .string(String(name[colon...].dropFirst())))
        members.append("result", .integer(answer.decision == .allow ? 1 : 0))
        members.append("policy", .integer(answer.source.id))
        members.append("enforcer", .string("ranger-acl"))
        return .object(members)
    }

    static func problems(_ wanted: [JSONNode], _ got: [JSONNode]) -> [(expected: String, got: String)] {
        guard wanted.count == got.count else { return [("\(wanted.count) records", "\(got.count) records")] }
        var check = OutcomeCheck()
        for (wanted, got) in zip(wanted, got) {
            for (name, value) in zip(wanted.members?.names ?? [], wanted.members?.values ?? [])
            where name != "agent" {
                // The agent is the name of whoever runs the engine, not part of its answer.
                check.compare(name, value.scalarText ?? "null", got[name]?.scalarText ?? "absent")
            }
        }
        return check.problems
    }
}
