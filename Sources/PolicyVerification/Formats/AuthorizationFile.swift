import CatalogModel
import PolicyEngine

/// Files of questions to a policy decision point, of one resource or several, and of who has which permissions.
struct AuthorizationFile: VerificationFormat {
    static let name = "authorization"

    static func recognises(_ document: JSONNode, path: String) -> Bool {
        (document.list ?? []).contains { node in
            node["request"]?["access"] != nil || node["request"]?["accesses"] != nil
                || node["permissions"] != nil && node["context"] != nil
        }
    }

    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws {
        var engines: [String: RangerEngine] = [:]
        for (index, node) in (document.list ?? []).enumerated() {
            let names: Set<String> = ["request", "result", "audits", "resource", "context", "permissions"]
            let reader = try NodeReader(node, "[\(index)]", knows: names)
            guard let about = reader["request"]?["context"] ?? reader["context"] else { continue }
            // Ranger's own tests configure `dev_TYPE` as the service of each type.
            guard let service = about["serviceName"]?.text ?? about["serviceType"]?.text.map({ "dev_\($0)" })
            else { throw VerificationError("`[\(index)]`: the service's name is missing") }
            let engine = try engines[service] ?? engine(service, context)
            engines[service] = engine
            let run = AuthorizationRun(engine: engine, service: service, now: context.now)
            if reader.has("request") {
                try run.question(reader, &report)
            } else {
                try run.permissions(reader, &report)
            }
        }
    }

    private static func engine(_ service: String, _ context: VerificationContext) throws -> RangerEngine {
        var setup = RangerEngine.Setup()
        setup.policies = try context.decode("\(service).json")
        let has = { (suffix: String) in (try? context.companionBytes("\(service)_\(suffix).json")) != nil }
        if has("tag") { setup.tags = try context.decode("\(service)_tag.json") }
        if has("roles") { setup.roles = try context.decode("\(service)_roles.json", RoleDownload.self).roles }
        if has("userstore") { setup.userStore = try context.decode("\(service)_userstore.json") }
        if has("gds") { setup.sharing = try context.decode("\(service)_gds.json") }
        setup.options = try context.options(zone: "UTC")
        return try RangerEngine(setup)
    }
}

private struct AuthorizationRun {
    let engine: RangerEngine
    let service: String
    let now: Instant

    func question(_ reader: NodeReader, _ report: inout FileReport) throws {
        let path = reader.place("request")
        let names: Set<String> = ["requestId", "user", "access", "accesses", "context"]
        let request = try NodeReader(reader["request"] ?? .null, path, knows: names)
        let base = try common(request)
        let id = try request.text("requestId")
        var audits: [JSONNode] = []
        var result = JSONMembers()
        if let id { result.append("requestId", .string(id)) }
        if request.has("accesses") {
            var decisions: [String] = []
            var all: [JSONNode] = []
            for (index, node) in try request.list("accesses").enumerated() {
                let (decision, members) = try access(node, "\(path).accesses[\(index)]", base, &audits)
                decisions.append(decision)
                all.append(.object(members))
            }
            let isSame = Set(decisions).count == 1
            result.append("decision", .string(isSame ? decisions[0] : "PARTIAL"))
            result.append("accesses", .array(all))
        } else {
            let (_, members) = try access(request["access"] ?? .null, "\(path).access", base, &audits)
            for (name, value) in zip(members.names, members.values) { result.append(name, value) }
        }
        let name = id ?? reader.path
        report.check(
            name,
            expected: Canonical.text(reader["result"] ?? .null),
            got: Canonical.text(.object(result))
        )
        if reader.has("audits") {
            report.check("\(name), audits", try AuditCheck.problems(reader.list("audits"), audits))
        }
    }

