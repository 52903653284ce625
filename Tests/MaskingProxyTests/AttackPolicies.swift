import CatalogModel
import Foundation
import PolicyEngine
import Testing

/// A way to govern the twins.
struct AttackPolicy: Sendable, CustomTestStringConvertible {
    let name: String
    let policies: [Policy]
    /// Tags to set, by column of `customers`.
    var tagged: [String] = []
    /// Whether what it shows is the same for both twins, so that answers must be equal byte for byte.
    var isBlind = true

    var testDescription: String { name }

    static let behindViews = all.filter { policy in
        policy.hasFilter
            && (ProcessInfo.processInfo.environment["STEWARD_ATTACKS"] == "all"
                || ["filter with a subquery", "other masks"].contains(policy.name))
    }

    private var hasFilter: Bool { policies.contains { $0.policyType == .rowFilter } }

    private static let tables = ["customers", "orders", "categories", "big", "eu_customers"]
    private static let plain = "region = 'EU'"
    private static let subplan = """
        region = 'EU' OR EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = -1 AND o.id = customers.id)
        """

    static let all: [AttackPolicy] = [
        AttackPolicy(name: "plain filter", policies: masks("SHOW_LAST_4", "REDACT") + [filter(plain)]),
        AttackPolicy(
            name: "filter with a subquery",
            policies: masks("MASK_SHOW_LAST_4", "REDACT") + [filter(subplan)]
        ),
        AttackPolicy(
            name: "other masks",
            policies: [
                ProxyDesk.allow(tables), filter(subplan), ProxyDesk.mask("customers", "ssn", "MASK"),
                ProxyDesk.mask("customers", "email", "EMAIL_DOMAIN"),
                ProxyDesk.mask("customers", "status", "MASK_SHOW_FIRST_4"),
                ProxyDesk.mask("customers", "parent_id", "MASK"),
                ProxyDesk.mask("customers", "name", "CUSTOM", "upper({col}) || {USER}"),
                ProxyDesk.deny("customers", "salary"),
            ]
        ),
        AttackPolicy(
            name: "an expression for a mask",
            policies: [
                ProxyDesk.allow(tables), filter(plain),
                ProxyDesk.mask("customers", "ssn", "CUSTOM", "'***-**-' || right({col}, 4)"),
                ProxyDesk.mask("customers", "email", "MASK_NULL"), ProxyDesk.deny("customers", "salary"),
            ]
        ),
        AttackPolicy(
            name: "withheld columns",
            policies: [ProxyDesk.allow(tables), filter(subplan)]
                + ["ssn", "email", "salary"].map { ProxyDesk.deny("customers", $0) }
        ),
        AttackPolicy(
            name: "tags",
            policies: [
                ProxyDesk.allow(tables), filter(plain), tagMask, ProxyDesk.deny("customers", "salary"),
            ],
            tagged: ["ssn", "email"]
        ),
        AttackPolicy(
            name: "denied table",
            policies: [ProxyDesk.allow(["orders", "categories"]), ProxyDesk.deny("customers", "*")]
        ),
        AttackPolicy(
            name: "hashes",
            policies: masks("MASK_HASH", "MASK_HASH") + [filter(subplan)],
            isBlind: false
        ),
    ]

    private static func filter(_ text: String) -> Policy { ProxyDesk.filter("customers", text) }

    private static func masks(_ ssn: String, _ email: String) -> [Policy] {
        [
            ProxyDesk.allow(tables), ProxyDesk.mask("customers", "ssn", ssn),
            ProxyDesk.mask("customers", "email", email), ProxyDesk.deny("customers", "salary"),
        ]
    }

    private static let tagMask: Policy = {
        var policy = Policy()
        policy.service = "tags"
        policy.name = "PII is hidden"
        policy.policyType = .dataMask
        policy.resources = ["tag": ProxyDesk.resource("PII")]
        var item = ProxyDesk.item(mask: "MASK_NULL")
        item.accesses[0].type = "postgres:select"
        item.dataMaskInfo?.dataMaskType = "postgres:MASK_NULL"
        policy.dataMaskPolicyItems = [item]
        return policy
    }()
}
