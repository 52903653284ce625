import CatalogModel
import PolicyEngine

/// Files of random policies with the verdicts that Ranger's own engine gave.
struct GoldenFile: VerificationFormat {
    static let name = "golden"

    static let members: Set<String> = [
        "name", "category", "seed", "serviceType", "timeZone", "clusterName", "clusterType",
        "servicePolicies",
        "serviceTags", "roles", "userStore", "gdsInfo", "requests",
    ]
    private static let expected: Set<String> = [
        "isAllowed", "isAccessDetermined", "isAudited", "isAuditedDetermined", "auditPolicyId", "policyId",
        "policyPriority", "policyVersion", "zoneName", "maskType", "maskedValue", "maskCondition",
        "isMaskEnabled",
        "filterExpr", "isRowFilterEnabled", "datasets", "projects", "reason",
    ]

    static func recognises(_ document: JSONNode, path: String) -> Bool {
        document["servicePolicies"] != nil && document["requests"] != nil
    }

    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws {
        let reader = try NodeReader(document, "", knows: members)
        var setup = try setup(reader)
        setup.options = try context.options(zone: reader.text("timeZone") ?? "UTC")
        setup.options.clusterName = try reader.text("clusterName")
        setup.options.clusterType = try reader.text("clusterType")
        let engine = try RangerEngine(setup)
        for (index, node) in try reader.list("requests").enumerated() {
            try run(node, "requests[\(index)]", engine, context, &report)
        }
    }

    /// What the engine is made from, but for the options.
    static func setup(_ reader: NodeReader) throws -> RangerEngine.Setup {
        var setup = RangerEngine.Setup()
        setup.policies = try reader.decode("servicePolicies") ?? PolicyDownload()
        setup.tags = try reader.decode("serviceTags")
        setup.roles = try reader.decode("roles", RoleDownload.self)?.roles ?? []
        setup.userStore = try reader.decode("userStore") ?? UserStore()
        setup.sharing = try reader.decode("gdsInfo")
        return setup
    }

    private static func run(
        _ node: JSONNode,
        _ path: String,
        _ engine: RangerEngine,
        _ context: VerificationContext,
        _ report: inout FileReport
    ) throws {
        let names: Set<String> = [
            "id", "request", "tags", "roles", "expected", "alternatives", "historyDependent", "acls",
        ]
        let reader = try NodeReader(node, path, knows: names)
        var request = try RequestReader.request(reader["request"] ?? .null, "\(path).request")
        request.resolvesExpressions = true
        let id = try reader.integer("id") ?? -1
        let kinds: [(name: String, type: PolicyType)] = [
            ("access", .access), ("dataMask", .dataMask), ("rowFilter", .rowFilter),
        ]
        let wanted = [reader["expected"] ?? .null] + (try reader.list("alternatives"))
        for kind in kinds {
            guard let first = wanted[0][kind.name] else { continue }
            let outcome = engine.evaluate(request, kind.type, now: context.now)
            let problems = try problems(first, outcome, "\(path).expected.\(kind.name)")
            let isOther = try wanted.dropFirst().contains { other in
                guard let other = other[kind.name] else { return false }
                return try self.problems(other, outcome, "\(path).alternatives").isEmpty
            }
            report.check("request \(id), \(kind.name)", isOther ? [] : problems)
        }
        if let acls = reader["acls"] {
            let got = engine.accessLists(request, now: context.now)
            report.check("request \(id), acls", try ListingCheck.golden(acls, got, "\(path).acls"))
        }
    }

    private static func problems(_ node: JSONNode, _ outcome: RangerOutcome, _ path: String) throws
        -> [(expected: String, got: String)]
    {
        let reader = try NodeReader(node, path, knows: expected)
        var check = OutcomeCheck()
        try check.flag(reader, "isAllowed", outcome.isAllowed)
        try check.flag(reader, "isAccessDetermined", outcome.isDetermined)
        try check.flag(reader, "isAudited", outcome.isAudited)
        try check.flag(reader, "isAuditedDetermined", outcome.isAuditDetermined)
        try check.integer(reader, "auditPolicyId", outcome.auditPolicyId)
        try check.integer(reader, "policyId", outcome.policyId)
        try check.integer(reader, "policyPriority", outcome.priority)
        try check.integer(reader, "policyVersion", outcome.policyVersion)
        try check.text(reader, "zoneName", outcome.zoneName)
        try check.text(reader, "maskType", outcome.maskType)
        try check.text(reader, "maskedValue", outcome.maskedValue)
        try check.text(reader, "maskCondition", outcome.maskCondition)
        try check.flag(reader, "isMaskEnabled", outcome.isMaskEnabled)
        try check.text(reader, "filterExpr", outcome.rowFilter)
        try check.flag(reader, "isRowFilterEnabled", outcome.isRowFilterEnabled)
        if reader.has("datasets") { try check.set(reader, "datasets", outcome.datasets) }
        if reader.has("projects") { try check.set(reader, "projects", outcome.projects) }
        if reader.has("reason") { try check.text(reader, "reason", outcome.reason) }
        return check.problems
    }
}
