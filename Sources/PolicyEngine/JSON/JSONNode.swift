/// A JSON document as it was read; objects keep the order of their members.
package enum JSONNode: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number of 64 bits.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    /// Text.
    case string(String)
    /// A list.
    case array([JSONNode])
    /// Named values.
    case object(JSONMembers)

    /// The text; nil for anything but a string.
    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The list; nil for anything but an array.
    package var list: [JSONNode]? {
        if case .array(let list) = self { list } else { nil }
    }

    /// The members; nil for anything but an object.
    package var members: JSONMembers? {
        if case .object(let members) = self { members } else { nil }
    }

    /// As JSON, without white space.
    package var jsonText: String {
        switch self {
        case .null: "null"
        case .bool, .integer, .number: scalarText ?? "null"
        case .string(let text): ScriptValue.quoted(text)
        case .array(let list): "[" + list.map(\.jsonText).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + zip(members.names, members.values).map { "\(ScriptValue.quoted($0)):\($1.jsonText)" }
                .joined(separator: ",") + "}"
        }
    }

    /// Whether it is `null`.
    package var isNull: Bool { if case .null = self { true } else { false } }

    /// A scalar as text: what Ranger makes of numbers and flags where it wants text; nil for lists and objects.
    package var scalarText: String? {
        switch self {
        case .null, .array, .object: nil
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .string(let text): text
        }
    }

    /// The member of an object; nil for anything else, for none of that name, and for `null`.
    package subscript(name: String) -> JSONNode? {
        guard let value = members?[name], !value.isNull else { return nil }
        return value
    }
}

/// The members of an object in the order of the document; of two with one name the last counts.
package struct JSONMembers: Hashable, Sendable {
    /// The names.
    package private(set) var names: [String] = []
    /// The values, parallel to the names.
    package private(set) var values: [JSONNode] = []

    /// No members.
    package init() {}

    /// Members, as many names as values.
    init(names: [String], values: [JSONNode]) {
        self.names = names
        self.values = values
    }

    /// The value of a name; nil for none.
    package subscript(name: String) -> JSONNode? {
        names.lastIndex(of: name).map { values[$0] }
    }

    /// Adds a member.
    package mutating func append(_ name: String, _ value: JSONNode) {
        names.append(name)
        values.append(value)
    }

    /// Gives a member another value where it stands, or adds it at the end.
    package mutating func set(_ name: String, to value: JSONNode) {
        guard let position = names.lastIndex(of: name) else {
            append(name, value)
            return
        }
        values[position] = value
    }
}

/// Why a document is no JSON, and where.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package let problem: String
    /// The line, from 1.
    package let line: Int
    /// The column, from 1, in bytes.
    package let column: Int

    /// Such as `line 3, column 14: text without an end`.
    package var description: String { "line \(line), column \(column): \(problem)" }
}
