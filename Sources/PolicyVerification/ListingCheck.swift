import PolicyEngine

/// Compares lists of accesses with what a file expects.
enum ListingCheck {
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
