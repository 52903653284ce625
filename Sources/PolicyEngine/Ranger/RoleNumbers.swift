/// Who holds which roles, as numbers of a ``PrincipalTable``, so that nothing is looked up by text.
final class RoleNumbers: Sendable {
    /// What looking them up takes; its owner keeps them.
    struct View: Sendable, BitwiseCopyable {
        /// By the table's position of a user and of a group: itself with the roles that come with it.
        fileprivate let ofUser: Frozen<HeldPrincipals>
        fileprivate let ofGroup: Frozen<HeldPrincipals>
        fileprivate let ofEveryone: HeldPrincipals
        /// Those of many.
        fileprivate let rest: Frozen<Int32>

        /// Adds the roles that everyone holds; false when there is no room for them.
        @inline(__always)
        func addCommon(to found: inout PrincipalCollector) -> Bool { found.add(ofEveryone, rest: rest.base) }

        /// Adds a user with the roles that come with it; false when there is no room for them.
        @inline(__always)
        func add(user position: Int, to found: inout PrincipalCollector) -> Bool {
            guard position < ofUser.count else { return found.add(.init(alone(.user, position))) }
            return found.add(ofUser[position], rest: rest.base)
        }

        /// Adds a group with the roles that come with it; false when there is no room for them.
        @inline(__always)
        func add(group position: Int, to found: inout PrincipalCollector) -> Bool {
            guard position < ofGroup.count else { return found.add(.init(alone(.group, position))) }
            return found.add(ofGroup[position], rest: rest.base)
        }

        private func alone(_ kind: PrincipalTable.Kind, _ position: Int) -> Int32 {
            PrincipalTable.principal(kind, Int32(truncatingIfNeeded: position))
        }
    }

    let view: View

    /// Resolves what each user and group named in roles holds, roles in roles included; gives all of them numbers.
    init(_ records: [RoleRecord], _ resolver: RoleResolver, _ table: inout PrincipalTable) {
        var ofUser: [Int: [Int32]] = [:]
        var ofGroup: [Int: [Int32]] = [:]
        for user in Set(records.flatMap(\.users)).sorted() {
            let position = PrincipalTable.position(of: table.intern(.user, user))
            ofUser[position] = resolver.roles(ofUserOnly: user).map { table.intern(.role, $0) }
        }
        for group in Set(records.flatMap(\.groups)).sorted() {
            let position = PrincipalTable.position(of: table.intern(.group, group))
            ofGroup[position] = resolver.roles(ofGroupOnly: group).map { table.intern(.role, $0) }
        }
        let common = resolver.roles(ofGroupOnly: "public").map { table.intern(.role, $0) }
        var rest: [Int32] = []
        let hold = { (principals: [Int32]) in
            defer { rest += principals.dropFirst(HeldPrincipals.mostInside) }
            return HeldPrincipals(principals, rest: Int32(rest.count))
        }
        view = View(
            ofUser: Frozen(
                (0..<table.users.count).map { position in
                    hold([PrincipalTable.principal(.user, Int32(position))] + (ofUser[position] ?? []))
                }
            ),
            ofGroup: Frozen(
                (0..<table.groups.count).map { position in
                    hold([PrincipalTable.principal(.group, Int32(position))] + (ofGroup[position] ?? []))
                }
            ),
            ofEveryone: hold(common),
            rest: Frozen(rest)
        )
    }

    deinit {
        view.ofUser.free()
        view.ofGroup.free()
        view.rest.free()
    }
}
