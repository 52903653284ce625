/// Who holds which roles, as numbers of a ``PrincipalTable``, so that nothing is looked up by text.
struct RoleNumbers: Sendable {
    private var roles: ContiguousArray<Int32> = []
    /// Parts of `roles`, by the table's position of a user and of a group.
    private var ofUser: ContiguousArray<Range<Int32>> = []
    private var ofGroup: ContiguousArray<Range<Int32>> = []
    private var ofEveryone: Range<Int32> = 0..<0

    /// Resolves what each user and group named in roles holds, roles in roles included; gives all of them numbers.
    init(_ records: [RoleRecord], _ resolver: RoleResolver, _ table: inout PrincipalTable) {
        for user in Set(records.flatMap(\.users)).sorted() {
            let position = PrincipalTable.position(of: table.intern(.user, user))
            while ofUser.count <= position { ofUser.append(0..<0) }
            ofUser[position] = add(resolver.roles(ofUserOnly: user), &table)
        }
        for group in Set(records.flatMap(\.groups)).sorted() {
            let position = PrincipalTable.position(of: table.intern(.group, group))
            while ofGroup.count <= position { ofGroup.append(0..<0) }
            ofGroup[position] = add(resolver.roles(ofGroupOnly: group), &table)
        }
        ofEveryone = add(resolver.roles(ofGroupOnly: "public"), &table)
    }

    /// Adds the numbers of the roles that everyone holds.
    func addCommon(to found: inout ContiguousArray<Int32>) { add(ofEveryone, to: &found) }

    /// Adds the numbers of the roles that come with a user's number, or a group's; repeats are possible.
    func add(with principal: Int32, to found: inout ContiguousArray<Int32>) {
        let position = PrincipalTable.position(of: principal)
        switch PrincipalTable.kind(of: principal) {
        case .user: if position < ofUser.count { add(ofUser[position], to: &found) }
        case .group: if position < ofGroup.count { add(ofGroup[position], to: &found) }
        case .role, .purpose, nil: break
        }
    }

    private func add(_ range: Range<Int32>, to found: inout ContiguousArray<Int32>) {
        for index in range { found.append(roles[Int(index)]) }
    }

    private mutating func add(_ names: [String], _ table: inout PrincipalTable) -> Range<Int32> {
        let start = Int32(roles.count)
        for name in names { roles.append(table.intern(.role, name)) }
        return start..<Int32(roles.count)
    }
}
