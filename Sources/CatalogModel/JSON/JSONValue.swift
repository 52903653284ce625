/// A JSON value as entity attributes hold it.
///
/// Numbers are 64-bit integers where they are whole and fit, else doubles.
package enum JSONValue: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    /// Text.
    case string(String)
    /// A list.
    case array([JSONValue])
    /// Named values.
    case object(JSONObject)

    /// The text; nil for anything but a string.
    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The list; nil for anything but an array.
    package var list: [JSONValue]? {
        if case .array(let list) = self { list } else { nil }
    }

    /// The named values; nil for anything but an object.
    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The whole number; nil for anything else, also for text that looks like one.
    package var integer: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }

    /// The truth value; nil for anything but a boolean.
    package var bool: Bool? {
        if case .bool(let bool) = self { bool } else { nil }
    }

    /// Whether it is `null`.
    package var isNull: Bool { self == .null }
}

/// The named values of a JSON object, in the order they were given.
///
/// **Shape.** A list of pairs, made for objects of some dozen names: a look-up compares names one after the other.
/// Names are unique. Equality and hashing forget the order.
package struct JSONObject: Sendable {
    /// The pairs.
    package private(set) var pairs: [(name: String, value: JSONValue)] = []

    /// No pairs.
    package init() {}

    /// The pairs of a dictionary, sorted by name.
    package init(_ values: [String: JSONValue]) {
        pairs = values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Pairs of which none has the name of another.
    init(unique pairs: [(name: String, value: JSONValue)]) { self.pairs = pairs }

    /// The value of a name; nil when there is none, which differs from `null`.
    ///
    /// Setting nil takes the pair away.
    package subscript(name: String) -> JSONValue? {
        get {
            for pair in pairs where pair.name == name { return pair.value }
            return nil
        }
        set {
            if let index = pairs.firstIndex(where: { $0.name == name }) {
                if let newValue { pairs[index].value = newValue } else { pairs.remove(at: index) }
            } else if let newValue {
                pairs.append((name, newValue))
            }
        }
    }

    /// The names, in order.
    package var names: [String] { pairs.map(\.name) }

    /// How many pairs there are.
    package var count: Int { pairs.count }

    /// Whether there is no pair.
    package var isEmpty: Bool { pairs.isEmpty }

    /// The text of a name; nil when it is missing or no string.
    package func text(_ name: String) -> String? { self[name]?.text }

    /// Adds a pair whose name isn't there yet.
    package mutating func append(new name: String, _ value: JSONValue) { pairs.append((name, value)) }

    /// Makes room for so many pairs.
    package mutating func reserve(_ count: Int) { pairs.reserveCapacity(count) }

    /// Without the pairs whose value is `null`.
    package var withoutNulls: JSONObject { JSONObject(unique: pairs.filter { !$0.value.isNull }) }
}

extension JSONObject: Hashable {
    /// Whether both have the same names with the same values.
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        for (one, other) in zip(left.pairs, right.pairs)
        where one.name != other.name || one.value != other.value {
            // In another order, perhaps.
            return left.pairs.allSatisfy { right[$0.name] == $0.value }
        }
        return true
    }

    /// Hashes the pairs whatever their order.
    package func hash(into hasher: inout Hasher) {
        var sum = 0
        for pair in pairs {
            var one = Hasher()
            one.combine(pair.name)
            one.combine(pair.value)
            sum &+= one.finalize()
        }
        hasher.combine(sum)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// The pairs of a literal; the last of equal names wins.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (name, value) in elements { self[name] = value }
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    /// Text.
    package init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    /// An object.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (name, value) in elements { object[name] = value }
        self = .object(object)
    }
}
