import CatalogModel

/// The security zones of one service: what lies in which, and the policies of each, compiled.
final class ServiceZones: Sendable {
    /// The names, sorted.
    let names: [String]
    /// The policies of each zone.
    let services: [String: CompiledService]
    private let finder: ResourceFinder
    /// Positions of names, parallel to the resources of the finder.
    private let zoneOfResource: [Int]
    /// Whether some zone ends at or below the level of columns, so that columns of one table may differ.
    let splitsTables: Bool

    init(
        _ zones: [SecurityZone],
        of service: PolicyService,
        _ services: [String: CompiledService]
    ) throws(PolicyError) {
        self.services = services
        names = services.keys.sorted()
        var resources: [[String: PolicyResource]] = []
        var positions: [Int] = []
        var splitsTables = false
        for zone in zones {
            guard let position = names.firstIndex(of: zone.name) else { continue }
            for values in zone.services[service.name.text] ?? [] {
                resources.append(service.definition.policyResource(values))
                positions.append(position)
                if values["column"] != nil { splitsTables = true }
            }
        }
        self.splitsTables = splitsTables
        zoneOfResource = positions
        finder = try ResourceFinder(resources, definition: service.definition)
    }

    private init(_ other: ServiceZones, _ services: [String: CompiledService]) {
        names = other.names
        finder = other.finder
        zoneOfResource = other.zoneOfResource
        splitsTables = other.splitsTables
        self.services = services
    }

    /// The same zones with other policies.
    func with(_ services: [String: CompiledService]) -> ServiceZones { ServiceZones(self, services) }

    /// The policies of zones that hold a table, or may hold something of it.
    func services(touching table: TableName) -> [CompiledService] {
        guard let service = services.values.first, let path = service.columnPath(parts: table.parts.count)
        else { return [] }
        let levels = path.dropLast().map { service.definition.resources[$0].name }
        var request = AccessRequest()
        for (level, part) in zip(levels, table.parts) { request.elements[level] = [part] }
        let facts = RequestFacts(request, now: Instant(microseconds: 0))
        let found = finder.find(finder.repository.elements(of: request), facts: facts)
        return Set(found.map { zoneOfResource[$0.position] }).sorted().compactMap { services[names[$0]] }
    }

    /// The zone that holds a resource; nil for none, and for one that lies in zones in part only.
    func zone(holding resource: [String: [String]]) -> String? {
        var request = AccessRequest()
        request.elements = resource
        let facts = RequestFacts(request, now: Instant(microseconds: 0))
        var found: Int?
        for (position, match) in finder.find(finder.repository.elements(of: request), facts: facts) {
            guard match != .descendant, found ?? zoneOfResource[position] == zoneOfResource[position] else {
                return nil
            }
            found = zoneOfResource[position]
        }
        return found.map { names[$0] }
    }
}

extension SecurityZone {
    /// The zone whose tag policies count for a service in this one; empty for those of no zone.
    func zoneOfTagPolicies(for service: PolicyService) -> String {
        service.tagService.map { tagServices.contains($0.text) } ?? false ? name : ""
    }
}
