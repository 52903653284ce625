import CatalogModel

extension ScriptHost {
    /// A method of `ctx`, a macro, or a function of JavaScript's own.
    func call(_ name: String, _ arguments: [ScriptValue]) throws(ScriptError) -> ScriptValue {
        if let value = namesAndAttributes(name, arguments) { return value }
        if let value = questions(name, arguments) { return value }
        if let value = getters(name, arguments) { return value }
        switch name {
        case "stringify": return arguments.first?.json.map(ScriptValue.string) ?? .undefined
        case "parseInt", "parseFloat", "number":
            let text = (arguments.first ?? .undefined).text.trimmed
            if name == "number" { return .number((arguments.first ?? .number(0)).number) }
            let digits = text.prefix { $0.isNumber || $0 == "-" || $0 == "." && name == "parseFloat" }
            return .number(Double(digits) ?? .nan)
        case "string": return .string(arguments.first?.text ?? "")
        case "boolean": return .bool(arguments.first?.isTrue ?? false)
        case "isNaN": return .bool((arguments.first ?? .undefined).number.isNaN)
        case "setResult":
            facts.scriptResult = arguments.first ?? .undefined
            return .undefined
        case "logDebug", "logInfo", "logWarn", "logError", "logFatal": return .undefined
        default: throw .failed("a method that doesn't exist")
        }
    }

    private func namesAndAttributes(_ name: String, _ arguments: [ScriptValue]) -> ScriptValue? {
        var base = name
        let isQuoted = base.hasSuffix("Q")
        if isQuoted { base.removeLast() }
        let values: [String]
        var rest = arguments
        switch base {
        case "tagNames": values = tagNames
        case "ugNames": values = sortedGroups
        case "urNames": values = facts.roles.sorted()
        case "tagAttrNames": values = Set(facts.tags.flatMap(\.attributes.keys)).sorted()
        case "ugAttrNames":
            values = Set(sortedGroups.flatMap { (facts.users.groups[$0] ?? [:]).keys }).sorted()
        case "userAttrNames": values = facts.userAttributes.keys.sorted()
        case "tagAttr", "ugAttr", "userAttr":
            let attribute = rest.isEmpty ? "" : rest.removeFirst().text
            values = attributeValues(base, attribute)
        default: return nil
        }
        let text = { (index: Int) -> String? in
            rest.indices.contains(index) && !rest[index].isNullish ? rest[index].text : nil
        }
        guard !values.isEmpty else { return text(0).map(ScriptValue.string) ?? .string("") }
        let separator = text(1) ?? ","
        guard isQuoted else { return .string(values.joined(separator: separator)) }
        let open = text(2) ?? "'"
        let close = text(3) ?? open
        let inner = { (value: String) -> String in
            guard facts.doublesQuotes, open == "'", close == "'" else { return value }
            return value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        }
        return .string(values.map { open + inner($0) + close }.joined(separator: separator))
    }

    private func attributeValues(_ kind: String, _ name: String) -> [String] {
        switch kind {
        case "tagAttr": return facts.tags.compactMap { $0.attributes[name] }
        case "ugAttr": return sortedGroups.compactMap { facts.users.groups[$0]?[name] }
        default: return facts.userAttributes[name].map { [$0] } ?? []
        }
    }

