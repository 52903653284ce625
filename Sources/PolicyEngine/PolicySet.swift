import CatalogModel

/// All policies of one version, compiled, immutable, ready to decide.
package struct PolicySet: Sendable {
    /// The version that decisions carry.
    package let version: Int64
    /// The services, in the order given.
    package let services: [PolicyService]
    let compiled: [ServiceName: CompiledService]
    let table: PrincipalTable
    /// Runs scripts beyond the compiled part of the language; nil for none: such a script then fails.
    let scripts: (any ScriptEngine)?
    /// Zones that scripts name.
    let zones: TimeZoneDatabase
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
        version: Int64,
        timeZones: TimeZoneDatabase = .fixedOnly,
        scripts: (any ScriptEngine)? = nil
    ) throws(PolicyError) {
        var options = CompileOptions()
        options.times.zones = timeZones
        try self.init(
            services: services,
            policies: policies,
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
        table = PrincipalTable()
        scripts = nil
        zones = .fixedOnly
        options = CompileOptions()
        identities = PolicyIdentities()
        scratches = ScratchPool()
    }

    /// Another version of a set, with other policies.
    init(
        _ other: PolicySet,
        version: Int64,
        _ compiled: [ServiceName: CompiledService],
        _ table: PrincipalTable,
        _ identities: PolicyIdentities
    ) {
        self.version = version
        services = other.services
        self.compiled = compiled
        self.table = table
        scripts = other.scripts
        zones = other.zones
        options = other.options
        self.identities = identities
        scratches = other.scratches
    }

    init(
        services: [PolicyService],
        policies: [Policy],
        version: Int64,
        options: CompileOptions,
        scripts: (any ScriptEngine)? = nil
    ) throws(PolicyError) {
        self.scripts = scripts
        zones = options.times.zones
        self.version = version
        self.services = services
        self.options = options
        scratches = ScratchPool()
        var byService: [String: [Policy]] = [:]
        for policy in policies { byService[policy.service, default: []].append(policy) }
        var identities = PolicyIdentities()
        if !options.isLenient { try PolicyChecker(services: services).check(policies, among: &identities) }
        self.identities = identities
        var compiled: [ServiceName: CompiledService] = [:]
        var table = PrincipalTable()
        for service in services {
            let place = PolicyPlace("service", service.name.text)
            guard compiled[service.name] == nil else {
                throw PolicyError(.duplicate(kind: "service", name: service.name.text), at: place)
            }
            var tagService: PolicyService?
            if let name = service.tagService {
                tagService = services.first { $0.name == name }
                guard tagService != nil else {
                    let known = services.map(\.name.text)
                    throw PolicyError(.unknown(kind: "tag service", name: name.text, known: known), at: place)
                }
            }
            compiled[service.name] = try PolicySet.compile(service, tagService, byService, &table, options)
        }
        self.compiled = compiled
        self.table = table
    }

    private static func compile(
        _ service: PolicyService,
        _ tagService: PolicyService?,
        _ policies: [String: [Policy]],
        _ table: inout PrincipalTable,
        _ options: CompileOptions
    ) throws(PolicyError) -> CompiledService {
        let definition = service.definition
        let place = PolicyPlace("service definition", definition.name)
        var accessTypes = try AccessTypeTable(definition.accessTypes, at: place)
        var builder = try RepositoryBuilder(
            service: service.name.text,
            definition: definition,
            options: options
        )
        let own = policies[service.name.text] ?? []
        let resource = try builder.build(own, &accessTypes, &table)
        var tags: Repository?
        if let tagService {
            let component = definition.name
            var builder = try RepositoryBuilder(
                service: tagService.name.text,
                definition: tagService.definition.normalised(for: component),
                options: options
            )
            let given = (policies[tagService.name.text] ?? []).compactMap { $0.normalised(for: component) }
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
