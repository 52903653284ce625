import CatalogModel
import Masking
import PolicyEngine
import QueryAnalysis

/// The SQL expressions that policies hold: parsed once, when policies are published.
enum PolicyExpressions {
    /// All row filters and custom masks of some policies, parsed.
    ///
    /// Those of databases may use what their SQL has, such as subqueries: they are checked, but can only be carried out
    /// by the database. Texts that were parsed before, in `library`, aren't parsed again.
    /// - Throws: the first one that the subset refuses, by policy, list, item and position.
    static func library(
        of policies: [Policy],
        databases: Set<String>,
        adding library: ExpressionLibrary = ExpressionLibrary()
    ) throws(PolicyError) -> ExpressionLibrary {
        var expressions: [String: SQLExpression] = [:]
        for policy in policies where policy.isEnabled {
            for (member, text) in texts(of: policy) {
                let place = PolicyPlace("policy", policy.name, service: policy.service, member: member)
                let isForDatabase = databases.contains(policy.service)
                try parse(text, isForDatabase: isForDatabase, at: place, into: &expressions, beside: library)
            }
        }
        return library.including(expressions)
    }

    /// All row filters and custom masks of shared resources, parsed, as ``library(of:databases:adding:)`` does.
    static func library(
        ofShared records: [SharedRecord],
        databases: Set<String>,
        adding library: ExpressionLibrary
    ) throws(PolicyError) -> ExpressionLibrary {
        var expressions: [String: SQLExpression] = [:]
        for record in records {
            let isForDatabase = record.service(among: records).map(databases.contains) ?? false
            for (place, text) in record.expressions where !MaskCatalog.isMaskCall(text) {
                try parse(text, isForDatabase: isForDatabase, at: place, into: &expressions, beside: library)
            }
        }
        return library.including(expressions)
    }

    private static func parse(
        _ text: String,
        isForDatabase: Bool,
        at place: PolicyPlace,
        into expressions: inout [String: SQLExpression],
        beside library: ExpressionLibrary
    ) throws(PolicyError) {
        guard expressions[text] == nil, library[text] == nil else { return }
        let sample: String
        do throws(PolicyProblem) { sample = try PolicyExpressions.sample(of: text) } catch {
            throw PolicyError(error, at: place)
        }
        do throws(ExpressionSyntaxError) { expressions[text] = try ExpressionParser.parse(sample) } catch {
            if isForDatabase, (try? PolicyText.check(sample)) != nil { return }
            throw PolicyError(.unreadable(kind: "expression", why: "\(error)"), at: place)
        }
    }

    /// What a text is checked as before anybody asks: with nothing for each `${{…}}`.
    ///
    /// - Throws: what is wrong with such a place.
    static func sample(of text: String) throws(PolicyProblem) -> String {
        MacroText.isNeeded(for: text) ? try MacroText(text).sample : text
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

extension ExpressionLibrary {
    /// With the texts that a decision filled in, where what was published is known here.
    ///
    /// Cost: nothing without `${{…}}`, else parsing each of them. What can't be parsed is missing: plans refuse it.
    func filled(for decision: Decision) -> ExpressionLibrary {
        var filled: [String: SQLExpression] = [:]
        func fill(_ published: String?, _ text: String?) {
            guard let published, let text, self[published] != nil else { return }
            filled[text] = try? ExpressionParser.parse(text)
        }
        fill(decision.rowFilter?.publishedExpression, decision.rowFilter?.expression)
        for column in decision.columns {
            if case .masked(let mask) = column.treatment {
                fill(mask.publishedExpression, mask.valueExpression)
            }
        }
        return filled.isEmpty ? self : adding(filled)
    }
}
