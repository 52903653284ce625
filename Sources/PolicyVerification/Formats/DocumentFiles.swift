import PolicyEngine

/// Files without tests of their own: they must be readable, and fit to be put into force.
struct DocumentFile: VerificationFormat {
    static let name = "document"

    private enum Kind { case definition, policies, export, tags, roles, users, sharing }

    private static func kind(_ document: JSONNode) -> Kind? {
        let has = { (name: String) in document.members?[name] != nil }
        if has("tests") || has("testCases") { return nil }
        if has("rangerRoles") { return .roles }
        if has("userAttrMapping") { return .users }
        if has("serviceResources") { return .tags }
        if has("dataShares") || has("datasets") { return .sharing }
        if has("serviceDef"), has("policies") || has("policyDeltas") { return .policies }
        if document["resources"]?.list != nil, document["accessTypes"]?.list != nil { return .definition }
        if document["policies"]?.list != nil { return .export }
        return document["resources"]?.list != nil && has("implClass") ? .definition : nil
    }

    static func recognises(_ document: JSONNode, path: String) -> Bool { kind(document) != nil }

    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws {
        guard let kind = kind(document) else { return }
        let node = Strays.removed(from: document)
        switch kind {
        case .definition:
            report.format = "service definition"
            try JSONNodeDecoder.decode(ServiceDefinition.self, from: node, isStrict: true).check()
        case .policies:
            report.format = "policies"
            try policies(
                JSONNodeDecoder.decode(PolicyDownload.self, from: node, isStrict: true),
                context,
                &report
            )
        case .export:
            report.format = "exported policies"
            let names: Set<String> = [
                "metaDataInfo", "policies", "startIndex", "pageSize", "totalCount", "resultSize", "sortType",
                "sortBy", "queryTimeMS",
            ]
            let reader = try NodeReader(node, "", knows: names)
            _ = try reader.decode("policies", [Policy].self)
        case .tags:
            report.format = "tags"
            _ = try JSONNodeDecoder.decode(TagDownload.self, from: node, isStrict: true)
        case .roles:
            report.format = "roles"
            _ = try JSONNodeDecoder.decode(RoleDownload.self, from: node, isStrict: true)
        case .users:
            report.format = "attributes of users"
            _ = try JSONNodeDecoder.decode(UserStore.self, from: node, isStrict: true)
        case .sharing:
            report.format = "shares"
            _ = try JSONNodeDecoder.decode(SharingDownload.self, from: node, isStrict: true)
        }
        report.check("the document", expected: "fit to be put into force", got: "fit to be put into force")
    }

    private static func policies(
        _ download: PolicyDownload,
        _ context: VerificationContext,
        _ report: inout FileReport
    ) throws {
        var setup = RangerEngine.Setup()
        setup.policies = download
        setup.options = try context.options(zone: "UTC")
        _ = try RangerEngine(setup)
        guard let own = download.serviceDefinition, let tags = download.tagPolicies?.serviceDefinition,
            context.path.hasSuffix("normalize.json")
        else { return }
        // What Ranger's test of tag services asks: before, nothing fits the service; seen by it, everything does.
        let seen = tags.asSeen(by: own)
        let check = { (name: String, isSame: Bool, report: inout FileReport) in
            report.check(name, expected: "same", got: isSame ? "same" : "different")
        }
        check("access types", seen.accessTypes.count == own.accessTypes.count, &report)
        check("access types before", tags.accessTypes.count != own.accessTypes.count, &report)
        check("grants of `_ALL`", try seen.grants(of: "_ALL") == own.grants(of: "_ALL"), &report)
        let masks = { (definition: ServiceDefinition) in definition.dataMaskDef?.accessTypes.count ?? 0 }
        check("access types of masks", masks(seen) == masks(own), &report)
        check("access types of row filters", seen.rowFilterDef?.accessTypes.isEmpty ?? true, &report)
    }
}

/// Files of pairs of engines and whether they are the same.
struct ComparisonFile: VerificationFormat {
    static let name = "comparison of engines"

    static func recognises(_ document: JSONNode, path: String) -> Bool {
        let first = document["testCases"]?.list?.first
        return first?["me"] != nil && first?["other"] != nil
    }

    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws {
        let reader = try NodeReader(document, "", knows: ["testCases"])
        for (index, node) in try reader.list("testCases").enumerated() {
            let path = "testCases[\(index)]"
            let names: Set<String> = ["name", "me", "other", "isPolicyEnginesEqual", "isTagsEqual"]
            let test = try NodeReader(node, path, knows: names)
            let name = try test.text("name") ?? path
            let mine = try Side(test["me"] ?? .null, context)
            let other = try Side(test["other"] ?? .null, context)
            if let wanted = try test.flag("isPolicyEnginesEqual") {
                report.check(
                    "\(name), policies",
                    expected: "\(wanted)",
                    got: "\(mine.policies == other.policies)"
                )
            }
            if let wanted = try test.flag("isTagsEqual") {
                report.check("\(name), tags", expected: "\(wanted)", got: "\(mine.tags == other.tags)")
            }
        }
    }

    /// The policies and tags of one engine, in an order that doesn't matter.
    private struct Side {
        var policies: Set<Policy> = []
        var tags: Set<TaggedResource> = []

        init(_ node: JSONNode, _ context: VerificationContext) throws {
            for value in node.members?.values ?? [] {
                guard let file = value.text else { continue }
                let document = try context.companion(file)
                if document["serviceResources"] != nil {
                    let download: TagDownload = try context.decode(file)
                    tags = Set(download.resources)
                } else {
                    let download: PolicyDownload = try context.decode(file)
                    policies = Set((download.policies ?? []) + (download.tagPolicies?.policies ?? []))
                }
            }
        }
    }
}
