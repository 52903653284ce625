package import PolicyEngine

/// What makes a policy the same one in another version: its service, zone and name.
package struct PolicyKey: Hashable, Sendable {
    /// The service.
    package let service: String
    /// The security zone; empty outside of zones.
    package let zone: String
    /// The name.
    package let name: String

    /// The key of a policy.
    package init(_ policy: Policy) {
        service = policy.service
        zone = policy.zoneName
        name = policy.name
    }
}
