import CatalogModel
import PolicyEngine

/// Files of shared datasets and projects.
struct SharingFile: VerificationFormat {
    static let name = "shares"

    static func recognises(_ document: JSONNode, path: String) -> Bool {
        document["gdsInfoFilename"] != nil && document["tests"] != nil && document["policiesFilename"] == nil
    }

    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws {
        let names: Set<String> = ["serviceType", "gdsInfoFilename", "securityZones", "tests"]
        let reader = try NodeReader(document, "", knows: names)
        var setup = RangerEngine.Setup()
        let type = try reader.text("serviceType") ?? ""
        setup.policies.serviceDefinition = try context.definition(
            "service-defs/ranger-servicedef-\(type).json"
        )
        setup.policies.securityZones = try reader.decode("securityZones") ?? [:]
        setup.sharing = try context.decode(reader.text("gdsInfoFilename") ?? "")
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
        let names: Set<String> = [
            "name", "request", "result", "acls", "sharedWith", "datasets", "projects", "datasetId",
            "projectId",
            "dataShareId", "datasetIds", "projectIds", "dataShareIds", "resourceIds",
        ]
        let reader = try NodeReader(node, path, knows: names)
        var check = OutcomeCheck()
        if let request = reader["request"] {
            let request = try RequestReader.request(request, "\(path).request")
            if node.members?["result"] != nil {
                try compare(reader["result"], engine.shared(request, now: context.now), path, &check)
            }
            if let acls = reader["acls"] {
                let wanted = try NodeReader(acls, "\(path).acls", knows: ListingCheck.members)
                let got = engine.sharedAccessLists(request, now: context.now)
                for problem in try ListingCheck.ranger(wanted, got) { check.compare(problem) }
                try check.set(wanted, "datasets", got.datasets)
                try check.set(wanted, "projects", got.projects)
            }
        }
        if let shared = reader["sharedWith"] {
            let with = try NodeReader(shared, "\(path).sharedWith", knows: ["users", "groups", "roles"])
            let users = try with.texts("users")
            let groups = try with.texts("groups")
            let roles = try with.texts("roles")
            if reader.has("datasets") {
                let got = engine.datasets(sharedWithUsers: users, groups: groups, roles: roles)
                check.compare("datasets", try numbers(reader, "datasets"), got)
            }
            if reader.has("projects") {
                let got = engine.projects(sharedWithUsers: users, groups: groups, roles: roles)
                check.compare("projects", try numbers(reader, "projects"), got)
            }
        }
        if reader.has("resourceIds") {
            let got = engine.sharedResources(
                dataShares: try numbers(reader, "dataShareId") + numbers(reader, "dataShareIds"),
                datasets: try numbers(reader, "datasetId") + numbers(reader, "datasetIds"),
                projects: try numbers(reader, "projectId") + numbers(reader, "projectIds")
            )
            check.compare("resourceIds", try numbers(reader, "resourceIds"), got)
        }
        report.check(try reader.text("name") ?? path, check.problems)
    }

    private static func numbers(_ reader: NodeReader, _ name: String) throws -> [Int64] {
        if case .integer(let number)? = reader[name] { return [number] }
        return try reader.list(name).compactMap { if case .integer(let number) = $0 { number } else { nil } }
    }

    private static func compare(
        _ node: JSONNode?,
        _ got: SharedVerdict?,
        _ path: String,
        _ check: inout OutcomeCheck
    ) throws {
        guard let node else {
            check.compare("result", "none", got == nil ? "none" : "datasets \(got?.datasets ?? [])")
            return
        }
        guard let got else {
            check.compare("result", "some", "none")
            return
        }
        let names: Set<String> = [
            "datasets", "projects", "datasetIds", "projectIds", "allowedByDatasets", "allowedByProjects",
            "isAllowed", "isAudited", "policyId", "policyVersion", "maskType", "maskedValue", "maskCondition",
            "rowFilters",
        ]
        let wanted = try NodeReader(node, "\(path).result", knows: names)
        try check.set(wanted, "datasets", got.datasets)
        try check.set(wanted, "projects", got.projects)
        try check.set(wanted, "allowedByDatasets", got.allowedByDatasets)
        try check.set(wanted, "allowedByProjects", got.allowedByProjects)
        if wanted.has("datasetIds") {
            check.compare("datasetIds", try numbers(wanted, "datasetIds"), Set(got.datasetIds))
        }
        if wanted.has("projectIds") {
            check.compare("projectIds", try numbers(wanted, "projectIds"), Set(got.projectIds))
        }
        check.compare("isAllowed", "\(try wanted.flag("isAllowed") ?? false)", "\(got.isAllowed)")
        check.compare("isAudited", "\(try wanted.flag("isAudited") ?? false)", "\(got.isAudited)")
        check.compare("policyId", "\(try wanted.integer("policyId") ?? -1)", "\(got.policyId)")
        check.compare("maskType", try wanted.text("maskType") ?? "null", got.mask?.dataMaskType ?? "null")
        let value = got.mask?.valueExpr ?? ""
        check.compare("maskedValue", try wanted.text("maskedValue") ?? "null", value.isEmpty ? "null" : value)
        let condition = got.mask?.conditionExpr ?? ""
        check.compare(
            "maskCondition",
            try wanted.text("maskCondition") ?? "null",
            condition.isEmpty ? "null" : condition
        )
        if wanted.has("policyVersion") { try check.integer(wanted, "policyVersion", got.policyVersion) }
        check.compare("rowFilters", "\(try wanted.texts("rowFilters"))", "\(got.rowFilters ?? [])")
    }
}
