import PolicyEngine

/// Reads the members of one object; members that the format doesn't have are refused with their path.
struct NodeReader {
    let node: JSONNode
    let path: String

    init(_ node: JSONNode, _ path: String, knows names: Set<String>) throws {
        guard let members = node.members else { throw VerificationError("`\(path)` must be an object") }
        for name in members.names where !names.contains(name) && !Strays.isStray(name) {
            throw VerificationError("unknown member `\(path.isEmpty ? name : "\(path).\(name)")`")
        }
        self.node = node
        self.path = path
    }

    func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    subscript(name: String) -> JSONNode? { node[name] }

    func has(_ name: String) -> Bool { node[name] != nil }

    func text(_ name: String) throws -> String? {
        guard let value = node[name] else { return nil }
        guard let text = value.text else { throw VerificationError("`\(place(name))` must be text") }
        return text
    }

    func flag(_ name: String) throws -> Bool? {
        switch node[name] {
        case nil: return nil
        case .bool(let flag)?: return flag
        case .string(let text)? where ["true", "false"].contains(text): return text == "true"
        default: throw VerificationError("`\(place(name))` must be true or false")
        }
    }

    func integer(_ name: String) throws -> Int64? {
        guard let value = node[name] else { return nil }
        guard case .integer(let number) = value else {
            throw VerificationError("`\(place(name))` must be a whole number")
        }
        return number
    }

    func list(_ name: String) throws -> [JSONNode] {
        guard let value = node[name] else { return [] }
        guard let list = value.list else { throw VerificationError("`\(place(name))` must be a list") }
        return list
    }

    func texts(_ name: String) throws -> [String] {
        try list(name).compactMap { element in
            if element.isNull { return nil }
            guard let text = element.text else {
                throw VerificationError("`\(place(name))` must be a list of texts")
            }
            return text
        }
    }

    func textLists(_ name: String) throws -> [[String]] {
        try list(name).map { element in
            guard let list = element.list else {
                throw VerificationError("`\(place(name))` must be a list of lists")
            }
            return list.compactMap(\.text)
        }
    }

    func textMap(_ name: String) throws -> [String: [String]] {
        guard let value = node[name] else { return [:] }
        guard let members = value.members else {
            throw VerificationError("`\(place(name))` must be an object")
        }
        var result: [String: [String]] = [:]
        for (key, list) in zip(members.names, members.values) {
            result[key] = list.list?.compactMap(\.text) ?? list.text.map { [$0] } ?? []
        }
        return result
    }

    /// A value of one of Ranger's shapes; unknown members in it are refused, those of Ranger's own files left out.
    func decode<Value: Decodable>(_ name: String, _ type: Value.Type = Value.self) throws -> Value? {
        try decodeExactly(name, type, removing: Strays.removed)
    }

    /// The same, all unknown members being refused.
    func decodeExactly<Value: Decodable>(
        _ name: String,
        _ type: Value.Type = Value.self,
        removing: (JSONNode) -> JSONNode = { $0 }
    ) throws -> Value? {
        guard let value = node[name] else { return nil }
        do {
            return try JSONNodeDecoder.decode(type, from: removing(value), isStrict: true)
        } catch {
            throw VerificationError(error, at: place(name))
        }
    }
}

extension String {
    /// Without white space at either end.
    var trimmingSpaces: String {
        let head = drop { $0.isWhitespace }
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(head[...last])
    }
}
