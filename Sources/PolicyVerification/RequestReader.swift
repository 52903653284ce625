import CatalogModel
package import PolicyEngine

/// Reads requests as Ranger's test files write them.
package enum RequestReader {
    private static let members: Set<String> = [
        "resource", "accessType", "user", "userGroups", "userRoles", "accessTime", "requestData", "action",
        "clientIPAddress", "remoteIPAddress", "forwardedAddresses", "clusterName", "clusterType",
        "clientType",
        "sessionId", "resourceMatchingScope", "resourceElementMatchingScopes", "isDescendantDenyIgnored",
        "ignoreDescendantDeny", "inlinePolicy", "context", "isAccessTypeAny", "isAccessTypeDelegatedAdmin",
    ]

    /// What Ranger's resources say of themselves beside their levels; all of it follows from those.
    static let resourceMembers: Set<String> = [
        "elements", "ownerUser", "serviceDef", "stringifiedValue", "stringifiedCacheKeyValue", "leafName",
    ]

    /// The request in an object; `path` is its place in the document, for messages.
    ///
    /// - Throws: what is wrong, with its path; unknown members among it.
    package static func request(_ node: JSONNode, _ path: String) throws -> AccessRequest {
        let reader = try NodeReader(node, path, knows: members)
        var request = AccessRequest()
        if let resource = reader["resource"] { try read(resource, reader.place("resource"), into: &request) }
        request.accessType = try accessType(reader)
        request.user = try reader.text("user")
        request.groups = try reader.texts("userGroups")
        let roles = try reader.texts("userRoles")
        request.roles = roles.isEmpty ? nil : roles
        request.accessTime = try time(reader, "accessTime")
        request.requestData = try reader.text("requestData")
        request.action = try reader.text("action")
        request.clientAddress = try reader.text("clientIPAddress")
        request.remoteAddress = try reader.text("remoteIPAddress")
        request.forwardedAddresses = try reader.texts("forwardedAddresses")
        request.clusterName = try reader.text("clusterName")
        request.clusterType = try reader.text("clusterType")
        request.clientType = try reader.text("clientType")
        request.sessionId = try reader.text("sessionId")
        request.countsDescendants = try reader.text("resourceMatchingScope") == "SELF_OR_DESCENDANTS"
        if let scopes = reader["resourceElementMatchingScopes"]?.members {
            for (level, scope) in zip(scopes.names, scopes.values) {
                request.elementScopes[level] = scope.text.flatMap(ElementScope.init) ?? .own
            }
        }
        request.ignoresDescendantDenials =
            try reader.flag("isDescendantDenyIgnored") ?? reader.flag("ignoreDescendantDeny") ?? true
        if let inline = reader["inlinePolicy"] {
            request.inlinePolicy = try inlinePolicy(inline, reader.place("inlinePolicy"))
        }
        if let context = reader["context"] {
            request.resolvesExpressions = false
            try read(context: context, reader.place("context"), into: &request)
        }
        return request
    }

    /// The access type; flags of serialised requests stand for one where none is named.
    private static func accessType(_ reader: NodeReader) throws -> String {
        if let type = try reader.text("accessType"), !type.isEmpty { return type }
        return try reader.flag("isAccessTypeDelegatedAdmin") == true ? "_admin" : ""
    }

    /// A moment as test files write it, `yyyyMMdd-HH:mm:ss.SSS` and a zone.
    static func time(_ reader: NodeReader, _ name: String) throws -> Instant? {
        guard let text = try reader.text(name) else { return nil }
        guard let time = Instant(rangerTime: text) else {
            throw VerificationError(
                "`\(reader.place(name))` must be a time such as `20250131-10:00:00.000+0000`"
            )
        }
        return time
    }

    private static func read(_ node: JSONNode, _ path: String, into request: inout AccessRequest) throws {
        let reader = try NodeReader(node, path, knows: resourceMembers)
        request.elements = try reader.textMap("elements")
        request.owner = try reader.text("ownerUser")
    }

    private static func read(context node: JSONNode, _ path: String, into request: inout AccessRequest) throws
    {
        guard let members = node.members else { throw VerificationError("`\(path)` must be an object") }
        let reader = try NodeReader(node, path, knows: Set(members.names))
        for (name, value) in zip(members.names, members.values) {
            switch name {
            case "TAGS": request.tags = try tags(value, "\(path).TAGS")
            case "REQUESTED_RESOURCES": request.togetherWith = try together(value, "\(path).\(name)")
            case "ALLACCESSTYPES": request.accessTypes = try reader.texts(name)
            case "ALLACCESSTYPEGROUPS": request.accessTypeGroups = try reader.textLists(name)
            case "IGNOREIFNOTDENIEDACCESSTYPES": request.allowedUnlessDenied = try reader.texts(name)
            case "ISANYACCESS": request.prefersAllowances = try reader.flag(name) ?? false
            default:
                if name.hasPrefix("token:") {
                    request.tokens[String(name.dropFirst(6))] = value.scalarText
                } else {
                    request.attributes[name] = value.scalarText
                }
            }
        }
    }

    private static func tags(_ value: JSONNode, _ path: String) throws -> [AttachedTag] {
        do {
            var node = value
            if value.text?.trimmingSpaces.isEmpty == true { return [] }
            if let text = value.text { node = try JSONReader.read(text, isLenient: true) }
            let records = try JSONNodeDecoder.decode([TagRecord].self, from: node, isStrict: true)
            return records.map { $0.attached($0.matchType.flatMap(TagMatch.init) ?? .own) }
        } catch {
            throw VerificationError(error, at: path)
        }
    }

    private static func together(_ value: JSONNode, _ path: String) throws -> [[String: [String]]] {
        var node = value
        if let text = value.text {
            do { node = try JSONReader.read(text, isLenient: true) } catch {
                throw VerificationError(error, at: path)
            }
        }
        let reader = try NodeReader(node, path, knows: ["requestedResources"])
        return try reader.list("requestedResources").map { resource in
            try NodeReader(resource, path, knows: resourceMembers).textMap("elements")
        }
    }

    private static func inlinePolicy(_ node: JSONNode, _ path: String) throws -> InlinePolicy {
        let reader = try NodeReader(node, path, knows: ["grantor", "mode", "grants", "createdBy"])
        var policy = InlinePolicy()
        policy.grantor = try reader.text("grantor") ?? ""
        policy.mode = try reader.text("mode").flatMap(InlinePolicy.Mode.init) ?? .instead
        for (index, node) in try reader.list("grants").enumerated() {
            let names: Set<String> = ["principals", "resources", "permissions", "actions"]
            let reader = try NodeReader(node, "\(path).grants[\(index)]", knows: names)
            var grant = InlinePolicy.Grant()
            grant.principals = try reader.texts("principals")
            grant.resources = try reader.texts("resources")
            grant.permissions = try reader.texts("permissions")
            grant.actions = try reader.texts("actions")
            policy.grants.append(grant)
        }
        return policy
    }
}
