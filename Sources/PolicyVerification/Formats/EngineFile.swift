import CatalogModel
import PolicyEngine

/// Files of Ranger's engine tests.
struct EngineFile: VerificationFormat {
    static let name = "engine"

    private static let members: Set<String> = [
        "serviceName", "serviceDef", "policies", "tagPolicyInfo", "securityZones", "userRoles", "groupRoles",
        "roleRoles", "auditMode", "serviceConfig", "superUsers", "superGroups", "auditExcludedUsers",
        "auditExcludedGroups", "auditExcludedRoles", "tests", "updatedPolicies", "updatedTests", "testsInfo",
        "updatedTestsInfo",
    ]

    static func recognises(_ document: JSONNode, path: String) -> Bool {
        document["serviceDef"] != nil && document["serviceResources"] == nil
            && (document["tests"] != nil || document["testsInfo"] != nil)
    }

    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws {
        let reader = try NodeReader(document, "", knows: members)
        var run = try EngineRun(reader, context)
        if let info = reader["testsInfo"] { try run.stage(info, "testsInfo", &report) }
        try run.tests(reader.list("tests"), "tests", &report)
        if let update = try reader.decode("updatedPolicies", PolicyDownload.self) { try run.apply(update) }
        try run.tests(reader.list("updatedTests"), "updatedTests", &report)
    }
}

/// One engine that is tested, changed and tested again.
private struct EngineRun {
    private var setup: RangerEngine.Setup
    private var engine: RangerEngine
    private let locations: Locations
    private let context: VerificationContext

    init(_ reader: NodeReader, _ context: VerificationContext) throws {
        self.context = context
        var setup = RangerEngine.Setup()
        setup.policies.serviceName = try reader.text("serviceName") ?? ""
        setup.policies.serviceDefinition = try reader.decode("serviceDef")
        setup.policies.policies = try reader.decode("policies") ?? []
        setup.policies.tagPolicies = try reader.decode("tagPolicyInfo")
        setup.policies.securityZones = try reader.decode("securityZones") ?? [:]
        setup.policies.auditMode = try reader.text("auditMode") ?? ""
        setup.policies.policyVersion = 100
        if let config = reader["serviceConfig"]?.members {
            let texts = config.values.map { $0.scalarText ?? "" }
            setup.policies.serviceConfig = Dictionary(zip(config.names, texts), uniquingKeysWith: { $1 })
        }
        setup.roles = try SetupReader.roles(reader)
        setup.tags = try SetupReader.tags(setup.policies, context)
        var options = try context.options(zone: "America/Los_Angeles")
        options.superUsers = try reader.texts("superUsers")
        options.superGroups = try reader.texts("superGroups")
        options.unauditedUsers = try reader.texts("auditExcludedUsers")
        options.unauditedGroups = try reader.texts("auditExcludedGroups")
        options.unauditedRoles = try reader.texts("auditExcludedRoles")
        options.believesForwardedAddresses = true
        options.trustedProxies = ["255.255.255.255", "128.101.101.101", "128.101.101.99"]
        options.dateFormats = ["abcd", "xyz", "yyyy/MM/dd'T'HH:mm:ss.SSS'Z'"]
        setup.options = options
        self.setup = setup
        engine = try RangerEngine(setup)
        locations = Locations(setup.policies.serviceDefinition, context)
    }

    mutating func apply(_ update: PolicyDownload) throws {
        setup.policies = setup.policies.applying(update)
        engine = try RangerEngine(setup)
    }

    /// Tests, a change, and the next stage within.
    mutating func stage(_ node: JSONNode, _ path: String, _ report: inout FileReport) throws {
        let names: Set<String> = [
            "tests", "updatedPolicies", "updatedTests", "updatedTestsInfo", "testsInfo",
        ]
        let reader = try NodeReader(node, path, knows: names)
        try tests(reader.list("tests"), "\(path).tests", &report)
        if let update = try reader.decode("updatedPolicies", PolicyDownload.self) { try apply(update) }
        try tests(reader.list("updatedTests"), "\(path).updatedTests", &report)
        for name in ["updatedTestsInfo", "testsInfo"] {
            if let next = reader[name] { try stage(next, "\(path).\(name)", &report) }
        }
    }

