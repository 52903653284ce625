import CatalogModel

/// Shares ready to be asked.
final class CompiledSharing: Sendable {
    /// A dataset or project with its policies.
    struct Collection: Sendable {
        let source: SharingDownload.Collection
        let period: ValidityPeriod?
        let service: CompiledService
    }

    /// A data share, with the datasets that it is in.
    struct Share: Sendable {
        let source: SharingDownload.DataShare
        let condition: Script?
        /// Positions of datasets, with when the share is in them.
        let datasets: [(dataset: Int, period: ValidityPeriod?)]
    }

    /// A shared resource.
    struct Resource: Sendable {
        let source: SharingDownload.Resource
        let share: Int
        let condition: Script?
        let accesses: UInt128
    }

    let datasets: [Collection]
    let projects: [Collection]
    let shares: [Share]
    let resources: [Resource]
    /// For each dataset, the positions of projects that it is in.
    let projectsOfDataset: [[(project: Int, period: ValidityPeriod?)]]
    /// The resources with the level below.
    let finder: ResourceFinder
    /// The resources without it.
    let outerFinder: ResourceFinder
    let accessTypes: AccessTypeTable
    let rowFilterKeys: [Set<String>]

    init(
        _ download: SharingDownload,
        _ definition: ServiceDefinition,
        _ options: CompileOptions,
        _ table: inout PrincipalTable
    ) throws(PolicyError) {
        let place = PolicyPlace("share", download.serviceName)
        var types = try AccessTypeTable(definition.accessTypes, at: place)
        let own = download.definition ?? .sharing
        let compile = {
            (list: [SharingDownload.Collection], table: inout PrincipalTable) throws(PolicyError)
                -> [Collection] in
            var result: [Collection] = []
            for one in list.sorted(by: { ($0.name, $0.id) < ($1.name, $1.id) }) {
                let service = try CompiledSharing.service(one, own, definition, options, &types, &table)
                let period = try one.validitySchedule?.period(options.times, at: place)
                result.append(Collection(source: one, period: period, service: service))
            }
            return result
        }
        datasets = try compile(download.datasets, &table)
        projects = try compile(download.projects, &table)
        let datasetPosition = CompiledSharing.positions(datasets.map(\.source.id))
        let projectPosition = CompiledSharing.positions(projects.map(\.source.id))
        shares = try CompiledSharing.shares(download, datasetPosition, options, at: place)
        var ofDataset: [[(project: Int, period: ValidityPeriod?)]] = Array(
            repeating: [],
            count: datasets.count
        )
        for link in download.datasetsInProjects where link.status == "ACTIVE" {
            guard let dataset = datasetPosition[link.inner], let project = projectPosition[link.outer] else {
                continue
            }
            ofDataset[dataset].append((project, try link.validitySchedule?.period(options.times, at: place)))
        }
        projectsOfDataset = ofDataset
        resources = try CompiledSharing.resources(download, shares, &types, at: place)
        finder = try ResourceFinder(resources.map { $0.source.whole }, definition: definition)
        outerFinder = try ResourceFinder(resources.map { $0.source.resource }, definition: definition)
        accessTypes = types
        rowFilterKeys = try CompiledSharing.keys(.rowFilter, definition)
    }

    /// The data shares that are in some dataset.
    private static func shares(
        _ download: SharingDownload,
        _ positions: [Int64: Int],
        _ options: CompileOptions,
        at place: PolicyPlace
    ) throws(PolicyError) -> [Share] {
        var shares: [Share] = []
        for share in download.dataShares.sorted(by: { ($0.name, $0.id) < ($1.name, $1.id) }) {
            var into: [(dataset: Int, period: ValidityPeriod?)] = []
            for link in download.sharesInDatasets where link.inner == share.id && link.status == "ACTIVE" {
                guard let dataset = positions[link.outer] else { continue }
                into.append((dataset, try link.validitySchedule?.period(options.times, at: place)))
            }
            if into.isEmpty { continue }
            shares.append(Share(source: share, condition: .condition(share.condition), datasets: into))
        }
        return shares
    }

    /// The resources in those shares.
    private static func resources(
        _ download: SharingDownload,
        _ shares: [Share],
        _ types: inout AccessTypeTable,
        at place: PolicyPlace
    ) throws(PolicyError) -> [Resource] {
        let positions = CompiledSharing.positions(shares.map(\.source.id))
        let sorted = download.resources.sorted {
            ($0.resource.count, $0.id) < ($1.resource.count, $1.id)
        }
        var resources: [Resource] = []
        for resource in sorted {
            guard let share = positions[resource.dataShareId] else { continue }
            let names = resource.accessTypes.isEmpty ? shares[share].source.accessTypes : resource.accessTypes
            var accesses: UInt128 = 0
            for name in names { accesses |= types.grants(of: try types.bit(of: name, at: place)) }
            let condition = Script.condition(resource.condition)
            resources.append(
                Resource(source: resource, share: share, condition: condition, accesses: accesses)
            )
        }
        return resources
    }

    private static func positions(_ ids: [Int64]) -> [Int64: Int] {
        Dictionary(ids.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    /// The sets of levels that policies of a type may name.
    static func keys(_ type: PolicyType, _ definition: ServiceDefinition) throws(PolicyError) -> [Set<String>]
    {
        let names = definition.resources.map(\.name)
        let positions = Dictionary(
            names.enumerated().map { ($0.element, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
        let place = PolicyPlace("service definition", definition.name)
        let hierarchies = try Hierarchies(definition.resources(for: type), positions: positions, at: place)
        return hierarchies.paths.map { path in Set(path.map { names[$0] }) }
    }

    private static func service(
        _ collection: SharingDownload.Collection,
        _ own: ServiceDefinition,
        _ definition: ServiceDefinition,
        _ options: CompileOptions,
        _ types: inout AccessTypeTable,
        _ table: inout PrincipalTable
    ) throws(PolicyError) -> CompiledService {
        var builder = try RepositoryBuilder(service: "_gds", definition: own, options: options)
        let repository = try builder.build(collection.policies, &types, &table)
        return CompiledService(
            name: "_gds",
            definition: definition,
            resource: repository,
            tags: nil,
            accessTypes: types
        )
    }
}

extension Script {
    /// A condition; nil for none.
    static func condition(_ text: String) -> Script? { text.trimmed.isEmpty ? nil : Script(text) }
}

extension SharingDownload.Resource {
    /// The resource with the level below.
    var whole: [String: PolicyResource] {
        guard !subResourceType.isEmpty, let subResource else { return resource }
        return resource.merging([subResourceType: subResource]) { first, _ in first }
    }
}

extension ServiceDefinition {
    /// How policies of datasets and projects are written when nobody says otherwise: Ranger's `gds` service.
    static var sharing: ServiceDefinition {
        var definition = ServiceDefinition()
        definition.name = "gds"
        definition.resources = ["dataset-id", "project-id"].map { name in
            var resource = ResourceDefinition()
            resource.name = name
            resource.matcherOptions = ["wildCard": "false", "ignoreCase": "false"]
            return resource
        }
        let evaluators = [
            "expression": "RangerScriptConditionEvaluator",
            "validitySchedule": "RangerValidityScheduleConditionEvaluator",
        ]
        definition.policyConditions = evaluators.sorted { $0.key < $1.key }.map { name, evaluator in
            var condition = ConditionDefinition()
            condition.name = name
            condition.evaluator = evaluator
            return condition
        }
        return definition
    }
}
