/// Who holds which roles, as numbers of a ``PrincipalTable``, so that nothing is looked up by text.
final class RoleNumbers: Sendable {
    /// What looking them up takes; its owner keeps them.
    struct View: Sendable, BitwiseCopyable {
        fileprivate let roles: Frozen<Int32>
        /// Parts of `roles`, by the table's position of a user and of a group.
        fileprivate let ofUser: Frozen<Stretch>
        fileprivate let ofGroup: Frozen<Stretch>
        fileprivate let ofEveryone: Stretch

        /// The numbers of the roles that everyone holds.
        @inline(__always)
        var common: UnsafeBufferPointer<Int32> { part(ofEveryone) }

        /// The numbers of the roles that come with a user; repeats are possible.
        @inline(__always)
        func held(byUser position: Int) -> UnsafeBufferPointer<Int32> {
            part(position < ofUser.count ? ofUser[position] : .none)
        }

        /// The numbers of the roles that come with a group; repeats are possible.
        @inline(__always)
        func held(byGroup position: Int) -> UnsafeBufferPointer<Int32> {
            part(position < ofGroup.count ? ofGroup[position] : .none)
        }

        @inline(__always)
        private func part(_ stretch: Stretch) -> UnsafeBufferPointer<Int32> {
            UnsafeBufferPointer(start: roles.base + Int(stretch.startIndex), count: stretch.count)
        }
    }

    let view: View

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
        view = View(
            roles: Frozen(roles),
            ofUser: Frozen(ofUser),
            ofGroup: Frozen(ofGroup),
            ofEveryone: Stretch(start, Int32(roles.count))
        )
    }

    deinit {
        view.roles.free()
        view.ofUser.free()
        view.ofGroup.free()
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
