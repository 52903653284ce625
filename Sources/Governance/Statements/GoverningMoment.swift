import CatalogModel
import HashTreeCollections
import PolicyEngine

/// A state of everything that says how a database's statements are governed: what was governed in one way is governed
/// in the same way for as long as the moment is the same.
package struct GoverningMoment: Hashable, Sendable {
    /// Of catalog and policies.
    let version: Int64
    /// Counts the looks at the database.
    let look: Int

    /// Whether it came earlier.
    func isBefore(_ other: GoverningMoment) -> Bool { (version, look) < (other.version, other.look) }
}

extension GovernanceSnapshot {
    /// Whether no policy says something else at another time of day or day, or asks a script.
    ///
    /// Never true when it isn't so; what could be but isn't known to be is not.
    var isTimeless: Bool { state.policies.values.allSatisfy(\.isTimeless) }
}

extension Policy {
    fileprivate var isTimeless: Bool {
        let items = [
            policyItems, denyPolicyItems, allowExceptions, denyExceptions, dataMaskPolicyItems,
            rowFilterPolicyItems,
        ]
        return validitySchedules.isEmpty && conditions.isEmpty
            && items.allSatisfy { $0.allSatisfy(\.isTimeless) }
            && ([resources] + additionalResources).allSatisfy { level in
                level.values.allSatisfy { $0.values.allSatisfy { !$0.contains("$") } }
            }
    }
}

extension PolicyItem {
    fileprivate var isTimeless: Bool {
        let texts = [
            dataMaskInfo?.valueExpr, dataMaskInfo?.conditionExpr, rowFilterInfo?.filterExpr,
        ]
        return conditions.isEmpty && (users + groups + roles).allSatisfy { !$0.contains("$") }
            && texts.allSatisfy { !($0?.contains("${{") ?? false) }
    }
}

extension CatalogTable {
    /// Whether every tag in force is in force for ever.
    var hasTimelessTags: Bool {
        ([tags] + columnTags).allSatisfy { $0.allSatisfy(\.tag.isTimeless) }
    }
}

extension Tag {
    fileprivate var isTimeless: Bool { validFrom == nil && validUntil == nil && periods.isEmpty }
}