    /// Who asks and from where.
    private func common(_ request: NodeReader) throws -> AccessRequest {
        let names: Set<String> = ["name", "attributes", "groups", "roles"]
        let user = try NodeReader(request["user"] ?? .null, request.place("user"), knows: names)
        let about: Set<String> = [
            "serviceType", "serviceName", "accessTime", "clientIpAddress", "forwardedIpAddresses",
            "additionalInfo",
        ]
        let context = try NodeReader(request["context"] ?? .null, request.place("context"), knows: about)
        var result = AccessRequest()
        result.user = try user.text("name")
        result.groups = try user.texts("groups")
        let roles = try user.texts("roles")
        result.roles = roles.isEmpty ? nil : roles
        if let time = try context.integer("accessTime") {
            let (microseconds, isTooLarge) = time.multipliedReportingOverflow(by: 1000)
            guard !isTooLarge else {
                throw VerificationError("`\(context.place("accessTime"))` is out of range")
            }
            result.accessTime = Instant(microseconds: microseconds)
        }
        result.clientAddress = try context.text("clientIpAddress")
        result.forwardedAddresses = try context.texts("forwardedIpAddresses")
        let more = context["additionalInfo"]
        result.clientType = more?["clientType"]?.text
        result.clusterName = more?["clusterName"]?.text
        result.clusterType = more?["clusterType"]?.text
        result.requestData = more?["requestData"]?.text
        return result
    }

    private func access(_ node: JSONNode, _ path: String, _ base: AccessRequest, _ audits: inout [JSONNode])
        throws -> (
            String, JSONMembers
        )
    {
        let reader = try NodeReader(node, path, knows: ["resource", "action", "permissions"])
        let names: Set<String> = ["name", "subResources", "nameMatchScope", "attributes"]
        let resource = try NodeReader(reader["resource"] ?? .null, "\(path).resource", knows: names)
        var question = AuthorizationQuestion()
        question.request = base
        question.request.action = try reader.text("action")
        question.request.owner = resource["attributes"]?["OWNER"]?.text
        question.resource = try resource.text("name") ?? ""
        question.subResources = try resource.texts("subResources")
        question.permissions = try reader.texts("permissions")
        let answers = try engine.authorize(question, now: now)
        var permissions = JSONMembers()
        for answer in answers { permissions.append(answer.permission, AnswerJSON.node(answer)) }
        let decisions = answers.map(\.decision)
        let decision: PermissionAnswer.Decision =
            decisions.contains(.deny) ? .deny : decisions.contains(.open) ? .open : .allow
        audits += answers.map { AuditCheck.record($0, question, service) }
        var result = JSONMembers()
        result.append("decision", .string(decision.rawValue))
        result.append("permissions", .object(permissions))
        return (decision.rawValue, result)
    }

    func permissions(_ reader: NodeReader, _ report: inout FileReport) throws {
        let resource = try NodeReader(
            reader["resource"] ?? .null,
            reader.place("resource"),
            knows: ["name", "attributes"]
        )
        let name = try resource.text("name") ?? ""
        guard let elements = ResourceName.elements(name, of: engine.serviceDefinition) else {
            throw VerificationError("`\(resource.place("name"))`: no level of the service has it")
        }
        var request = AccessRequest()
        request.elements = elements.mapValues { [$0] }
        let lists = engine.accessLists(request, now: now)
        var result = JSONMembers()
        result.append("resource", reader["resource"] ?? .null)
        for (kind, list) in [("users", lists.users), ("groups", lists.groups), ("roles", lists.roles)]
        where !list.isEmpty {
            var members = JSONMembers()
            for (name, accesses) in list {
                var permissions = JSONMembers()
                for (access, entry) in accesses { permissions.append(access, node(access, entry)) }
                members.append(name, .object(permissions))
            }
            result.append(kind, .object(members))
        }
        let wanted = Canonical.text(reader["permissions"] ?? .null)
        report.check(name, expected: wanted, got: Canonical.text(.object(result)))
    }

    private func node(_ access: String, _ entry: AccessLists.Entry) -> JSONNode {
        AnswerJSON.node(engine.answer(for: access, entry))
    }
}
