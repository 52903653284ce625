/// Who holds which roles, as numbers of a ``PrincipalTable``, so that nothing is looked up by text.
///
/// The owner frees it.
struct RoleNumbers: Sendable {
    private let roles: Frozen<Int32>
    /// Parts of `roles`, by the table's position of a user and of a group.
    private let ofUser: Frozen<Range<Int32>>
    private let ofGroup: Frozen<Range<Int32>>
    private let ofEveryone: Range<Int32>

    /// Resolves what each user and group named in roles holds, roles in roles included; gives all of them numbers.
    init(_ records: [RoleRecord], _ resolver: RoleResolver, _ table: inout PrincipalTable) {
        var roles: [Int32] = []
        var ofUser: [Range<Int32>] = []
        var ofGroup: [Range<Int32>] = []
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
        ofEveryone = start..<Int32(roles.count)
        self.roles = Frozen(roles)
        self.ofUser = Frozen(ofUser)
        self.ofGroup = Frozen(ofGroup)
    }

    func free() {
        roles.free()
        ofUser.free()
        ofGroup.free()
    }

    /// Adds the numbers of the roles that everyone holds.
    func addCommon(to found: inout ContiguousArray<Int32>) { add(ofEveryone, to: &found) }

    /// Adds the numbers of the roles that come with a user; repeats are possible.
    func add(withUser position: Int, to found: inout ContiguousArray<Int32>) {
        if position < ofUser.count { add(ofUser[position], to: &found) }
    }

    /// Adds the numbers of the roles that come with a group; repeats are possible.
    func add(withGroup position: Int, to found: inout ContiguousArray<Int32>) {
        if position < ofGroup.count { add(ofGroup[position], to: &found) }
    }

    private func add(_ range: Range<Int32>, to found: inout ContiguousArray<Int32>) {
        for index in range { found.append(roles[Int(index)]) }
    }

    private static func set(
        _ ranges: inout [Range<Int32>],
        _ position: Int,
        _ held: [Int32],
        _ roles: inout [Int32]
    ) {
        while ranges.count <= position { ranges.append(0..<0) }
        let start = Int32(roles.count)
        roles += held
        ranges[position] = start..<Int32(roles.count)
    }
}
