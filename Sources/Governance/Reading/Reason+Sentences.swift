package import CatalogModel
package import PolicyEngine

extension Reason {
    /// The reason in words, a sentence each, the deciding one first; no values of rows.
    ///
    /// - Parameter treatment: What it led to; nil for a row filter.
    /// - Returns: The sentences; never empty.
    package func sentences(for treatment: Treatment?) -> [String] {
        steps.map { $0.sentence(for: treatment) }
    }
}

extension ReasonStep {
    /// The step in words.
    func sentence(for treatment: Treatment?) -> String {
        switch self {
        case .policy(let policy):
            "policy \(policy.id) `\(policy.name)` of service `\(policy.service)` "
                + "\(ReasonStep.verb(of: treatment, in: policy.list)) for \(policy.principal) "
                + "(\(policy.list)[\(policy.item)])"
        case .tag(let tag): tag.sentence
        case .noPolicy: "no policy allows it: what isn't allowed is denied"
        case .superUser(let name, let service):
            "\(name) is a super user of service `\(service)`: policies, masks and row filters don't count"
        case .shared(let citation): "\(citation.names) shares it (policy \(citation.policy))"
        case .zone(let name): "it lies in security zone `\(name)`, whose own policies count"
        }
    }

    private static func verb(of treatment: Treatment?, in list: String) -> String {
        switch treatment {
        case .masked(let mask)? where list == "dataMaskPolicyItems": "masks it with `\(mask.maskType)`"
        case .masked?: "allows it"
        case .clear? where list == "dataMaskPolicyItems": "leaves it unmasked"
        case .clear?: "allows it"
        case .denied?: "denies it"
        case nil: "filters rows"
        }
    }
}

extension EffectiveTag {
    /// The tag and where it came from, in words.
    var sentence: String { "tag `\(tag.name)` \(origin.sentence)" }
}

extension TagOrigin {
    /// Where a tag came from, in words.
    package var sentence: String {
        switch self {
        case .column: "is set on the column"
        case .table: "is set on the table"
        case .lineage(let path) where path.count < 2:
            "flowed along lineage from columns that you may not know of"
        case .lineage(let path): "flowed along lineage " + path.map(\.description).joined(separator: " → ")
        }
    }
}
