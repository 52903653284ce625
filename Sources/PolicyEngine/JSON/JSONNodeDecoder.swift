/// Decodes values from a ``JSONNode``, without Foundation.
package struct JSONNodeDecoder: Decoder {
    /// Where in the document it stands; made only when asked for.
    private let place: JSONPlace?
    /// Whether members that Ranger's shapes don't have are refused.
    let isStrict: Bool
    private let node: JSONNode

    /// A decoder of a whole document; strict refuses members that Ranger's shapes don't have.
    package init(_ node: JSONNode, isStrict: Bool) {
        self.init(node, nil, isStrict)
    }

    private init(_ node: JSONNode, _ place: JSONPlace?, _ isStrict: Bool) {
        self.node = node
        self.place = place
        self.isStrict = isStrict
    }

    /// Where in the document it stands.
    package var codingPath: [any CodingKey] { place?.path ?? [] }

    /// Switches such as `strictMembers`.
    package var userInfo: [CodingUserInfoKey: Any] { isStrict ? [.strictMembers: true] : [:] }

    /// The value in a node.
    package static func decode<Value: Decodable>(
        _ type: Value.Type,
        from node: JSONNode,
        isStrict: Bool = false
    )
        throws -> Value
    {
        try Value(from: JSONNodeDecoder(node, isStrict: isStrict))
    }

    /// The members of an object.
    package func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Members(decoder: self, members: try members()))
    }

    /// The members of the object that it stands at.
    func members() throws -> JSONMembers {
        guard let members = node.members else { throw mismatch("an object") }
        return members
    }

    /// A member's value.
    func value<Value: Decodable>(_ type: Value.Type, in node: JSONNode, of name: any CodingKey) throws
        -> Value
    {
        if type == String.self, case .string(let text) = node, let value = text as? Value { return value }
        return try at(name, node).value(type)
    }

    /// A member's list; null elements are left out.
    func list<Value: Decodable>(_ type: Value.Type, in node: JSONNode, of name: any CodingKey) throws
        -> [Value]
    {
        let list = at(name, node)
        guard let nodes = node.list else { throw list.mismatch("a list") }
        var values: [Value] = []
        values.reserveCapacity(nodes.count)
        for (index, node) in nodes.enumerated() where !node.isNull {
            values.append(try list.value(type, in: node, of: Position(index)))
        }
        return values
    }

    /// The elements of a list.
    package func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let list = node.list else { throw mismatch("a list") }
        return Elements(decoder: self, list: list)
    }

    /// The value itself.
    package func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(decoder: self) }

    fileprivate func at(_ key: any CodingKey, _ node: JSONNode) -> JSONNodeDecoder {
        JSONNodeDecoder(node, JSONPlace(key, in: place), isStrict)
    }

    fileprivate func mismatch(_ wanted: String) -> DecodingError {
        .typeMismatch(
            JSONNode.self,
            .init(codingPath: codingPath, debugDescription: "`\(pathText)` must be \(wanted)")
        )
    }

    private var pathText: String {
        place == nil ? "the document" : codingPath.map(\.pathText).joined(separator: ".")
    }

    fileprivate func bool() throws -> Bool {
        guard case .bool(let flag) = node else { throw mismatch("true or false") }
        return flag
    }

    fileprivate func string() throws -> String {
        guard case .string(let text) = node else { throw mismatch("text") }
        return text
    }

    fileprivate func double() throws -> Double {
        switch node {
        case .integer(let number): return Double(number)
        case .number(let number): return number
        case .null, .bool, .string, .array, .object: throw mismatch("a number")
        }
    }

    fileprivate func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        if case .integer(let number) = node, let exact = Number(exactly: number) { return exact }
        if case .number(let number) = node, let exact = Number(exactly: number) { return exact }
        throw mismatch("a whole number")
    }

    fileprivate func value<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: self) }

    fileprivate var isNull: Bool { node.isNull }

    private struct Single: SingleValueDecodingContainer {
        let decoder: JSONNodeDecoder
        var codingPath: [any CodingKey] { decoder.codingPath }

        func decodeNil() -> Bool { decoder.isNull }
        func decode(_ type: Bool.Type) throws -> Bool { try decoder.bool() }
        func decode(_ type: String.Type) throws -> String { try decoder.string() }
        func decode(_ type: Double.Type) throws -> Double { try decoder.double() }
        func decode(_ type: Float.Type) throws -> Float { Float(try decoder.double()) }
        func decode(_ type: Int.Type) throws -> Int { try decoder.integer(type) }
        func decode(_ type: Int8.Type) throws -> Int8 { try decoder.integer(type) }
        func decode(_ type: Int16.Type) throws -> Int16 { try decoder.integer(type) }
        func decode(_ type: Int32.Type) throws -> Int32 { try decoder.integer(type) }
        func decode(_ type: Int64.Type) throws -> Int64 { try decoder.integer(type) }
        func decode(_ type: UInt.Type) throws -> UInt { try decoder.integer(type) }
        func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.integer(type) }
        func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.integer(type) }
        func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.integer(type) }
        func decode(_ type: UInt64.Type) throws -> UInt64 { try decoder.integer(type) }
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.value(type) }
    }

    private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let decoder: JSONNodeDecoder
        let members: JSONMembers
        var codingPath: [any CodingKey] { decoder.codingPath }
        var allKeys: [Key] { members.names.compactMap { Key(stringValue: $0) } }

        func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }

        private func at(_ key: Key) throws -> JSONNodeDecoder {
            guard let node = members[key.stringValue] else {
                throw DecodingError.keyNotFound(
                    key,
                    .init(codingPath: codingPath, debugDescription: "`\(key.stringValue)` is missing")
                )
            }
            return decoder.at(key, node)
        }

        func decodeNil(forKey key: Key) throws -> Bool { members[key.stringValue]?.isNull ?? true }
        func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try at(key).bool() }
        func decode(_ type: String.Type, forKey key: Key) throws -> String { try at(key).string() }
        func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try at(key).double() }
        func decode(_ type: Float.Type, forKey key: Key) throws -> Float { Float(try at(key).double()) }
        func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try at(key).integer(type) }
        func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try at(key).integer(type) }
        func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try at(key).integer(type) }
        func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try at(key).integer(type) }
        func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try at(key).integer(type) }
        func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try at(key).integer(type) }
        func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try at(key).integer(type) }
        func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try at(key).integer(type) }
        func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try at(key).integer(type) }
        func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try at(key).integer(type) }
        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try at(key).value(type)
        }

        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
            -> KeyedDecodingContainer<Nested>
        {
            try at(key).container(keyedBy: type)
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try at(key).unkeyedContainer()
        }

        func superDecoder() throws -> any Decoder { decoder }
        func superDecoder(forKey key: Key) throws -> any Decoder { try at(key) }
    }

    private struct Position: CodingKey {
        let position: Int
        var stringValue: String { String(position) }
        var intValue: Int? { position }
        init(_ position: Int) { self.position = position }
        init?(stringValue: String) { nil }
        init?(intValue: Int) { position = intValue }
    }

    private struct Elements: UnkeyedDecodingContainer {
        let decoder: JSONNodeDecoder
        let list: [JSONNode]
        var currentIndex = 0
        var codingPath: [any CodingKey] { decoder.codingPath }
        var count: Int? { list.count }
        var isAtEnd: Bool { currentIndex >= list.count }

        init(decoder: JSONNodeDecoder, list: [JSONNode]) {
            self.decoder = decoder
            self.list = list
        }

        private mutating func next() throws -> JSONNodeDecoder {
            guard !isAtEnd else {
                let context = DecodingError.Context(
                    codingPath: codingPath,
                    debugDescription: "the list is shorter"
                )
                throw DecodingError.valueNotFound(JSONNode.self, context)
            }
            defer { currentIndex += 1 }
            return decoder.at(Position(currentIndex), list[currentIndex])
        }

        mutating func decodeNil() throws -> Bool {
            guard !isAtEnd, list[currentIndex].isNull else { return false }
            currentIndex += 1
            return true
        }

        mutating func decode(_ type: Bool.Type) throws -> Bool { try next().bool() }
        mutating func decode(_ type: String.Type) throws -> String { try next().string() }
        mutating func decode(_ type: Double.Type) throws -> Double { try next().double() }
        mutating func decode(_ type: Float.Type) throws -> Float { Float(try next().double()) }
        mutating func decode(_ type: Int.Type) throws -> Int { try next().integer(type) }
        mutating func decode(_ type: Int8.Type) throws -> Int8 { try next().integer(type) }
        mutating func decode(_ type: Int16.Type) throws -> Int16 { try next().integer(type) }
        mutating func decode(_ type: Int32.Type) throws -> Int32 { try next().integer(type) }
        mutating func decode(_ type: Int64.Type) throws -> Int64 { try next().integer(type) }
        mutating func decode(_ type: UInt.Type) throws -> UInt { try next().integer(type) }
        mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try next().integer(type) }
        mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try next().integer(type) }
        mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try next().integer(type) }
        mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try next().integer(type) }
        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().value(type) }

        mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws
            -> KeyedDecodingContainer<Nested>
        {
            try next().container(keyedBy: type)
        }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            try next().unkeyedContainer()
        }

        mutating func superDecoder() throws -> any Decoder { try next() }
    }
}

/// A place in a document: a member or a position, within another place.
private final class JSONPlace {
    private let key: any CodingKey
    private let outer: JSONPlace?

    init(_ key: any CodingKey, in outer: JSONPlace?) {
        self.key = key
        self.outer = outer
    }

    /// From the document's top down to here.
    var path: [any CodingKey] {
        var keys: [any CodingKey] = []
        var place: JSONPlace? = self
        while let here = place {
            keys.append(here.key)
            place = here.outer
        }
        return keys.reversed()
    }
}
