import CatalogModel

extension RangerEngine {
    /// Lets a policy that came with the request have its say.
    func apply(_ inline: InlinePolicy, to outcome: RangerOutcome, _ facts: RequestFacts) -> RangerOutcome {
        switch inline.mode {
        case .instead: break
        case .both: guard outcome.isAllowed else { return outcome }
        case .either: guard !outcome.isAllowed else { return outcome }
        }
        var outcome = outcome
        outcome.isAllowed = allows(inline, facts)
        outcome.isDetermined = true
        outcome.policyId = -1
        outcome.policyVersion = nil
        outcome.reason = "inline-policy"
        return outcome
    }

    private func allows(_ inline: InlinePolicy, _ facts: RequestFacts) -> Bool {
        if !inline.grantor.isEmpty {
            var request = facts.request
            request.inlinePolicy = nil
            request.user = nil
            request.groups = []
            request.roles = nil
            let name = String(inline.grantor.dropFirst(2))
            switch inline.grantor.prefix(2) {
            case "u:": request.user = name
            case "g:": request.groups = [name]
            case "r:": request.roles = [name]
            default: return false
            }
            let asGrantor = self.facts(of: request, now: facts.now)
            guard evaluate(asGrantor, .access).isAllowed else { return false }
        }
        return inline.grants.isEmpty || inline.grants.contains { covers($0, facts) }
    }

    private func covers(_ grant: InlinePolicy.Grant, _ facts: RequestFacts) -> Bool {
        let request = facts.request
        let isMeant =
            grant.principals.isEmpty
            || grant.principals.contains { principal in
                let name = String(principal.dropFirst(2))
                switch principal.prefix(2) {
                case "u:": return name == request.user || name == "{USER}" && request.user != nil
                case "g:": return name == "public" || request.groups.contains(name)
                case "r:": return facts.roles.contains(name)
                default: return false
                }
            }
        guard isMeant else { return false }
        var accesses: UInt128 = 0
        let types = unzoned.accessTypes
        for name in grant.permissions {
            if let bit = types.find(name) { accesses |= types.grants(of: bit) }
        }
        let isAllowed =
            request.isAny
            ? accesses != 0 : types.find(request.accessType).map { accesses >> UInt128($0) & 1 == 1 } ?? false
        guard isAllowed else { return false }
        if !grant.actions.isEmpty {
            guard let action = request.action, ActionPattern.covers(grant.actions, action) else {
                return false
            }
        }
        return grant.resources.isEmpty || grant.resources.contains { covers($0, facts) }
    }

    /// Whether a resource's name, in which wildcards count everywhere, covers the request's resource.
    private func covers(_ name: String, _ facts: RequestFacts) -> Bool {
        guard let parsed = ResourceName.elements(name, of: definition) else { return false }
        var open = definition
        for index in open.resources.indices { open.resources[index].matcherOptions["wildCard"] = "true" }
        let resource = open.policyResource(parsed.mapValues { [$0] })
        guard let finder = try? ResourceFinder([resource], definition: open) else { return false }
        let elements = finder.repository.elements(of: facts.request)
        return finder.find(elements, facts: facts).contains {
            $0.match == .same || $0.match == .sameAndAllBelow
        }
    }
}

/// Names of resources such as `column:db/table/column`.
package enum ResourceName {
    /// The values by level; nil for a level that the service doesn't have and for too few parts.
    ///
    /// The last part may hold the separator; a backslash makes the next character literal.
    package static func elements(_ name: String, of definition: ServiceDefinition) -> [String: String]? {
        guard let colon = name.firstIndex(of: ":") else { return nil }
        let path = levels(of: String(name[..<colon]), definition)
        guard !path.isEmpty else { return nil }
        let separator = definition.options["rrnResourceSepChar"]?.first ?? "/"
        let parts = split(name[name.index(after: colon)...], separator, atMost: path.count)
        guard parts.count == path.count else { return nil }
        return Dictionary(zip(path, parts), uniquingKeysWith: { first, _ in first })
    }

    /// The levels from the outermost down to one.
    package static func levels(of name: String, _ definition: ServiceDefinition) -> [String] {
        var path: [String] = []
        var next = name
        while !next.isEmpty, let resource = definition.resources.first(where: { $0.name == next }) {
            guard !path.contains(next) else { return [] }
            path.insert(next, at: 0)
            next = resource.parent
        }
        return next.isEmpty ? path : []
    }

    private static func split(_ text: Substring, _ separator: Character, atMost count: Int) -> [String] {
        var parts: [String] = [""]
        var isEscaped = false
        for character in text {
            if isEscaped {
                parts[parts.count - 1].append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == separator, parts.count < count {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }
}
