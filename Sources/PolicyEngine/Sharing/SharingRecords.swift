import CatalogModel

/// All records of governed sharing of one version, with what of them concerns one service.
struct SharingRecords: Sendable {
    /// The service that policies of datasets and projects name.
    static let service = "_gds"

    let records: [SharedRecord]

    /// What is shared of a service, as Ranger hands it out; nil when nothing is.
    func download(for service: PolicyService, _ policies: [Policy]) -> SharingDownload? {
        var download = SharingDownload()
        download.serviceName = service.name.text
        for record in records where record.isEnabled {
            switch record.part {
            case .dataShare(let share, let name):
                if name == service.name.text { download.dataShares.append(share) }
            case .resource(let resource): download.resources.append(resource)
            case .collection(let collection):
                var collection = collection
                let level = record.kind == .dataset ? "dataset-id" : "project-id"
                let id = String(collection.id)
                collection.policies = policies.filter { $0.resources[level]?.values.contains(id) ?? false }
                if record.kind == .dataset {
                    download.datasets.append(collection)
                } else {
                    download.projects.append(collection)
                }
            case .link(let link):
                if record.kind == .shareInDataset {
                    download.sharesInDatasets.append(link)
                } else {
                    download.datasetsInProjects.append(link)
                }
            }
        }
        guard !download.dataShares.isEmpty else { return nil }
        let shares = Set(download.dataShares.map(\.id))
        download.resources.removeAll { !shares.contains($0.dataShareId) }
        download.sharesInDatasets.removeAll { !shares.contains($0.inner) }
        let datasets = Set(download.sharesInDatasets.map(\.outer))
        download.datasets.removeAll { !datasets.contains($0.id) }
        download.datasetsInProjects.removeAll { !datasets.contains($0.inner) }
        let projects = Set(download.datasetsInProjects.map(\.outer))
        download.projects.removeAll { !projects.contains($0.id) }
        return download
    }

    /// What is shared of each service, compiled; services of which nothing is are missing.
    func compiled(
        _ services: [PolicyService],
        _ policies: [Policy],
        _ options: CompileOptions,
        _ table: inout PrincipalTable
    ) throws(PolicyError) -> [ServiceName: CompiledSharing] {
        guard !records.isEmpty else { return [:] }
        var compiled: [ServiceName: CompiledSharing] = [:]
        for service in services {
            guard let download = download(for: service, policies) else { continue }
            compiled[service.name] = try CompiledSharing(download, service.definition, options, &table)
        }
        return compiled
    }

    /// The numbers of all datasets, or projects.
    func ids(of kind: SharedRecord.Kind) -> Set<Int64> {
        Set(records.filter { $0.kind == kind }.compactMap(\.id))
    }
}
