/// A user of the catalog, with the groups and attributes that policies look at.
package struct User: Hashable, Sendable, Codable {
    /// Unique.
    package let name: UserName
    /// The groups that list the user, sorted.
    package let groups: [GroupName]
    /// Attributes by name, such as `region`.
    package let attributes: [String: String]
    /// Whether the user may administer this server: policies, principals, sources.
    package let isAdmin: Bool

    /// A user; groups are sorted and made unique.
    package init(
        _ name: UserName,
        groups: [GroupName] = [],
        attributes: [String: String] = [:],
        isAdmin: Bool = false
    ) {
        self.name = name
        self.groups = Array(Set(groups)).sorted()
        self.attributes = attributes
        self.isAdmin = isAdmin
    }
}

/// A group of users, with attributes that policies look at.
package struct Group: Hashable, Sendable, Codable {
    /// Unique.
    package let name: GroupName
    /// Attributes by name.
    package let attributes: [String: String]

    /// A group.
    package init(_ name: GroupName, attributes: [String: String] = [:]) {
        self.name = name
        self.attributes = attributes
    }
}

/// A role and who holds it; roles may hold roles.
package struct Role: Hashable, Sendable, Codable {
    /// Unique.
    package let name: RoleName
    /// Users who hold it.
    package let users: [UserName]
    /// Groups whose members hold it.
    package let groups: [GroupName]
    /// Roles whose holders hold it too.
    package let roles: [RoleName]

    /// A role with its members.
    package init(_ name: RoleName, users: [UserName] = [], groups: [GroupName] = [], roles: [RoleName] = []) {
        self.name = name
        self.users = users
        self.groups = groups
        self.roles = roles
    }
}

/// Who asks, with everything about them that policies look at, resolved from one snapshot.
package struct Subject: Hashable, Sendable {
    /// The user.
    package let user: UserName
    /// Groups of the user; sorted.
    package let groups: [GroupName]
    /// Roles of the user, also through groups and other roles; sorted.
    package let roles: [RoleName]
    /// The user's attributes.
    package let attributes: [String: String]
    /// The attributes of those of the groups that have any.
    package let groupAttributes: [GroupName: [String: String]]

    /// A subject.
    package init(
        user: UserName,
        groups: [GroupName] = [],
        roles: [RoleName] = [],
        attributes: [String: String] = [:],
        groupAttributes: [GroupName: [String: String]] = [:]
    ) {
        self.user = user
        self.groups = groups.sorted()
        self.roles = roles.sorted()
        self.attributes = attributes
        self.groupAttributes = groupAttributes
    }
}
