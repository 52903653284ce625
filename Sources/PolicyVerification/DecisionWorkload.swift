import CatalogModel
package import PolicyEngine

/// Policies, questions and recorded verdicts for measuring decisions.
package struct DecisionWorkload: Sendable {
    /// A question with its recorded verdict.
    package struct Case: Sendable {
        /// What is asked.
        package let question: AccessQuestion
        /// Access or masks.
        package let type: PolicyType
        /// What Ranger answered; of a mask only the type and the policy count.
        package let wanted: AccessAnswer

        /// Whether an answer is the recorded one.
        package func isMet(by answer: AccessAnswer) -> Bool {
            guard answer.policyId == wanted.policyId else { return false }
            if type == .dataMask { return answer.maskType == wanted.maskType }
            return answer.isAudited == wanted.isAudited && answer.isDetermined == wanted.isDetermined
                && (!answer.isDetermined || answer.isAllowed == wanted.isAllowed)
        }
    }

    /// Reads a file of policies, as golden files have them.
    ///
    /// - Throws: what is wrong, with its path.
    package static func setup(_ bytes: [UInt8]) throws -> RangerEngine.Setup {
        let reader = try NodeReader(try JSONReader.read(bytes), "", knows: GoldenFile.members)
        var setup = RangerEngine.Setup()
        setup.policies = try reader.decodeExactly("servicePolicies") ?? PolicyDownload()
        setup.tags = try reader.decodeExactly("serviceTags")
        setup.roles = try reader.decodeExactly("roles", RoleDownload.self)?.roles ?? []
        setup.userStore = try reader.decodeExactly("userStore") ?? UserStore()
        setup.sharing = try reader.decodeExactly("gdsInfo")
        return setup
    }

    /// Reads a file of requests and one of the verdicts on them, in the same order.
    ///
    /// - Throws: what is wrong, with its path; requests that a short question can't say among it.
    package static func cases(requests: [UInt8], verdicts: [UInt8]) throws -> [Case] {
        let reader = try NodeReader(try JSONReader.read(requests), "", knows: ["name", "requests"])
        let nodes = try reader.list("requests")
        guard let wanted = try JSONReader.read(verdicts).list, wanted.count == nodes.count else {
            throw VerificationError("the verdicts must be a list of one for each of \(nodes.count) requests")
        }
        return try nodes.indices.map { index in
            let path = "requests[\(index)]"
            let reader = try NodeReader(nodes[index], path, knows: ["op", "request"])
            let request = try RequestReader.request(reader["request"] ?? .null, "\(path).request")
            let type = try type(of: try reader.text("op") ?? "", at: path)
            let verdict = try answer(wanted[index], type, "verdicts[\(index)]")
            return Case(question: try question(request, path), type: type, wanted: verdict)
        }
    }

    private static func type(of name: String, at path: String) throws -> PolicyType {
        switch name {
        case "access": return .access
        case "mask": return .dataMask
        default: throw VerificationError("`\(path).op` must be `access` or `mask`")
        }
    }

    private static func question(_ request: AccessRequest, _ path: String) throws -> AccessQuestion {
        let question = AccessQuestion(
            user: request.user ?? "",
            groups: request.groups,
            accessType: request.accessType,
            resource: request.elements.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.first ?? "") },
            time: request.accessTime ?? Instant(microseconds: 0)
        )
        guard request.user != nil, request.accessTime != nil,
            request.elements.values.allSatisfy({ $0.count == 1 })
        else { throw VerificationError("`\(path)` must have a user, a time and one value at each level") }
        return question
    }

    private static func answer(_ node: JSONNode, _ type: PolicyType, _ path: String) throws -> AccessAnswer {
        var answer = AccessAnswer()
        guard let list = node.list, list.count >= 2, case .integer(let policy) = list[1] else {
            throw VerificationError("`\(path)` must be a list of an outcome and the number of a policy")
        }
        answer.policyId = policy
        if type == .dataMask {
            answer.maskType = list[0].text
            return answer
        }
        if case .bool(let isAllowed) = list[0] {
            answer.isAllowed = isAllowed
            answer.isDetermined = true
        }
        if list.count > 2, case .bool(let isAudited) = list[2] { answer.isAudited = isAudited }
        return answer
    }
}
