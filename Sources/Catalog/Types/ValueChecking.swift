import CatalogModel

/// Brings values into the form in which they are kept, and says what is wrong with those that have none.
///
/// Texts that are numbers or booleans are taken where numbers or booleans are wanted, as Atlas does.
struct ValueChecking {
    let types: TypeRegistry
    /// Turns a reference to an entity into the one that is kept; nil when there is no such entity.
    let reference: (JSONObject) -> JSONValue?
    /// What is wrong, each with its place.
    private(set) var problems: [String] = []

    init(types: TypeRegistry, reference: @escaping (JSONObject) -> JSONValue? = { .object($0) }) {
        self.types = types
        self.reference = reference
    }

    /// A value of an attribute; `null` when there is none or it isn't acceptable.
    mutating func value(_ value: JSONValue, of attribute: AttributeShape, at place: String) -> JSONValue {
        let definition = attribute.definition
        if case .array(let element) = attribute.type, !value.isNull {
            guard var list = elements(of: value) else {
                problems.append("\(place): invalid value for type \(definition.typeName)")
                return .null
            }
            if definition.cardinality == .set {
                var seen: Set<JSONValue> = []
                list = list.filter { seen.insert($0).inserted }
            }
            let isBounded = definition.cardinality != .single
            if isBounded, definition.maximumCount > 0, Int64(list.count) > definition.maximumCount {
                problems.append("\(place): more than \(definition.maximumCount) values")
                return .null
            }
            if isBounded, Int64(list.count) < definition.minimumCount {
                problems.append("\(place): fewer than \(definition.minimumCount) values")
                return .null
            }
            return .array(list.map { self.value($0, as: element, at: place) })
        }
        return self.value(value, as: attribute.type, at: place)
    }

    private func elements(of value: JSONValue) -> [JSONValue]? {
        if let list = value.list { return list }
        return value.object == nil ? [value] : value.object.map { [.object($0)] }
    }

    /// A value as a type wants it.
    mutating func value(_ value: JSONValue, as type: AttributeType, at place: String) -> JSONValue {
        if value.isNull { return .null }
        switch type {
        case .string:
            if case .string = value { return value }
            if let text = scalarText(value) { return .string(text) }
        case .boolean:
            if case .bool = value { return value }
            if let text = value.text?.lowercased(), text == "true" || text == "false" {
                return .bool(text == "true")
            }
        case .date:
            if let time = milliseconds(value) { return .integer(time) }
        case .byte, .short, .int, .long, .bigInteger:
            if let number = whole(value), let range = type.wholeRange, range.contains(number) {
                return .integer(number)
            }
            if type == .bigInteger, let text = value.text, isDigits(text) { return value }
        case .float, .double, .bigDecimal:
            if case .integer = value { return value }
            if case .number = value { return value }
            if let text = value.text, let number = Double(text), number.isFinite {
                return type == .bigDecimal ? value : .number(number)
            }
        case .array(let element):
            if let list = elements(of: value) {
                return .array(list.map { self.value($0, as: element, at: place) })
            }
        case .map(let key, let element):
            if let object = value.object { return map(object, key, element, at: place) }
        case .named(let name): return named(value, name, at: place)
        }
        problems.append("\(place): invalid value for type \(typeName(type))")
        return .null
    }

    private mutating func map(
        _ object: JSONObject,
        _ key: AttributeType,
        _ element: AttributeType,
        at place: String
    ) -> JSONValue {
        var result = JSONObject()
        result.reserve(object.count)
        for pair in object.pairs {
            _ = value(.string(pair.name), as: key, at: place)
            result.append(new: pair.name, value(pair.value, as: element, at: "\(place).\(pair.name)"))
        }
        return .object(result)
    }

    private mutating func named(_ value: JSONValue, _ name: String, at place: String) -> JSONValue {
        if let allowed = types.values(of: name) {
            if let text = value.text,
                let known = allowed.contains(text)
                    ? text
                    : allowed.first(where: {
                        $0.lowercased() == text.lowercased()
                    })
            {
                return .string(known)
            }
            problems.append("\(place): invalid value for type \(name)")
            return .null
        }
        guard let definition = types.definitions[name], let object = value.object else {
            problems.append("\(place): invalid value for type \(name)")
            return .null
        }
        if definition.category == .structure {
            let given = object["attributes"]?.object ?? object
            return structure(given, definition, at: place)
        }
        guard let kept = reference(object) else {
            problems.append("\(place): refers to nothing that is a \(name)")
            return .null
        }
        return kept
    }

    private mutating func structure(_ given: JSONObject, _ type: TypeDefinition, at place: String)
        -> JSONValue
    {
        var result = JSONObject()
        for attribute in type.attributes {
            let shape = AttributeShape(
                definition: attribute,
                definedBy: type.name,
                type: AttributeType(attribute.typeName) ?? .string
            )
            let value = self.value(
                given[attribute.name] ?? .null,
                of: shape,
                at: "\(place).\(attribute.name)"
            )
            if value.isNull, !attribute.isOptional {
                problems.append(
                    "\(place).\(attribute.name): mandatory attribute value missing in type \(type.name)"
                )
            }
            let kept = value.isNull ? Self.initialValue(of: shape, types) ?? .null : value
            result.append(new: attribute.name, kept)
        }
        return .object(JSONObject(["typeName": .string(type.name), "attributes": .object(result)]))
    }

    private func scalarText(_ value: JSONValue) -> String? {
        switch value {
        case .integer, .number, .bool: value.json
        case .null, .string, .array, .object: nil
        }
    }

    private func whole(_ value: JSONValue) -> Int64? {
        switch value {
        case .integer(let number): number
        case .number(let number): Int64(exactly: number)
        case .string(let text): Int64(text)
        case .null, .bool, .array, .object: nil
        }
    }

    private func milliseconds(_ value: JSONValue) -> Int64? {
        if let number = whole(value) { return number }
        guard let text = value.text, let instant = Instant(text) else { return nil }
        return instant.microseconds / 1000
    }

    private func isDigits(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : Substring(text)
        return !digits.isEmpty && digits.utf8.count <= 4096 && digits.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
    }

    private func typeName(_ type: AttributeType) -> String {
        switch type {
        case .array(let element): "array<\(typeName(element))>"
        case .map(let key, let value): "map<\(typeName(key)),\(typeName(value))>"
        case .named(let name): name
        case .bigInteger: "biginteger"
        case .bigDecimal: "bigdecimal"
        case .boolean, .byte, .short, .int, .long, .float, .double, .string, .date: "\(type)"
        }
    }

    /// The value that an attribute has in a new entity when none was given.
    static func initialValue(of attribute: AttributeShape, _ types: TypeRegistry) -> JSONValue? {
        if let text = attribute.definition.defaultValue {
            var checking = ValueChecking(types: types)
            let given: JSONValue
            switch attribute.type {
            case .array, .map: given = (try? JSONReader.value(of: Array(text.utf8))) ?? .string(text)
            case .boolean, .byte, .short, .int, .long, .float, .double, .bigInteger, .bigDecimal, .string,
                .date,
                .named:
                given = .string(text)
            }
            let value = checking.value(given, of: attribute, at: attribute.definition.name)
            return checking.problems.isEmpty ? value : nil
        }
        switch attribute.type {
        case .boolean: return .bool(false)
        case .byte, .short, .int, .long, .float, .double, .bigInteger, .bigDecimal, .date: return .integer(0)
        case .string, .array, .map, .named: return nil
        }
    }
}
