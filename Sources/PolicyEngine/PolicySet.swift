import CatalogModel

/// All policies of one version, compiled, immutable, ready to decide.
package struct PolicySet: Sendable {
    /// The version that decisions carry.
    package let version: Int64
    /// The services, in the order given.
    package let services: [PolicyService]
    let compiled: [ServiceName: CompiledService]
    /// Who may do everything, by service; none for services that have no such people.
    let superUsers: [ServiceName: SuperUsers]
    /// What is shared, by service; none for services of which nothing is.
    let sharing: [ServiceName: CompiledSharing]
    let sharingRecords: SharingRecords
    /// The policies of datasets and projects, by id.
    let sharingPolicies: [Int64: Policy]
    let table: PrincipalTable
    /// Runs scripts beyond the compiled part of the language; nil for none: such a script then fails.
    let scripts: (any ScriptEngine)?
    /// Time zones that scripts name.
    let timeZones: TimeZoneDatabase
    /// The security zones, in the order given.
    let zones: [SecurityZone]
    /// What lies in which zone, by service; none for services without zones.
    let zonesOfService: [ServiceName: ServiceZones]
    let options: CompileOptions
    /// Which policies there are; of no use when the reading is lenient.
    let identities: PolicyIdentities
    let scratches: ScratchPool

    /// Checks and compiles.
    ///
    /// Cost: about linear in the policies' text.
    /// - Throws: the first problem found, with its place; nothing is half made.
    package init(
        services: [PolicyService],
        policies: [Policy],
        zones: [SecurityZone] = [],
        shared: [SharedRecord] = [],
        version: Int64,
        timeZones: TimeZoneDatabase = .fixedOnly,
        scripts: (any ScriptEngine)? = nil
    ) throws(PolicyError) {
        var options = CompileOptions()
        options.times.zones = timeZones
        try self.init(
            services: services,
            policies: policies,
            zones: zones,
            shared: shared,
            version: version,
            options: options,
            scripts: scripts
        )
    }

    /// A set without services: everything is denied.
    package init() {
        version = 0
        services = []
        compiled = [:]
        superUsers = [:]
        sharing = [:]
        sharingRecords = SharingRecords(records: [])
        sharingPolicies = [:]
        table = PrincipalTable()
        scripts = nil
        timeZones = .fixedOnly
        zones = []
        zonesOfService = [:]
        options = CompileOptions()
        identities = PolicyIdentities()
        scratches = ScratchPool()
    }

    /// Another version of a set, with other policies.
    init(
        _ other: PolicySet,
        version: Int64,
        _ compiled: [ServiceName: CompiledService],
        _ zonesOfService: [ServiceName: ServiceZones],
        _ sharing: CompiledShares,
        _ table: PrincipalTable,
        _ identities: PolicyIdentities
    ) {
        self.version = version
        services = other.services
        self.sharing = sharing.byService
        sharingRecords = sharing.records
        sharingPolicies = sharing.policies
        self.compiled = compiled
        superUsers = other.superUsers
        self.zonesOfService = zonesOfService
        self.table = table
        scripts = other.scripts
        timeZones = other.timeZones
        zones = other.zones
        options = other.options
        self.identities = identities
        scratches = other.scratches
    }

    init(
        services: [PolicyService],
        policies: [Policy],
        zones: [SecurityZone] = [],
        shared: [SharedRecord] = [],
        version: Int64,
        options: CompileOptions,
        scripts: (any ScriptEngine)? = nil
    ) throws(PolicyError) {
        self.scripts = scripts
        timeZones = options.times.zones
        self.version = version
        self.services = services
        self.zones = zones
        self.options = options
        scratches = ScratchPool()
        var byRealm: [Realm: [Policy]] = [:]
        for policy in policies { byRealm[Realm(policy), default: []].append(policy) }
        var identities = PolicyIdentities()
        try ZoneChecker(services: services, options: options).check(zones)
        let records = SharingRecords(records: shared)
        try SharingChecker(services: services, zones: zones, options: options).check(shared)
        if !options.isLenient {
            try PolicyChecker(services: services, zones: zones, sharing: records)
                .check(policies, among: &identities)
        }
        self.identities = identities
        var compiled: [ServiceName: CompiledService] = [:]
        var zonesOfService: [ServiceName: ServiceZones] = [:]
        var superUsers: [ServiceName: SuperUsers] = [:]
        var table = PrincipalTable()
        for service in services {
            let place = PolicyPlace("service", service.name.text)
            superUsers[service.name] = try SuperUsers(service, at: place)
            guard compiled[service.name] == nil else {
                throw PolicyError(.duplicate(kind: "service", name: service.name.text), at: place)
            }
            let compiler = try ServiceCompiler(service, among: services, options: options, at: place)
            compiled[service.name] = try compiler.compile(nil, byRealm, &table)
            let own = zones.filter { $0.services[service.name.text]?.isEmpty == false }
            if own.isEmpty { continue }
            var inZones: [String: CompiledService] = [:]
            for zone in own { inZones[zone.name] = try compiler.compile(zone, byRealm, &table) }
            zonesOfService[service.name] = try ServiceZones(own, of: service, inZones)
        }
        let shares = try CompiledShares(
            records,
            byRealm[Realm(SharingRecords.service, zone: "")] ?? [],
            services,
            options,
            &table
        )
        sharing = shares.byService
        sharingRecords = shares.records
        sharingPolicies = shares.policies
        self.compiled = compiled
        self.superUsers = superUsers
        self.zonesOfService = zonesOfService
        self.table = table
    }

    /// The set with other records of governed sharing; this one stays as it is.
    ///
    /// Cost: all that is shared.
    /// - Throws: the first problem of a record, or of a policy of a dataset that isn't there any more.
    package func sharing(_ records: [SharedRecord], version: Int64) throws(PolicyError) -> PolicySet {
        try SharingChecker(services: services, zones: zones, options: options).check(records)
        let records = SharingRecords(records: records)
        let policies = sharingPolicies.values.sorted { ($0.id ?? -1) < ($1.id ?? -1) }
        var nobody = PolicyIdentities()
        try PolicyChecker(services: services, zones: zones, sharing: records).check(policies, among: &nobody)
        var table = table
        let shares = try CompiledShares(records, policies, services, options, &table)
        return PolicySet(self, version: version, compiled, zonesOfService, shares, table, identities)
    }
}

