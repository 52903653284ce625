import CatalogModel
import PolicyEngine

/// Files of a plugin's policies, tags, roles, attributes and shares, and its answers.
struct PluginFile: VerificationFormat {
    static let name = "plugin"

    static func recognises(_ document: JSONNode, path: String) -> Bool {
        document["policiesFilename"] != nil && document["tests"] != nil
    }

    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws {
        let names: Set<String> = [
            "policiesFilename", "tagsFilename", "rolesFilename", "userStoreFilename", "gdsInfoFilename",
            "tests",
            "serviceType", "serviceName", "appId",
        ]
        // Some files name more files than the runner reads.
        let files = (document.members?.names ?? []).filter { $0.hasSuffix("Filename") }
        let reader = try NodeReader(document, "", knows: names.union(files))
        var setup = RangerEngine.Setup()
        setup.policies = try context.decode(reader.text("policiesFilename") ?? "")
        if let file = try reader.text("tagsFilename") { setup.tags = try context.decode(file) }
        if let file = try reader.text("rolesFilename") {
            setup.roles = try context.decode(file, RoleDownload.self).roles
        }
        if let file = try reader.text("userStoreFilename") { setup.userStore = try context.decode(file) }
        if let file = try reader.text("gdsInfoFilename") { setup.sharing = try context.decode(file) }
        setup.options = try context.options(zone: "UTC")
        let engine = try RangerEngine(setup)
        for (index, node) in try reader.list("tests").enumerated() {
            try run(node, "tests[\(index)]", engine, context, &report)
        }
    }

    private static func run(
        _ node: JSONNode,
        _ path: String,
        _ engine: RangerEngine,
        _ context: VerificationContext,
        _ report: inout FileReport
    ) throws {
        let reader = try NodeReader(node, path, knows: ["name", "request", "result", "acls"])
        let request = try RequestReader.request(reader["request"] ?? .null, "\(path).request")
        var check = OutcomeCheck()
        if let result = reader["result"] {
            let wanted = try NodeReader(result, "\(path).result", knows: OutcomeCheck.resultMembers)
            let access = engine.evaluate(request, .access, now: context.now)
            try check.flag(wanted, "isAllowed", access.isAllowed)
            try check.flag(wanted, "isAccessAllowed", access.isAllowed)
            try check.flag(wanted, "isAccessDetermined", access.isDetermined)
            try check.flag(wanted, "isAudited", access.isAudited)
            try check.flag(wanted, "isAuditedDetermined", access.isAuditDetermined)
            try check.integer(wanted, "policyId", access.policyId)
            let info = wanted["additionalInfo"]
            let mask = engine.evaluate(request, .dataMask, now: context.now)
            let filter = engine.evaluate(request, .rowFilter, now: context.now)
            check.compare("maskType", info?["maskType"]?.text ?? "null", mask.maskType ?? "null")
            check.compare("maskedValue", info?["maskedValue"]?.text ?? "null", mask.maskedValue ?? "null")
            check.compare(
                "maskCondition",
                info?["maskCondition"]?.text ?? "null",
                mask.maskCondition ?? "null"
            )
            check.compare("filterExpr", info?["filterExpr"]?.text ?? "null", filter.rowFilter ?? "null")
        }
        if let acls = reader["acls"] {
            let wanted = try NodeReader(acls, "\(path).acls", knows: ListingCheck.members)
            let got = engine.accessLists(request, now: context.now)
            for problem in try ListingCheck.ranger(wanted, got) { check.compare(problem) }
            try check.set(wanted, "datasets", got.datasets)
            try check.set(wanted, "projects", got.projects)
        }
        report.check(try reader.text("name") ?? path, check.problems)
    }
}
