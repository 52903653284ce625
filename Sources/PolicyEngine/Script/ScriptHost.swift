import CatalogModel

/// What scripts see of a request: Ranger's names, macros and methods.
///
/// - Source: the script contexts of Apache Ranger's `RangerRequestScriptEvaluator`; lists and maps of its Java side are
///   opaque to scripts, as they are to those of its own engine.
struct ScriptHost {
    let facts: RequestFacts

    private static let functions: [String: String] = [
        "GET_TAG_NAMES": "tagNames", "GET_UG_NAMES": "ugNames", "GET_UR_NAMES": "urNames",
        "GET_TAG_ATTR_NAMES": "tagAttrNames", "GET_UG_ATTR_NAMES": "ugAttrNames",
        "GET_USER_ATTR_NAMES": "userAttrNames", "GET_TAG_ATTR": "tagAttr", "GET_UG_ATTR": "ugAttr",
        "GET_USER_ATTR": "userAttr", "GET_TAG_NAMES_Q": "tagNamesQ", "GET_UG_NAMES_Q": "ugNamesQ",
        "GET_UR_NAMES_Q": "urNamesQ", "GET_TAG_ATTR_NAMES_Q": "tagAttrNamesQ",
        "GET_UG_ATTR_NAMES_Q": "ugAttrNamesQ", "GET_USER_ATTR_NAMES_Q": "userAttrNamesQ",
        "GET_TAG_ATTR_Q": "tagAttrQ", "GET_UG_ATTR_Q": "ugAttrQ", "GET_USER_ATTR_Q": "userAttrQ",
        "GET_TAG_ATTR_CSV": "tagAttr", "GET_UG_ATTR_CSV": "ugAttr", "GET_USER_ATTR_CSV": "userAttr",
        "GET_TAG_ATTR_Q_CSV": "tagAttrQ", "GET_UG_ATTR_Q_CSV": "ugAttrQ", "GET_USER_ATTR_Q_CSV": "userAttrQ",
        "HAS_TAG": "hasTag", "HAS_USER_ATTR": "hasUserAttr", "HAS_UG_ATTR": "hasUgAttr",
        "HAS_TAG_ATTR": "hasTagAttr", "IS_IN_GROUP": "isInGroup", "IS_IN_ROLE": "isInRole",
        "IS_ACCESS_TIME_AFTER": "isAccessTimeAfter", "IS_ACCESS_TIME_BEFORE": "isAccessTimeBefore",
        "IS_ACCESS_TIME_BETWEEN": "isAccessTimeBetween", "J": "stringify", "parseInt": "parseInt",
        "parseFloat": "parseFloat", "Number": "number", "String": "string", "Boolean": "boolean",
        "isNaN": "isNaN",
    ]

    private static let values: [String: String] = [
        "HAS_ANY_TAG": "hasAnyTag", "HAS_NO_TAG": "hasNoTag", "IS_IN_ANY_GROUP": "isInAnyGroup",
        "IS_IN_ANY_ROLE": "isInAnyRole", "IS_NOT_IN_ANY_GROUP": "isNotInAnyGroup",
        "IS_NOT_IN_ANY_ROLE": "isNotInAnyRole", "TAG_NAMES_CSV": "tagNames", "UG_NAMES_CSV": "ugNames",
        "UR_NAMES_CSV": "urNames", "TAG_ATTR_NAMES_CSV": "tagAttrNames", "UG_ATTR_NAMES_CSV": "ugAttrNames",
        "USER_ATTR_NAMES_CSV": "userAttrNames", "TAG_NAMES_Q_CSV": "tagNamesQ", "UG_NAMES_Q_CSV": "ugNamesQ",
        "UR_NAMES_Q_CSV": "urNamesQ", "TAG_ATTR_NAMES_Q_CSV": "tagAttrNamesQ",
        "UG_ATTR_NAMES_Q_CSV": "ugAttrNamesQ", "USER_ATTR_NAMES_Q_CSV": "userAttrNamesQ",
    ]

    /// Every macro with the method that it stands for; those of the second list are written without brackets.
    static var macros: (functions: [String: String], values: [String: String]) { (functions, values) }

    /// The value of a free name.
    func value(named name: String) throws(ScriptError) -> ScriptValue {
        if let method = ScriptHost.values[name] { return try call(method, []) }
        if let method = ScriptHost.functions[name] { return .builtin(method) }
        switch name {
        case "ctx": return .context
        case "_ctx": return .context
        case "tag": return facts.tag == nil ? .null : .tag
        case "tagAttr": return facts.tag == nil ? .null : .tagAttributes
        case "REQ": return .object(requestMembers)
        case "RES": return .object(resourceMembers)
        case "USER": return .object(userMembers)
        case "UGNAMES": return .array(sortedGroups.map(ScriptValue.string))
        case "URNAMES": return .array(facts.roles.sorted().map(ScriptValue.string))
        case "UG": return .object(groupMembers)
        case "UGA": return groupAttributeMembers
        case "TAG": return facts.tag.map { .object(ScriptHost.members(of: $0)) } ?? .undefined
        case "TAGS": return tagsByName
        case "TAGNAMES": return .array(tagNames.map(ScriptValue.string))
        case "JSON", "Math": return .object([:])
        case "NaN": return .number(.nan)
        case "Infinity": return .number(.infinity)
        default: throw .failed("a name that doesn't exist")
        }
    }

