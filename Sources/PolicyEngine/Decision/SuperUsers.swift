import CatalogModel

/// Who may do everything with what a service has, whatever policies say.
///
/// - Source: Ranger's service settings `ranger.plugin.super.users` and `ranger.plugin.super.groups`.
struct SuperUsers: Sendable {
    /// The settings that mean something here.
    static let settings = ["ranger.plugin.super.users", "ranger.plugin.super.groups"]

    private let users: Set<String>
    private let groups: Set<String>

    /// Nil when the service has none.
    ///
    /// - Throws: `.unknown` for a setting that means nothing here, `.contradiction` for everybody as super users.
    init?(_ service: PolicyService, at place: PolicyPlace) throws(PolicyError) {
        if let unknown = service.settings.keys.sorted().first(where: { !SuperUsers.settings.contains($0) }) {
            throw PolicyError(.unknown(kind: "setting", name: unknown, known: SuperUsers.settings), at: place)
        }
        let names = { (setting: String) in
            (service.settings[setting] ?? "").split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
        }
        users = Set(names(SuperUsers.settings[0]))
        groups = Set(names(SuperUsers.settings[1]))
        guard !groups.contains("public"), !users.contains("{USER}") else {
            throw PolicyError(.contradiction("not everybody can be a super user"), at: place)
        }
        if users.isEmpty, groups.isEmpty { return nil }
    }

    /// Why a subject is one of them, such as `group operators`; nil when they aren't.
    func principal(of subject: Subject) -> String? {
        if users.contains(subject.user.text) { return "user \(subject.user)" }
        return subject.groups.first { groups.contains($0.text) }.map { "group \($0)" }
    }
}

extension PolicySet {
    /// The decision for a super user: everything, as it is; nil for anybody else, and for what isn't there.
    func decisionForSuperUser(_ request: ReadRequest, _ service: CompiledService) -> Decision? {
        guard let principal = superUsers[request.service]?.principal(of: request.subject),
            service.columnPath(parts: request.table.parts.count) != nil,
            let access = request.accessType ?? service.definition.readAccessType,
            service.accessTypes.find(access) != nil
        else { return nil }
        return decision(on: request, all: .clear, because: .superUser(principal, of: request.service))
    }
}
