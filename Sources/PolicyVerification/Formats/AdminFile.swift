import CatalogModel
import PolicyEngine

/// Files of who may read and change policies.
struct AdminFile: VerificationFormat {
    static let name = "policy administration"

    static func recognises(_ document: JSONNode, path: String) -> Bool {
        guard document["servicePolicies"] != nil, let tests = document["tests"]?.list else { return false }
        return tests.contains { $0["resources"] != nil || $0["allowedPolicies"] != nil }
    }

    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws {
        let reader = try NodeReader(document, "", knows: ["servicePolicies", "tests"])
        var setup = RangerEngine.Setup()
        setup.policies = try reader.decode("servicePolicies") ?? PolicyDownload()
        if let name = setup.policies.serviceDefinition?.name,
            let own = try? context.definition("admin/service-defs/test-\(name)-servicedef.json")
        {
            setup.policies.serviceDefinition = own
        }
        setup.options = try context.options(zone: "UTC")
        let run = AdminRun(
            engine: try RangerEngine(setup),
            policies: setup.policies.policies ?? [],
            context: context
        )
        for (index, node) in try reader.list("tests").enumerated() {
            try run.test(node, "tests[\(index)]", &report)
        }
    }
}

private struct AdminRun {
    let engine: RangerEngine
    let policies: [Policy]
    let context: VerificationContext

    /// Who asks for what; a file of the one kind names an access type, of the other several.
    private struct Question {
        let user: String?
        let groups: [String]
        let accessTypes: [String]
        let asAdmin: Bool
        let needsAll: Bool
    }

    func test(_ node: JSONNode, _ path: String, _ report: inout FileReport) throws {
        let names: Set<String> = [
            "name", "resources", "additionalResources", "user", "userGroups", "accessType", "accessTypes",
            "isModifyAccess", "result", "allowedPolicies",
        ]
        let reader = try NodeReader(node, path, knows: names)
        let single = try reader.text("accessType")
        var question = Question(
            user: try reader.text("user"),
            groups: try reader.texts("userGroups"),
            accessTypes: try single.map { [$0] } ?? reader.texts("accessTypes"),
            asAdmin: single == nil,
            needsAll: try reader.flag("isModifyAccess") ?? false
        )
        let name = try reader.text("name") ?? path
        if reader.has("allowedPolicies") {
            let wanted = try reader.list("allowedPolicies").compactMap(\.scalarText).sorted()
            let got = policies.filter { policy in
                if question.asAdmin {
                    question = Question(
                        user: question.user,
                        groups: question.groups,
                        accessTypes: policy.namedAccessTypes,
                        asAdmin: true,
                        needsAll: question.needsAll
                    )
                }
                return allows([policy.resources] + policy.additionalResources, question)
            }
            report.check(
                name,
                expected: "\(wanted)",
                got: "\(got.compactMap { $0.id.map { "\($0)" } }.sorted())"
            )
            return
        }
        let main: [String: PolicyResource] = try reader.decode("resources") ?? [:]
        let more: [[String: PolicyResource]] = try reader.decode("additionalResources") ?? []
        let wanted = try reader.flag("result") ?? false
        report.check(name, expected: "\(wanted)", got: "\(allows([main] + more, question))")
    }

    private func allows(_ resources: [[String: PolicyResource]], _ question: Question) -> Bool {
        var wanted = question.accessTypes
        if question.asAdmin { wanted = wanted.isEmpty ? ["_admin"] : engine.expanded(wanted) }
        var allowed = Set(wanted)
        for one in resources {
            allowed.formIntersection(
                engine.allowedAccesses(
                    wanted,
                    on: one,
                    user: question.user,
                    groups: question.groups,
                    asAdmin: question.asAdmin,
                    now: context.now
                )
            )
        }
        return question.needsAll ? allowed.isSuperset(of: wanted) : !allowed.isEmpty
    }
}

extension Policy {
    /// The access types that its items name.
    fileprivate var namedAccessTypes: [String] {
        let items =
            policyItems + denyPolicyItems + allowExceptions + denyExceptions + dataMaskPolicyItems
            + rowFilterPolicyItems
        return Set(items.flatMap { $0.accesses.map(\.type) }).sorted()
    }
}
