import CatalogModel
import PolicyEngine

/// Files of policies that come with requests.
struct InlineFile: VerificationFormat {
    static let name = "inline policies"

    static func recognises(_ document: JSONNode, path: String) -> Bool {
        document["servicePolicies"] != nil && document["tests"]?.list?.first?["request"] != nil
    }

    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws {
        let reader = try NodeReader(document, "", knows: ["servicePolicies", "tests"])
        var setup = RangerEngine.Setup()
        setup.policies = try reader.decode("servicePolicies") ?? PolicyDownload()
        setup.options = try context.options(zone: "UTC")
        let engine = try RangerEngine(setup)
        for (index, node) in try reader.list("tests").enumerated() {
            let path = "tests[\(index)]"
            let test = try NodeReader(node, path, knows: ["name", "request", "result"])
            let request = try RequestReader.request(test["request"] ?? .null, "\(path).request")
            let wanted = try NodeReader(
                test["result"] ?? .null,
                "\(path).result",
                knows: OutcomeCheck.resultMembers
            )
            let outcome = engine.evaluate(request, .access, now: context.now)
            var check = OutcomeCheck()
            try check.flag(wanted, "isAllowed", outcome.isAllowed)
            try check.flag(wanted, "isAudited", outcome.isAudited)
            try check.integer(wanted, "policyId", outcome.policyId)
            report.check(try test.text("name") ?? path, check.problems)
        }
    }
}

/// Files of validity schedules.
struct ScheduleFile: VerificationFormat {
    static let name = "validity schedules"

    static func recognises(_ document: JSONNode, path: String) -> Bool {
        document.list?.first?["validitySchedules"] != nil
    }

    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws {
        guard let zone = context.zones.zone("America/Los_Angeles") else {
            throw VerificationError("the time zone `America/Los_Angeles` isn't known on this machine")
        }
        for (index, node) in (document.list ?? []).enumerated() {
            let path = "[\(index)]"
            let names: Set<String> = ["name", "validitySchedules", "accessTime", "result"]
            let test = try NodeReader(node, path, knows: names)
            let schedules: [ValiditySchedule] = try test.decode("validitySchedules") ?? []
            let now = try RequestReader.time(test, "accessTime") ?? context.now
            let results: Set<String> = ["isValid", "isApplicable", "validationFailureCount"]
            let wanted = try NodeReader(test["result"] ?? .null, "\(path).result", knows: results)
            let problems = schedules.flatMap { ValidityCheck.problems(of: $0, zones: context.zones) }
            let isApplicable =
                problems.isEmpty
                && ValidityCheck.isApplicable(
                    schedules,
                    at: now,
                    zones: context.zones,
                    localZone: zone
                )
            var check = OutcomeCheck()
            try check.flag(wanted, "isValid", problems.isEmpty)
            try check.integer(wanted, "validationFailureCount", Int64(problems.count))
            try check.flag(wanted, "isApplicable", isApplicable)
            report.check(try test.text("name") ?? path, check.problems)
        }
    }
}

/// Files of tagged resources and the tags of requests.
struct TagFinderFile: VerificationFormat {
    static let name = "tag enricher"

    static func recognises(_ document: JSONNode, path: String) -> Bool {
        document["serviceResources"] != nil && document["tests"] != nil
    }

    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws {
        let names: Set<String> = [
            "serviceName", "serviceDef", "tagDefinitions", "tags", "serviceResources", "resourceToTagIds",
            "tests", "op", "tagModel", "tagVersion", "tagUpdateTime", "isDelta", "tagsChangeExtent",
            "isTagsDeduped", "cachedTags",
        ]
        let reader = try NodeReader(document, "", knows: names)
        var setup = RangerEngine.Setup()
        setup.policies.serviceDefinition = try reader.decode("serviceDef")
        var tags = TagDownload()
        tags.tags = try reader.decode("tags") ?? [:]
        tags.resources = try reader.decode("serviceResources") ?? []
        for (id, list) in zip(
            reader["resourceToTagIds"]?.members?.names ?? [],
            reader["resourceToTagIds"]?.members?.values ?? []
        ) {
            tags.tagsOfResource[id] = (list.list ?? []).compactMap { $0.scalarText.flatMap { Int64($0) } }
        }
        setup.tags = tags
        setup.options = try context.options(zone: "UTC")
        let engine = try RangerEngine(setup)
        for (index, node) in try reader.list("tests").enumerated() {
            let path = "tests[\(index)]"
            let test = try NodeReader(
                node,
                path,
                knows: ["name", "resource", "accessType", "accessTime", "result"]
            )
            var request = AccessRequest()
            let resource = try NodeReader(
                test["resource"] ?? .null,
                "\(path).resource",
                knows: RequestReader.resourceMembers
            )
            request.elements = try resource.textMap("elements")
            request.accessType = try test.text("accessType") ?? ""
            request.accessTime = try RequestReader.time(test, "accessTime")
            let wanted: [TagRecord] = try test.decode("result") ?? []
            let got = engine.tags(of: request, now: context.now)
            report.check(
                try test.text("name") ?? path,
                expected: "\(wanted.map(\.type).sorted())",
                got: "\(got.map(\.type).sorted())"
            )
        }
    }
}

/// Files of what two plugins can do.
struct CapabilityFile: VerificationFormat {
    static let name = "plugin capabilities"

    static func recognises(_ document: JSONNode, path: String) -> Bool {
        document["testCases"]?.list?.first?["myCapabilities"] != nil
    }

    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws {
        let reader = try NodeReader(document, "", knows: ["testCases"])
        for (index, node) in try reader.list("testCases").enumerated() {
            let path = "testCases[\(index)]"
            let names: Set<String> = ["name", "myCapabilities", "otherCapabilities", "difference"]
            let test = try NodeReader(node, path, knows: names)
            let mine = try capabilities(test, "myCapabilities")
            let others = try capabilities(test, "otherCapabilities")
            let got = mine.difference(from: others)
            report.check(
                try test.text("name") ?? path,
                expected: "\(try test.texts("difference").sorted())",
                got: "\(got.sorted())"
            )
        }
    }

    /// Names, or a hexadecimal number; none at all stands for everything that is known.
    private static func capabilities(_ reader: NodeReader, _ name: String) throws -> PluginCapabilities {
        if let text = reader[name]?.text {
            guard let set = PluginCapabilities(hexadecimal: text) else {
                throw VerificationError("`\(reader.place(name))` must be a hexadecimal number")
            }
            return set
        }
        let names = try reader.texts(name)
        return names.isEmpty ? .all : PluginCapabilities(names: names)
    }
}
