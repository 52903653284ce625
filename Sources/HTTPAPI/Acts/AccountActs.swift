import CatalogModel
import Governance
import HTTPTypes

/// Users, passwords and tokens.
enum AccountActs {
    @Sendable static func whoami(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let standing = try await call.run { cases throws(GovernanceError) in
            try cases.browsing.standing(of: visitor.caller)
        }
        return .json(
            .object([
                ("user", .string(standing.user.text)), ("groups", .strings(standing.groups.map(\.text))),
                ("roles", .strings(standing.roles.map(\.text))), ("admin", .bool(standing.isAdmin)),
            ])
        )
    }

    @Sendable static func users(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let users = try await call.run { cases throws(GovernanceError) in
            try cases.browsing.users(for: visitor.caller)
        }
        return .json(
            .object([
                (
                    "users",
                    .array(
                        users.map { user in
                            .object([
                                ("user", .string(user.name.text)),
                                ("groups", .strings(user.groups.map(\.text))),
                                (
                                    "attributes",
                                    .object(
                                        user.attributes.sorted { $0.key < $1.key }
                                            .map { ($0.key, .string($0.value)) }
                                    )
                                ),
                                ("admin", .bool(user.isAdmin)),
                            ])
                        }
                    )
                )
            ])
        )
    }

    @Sendable static func putUser(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let setting = try PayloadReader.read(UserSetting.self, from: call.body)
        let name = call.segment("user")
        guard name.utf8.count <= 255, !name.contains(":") else {
            throw GovernanceError(.invalidRequest, "a user's name has at most 255 bytes, and no colon")
        }
        let user = User(
            UserName(name),
            groups: setting.groups ?? [],
            attributes: setting.attributes ?? [:],
            isAdmin: setting.admin ?? false
        )
        try await call.run { cases throws(GovernanceError) in
            try cases.editing.put([.putUser(user)], by: visitor.caller)
        }
        return .done
    }

    @Sendable static func setPassword(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let setting = try PayloadReader.read(PasswordSetting.self, from: call.body)
        let user = UserName(call.segment("user"))
        let (caller, authentication) = (visitor.caller, call.services.cases.authentication)
        guard visitor.isAdmin || user == caller.user else {
            throw GovernanceError(.forbidden, "only administrators may set the password of somebody else")
        }
        // A token that was stolen must not be good enough to lock its owner out.
        if user == caller.user {
            guard let current = setting.current else {
                throw Problem(
                    .malformedBody,
                    "`current`: it is missing; it takes the old password to set your own"
                )
            }
            try await SignIn(services: call.services).authenticated(
                .password(user, current),
                request: call.request,
                from: call.remote
            ) { _, _ in }
        }
        try await call.services.workers.secret { () throws(GovernanceError) in
            try authentication.setPassword(setting.password, of: user, by: caller)
        }
        return .done
    }

    @Sendable static func makeToken(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let setting = try PayloadReader.read(TokenRequest.self, from: call.body)
        let user = setting.user ?? visitor.caller.user
        let expires = try TagActs.moment(setting.expires, "expires")
        let token = try await call.run { cases throws(GovernanceError) in
            try cases.authentication.makeToken(for: user, expires: expires, by: visitor.caller)
        }
        return .json(
            .object([
                ("id", .string(token.id)), ("token", .string(token.secret)), ("user", .string(user.text)),
                ("expires", JSONText(expires?.description)),
            ]),
            status: .created
        )
    }

    @Sendable static func revokeToken(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let id = call.segment("id")
        try await call.run { cases throws(GovernanceError) in
            try cases.authentication.revokeToken(id: id, by: visitor.caller)
        }
        return .done
    }
}

private struct UserSetting: Payload {
    static let members: Set<String> = ["groups", "attributes", "admin"]
    let groups: [GroupName]?
    let attributes: [String: String]?
    let admin: Bool?
}

private struct PasswordSetting: Payload {
    static let members: Set<String> = ["current", "password"]
    let current: String?
    let password: String
}

private struct TokenRequest: Payload {
    static let members: Set<String> = ["user", "expires"]
    let user: UserName?
    let expires: String?
}
