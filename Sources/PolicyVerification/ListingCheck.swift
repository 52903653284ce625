import PolicyEngine

/// Compares lists of accesses with what a file expects.
enum ListingCheck {
    static let members: Set<String> = [
        "userACLs", "groupACLs", "roleACLs", "rowFilters", "dataMasks", "datasets", "projects",
    ]

    /// Compares as Ranger's own runner does: where an entry names its policy only the policy counts, otherwise the
    /// result and whether it is final.
    static func ranger(_ reader: NodeReader, _ got: AccessLists) throws -> [(expected: String, got: String)] {
        var check = OutcomeCheck()
        let users = reader.has("userACLs") ? "userACLs" : "userPermissions"
        let groups = reader.has("groupACLs") ? "groupACLs" : "groupPermissions"
        let roles = reader.has("roleACLs") ? "roleACLs" : "rolePermissions"
        compare("users", reader[users], got.users, &check)
        compare("groups", reader[groups], got.groups, &check)
        compare("roles", reader[roles], got.roles, &check)
        check.compare("dataMasks", transforms(reader["dataMasks"]), "\(got.masks.map(text).sorted())")
        check.compare("rowFilters", transforms(reader["rowFilters"]), "\(got.rowFilters.map(text).sorted())")
        return check.problems
    }

    private static func compare(
        _ kind: String,
        _ expected: JSONNode?,
        _ got: [String: [String: AccessLists.Entry]],
        _ check: inout OutcomeCheck
    ) {
        let names = Set(expected?.members?.names ?? []).union(got.keys)
        for name in names.sorted() {
            let wanted = expected?[name]
            let accesses = Set(wanted?.members?.names ?? []).union(got[name].map { Array($0.keys) } ?? [])
            for access in accesses.sorted() {
                let entry = got[name]?[access]
                let label = "\(kind) \(name) \(access)"
                guard let wanted = wanted?[access] else {
                    check.compare(label, "absent", entry.map { "\($0.result)" } ?? "absent")
                    continue
                }
                guard let entry else {
                    check.compare(label, "present", "absent")
                    continue
                }
                if let policy = wanted["policy"]?["id"]?.scalarText {
                    check.compare(label, policy, "\(entry.policyId)")
                } else if wanted.text == nil {
                    let isFinal = wanted["isFinal"]?.scalarText ?? "false"
                    check.compare(
                        label,
                        "\(wanted["result"]?.scalarText ?? "?") final \(isFinal)",
                        "\(entry.result.rawValue) final \(entry.isFinal)"
                    )
                }
            }
        }
    }

    /// Whether results are words, as files had them before numbers.
    static func isWorded(_ reader: NodeReader) -> Bool {
        let lists = ["userPermissions", "groupPermissions", "rolePermissions"].compactMap {
            reader[$0]?.members
        }
        let results = lists.flatMap(\.values).compactMap(\.members).flatMap(\.values)
        return !results.isEmpty && results.allSatisfy { $0.text != nil }
    }

    private static func transforms(_ node: JSONNode?) -> String {
        let lines = (node?.list ?? []).map { entry in
            let list = { (name: String) in "\((entry[name]?.list ?? []).compactMap(\.text).sorted())" }
            let info = [entry["filterInfo"]?["filterExpr"]?.text, entry["maskInfo"]?["dataMaskType"]?.text]
                .map { $0 ?? "" }.joined(separator: "|")
            return "\(list("users")) \(list("groups")) \(list("roles")) \(list("accessTypes")) \(info) "
                + (entry["isConditional"]?.scalarText ?? "false")
        }
        return "\(lines.sorted())"
    }

    static func golden(_ node: JSONNode, _ got: AccessLists, _ path: String) throws -> [(
        expected: String, got: String
    )] {
        let names: Set<String> = [
            "users", "groups", "roles", "dataMasks", "rowFilters", "datasets", "projects",
        ]
        let reader = try NodeReader(node, path, knows: names)
        var check = OutcomeCheck()
        for (name, lists) in [("users", got.users), ("groups", got.groups), ("roles", got.roles)] {
            let expected = reader[name].map(text) ?? "{}"
            check.compare(name, expected, text(lists))
        }
        check.compare("dataMasks", texts(reader["dataMasks"]), "\(got.masks.map(text).sorted())")
        check.compare("rowFilters", texts(reader["rowFilters"]), "\(got.rowFilters.map(text).sorted())")
        return check.problems
    }

    private static func text(_ node: JSONNode) -> String {
        let lines = zip(node.members?.names ?? [], node.members?.values ?? []).map { name, accesses in
            let entries = zip(accesses.members?.names ?? [], accesses.members?.values ?? []).map {
                access,
                entry in
                let number = { (name: String) in entry[name]?.scalarText ?? "?" }
                return "\(access)=\(number("result"))/\(number("isFinal"))/\(number("policyId"))"
            }
            return "\(name): \(entries.sorted().joined(separator: " "))"
        }
        return "{" + lines.sorted().joined(separator: "; ") + "}"
    }

    private static func text(_ lists: [String: [String: AccessLists.Entry]]) -> String {
        let lines = lists.map { name, accesses in
            let entries = accesses.map { "\($0)=\($1.result.rawValue)/\($1.isFinal)/\($1.policyId)" }
            return "\(name): \(entries.sorted().joined(separator: " "))"
        }
        return "{" + lines.sorted().joined(separator: "; ") + "}"
    }

    private static func texts(_ node: JSONNode?) -> String {
        let lines = (node?.list ?? []).map { entry in
            let list = { (name: String) in "\((entry[name]?.list ?? []).compactMap(\.text).sorted())" }
            let info = [
                entry["filterExpr"]?.text, entry["maskType"]?.text,
            ].map { $0 ?? "" }.joined(separator: "|")
            return "\(list("users")) \(list("groups")) \(list("roles")) \(list("accessTypes")) \(info) "
                + (entry["isConditional"]?.scalarText ?? "false")
        }
        return "\(lines.sorted())"
    }

    private static func text(_ entry: AccessLists.Transform) -> String {
        let list = { (names: [String]) in "\(names.sorted())" }
        let info = [
            entry.rowFilter, entry.mask?.dataMaskType,
        ].map { $0 ?? "" }.joined(separator: "|")
        return
            "\(list(entry.users)) \(list(entry.groups)) \(list(entry.roles)) \(list(entry.accessTypes)) \(info) "
            + "\(entry.isConditional)"
    }
}