    /// A member by name.
    func member(_ name: String, of base: ScriptValue) throws(ScriptError) -> ScriptValue {
        switch base {
        case .context: return name == "result" ? facts.scriptResult : .builtin(name)
        case .tag, .tagAttributes, .opaque: return .builtin(name)
        default: return try ScriptMethods.member(name, of: base)
        }
    }

    /// A member by a computed name.
    func member(_ name: ScriptValue, of base: ScriptValue) throws(ScriptError) -> ScriptValue {
        try member(name.text, of: base)
    }

    /// A method.
    func call(_ name: String, on base: ScriptValue, _ arguments: [ScriptValue]) throws(ScriptError)
        -> ScriptValue
    {
        switch base {
        case .context: return try call(name, arguments)
        case .tag:
            guard name == "getType", let tag = facts.tag else {
                throw .failed("a method that scripts don't see")
            }
            return .string(tag.type)
        case .tagAttributes:
            throw .failed("a method that scripts don't see")
        case .opaque: throw .failed("a method that scripts don't see")
        case .object(let members) where members.isEmpty && name == "stringify":
            return try call("stringify", arguments)
        default: return try ScriptMethods.call(name, on: base, arguments)
        }
    }

    // MARK: what the names stand for

    var sortedGroups: [String] { Array(Set(facts.request.groups)).sorted() }

    var tagNames: [String] { Array(Set(facts.tags.map(\.type))).sorted() }

    private var resourceMembers: [String: ScriptValue] {
        var members: [String: ScriptValue] = [:]
        for (name, values) in facts.request.elements {
            members[name] = values.count == 1 ? .string(values[0]) : .array(values.map(ScriptValue.string))
        }
        if let owner = facts.request.owner { members["_ownerUser"] = .string(owner) }
        return members
    }

    private var userMembers: [String: ScriptValue] {
        var members = facts.userAttributes.mapValues(ScriptValue.string)
        if let user = facts.request.user { members["_name"] = .string(user) }
        return members
    }

    private var groupMembers: [String: ScriptValue] {
        var members: [String: ScriptValue] = [:]
        for group in sortedGroups {
            var attributes = (facts.users.groups[group] ?? [:]).mapValues(ScriptValue.string)
            attributes["_name"] = .string(group)
            members[group] = .object(attributes)
        }
        return members
    }

    private var groupAttributeMembers: ScriptValue {
        var lists: [String: [String]] = [:]
        for group in sortedGroups {
            for (name, value) in facts.users.groups[group] ?? [:] { lists[name, default: []].append(value) }
        }
        return .object([
            "sVal": .object(lists.compactMapValues { $0.first.map(ScriptValue.string) }),
            "mVal": .object(lists.mapValues { .array($0.map(ScriptValue.string)) }),
        ])
    }

    private var tagsByName: ScriptValue {
        var members: [String: ScriptValue] = [:]
        for tag in facts.tags { members[tag.type] = .object(ScriptHost.members(of: tag)) }
        return .object(members)
    }

    private static func members(of tag: AttachedTag) -> [String: ScriptValue] {
        var members = tag.attributes.mapValues(ScriptValue.string)
        members["_type"] = .string(tag.type)
        members["_matchType"] = .string(tag.match.rawValue)
        return members
    }

    private var requestMembers: [String: ScriptValue] {
        let request = facts.request
        var members: [String: ScriptValue] = [
            "accessTime": .number(Double(facts.now.microseconds / 1000)),
            "accessType": .string(request.accessType),
            "resource": .object(resourceMembers),
            "resourceMatchingScope": .string(request.countsDescendants ? "SELF_OR_DESCENDANTS" : "SELF"),
            "userGroups": .array(sortedGroups.map(ScriptValue.string)),
            "userRoles": .array(facts.roles.sorted().map(ScriptValue.string)),
            "userAttributes": .object(userMembers),
            "userGroupAttributes": .object(groupMembers),
            "uga": groupAttributeMembers,
        ]
        let texts: [(String, String?)] = [
            ("user", request.user), ("action", request.action), ("clientIPAddress", facts.address),
            ("clientType", request.clientType), ("clusterName", request.clusterName),
            ("clusterType", request.clusterType), ("remoteIPAddress", request.remoteAddress),
            ("requestData", request.requestData), ("sessionId", request.sessionId),
        ]
        for (name, text) in texts { if let text { members[name] = .string(text) } }
        if !request.forwardedAddresses.isEmpty {
            members["forwardedAddresses"] = .array(request.forwardedAddresses.map(ScriptValue.string))
        }
        return members
    }
}
