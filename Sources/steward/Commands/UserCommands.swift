import ArgumentParser
import CatalogModel
import Foundation
import Governance

/// `steward user`: who may sign in.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Add and remove users and set passwords.",
        subcommands: [Add.self, Password.self, Remove.self, List.self]
    )

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a user, or change one's groups and attributes.",
            discussion: """
                Row filters and masks can ask for attributes, as `${{USER.region}}`.
                Example: steward user add alice --group analysts --attribute region=EU
                """
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The user's name.") var name: String
        @Option(name: .customLong("group"), help: "A group of the user; may be repeated.") var groups:
            [String] = []
        @Option(
            name: .customLong("attribute"),
            help: "A fact about the user, NAME=VALUE; may be repeated. NAME= removes it; others stay."
        )
        var attributes: [String] = []
        @Flag(help: "The user may administer this server.") var admin = false

        func run() throws {
            let workspace = try Workspace(folder: options.folder)
            try workspace.addStandardServices()
            let known = try workspace.cases.browsing.users(for: workspace.caller)
            var facts = known.first { $0.name.text == name }?.attributes ?? [:]
            for attribute in attributes {
                let parts = attribute.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[0].isEmpty else {
                    throw ValidationError("`--attribute \(attribute)` isn't NAME=VALUE, such as region=EU")
                }
                facts[String(parts[0])] = parts[1].isEmpty ? nil : String(parts[1])
            }
            let user = User(
                UserName(name),
                groups: groups.map { GroupName($0) },
                attributes: facts,
                isAdmin: admin
            )
            try workspace.cases.editing.put([.putUser(user)], by: workspace.caller)
            Terminal.line(
                "user `\(name)` is in the catalog; set a password with `steward user password \(name)`"
            )
        }
    }

    struct Password: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set a user's password, read from standard input."
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The user's name.") var name: String

        func run() throws {
            let workspace = try options.open()
            if isatty(STDIN_FILENO) == 1 { Terminal.error("type the new password and press return") }
            guard let password = readLine(strippingNewline: true) else {
                throw GovernanceError(.invalidRequest, "no password on standard input")
            }
            try workspace.cases.authentication.setPassword(
                password,
                of: UserName(name),
                by: workspace.caller
            )
            Terminal.line("the password of `\(name)` is set")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a user, with password and tokens.",
            discussion: """
                Open sessions at the SQL door end within a second. Policies that name the user stay, and hold again
                for whoever is added under the same name, who needs a new password.
                """
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The user's name.") var name: String

        func run() throws {
            let workspace = try options.open()
            let user = UserName(name)
            let known = try workspace.cases.browsing.users(for: workspace.caller)
            let isThere = known.contains { $0.name == user }
            if isThere { try workspace.cases.editing.put([.deleteUser(user)], by: workspace.caller) }
            // Also what a removal left behind that was broken off.
            try workspace.cases.authentication.forget(user, by: workspace.caller)
            guard isThere else {
                throw GovernanceError(.unknownUser, "there is no user `\(name)`: see `steward user list`")
            }
            Terminal.line("user `\(name)` is removed")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the users.")
        @OptionGroup var options: DataOptions

        func run() throws {
            let workspace = try options.open()
            var table = TextTable(["user", "groups", "attributes", "admin"])
            for user in try workspace.cases.browsing.users(for: workspace.caller) {
                let groups = user.groups.map(\.text).joined(separator: ", ")
                let facts = user.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                table.add([
                    user.name.text, groups, facts.joined(separator: ", "), user.isAdmin ? "yes" : "",
                ])
            }
            for line in table.lines() { Terminal.line(line) }
        }
    }
}

/// `steward token`: secrets for programs.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make and revoke API tokens.",
        subcommands: [Create.self, Revoke.self]
    )

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token for a user and print it, once.",
            discussion: "Send it as `Authorization: Bearer TOKEN`."
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The user it stands for.") var user: String
        @Option(help: "The last moment at which it works, such as 2027-01-01.") var until: String?

        func run() throws {
            let workspace = try options.open()
            let token = try workspace.cases.authentication.makeToken(
                for: UserName(user),
                expires: try CatalogLoading.instant(until, isEnd: true),
                by: workspace.caller
            )
            Terminal.error("token \(token.id) of `\(user)`; it is not shown again:")
            Terminal.line(token.secret)
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a token away.")
        @OptionGroup var options: DataOptions
        @Argument(help: "The token's id.") var id: String

        func run() throws {
            let workspace = try options.open()
            try workspace.cases.authentication.revokeToken(id: id, by: workspace.caller)
            Terminal.line("token \(id) is gone")
        }
    }
}