    private func questions(_ name: String, _ arguments: [ScriptValue]) -> ScriptValue? {
        let first = arguments.first.flatMap { $0.isNullish ? nil : $0.text } ?? ""
        switch name {
        case "hasTag": return .bool(facts.tags.contains { $0.type == first })
        case "hasAnyTag": return .bool(!facts.tags.isEmpty)
        case "hasNoTag": return .bool(facts.tags.isEmpty)
        case "hasUserAttr": return .bool(facts.userAttributes[first] != nil)
        case "hasUgAttr": return .bool(sortedGroups.contains { facts.users.groups[$0]?[first] != nil })
        case "hasTagAttr": return .bool(facts.tags.contains { $0.attributes[first] != nil })
        case "isInGroup": return .bool(facts.request.groups.contains(first))
        case "isInRole": return .bool(facts.roles.contains(first))
        case "isInAnyGroup": return .bool(!facts.request.groups.isEmpty)
        case "isInAnyRole": return .bool(!facts.roles.isEmpty)
        case "isNotInAnyGroup": return .bool(facts.request.groups.isEmpty)
        case "isNotInAnyRole": return .bool(facts.roles.isEmpty)
        case "isAccessTimeAfter":
            return time(arguments, zoneAt: 1).map { .bool(facts.now > $0) } ?? .bool(false)
        case "isAccessTimeBefore":
            return time(arguments, zoneAt: 1).map { .bool(facts.now < $0) } ?? .bool(false)
        case "isAccessTimeBetween":
            guard let from = time(arguments, zoneAt: 2),
                let until = time(Array(arguments.dropFirst()), zoneAt: 1)
            else { return .bool(false) }
            return .bool(from <= facts.now && facts.now < until)
        case "isAccessTypeAny": return .bool(facts.request.isAny)
        case "isAccessTypeDelegatedAdmin": return .bool(facts.request.accessType == "_admin")
        case "isAccessedAfter":
            guard let date = attribute(arguments).flatMap(date) else { return .bool(true) }
            return .bool(facts.now >= date)
        case "isAccessedBefore":
            guard let date = attribute(arguments).flatMap(date) else { return .bool(false) }
            return .bool(facts.now <= date)
        default: return nil
        }
    }

    private func time(_ arguments: [ScriptValue], zoneAt index: Int) -> Instant? {
        var zone = facts.localZone
        if arguments.count > index, !arguments[index].isNullish {
            guard let named = facts.zoneDatabase.zone(arguments[index].text) else { return nil }
            zone = named
        }
        return arguments.first.flatMap { RangerDates.macroTime($0.text, zone: zone) }
    }

    private func date(_ text: String) -> Instant? {
        RangerDates.tagDate(text, more: facts.dateFormats, zone: facts.localZone)
    }

    /// The attribute of the tag in question, or of the tag named first.
    private func attribute(_ arguments: [ScriptValue]) -> String? {
        if arguments.count > 1 {
            let type = arguments[0].text
            return facts.tags.first { $0.type == type }?.attributes[arguments[1].text]
        }
        return facts.tag?.attributes[arguments.first?.text ?? ""]
    }

    private func getters(_ name: String, _ arguments: [ScriptValue]) -> ScriptValue? {
        let request = facts.request
        let text = { (text: String?) -> ScriptValue in text.map(ScriptValue.string) ?? .null }
        switch name {
        case "getUser": return text(request.user)
        case "getUserGroups", "getUserRoles", "getResource", "getAllTagTypes", "getTagAttributes",
            "getAttributeNames", "getAttributeValueForAllMatchingTags", "getResourceZones":
            return .opaque
        case "getResourceZone": return text(facts.zones.count == 1 ? facts.zones[0] : nil)
        case "getAccessTime", "getTagAttributeAsDate", "getAsDate": return .opaque
        case "getAccessType": return text(request.accessType)
        case "getClientIPAddress": return text(facts.address)
        case "getRemoteIPAddress": return text(request.remoteAddress)
        case "getClientType": return text(request.clientType)
        case "getAction": return text(request.action)
        case "getRequestData": return text(request.requestData)
        case "getSessionId": return text(request.sessionId)
        case "getClusterName": return text(request.clusterName)
        case "getClusterType": return text(request.clusterType)
        case "getRequestContextAttribute": return text(request.attributes[arguments.first?.text ?? ""])
        case "getCurrentTag": return facts.tag == nil ? .null : .tag
        case "getCurrentTagType": return text(facts.tag?.type)
        case "getAttributeValue": return text(attribute(arguments))
        case "getResult": return facts.scriptResult
        default: return nil
        }
    }
}
