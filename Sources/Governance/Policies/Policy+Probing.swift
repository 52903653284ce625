import PolicyEngine

extension String {
    /// An access type of a tag policy as its component names it.
    var withoutComponent: String {
        firstIndex(of: ":").map { String(self[index(after: $0)...]) } ?? self
    }
}

extension Policy {
    /// Whether what it decides can be tried: no conditions but purposes, and some access to grant or deny.
    var isJudged: Bool {
        let acts = items.isEmpty || items.contains { !$0.accesses.isEmpty }
        return hasPurposesOnly && acts && (isDenyAllElse || !items.isEmpty)
    }

    /// Whether all its conditions are purposes.
    var hasPurposesOnly: Bool {
        (conditions + items.flatMap(\.conditions)).allSatisfy { $0.type == "purpose" }
    }

    /// Whether reading columns asks it: not when it ends above them, say for creating tables.
    var decidesOnColumns: Bool {
        policyType == .rowFilter
            || ([resources] + additionalResources).contains { $0["column"] != nil || $0["tag"] != nil }
    }

    /// Whether its resources, row filters or masks are others for each user.
    var dependsOnUser: Bool {
        if items.contains(where: { item in
            MacroText.isNeeded(for: item.rowFilterInfo?.filterExpr ?? "")
                || MacroText.isNeeded(for: item.dataMaskInfo?.valueExpr ?? "")
        }) {
            return true
        }
        return ([resources] + additionalResources).contains { map in
            map.values.contains { $0.values.contains { $0.contains("{") } }
        }
    }

    /// A policy on the same resources that lets everybody do everything; nil when they aren't about columns.
    ///
    /// Levels above the column that it doesn't name are all of them, as for row filters on tables.
    func allowingEverything(in definition: ServiceDefinition, number: Int64 = 0) -> Policy? {
        var levels: [String] = []
        var next = definition.resources.contains { $0.name == "column" } ? "column" : "tag"
        while let level = definition.resources.first(where: { $0.name == next }) {
            levels.append(level.name)
            next = level.parent
        }
        guard !levels.isEmpty else { return nil }
        var anything = PolicyResource()
        anything.values = ["*"]
        let all = Dictionary(levels.map { ($0, anything) }, uniquingKeysWith: { first, _ in first })
        var probe = Policy()
        probe.service = service
        probe.zoneName = zoneName
        probe.name = name
        // Below every id that is given, so that no citation is mistaken for one of it.
        probe.id = Int64.min + number
        let maps = ([resources] + additionalResources).filter { Set($0.keys).isSubset(of: levels) }
        guard let first = maps.first else { return nil }
        probe.resources = all.merging(first) { $1 }
        probe.additionalResources = maps.dropFirst().map { all.merging($0) { $1 } }
        var item = PolicyItem()
        item.groups = ["public"]
        item.accesses = definition.accessTypes.map { type in
            var access = ItemAccess()
            access.type = type.name
            return access
        }
        probe.policyItems = [item]
        return probe
    }
}
