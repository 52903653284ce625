package import CatalogModel

/// One access as doors ask about it by the thousand: texts as the client gave them, nothing looked up yet.
///
/// What a question can't say, such as addresses, sessions and scopes, takes an ``AccessRequest``.
package struct AccessQuestion: Sendable {
    /// One level of the resource.
    package struct Level: Sendable {
        /// The level, such as `table`.
        package var name: String
        /// The value there.
        package var value: String

        /// A level with one value.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Who asks.
    package var user: String
    /// The groups of the one who asks.
    package var groups: [String]
    /// What is wanted, such as `select`.
    package var accessType: String
    /// The resource, each level once; in any order.
    package var resource: [Level]
    /// The moment that validity periods are compared with.
    package var time: Instant

    /// A question.
    package init(user: String, groups: [String], accessType: String, resource: [Level], time: Instant) {
        self.user = user
        self.groups = groups
        self.accessType = accessType
        self.resource = resource
        self.time = time
    }
}

extension AccessRequest {
    /// The same question with everything else left out.
    package init(_ question: AccessQuestion) {
        self.init()
        user = question.user
        groups = question.groups
        accessType = question.accessType
        for level in question.resource { elements[level.name] = [level.value] }
        accessTime = question.time
    }
}

/// The short answer to a question; reasons are ``RangerEngine/evaluate(_:_:now:)``'s.
package struct AccessAnswer: Hashable, Sendable {
    /// Whether the access is allowed; for masks, whether one applies.
    package var isAllowed = false
    /// Whether policies settled it.
    package var isDetermined = false
    /// Whether it goes to the audit log.
    package var isAudited = false
    /// The policy that settled it; -1 for none.
    package var policyId: Int64 = -1
    /// The mask type; nil for no mask.
    package var maskType: String?

    /// Nothing settled, by no policy.
    package init() {}
}
