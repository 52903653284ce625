import CatalogModel
import HashTreeCollections
import PolicyEngine

extension GovernanceSnapshot {
    func checkOutcomes() throws(GovernanceError) {}
}
