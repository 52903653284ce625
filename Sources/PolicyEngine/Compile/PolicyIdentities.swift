/// Which policies there are: no two have the same service, zone and name, or the same id.
///
/// In small parts, so that a change copies few; versions share the others.
struct PolicyIdentities: Sendable {
    struct Key: Hashable, Sendable {
        let service: String
        let zone: String
        let name: String

        init(_ policy: Policy) {
            service = policy.service
            zone = policy.zoneName
            name = policy.name
        }
    }

    private static let partCount = 1024
    private var keys = ContiguousArray(repeating: [Int64: Key](), count: partCount)
    private var names = ContiguousArray(repeating: Set<Key>(), count: partCount)

    /// Takes a policy in.
    ///
    /// - Throws: `.duplicate` for a name or id that another one has.
    mutating func insert(_ policy: Policy) throws(PolicyProblem) {
        let key = Key(policy)
        guard names[PolicyIdentities.part(of: key)].insert(key).inserted else {
            throw .duplicate(kind: "policy", name: policy.name)
        }
        guard let id = policy.id else { return }
        guard keys[PolicyIdentities.part(of: id)].updateValue(key, forKey: id) == nil else {
            throw .duplicate(kind: "policy id", name: String(id))
        }
    }

    /// Lets go of the policy with an id; the result is what it was called, nil when there is none.
    @discardableResult
    mutating func remove(_ id: Int64) -> Key? {
        guard let key = keys[PolicyIdentities.part(of: id)].removeValue(forKey: id) else { return nil }
        names[PolicyIdentities.part(of: key)].remove(key)
        return key
    }

    private static func part(of value: some Hashable) -> Int {
        Int(UInt(bitPattern: value.hashValue) % UInt(partCount))
    }
}
