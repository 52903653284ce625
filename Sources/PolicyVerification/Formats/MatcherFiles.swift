import PolicyEngine

/// Files of single levels' values and what they accept.
struct ElementMatcherFile: VerificationFormat {
    static let name = "resource matcher"

    static func recognises(_ document: JSONNode, path: String) -> Bool {
        document["testCases"]?.list?.first?["policyResource"] != nil
    }

    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws {
        let reader = try NodeReader(document, "", knows: ["testCases"])
        for (index, node) in try reader.list("testCases").enumerated() {
            let path = "testCases[\(index)]"
            let reader = try NodeReader(
                node,
                path,
                knows: ["name", "resourceDef", "policyResource", "tests"]
            )
            let level = try reader.decode("resourceDef") ?? ResourceDefinition()
            let resource = try reader.decode("policyResource") ?? PolicyResource()
            let title = try reader.text("name") ?? path
            for (number, node) in try reader.list("tests").enumerated() {
                let path = "\(path).tests[\(number)]"
                let test = try NodeReader(node, path, knows: ["name", "input", "evalContext", "result"])
                let got = try ResourceMatching.accepts(
                    resource,
                    level: level,
                    value: test.text("input"),
                    tokens: Tokens.read(test)
                )
                let name = try test.text("name") ?? path
                let wanted = try test.flag("result") ?? false
                report.check("\(title): \(name)", expected: "\(wanted)", got: "\(got)")
            }
        }
    }
}

/// Values of `{NAME}` that a test gives.
enum Tokens {
    static func read(_ reader: NodeReader) throws -> [String: String] {
        guard let members = reader["evalContext"]?.members else { return [:] }
        var tokens: [String: String] = [:]
        for (name, value) in zip(members.names, members.values) where name.hasPrefix("token:") {
            tokens[String(name.dropFirst(6))] = value.scalarText
        }
        return tokens
    }
}

/// Files of policies' resources and how they lie relative to others.
struct PolicyMatcherFile: VerificationFormat {
    static let name = "policy resource matcher"

    static func recognises(_ document: JSONNode, path: String) -> Bool {
        document["testCases"]?.list?.first?["policyResources"] != nil
    }

    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws {
        let reader = try NodeReader(document, "", knows: ["serviceDef", "testCases"])
        let definition: ServiceDefinition =
            try reader.decode("serviceDef")
            ?? context.definition("admin/service-defs/test-hive-servicedef.json")
        for (index, node) in try reader.list("testCases").enumerated() {
            let path = "testCases[\(index)]"
            let reader = try NodeReader(node, path, knows: ["name", "policyResources", "tests"])
            let resources: [String: PolicyResource] = try reader.decode("policyResources") ?? [:]
            let matching = try ResourceMatching(resources, definition: definition)
            let title = try reader.text("name") ?? path
            for (number, node) in try reader.list("tests").enumerated() {
                try run(node, "\(path).tests[\(number)]", title, matching, &report)
            }
        }
    }

    private static func run(
        _ node: JSONNode,
        _ path: String,
        _ title: String,
        _ matching: ResourceMatching,
        _ report: inout FileReport
    ) throws {
        let test = try NodeReader(
            node,
            path,
            knows: ["name", "type", "resource", "policy", "evalContext", "result"]
        )
        let match: TagMatch
        if let policy = try test.decode("policy", Policy.self) {
            match = matching.match(policy: policy.resources, tokens: try Tokens.read(test))
        } else {
            let resource = try NodeReader(
                test["resource"] ?? .null,
                "\(path).resource",
                knows: RequestReader.resourceMembers
            )
            match = matching.match(try resource.textMap("elements"), tokens: try Tokens.read(test))
        }
        let type = try test.text("type") ?? ""
        let isOwn = match == .own || match == .ownAndAllBelow
        let got: Bool
        switch type {
        case "exactMatch": got = isOwn
        case "descendantMatch": got = match == .below
        case "ancestorMatch": got = match == .above
        case "selfOrAncestorMatch": got = isOwn || match == .above
        case "selfOrDescendantMatch": got = isOwn || match == .below
        case "anyMatch", "selfAndAllDescendants": got = match != .elsewhere
        default: throw VerificationError("`\(path).type`: unknown kind of match `\(type)`")
        }
        let wanted = try test.flag("result") ?? false
        report.check("\(title): \(try test.text("name") ?? path)", expected: "\(wanted)", got: "\(got)")
    }
}
