import CatalogModel

/// An engine in Ranger's place: one service with its zones, tags, roles and shares, evaluated as Ranger does.
///
/// What Ranger ignores is ignored here too; our own, stricter reading of policies is ``PolicySet``'s.
package final class RangerEngine: Sendable {
    /// Settings of a plugin rather than of the policies.
    package struct Options: Sendable {
        /// Users who may do everything.
        package var superUsers: [String] = []
        /// Groups whose members may.
        package var superGroups: [String] = []
        /// Users whose accesses aren't audited.
        package var unauditedUsers: [String] = []
        /// Groups likewise.
        package var unauditedGroups: [String] = []
        /// Roles likewise.
        package var unauditedRoles: [String] = []
        /// Whether the addresses that proxies tell are believed.
        package var believesForwardedAddresses = false
        /// The proxies that are believed; empty for all.
        package var trustedProxies: [String] = []
        /// Formats of dates in tags, besides Ranger's own.
        package var dateFormats: [String] = []
        /// The cluster that asks when the request doesn't say.
        package var clusterName: String?
        /// Its kind.
        package var clusterType: String?
        /// Where named time zones come from.
        package var timeZones = TimeZoneDatabase.fixedOnly
        /// The zone of the machine: recurring times and times of day are read in it.
        package var localZone = TimeZoneRules.utc
        /// Runs scripts beyond the compiled part of the language; nil for none.
        package var scripts: (any ScriptEngine)?
        /// Whether no policy leaves an access open instead of denying it.
        package var leavesOpen = false
        /// Whether every policy is looked at; must make no difference.
        package var scansEverything = false

        /// Ranger's defaults.
        package init() {}
    }

    /// Everything that is handed out to an engine.
    package struct Setup: Sendable {
        /// The policies.
        package var policies = PolicyDownload()
        /// The roles.
        package var roles: [RoleRecord] = []
        /// The tags; nil for none.
        package var tags: TagDownload?
        /// Attributes of users and groups.
        package var userStore = UserStore()
        /// Shares; nil for none.
        package var sharing: SharingDownload?
        /// Settings.
        package var options = Options()

        /// Empty; members are set one by one.
        package init() {}
    }

    let setup: Setup
    /// Changes of policies since the setup.
    let changes: ChangeLog
    let definition: ServiceDefinition
    let tagDefinition: ServiceDefinition?
    let times: ValidityTimes
    let unzoned: CompiledService
    let zones: [String: CompiledService]
    let zoneNames: [String]
    let zoneFinder: ResourceFinder
    let zoneOfResource: [Int]
    let tagFinder: TagFinder?
    let principals: PrincipalTable
    let roles: RoleResolver
    let roleNumbers: RoleNumbers
    let names: QuestionNames
    /// The tags of resources as numbers; nil when none matter.
    let tagLookup: TagLookup?
    let tagPolicies: TagPolicyTable?
    let sharing: CompiledSharing?
    let auditFilters: AuditFilters
    let superUsers: Set<String>
    let superGroups: Set<String>
    let unauditedUsers: Set<String>
    let unauditedGroups: Set<String>
    let unauditedRoles: Set<String>

    /// Compiles what was handed out.
    ///
    /// - Throws: `.missing` without a service definition; what can't be compiled even leniently.
    package init(_ setup: Setup) throws(PolicyError) {
        self.setup = setup
        changes = ChangeLog()
        guard let definition = setup.policies.serviceDefinition else {
            throw PolicyError(
                .missing("`serviceDef`"),
                at: PolicyPlace("service", setup.policies.serviceName)
            )
        }
        self.definition = definition
        let options = CompileOptions.ranger(
            zones: setup.options.timeZones,
            localZone: setup.options.localZone
        )
        times = options.times
        let download = setup.policies
        tagDefinition = download.tagPolicies?.serviceDefinition?.normalised(for: definition.name)
        var table = PrincipalTable()
        let compile = { (policies: [Policy], zone: String, table: inout PrincipalTable) throws(PolicyError) in
            try RangerEngine.compile(policies, zone: zone, download, definition, options, &table)
        }
        unzoned = try compile(download.policies ?? [], "", &table)
        var zones: [String: CompiledService] = [:]
        var resources: [[String: PolicyResource]] = []
        var zoneOfResource: [Int] = []
        let names = JavaOrder.sorted(download.securityZones.keys)
        for (index, name) in names.enumerated() {
            guard let zone = download.securityZones[name] else { continue }
            zones[name] = try compile(zone.policies, zone.containsAssociatedTagService ? name : "", &table)
            for values in zone.resources {
                resources.append(definition.policyResource(values))
                zoneOfResource.append(index)
            }
        }
        self.zones = zones
        zoneNames = names
        self.zoneOfResource = zoneOfResource
        zoneFinder = try ResourceFinder(resources, definition: definition)
        if let tags = setup.tags {
            tagFinder = try TagFinder(tags, definition: definition, times: options.times)
        } else {
            tagFinder = nil
        }
        if let tagFinder { tagLookup = TagLookup(tagFinder, unzoned.tags) } else { tagLookup = nil }
        if let tagLookup, let tags = unzoned.tags {
            tagPolicies = TagPolicyTable(tagLookup.names, tags)
        } else {
            tagPolicies = nil
        }
        roles = RoleResolver(setup.roles)
        if let sharing = setup.sharing {
            self.sharing = try CompiledSharing(sharing, definition, options, &table)
        } else {
            sharing = nil
        }
        roleNumbers = RoleNumbers(setup.roles, roles, &table)
        self.names = QuestionNames(definition, unzoned.accessTypes, table, roleNumbers)
        principals = table
        auditFilters = try AuditFilters(download, definition, tagDefinition)
        let config = { (name: String) in RangerEngine.list(download.serviceConfig["ranger.plugin.\(name)"]) }
        superUsers = Set(config("super.users") + setup.options.superUsers)
        superGroups = Set(config("super.groups") + setup.options.superGroups)
        unauditedUsers = Set(config("audit.exclude.users") + setup.options.unauditedUsers)
        unauditedGroups = Set(config("audit.exclude.groups") + setup.options.unauditedGroups)
        unauditedRoles = Set(config("audit.exclude.roles") + setup.options.unauditedRoles)
    }

    /// One with other policies outside of zones.
    init(_ other: RangerEngine, _ service: CompiledService, _ table: PrincipalTable, _ changes: ChangeLog) {
        setup = other.setup
        self.changes = changes
        definition = other.definition
        tagDefinition = other.tagDefinition
        times = other.times
        unzoned = service
        zones = other.zones
        zoneNames = other.zoneNames
        zoneFinder = other.zoneFinder
        zoneOfResource = other.zoneOfResource
        tagFinder = other.tagFinder
        principals = table
        roles = other.roles
        roleNumbers = other.roleNumbers
        if table.counts == other.principals.counts,
            service.accessTypes.names.count == other.unzoned.accessTypes.names.count
        {
            names = other.names
        } else {
            names = QuestionNames(definition, service.accessTypes, table, other.roleNumbers)
        }
        tagLookup = other.tagLookup
        if let tagLookup, let tags = service.tags, tags !== other.unzoned.tags {
            tagPolicies = TagPolicyTable(tagLookup.names, tags)
        } else {
            tagPolicies = other.tagPolicies
        }
        sharing = other.sharing
        auditFilters = other.auditFilters
        superUsers = other.superUsers
        superGroups = other.superGroups
        unauditedUsers = other.unauditedUsers
        unauditedGroups = other.unauditedGroups
        unauditedRoles = other.unauditedRoles
    }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
    }

    private static func compile(
        _ policies: [Policy],
        zone: String,
        _ download: PolicyDownload,
        _ definition: ServiceDefinition,
        _ options: CompileOptions,
        _ table: inout PrincipalTable
    ) throws(PolicyError) -> CompiledService {
        let name = download.serviceName.isEmpty ? definition.name : download.serviceName
        var types = try AccessTypeTable(
            definition.accessTypes,
            at: PolicyPlace("service definition", definition.name)
        )
        var builder = try RepositoryBuilder(service: name, definition: definition, options: options)
        let resource = try builder.build(policies, &types, &table)
        var tags: Repository?
        if let tagPolicies = download.tagPolicies, let tagDefinition = tagPolicies.serviceDefinition {
            let normalised = tagDefinition.normalised(for: definition.name)
            var builder = try RepositoryBuilder(
                service: tagPolicies.serviceName,
                definition: normalised,
                options: options
            )
            let given = tagPolicies.policies.filter { $0.zoneName == zone }
                .compactMap { $0.normalised(for: definition.name) }
            tags = try builder.build(given, &types, &table)
        }
        return CompiledService(
            name: name,
            definition: definition,
            resource: resource,
            tags: tags,
            accessTypes: types
        )
    }
}