    func tests(_ list: [JSONNode], _ path: String, _ report: inout FileReport) throws {
        for (index, node) in list.enumerated() where !node.isNull {
            try test(node, "\(path)[\(index)]", &report)
        }
    }

    private func test(_ node: JSONNode, _ path: String, _ report: inout FileReport) throws {
        let names: Set<String> = [
            "name", "request", "result", "dataMaskResult", "rowFilterResult", "resourceAccessInfo",
            "userAttributes", "groupAttributes",
        ]
        let reader = try NodeReader(node, path, knows: names)
        let request = try request(reader)
        var check = OutcomeCheck()
        if let wanted = try result("result", reader) {
            let outcome = engine.evaluate(request, .access, now: context.now)
            // Absent flags are false in Ranger's own result.
            check.compare("isAllowed", "\(try wanted.flag("isAllowed") ?? false)", "\(outcome.isAllowed)")
            check.compare("isAudited", "\(try wanted.flag("isAudited") ?? false)", "\(outcome.isAudited)")
        }
        if let wanted = try result("dataMaskResult", reader) {
            let outcome = engine.evaluate(request, .dataMask, now: context.now)
            let info = wanted["additionalInfo"]
            let texts = [
                ("maskType", outcome.maskType), ("maskCondition", outcome.maskCondition),
                ("maskedValue", outcome.maskedValue),
            ]
            for (name, got) in texts { check.compare(name, info?[name]?.text ?? "null", got ?? "null") }
            check.compare("policyId", "\(try wanted.integer("policyId") ?? -1)", "\(outcome.policyId)")
        }
        if let wanted = try result("rowFilterResult", reader) {
            let outcome = engine.evaluate(request, .rowFilter, now: context.now)
            let filter = wanted["additionalInfo"]?["filterExpr"]?.text
            check.compare("filterExpr", filter ?? "null", outcome.rowFilter ?? "null")
            check.compare("policyId", "\(try wanted.integer("policyId") ?? -1)", "\(outcome.policyId)")
        }
        if let wanted = reader["resourceAccessInfo"] {
            let lists: Set<String> = ["allowedUsers", "allowedGroups", "deniedUsers", "deniedGroups"]
            let wanted = try NodeReader(wanted, "\(path).resourceAccessInfo", knows: lists)
            let info = engine.accessInfo(request, now: context.now)
            try check.set(wanted, "allowedUsers", Array(info.allowedUsers))
            try check.set(wanted, "allowedGroups", Array(info.allowedGroups))
            try check.set(wanted, "deniedUsers", Array(info.deniedUsers))
            try check.set(wanted, "deniedGroups", Array(info.deniedGroups))
        }
        report.check(try reader.text("name") ?? path, check.problems)
    }

    private func result(_ name: String, _ reader: NodeReader) throws -> NodeReader? {
        try reader[name].map {
            try NodeReader($0, reader.place(name), knows: OutcomeCheck.resultMembers)
        }
    }

    /// A test's request, with what Ranger's runner and plugin add to it and take from it.
    private func request(_ reader: NodeReader) throws -> AccessRequest {
        var request = try RequestReader.request(reader["request"] ?? .null, reader.place("request"))
        if request.tags != nil || request.togetherWith != nil {
            // Ranger's runner builds the request anew when it brings tags or resources along, and forgets these.
            request.roles = nil
            request.clientAddress = nil
            request.remoteAddress = nil
            request.forwardedAddresses = []
            request.clusterName = nil
            request.clusterType = nil
            request.countsDescendants = false
            request.elementScopes = [:]
        }
        if reader.has("userAttributes") || reader.has("groupAttributes") {
            request.userStore = UserStore(
                users: try SetupReader.attributes(reader, "userAttributes"),
                groups: try SetupReader.attributes(reader, "groupAttributes")
            )
        }
        for (name, value) in locations.attributes(of: engine.address(of: request)) {
            request.attributes[name] = value
        }
        return request
    }
}
