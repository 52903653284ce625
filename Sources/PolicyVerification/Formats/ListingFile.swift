import CatalogModel
import PolicyEngine

/// Files of who may do what on resources.
struct ListingFile: VerificationFormat {
    static let name = "access lists"

    static func recognises(_ document: JSONNode, path: String) -> Bool {
        document["testCases"]?.list?.first?["servicePolicies"] != nil
    }

    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws {
        let reader = try NodeReader(document, "", knows: ["testCases"])
        for (index, node) in try reader.list("testCases").enumerated() {
            let path = "testCases[\(index)]"
            let names: Set<String> = [
                "name", "servicePolicies", "userRoles", "groupRoles", "roleRoles", "roles", "tests",
            ]
            let reader = try NodeReader(node, path, knows: names)
            var setup = RangerEngine.Setup()
            setup.policies = try reader.decode("servicePolicies") ?? PolicyDownload()
            if let chained = setup.policies.serviceConfig.first(where: { $0.key.hasSuffix(".impl") }) {
                throw VerificationError(
                    "`\(path)` asks a chained plugin `\(chained.value)`, whose code isn't here"
                )
            }
            setup.tags = try SetupReader.tags(setup.policies, context)
            setup.roles =
                try reader.decode("roles", RoleDownload.self)?.roles ?? SetupReader.roles(reader)
            setup.options = try context.options(zone: "UTC")
            let engine = try RangerEngine(setup)
            if try reader.list("tests").contains(where: {
                ListingCheck.isWorded(try NodeReader($0, path, knows: members))
            }) {
                try checkEnrichers(setup.policies, &report)
                continue
            }
            for (number, test) in try reader.list("tests").enumerated() {
                try run(test, "\(path).tests[\(number)]", engine, context, &report)
            }
        }
    }

    private static let members: Set<String> = [
        "name", "resource", "resourceMatchingScope", "userPermissions", "groupPermissions", "rolePermissions",
        "rowFilters", "dataMasks",
    ]

    /// What Ranger's runner asks of files whose results are words: nobody ever compared those lists, and some are wrong.
    ///
    /// It wants three context enrichers: those that both definitions name, and the one for shares that is always there.
    private static func checkEnrichers(_ download: PolicyDownload, _ report: inout FileReport) throws {
        let own = download.serviceDefinition?.contextEnrichers ?? []
        let ofTags = download.tagPolicies?.serviceDefinition?.contextEnrichers ?? []
        report.check("context enrichers", expected: "3", got: "\(own.count + ofTags.count + 1)")
    }

    private static func run(
        _ node: JSONNode,
        _ path: String,
        _ engine: RangerEngine,
        _ context: VerificationContext,
        _ report: inout FileReport
    ) throws {
        let reader = try NodeReader(node, path, knows: members)
        var request = AccessRequest()
        let resource = try NodeReader(
            reader["resource"] ?? .null,
            "\(path).resource",
            knows: RequestReader.resourceMembers
        )
        request.elements = try resource.textMap("elements")
        request.owner = try resource.text("ownerUser")
        request.countsDescendants = try reader.text("resourceMatchingScope") == "SELF_OR_DESCENDANTS"
        let got = engine.accessLists(request, now: context.now)
        report.check(try reader.text("name") ?? path, try ListingCheck.ranger(reader, got))
    }
}
