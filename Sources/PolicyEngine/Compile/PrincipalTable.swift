/// Users, groups, roles and purposes of all policies as numbers in one space.
struct PrincipalTable: Sendable {
    enum Kind: Int32, Sendable { case user, group, role, purpose }

    private(set) var users = NameTable()
    private(set) var groups = NameTable()
    private var roles = NameTable()
    private var purposes = NameTable()

    mutating func intern(_ kind: Kind, _ name: String) -> Int32 {
        let id: Int32
        switch kind {
        case .user: id = users.intern(name)
        case .group: id = groups.intern(name)
        case .role: id = roles.intern(name)
        case .purpose: id = purposes.intern(name)
        }
        return id * 4 + kind.rawValue
    }

    /// The number; negative when no policy names it.
    func find(_ kind: Kind, _ name: String) -> Int32 {
        let id: Int32
        switch kind {
        case .user: id = users.find(name)
        case .group: id = groups.find(name)
        case .role: id = roles.find(name)
        case .purpose: id = purposes.find(name)
        }
        return id < 0 ? -1 : id * 4 + kind.rawValue
    }

    /// The number of a kind's name at a position, which counts up from 0 for each kind.
    static func principal(_ kind: Kind, _ position: Int32) -> Int32 { position * 4 + kind.rawValue }

    /// How many names of each kind there are.
    var counts: [Int] { [users.count, groups.count, roles.count, purposes.count] }

    static func position(of principal: Int32) -> Int { Int(principal >> 2) }
}