/// What is shared, with what it was made from.
struct CompiledShares {
    let records: SharingRecords
    let policies: [Int64: Policy]
    let byService: [ServiceName: CompiledSharing]

    init(
        _ records: SharingRecords,
        _ policies: [Policy],
        _ services: [PolicyService],
        _ options: CompileOptions,
        _ table: inout PrincipalTable
    ) throws(PolicyError) {
        self.records = records
        self.policies = Dictionary(policies.map { ($0.id ?? -1, $0) }, uniquingKeysWith: { $1 })
        byService = try records.compiled(services, policies, options, &table)
    }

    /// Those of a set.
    init(of set: PolicySet) {
        records = set.sharingRecords
        policies = set.sharingPolicies
        byService = set.sharing
    }
}

/// Where policies count: a service, and a security zone or none.
struct Realm: Hashable, Sendable {
    let service: String
    /// Empty outside of zones.
    let zone: String

    init(_ service: String, zone: String) {
        self.service = service
        self.zone = zone
    }

    init(_ policy: Policy) { self.init(policy.service, zone: policy.zoneName) }
}

/// Compiles the policies of one service, in a zone or outside of zones.
private struct ServiceCompiler {
    let service: PolicyService
    let tagService: PolicyService?
    let options: CompileOptions

    init(
        _ service: PolicyService,
        among services: [PolicyService],
        options: CompileOptions,
        at place: PolicyPlace
    ) throws(PolicyError) {
        self.service = service
        self.options = options
        guard let name = service.tagService else {
            tagService = nil
            return
        }
        tagService = services.first { $0.name == name }
        guard tagService != nil else {
            let known = services.map(\.name.text)
            throw PolicyError(.unknown(kind: "tag service", name: name.text, known: known), at: place)
        }
    }

    func compile(
        _ zone: SecurityZone?,
        _ policies: [Realm: [Policy]],
        _ table: inout PrincipalTable
    ) throws(PolicyError) -> CompiledService {
        let definition = service.definition
        let place = PolicyPlace("service definition", definition.name)
        var accessTypes = try AccessTypeTable(definition.accessTypes, at: place)
        var builder = try RepositoryBuilder(
            service: service.name.text,
            definition: definition,
            options: options
        )
        let own = policies[Realm(service.name.text, zone: zone?.name ?? "")] ?? []
        let resource = try builder.build(own, &accessTypes, &table)
        var tags: Repository?
        if let tagService {
            let component = definition.name
            var builder = try RepositoryBuilder(
                service: tagService.name.text,
                definition: tagService.definition.normalised(for: component),
                options: options
            )
            let realm = Realm(tagService.name.text, zone: zone?.zoneOfTagPolicies(for: service) ?? "")
            let given = (policies[realm] ?? []).compactMap { $0.normalised(for: component) }
            tags = try builder.build(given, &accessTypes, &table)
        }
        return CompiledService(
            name: service.name.text,
            definition: definition,
            resource: resource,
            tags: tags,
            accessTypes: accessTypes
        )
    }
}
