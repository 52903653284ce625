/// Which members a JSON or YAML object may have, and what becomes of others.
extension CodingUserInfoKey {
    /// Set to `true` in a decoder's `userInfo` to refuse members that Ranger's shape doesn't have.
    ///
    /// The error is `DecodingError.dataCorrupted`; its coding path names the unknown member.
    package static var strictMembers: CodingUserInfoKey {
        guard let key = CodingUserInfoKey(rawValue: "steward.strictMembers") else {
            preconditionFailure("a user info key can be any text")
        }
        return key
    }
}

/// A member's name as it stands in the document.
struct MemberName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}

/// Reads the members of one object: absent and null are the same, unknown ones are refused when strict.
///
/// Documents read by ``JSONReader`` are looked into directly; others through Swift's containers.
struct MemberReader {
    private enum Source {
        case node(JSONMembers, JSONNodeDecoder)
        case container(KeyedDecodingContainer<MemberName>)
    }

    private let source: Source

    init<Name: CodingKey & CaseIterable>(
        _ decoder: any Decoder,
        names: Name.Type,
        alwaysStrict: Bool = false
    ) throws {
        if let decoder = decoder as? JSONNodeDecoder {
            source = .node(try decoder.members(), decoder)
        } else {
            source = .container(try decoder.container(keyedBy: MemberName.self))
        }
        guard alwaysStrict || MemberReader.isStrict(decoder) else { return }
        guard let first = unknown(names).min() else { return }
        let path = decoder.codingPath + [MemberName(first)]
        let text = path.map(\.pathText).joined(separator: ".")
        throw DecodingError.dataCorrupted(
            .init(codingPath: path, debugDescription: "unknown member `\(text)`")
        )
    }

    private static func isStrict(_ decoder: any Decoder) -> Bool {
        if let decoder = decoder as? JSONNodeDecoder { return decoder.isStrict }
        return decoder.userInfo[.strictMembers] as? Bool == true
    }

    /// The members that the shape doesn't have.
    private func unknown<Name: CodingKey>(_ names: Name.Type) -> [String] {
        switch source {
        case .node(let members, _): members.names.filter { Name(stringValue: $0) == nil }
        case .container(let container):
            container.allKeys.map(\.stringValue).filter { Name(stringValue: $0) == nil }
        }
    }

    func optional<Value: Decodable>(_ name: some CodingKey, _ type: Value.Type = Value.self) throws -> Value?
    {
        switch source {
        case .node(let members, let decoder):
            guard let node = members[name.stringValue], !node.isNull else { return nil }
            return try decoder.value(type, in: node, of: name)
        case .container(let container):
            return try container.decodeIfPresent(type, forKey: MemberName(name.stringValue))
        }
    }

    func value<Value: Decodable>(_ name: some CodingKey, default fallback: Value) throws -> Value {
        try optional(name) ?? fallback
    }

    func list<Value: Decodable>(_ name: some CodingKey, _ type: Value.Type = Value.self) throws -> [Value] {
        switch source {
        case .node(let members, let decoder):
            guard let node = members[name.stringValue], !node.isNull else { return [] }
            return try decoder.list(type, in: node, of: name)
        case .container:
            return try optional(name, [Value?].self)?.compactMap(\.self) ?? []
        }
    }

    /// A map of options: numbers and booleans become their text, null is left out.
    func options(_ name: some CodingKey) throws -> [String: String] {
        try optional(name, [String: OptionText].self)?.compactMapValues(\.text) ?? [:]
    }

    func flag(_ name: some CodingKey, default fallback: Bool) throws -> Bool {
        if case .node(let members, _) = source, case .bool(let flag)? = members[name.stringValue] {
            return flag
        }
        guard let text = try optional(name, OptionText.self)?.text else { return fallback }
        return text == "true"
    }
}

/// Writes the members of one object: nil and empty ones are left out.
struct MemberWriter<Name: CodingKey> {
    private var container: KeyedEncodingContainer<Name>

    init(_ encoder: any Encoder, names: Name.Type) { container = encoder.container(keyedBy: names) }

    mutating func put(_ name: Name, _ value: (some Encodable)?) throws {
        if let value { try container.encode(value, forKey: name) }
    }

    mutating func put(_ name: Name, _ value: String) throws {
        if !value.isEmpty { try container.encode(value, forKey: name) }
    }

    mutating func put(_ name: Name, _ values: [some Encodable]) throws {
        if !values.isEmpty { try container.encode(values, forKey: name) }
    }

    mutating func put(_ name: Name, _ values: [String: some Encodable]) throws {
        if !values.isEmpty { try container.encode(values, forKey: name) }
    }
}

/// A scalar read as text, whatever its JSON type.
struct OptionText: Decodable {
    let text: String?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            text = nil
        } else if let flag = try? container.decode(Bool.self) {
            text = flag ? "true" : "false"
        } else if let number = try? container.decode(Int64.self) {
            text = String(number)
        } else if let number = try? container.decode(Double.self) {
            text = String(number)
        } else {
            text = try container.decode(String.self)
        }
    }
}

extension CodingKey {
    /// The member's name, or the position in a list.
    var pathText: String { intValue.map { String($0) } ?? stringValue }
}
