/// The names that scripts of policies know, for engines that run them.
package enum ScriptNames {
    /// Methods of `ctx`.
    package static let methods =
        [
            "getUser", "getUserGroups", "getUserRoles", "getResource", "getResourceZone", "getResourceZones",
            "getAllTagTypes",
            "getTagAttributes", "getAttributeNames", "getAttributeValue",
            "getAttributeValueForAllMatchingTags",
            "getTagAttributeAsDate", "getAsDate", "getAccessTime", "getAccessType", "getClientIPAddress",
            "getRemoteIPAddress", "getClientType", "getAction", "getRequestData", "getSessionId",
            "getClusterName",
            "getClusterType", "getRequestContextAttribute", "getCurrentTagType", "getResult", "setResult",
            "isAccessTypeAny",
            "isAccessTypeDelegatedAdmin", "isAccessedAfter", "isAccessedBefore", "logDebug", "logInfo",
            "logWarn",
            "logError",
        ]
        + Set(ScriptHost.macros.functions.values).union(ScriptHost.macros.values.values)
        .subtracting(["stringify", "parseInt", "parseFloat", "number", "string", "boolean", "isNaN"]).sorted()

    /// Names of values: the request and what lies round it, and macros without brackets.
    package static let values =
        ["REQ", "RES", "USER", "UG", "UGNAMES", "UGA", "URNAMES", "TAG", "TAGS", "TAGNAMES"]
        + ScriptHost.macros.values.keys.sorted()

    /// Macros with brackets, and the method of `ctx` that each stands for.
    package static let macros = ScriptHost.macros.functions.filter { $0.key.first?.isUppercase ?? false }
        .filter { !["J", "Number", "String", "Boolean"].contains($0.key) }
}
