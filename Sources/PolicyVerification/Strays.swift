import PolicyEngine

/// Members of Ranger's own files that no reader of its knows: remarks, slips, settings that are long gone.
enum Strays {
    private static let names: Set<String> = [
        // Settings of matchers that have moved into `matcherOptions`.
        "startDelimiterChar", "endDelimiterChar", "escapeChar",
        // A slip for `isAdmin`, and one for a remark.
        "usAdmin", "principals:",
    ]

    /// What definitions of levels had before policies' resources did.
    private static let ofLevels: Set<String> = ["isExcludes", "isRecursive", "defaultValue"]

    static func isStray(_ name: String) -> Bool {
        name.hasPrefix("_") && name != "_" || name.hasPrefix("comment") || name.hasPrefix("original-")
            || names.contains(name)
    }

    /// A document without them; names of a policy's own choice are left alone.
    static func removed(from node: JSONNode) -> JSONNode {
        switch node {
        case .null, .bool, .integer, .number, .string: return node
        case .array(let list): return .array(list.map(removed))
        case .object(let members):
            var kept = JSONMembers()
            let isLevel = members["matcher"] != nil || members["matcherOptions"] != nil
            let isConfig = members["mandatory"] != nil && members["parent"] == nil && !isLevel
            for (name, value) in zip(members.names, members.values) where !names.contains(name) {
                if isConfig, name == "level" { continue }
                if isLevel, ofLevels.contains(name) { continue }
                kept.append(name, removed(from: value))
            }
            return .object(kept)
        }
    }
}
