import PolicyEngine

/// What several formats say of an engine's surroundings.
enum SetupReader {
    /// Roles from maps of who holds them, and of which roles hold them.
    static func roles(_ reader: NodeReader) throws -> [RoleRecord] {
        var records: [String: RoleRecord] = [:]
        func change(_ role: String, _ body: (inout RoleRecord) -> Void) {
            var record = records[role] ?? RoleRecord()
            record.name = role
            body(&record)
            records[role] = record
        }
        for (user, roles) in try reader.textMap("userRoles") {
            for role in roles { change(role) { $0.users.append(user) } }
        }
        for (group, roles) in try reader.textMap("groupRoles") {
            for role in roles { change(role) { $0.groups.append(group) } }
        }
        for (inner, roles) in try reader.textMap("roleRoles") {
            change(inner) { _ in }
            for role in roles { change(role) { $0.roles.append(inner) } }
        }
        return records.values.sorted { $0.name < $1.name }
    }

    /// The tags in a file that the tag service's enricher names; nil when it names none.
    static func tags(_ download: PolicyDownload, _ context: VerificationContext) throws -> TagDownload? {
        for enricher in download.tagPolicies?.serviceDefinition?.contextEnrichers ?? [] {
            guard let file = enricher.enricherOptions["serviceTagsFileName"] else { continue }
            let document = try context.companion(file)
            do {
                return try JSONNodeDecoder.decode(
                    TagDownload.self,
                    from: Strays.removed(from: document),
                    isStrict: true
                )
            } catch {
                throw VerificationError(error, at: file)
            }
        }
        return nil
    }

    /// Attributes by name of users or groups.
    static func attributes(_ reader: NodeReader, _ name: String) throws -> [String: [String: String]] {
        guard let members = reader[name]?.members else { return [:] }
        var result: [String: [String: String]] = [:]
        for (owner, attributes) in zip(members.names, members.values) {
            let own = attributes.members
            let texts = (own?.values ?? []).map { $0.scalarText ?? "" }
            result[owner] = Dictionary(zip(own?.names ?? [], texts), uniquingKeysWith: { _, last in last })
        }
        return result
    }
}
