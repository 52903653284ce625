/// Who holds which roles, as numbers of a ``PrincipalTable``, so that nothing is looked up by text.
final class RoleNumbers: Sendable {
    private let roles: Frozen<Int32>
    /// Parts of `roles`, by the table's position of a user and of a group.
    private let ofUser: Frozen<Stretch>
    private let ofGroup: Frozen<Stretch>
    private let ofEveryone: Stretch

    /// Resolves what each user and group named in roles holds, roles in roles included; gives all of them numbers.
    init(_ records: [RoleRecord], _ resolver: RoleResolver, _ table: inout PrincipalTable) {
        var roles: [Int32] = []
        var ofUser: [Stretch] = []
        var ofGroup: [Stretch] = []
        for user in Set(records.flatMap(\.users)).sorted() {
            let position = PrincipalTable.position(of: table.intern(.user, user))
            let held = resolver.roles(ofUserOnly: user).map { table.intern(.role, $0) }
            RoleNumbers.set(&ofUser, position, held, &roles)
        }
        for group in Set(records.flatMap(\.groups)).sorted() {
            let position = PrincipalTable.position(of: table.intern(.group, group))
            let held = resolver.roles(ofGroupOnly: group).map { table.intern(.role, $0) }
            RoleNumbers.set(&ofGroup, position, held, &roles)
        }
        let start = Int32(roles.count)
        roles += resolver.roles(ofGroupOnly: "public").map { table.intern(.role, $0) }
        ofEveryone = Stretch(start, Int32(roles.count))
        self.roles = Frozen(roles)
        self.ofUser = Frozen(ofUser)
        self.ofGroup = Frozen(ofGroup)
    }

    deinit {
        roles.free()
        ofUser.free()
        ofGroup.free()
    }

    /// The numbers of the roles that everyone holds.
    var common: UnsafeBufferPointer<Int32> { part(ofEveryone) }

    /// The numbers of the roles that come with a user; repeats are possible.
    func held(byUser position: Int) -> UnsafeBufferPointer<Int32> {
        part(position < ofUser.count ? ofUser[position] : .none)
    }

    /// The numbers of the roles that come with a group; repeats are possible.
    func held(byGroup position: Int) -> UnsafeBufferPointer<Int32> {
        part(position < ofGroup.count ? ofGroup[position] : .none)
    }

    private func part(_ stretch: Stretch) -> UnsafeBufferPointer<Int32> {
        UnsafeBufferPointer(start: roles.base + Int(stretch.startIndex), count: stretch.count)
    }

    private static func set(
        _ ranges: inout [Stretch],
        _ position: Int,
        _ held: [Int32],
        _ roles: inout [Int32]
    ) {
        while ranges.count <= position { ranges.append(.none) }
        let start = Int32(roles.count)
        roles += held
        ranges[position] = Stretch(start, Int32(roles.count))
    }
}
