import CatalogModel
import Masking
import PolicyEngine
import QueryAnalysis

/// The SQL expressions that policies hold: parsed once, when policies are published.
enum PolicyExpressions {
    /// All row filters and custom masks of some policies, parsed.
    ///
    /// Those of databases may use what their SQL has, such as subqueries: they are checked, but can only be carried out
    /// by the database.
    /// - Throws: the first one that the subset refuses, by policy, list, item and position.
    static func library(
        of policies: [Policy],
        databases: Set<String>
    ) throws(PolicyError) -> ExpressionLibrary {
        var expressions: [String: SQLExpression] = [:]
        for policy in policies where policy.isEnabled {
            for (place, text) in texts(of: policy) where expressions[text] == nil {
                do throws(ExpressionSyntaxError) {
                    expressions[text] = try ExpressionParser.parse(text)
                } catch {
                    if databases.contains(policy.service), (try? PolicyText.check(text)) != nil { continue }
                    throw PolicyError(
                        .unreadable(kind: "expression", why: "\(error)"),
                        at: PolicyPlace("policy", policy.name, service: policy.service, member: place)
                    )
                }
            }
        }
        return ExpressionLibrary(expressions)
    }

    /// The services whose tables lie in databases that statements are sent to.
    static func databases(among services: [PolicyService]) -> Set<String> {
        Set(services.filter { $0.definition.name == "postgres" }.map(\.name.text))
    }

    /// Each text that has to be parsed as SQL, with its place in the policy.
    private static func texts(of policy: Policy) -> [(place: String, text: String)] {
        var found: [(String, String)] = []
        for (index, item) in policy.rowFilterPolicyItems.enumerated() {
            if let filter = item.rowFilterInfo?.filterExpr, !filter.isEmpty {
                found.append(("rowFilterPolicyItems[\(index)].rowFilterInfo.filterExpr", filter))
            }
        }
        for (index, item) in policy.dataMaskPolicyItems.enumerated() {
            if let text = item.dataMaskInfo?.valueExpr, !text.isEmpty, !MaskCatalog.isMaskCall(text) {
                found.append(("dataMaskPolicyItems[\(index)].dataMaskInfo.valueExpr", text))
            }
        }
        return found
    }
}
