/// Policies and their tests as people write them: shorter than Ranger's JSON, and the same thing.
///
/// Unknown members are always refused, with their path. Ranger's policies go in and come out unchanged but for
/// what only the server knows (signature, times, authors, version).
package struct PolicyDocument: Hashable, Sendable {
    /// The service of all policies that don't name their own.
    package var service: String
    /// The policies, in the order of the file.
    package var entries: [PolicyEntry]
    /// Sentences such as `as alice, sales.customers.email is last-4`; see ``PolicyTest``.
    package var tests: [String]

    /// The policies in Ranger's shape.
    ///
    /// - Throws: `.contradiction` for an entry that mixes kinds, `.missing` for one that does nothing,
    ///   `.duplicate` for two of a service with one name, each naming the policy.
    package var policies: [Policy] {
        get throws(PolicyError) {
            var names: Set<[String]> = []
            var policies: [Policy] = []
            for entry in entries {
                let policy = try entry.policy(in: service)
                guard names.insert([policy.service, policy.name]).inserted else {
                    throw PolicyError(
                        .duplicate(kind: "policy", name: policy.name),
                        at: PolicyPlace("policy", policy.name, service: policy.service)
                    )
                }
                policies.append(policy)
            }
            return policies
        }
    }

    /// Writes Ranger's policies down; the first one's service becomes the document's.
    package init(policies: [Policy], tests: [String] = []) {
        let common = policies.first?.service ?? ""
        service = common
        entries = policies.map { PolicyEntry($0, in: common) }
        self.tests = tests
    }
}

extension PolicyDocument: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case service, policies, tests
    }

    /// Reads the author form; unknown members are refused.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self, alwaysStrict: true)
        service = try members.value(Name.service, default: "")
        entries = try members.list(Name.policies)
        tests = try members.list(Name.tests)
    }

    /// Writes the author form; empty members are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.service, service)
        try members.put(.policies, entries)
        try members.put(.tests, tests)
    }
}
