import CatalogModel

/// Refuses records of governed sharing that can't mean what they say.
struct SharingChecker {
    private let services: [String: PolicyService]
    private let zones: [String: SecurityZone]
    private let options: CompileOptions

    init(services: [PolicyService], zones: [SecurityZone], options: CompileOptions) {
        self.services = Dictionary(
            services.map { ($0.name.text, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        self.zones = Dictionary(zones.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.options = options
    }

    /// Checks all records together.
    ///
    /// - Throws: `.missing`, `.duplicate`, `.unknown`, `.unreadable`, `.contradiction`, and `.unsupported` for masks by
    ///   tag, which nothing would carry out.
    func check(_ records: [SharedRecord]) throws(PolicyError) {
        var names: Set<[String]> = []
        var ids: Set<SharedRecord.Key> = []
        var serviceOfShare: [Int64: PolicyService] = [:]
        for record in records {
            guard let id = record.id, id >= 0 else {
                throw PolicyError(.missing("`id`"), at: record.place)
            }
            guard ids.insert(SharedRecord.Key(record.kind, id)).inserted else {
                throw PolicyError(
                    .duplicate(kind: "\(record.kind.rawValue) id", name: "\(id)"),
                    at: record.place
                )
            }
            switch record.part {
            case .collection, .dataShare:
                guard !record.name.isEmpty else { throw PolicyError(.missing("`name`"), at: record.place) }
                guard record.name.utf8.count <= PolicyLimits.bytesPerSharedName else {
                    let problem = PolicyProblem.tooMuch(
                        of: "bytes of `name`",
                        limit: PolicyLimits.bytesPerSharedName
                    )
                    throw PolicyError(problem, at: record.place)
                }
                guard names.insert([record.kind.rawValue, record.name]).inserted else {
                    throw PolicyError(
                        .duplicate(kind: record.kind.rawValue, name: record.name),
                        at: record.place
                    )
                }
            case .resource, .link: break
            }
            if case .dataShare(let share, let service) = record.part {
                serviceOfShare[id] = try check(share, service, at: record.place)
            }
        }
        for record in records {
            switch record.part {
            case .dataShare: break
            case .collection(let collection): try check(collection.validitySchedule, at: record.place)
            case .resource(let resource):
                guard let service = serviceOfShare[resource.dataShareId] else {
                    throw unknown("data share", resource.dataShareId, at: record.place.member("dataShareId"))
                }
                try check(resource, of: service, at: record.place)
            case .link(let link):
                let isShare = record.kind == .shareInDataset
                try check(link, inner: isShare ? .dataShare : .dataset, ids, at: record.place)
                let outer: SharedRecord.Kind = isShare ? .dataset : .project
                guard ids.contains(SharedRecord.Key(outer, link.outer)) else {
                    throw unknown(outer.rawValue, link.outer, at: record.place.member("\(outer.rawValue)Id"))
                }
            }
        }
    }

    private func unknown(_ kind: String, _ id: Int64, at place: PolicyPlace) -> PolicyError {
        PolicyError(.unknown(kind: kind, name: "\(id)", known: []), at: place)
    }

    private func check(
        _ share: SharingDownload.DataShare,
        _ name: String,
        at place: PolicyPlace
    ) throws(PolicyError) -> PolicyService {
        guard let service = services[name] else {
            let problem = PolicyProblem.unknown(kind: "service", name: name, known: services.keys.sorted())
            throw PolicyError(problem, at: place.member("service"))
        }
        if !share.zoneName.isEmpty, zones[share.zoneName]?.services[name]?.isEmpty != false {
            let known = zones.values.filter { $0.services[name]?.isEmpty == false }.map(\.name).sorted()
            let problem = PolicyProblem.unknown(
                kind: "zone of the service",
                name: share.zoneName,
                known: known
            )
            throw PolicyError(problem, at: place.member("zone"))
        }
        guard share.tagMasks.isEmpty else {
            throw PolicyError(.unsupported("masks by tag"), at: place.member("defaultTagMasks"))
        }
        try check(share.accessTypes, of: service, "defaultAccessTypes", at: place)
        try check(condition: share.condition, at: place.member("conditionExpr"))
        return service
    }

    private func check(
        _ resource: SharingDownload.Resource,
        of service: PolicyService,
        at place: PolicyPlace
    ) throws(PolicyError) {
        try check(resource.accessTypes, of: service, "accessTypes", at: place)
        try check(condition: resource.condition, at: place.member("conditionExpr"))
        guard resource.subResourceType.isEmpty == (resource.subResource == nil) else {
            let text = "`subResource` and `subResourceType` go together"
            throw PolicyError(.contradiction(text), at: place.member("subResourceType"))
        }
        guard !resource.resource.isEmpty, resource.resource[resource.subResourceType] == nil else {
            throw PolicyError(.missing("resource above `subResourceType`"), at: place.member("resource"))
        }
        var policy = Policy()
        policy.name = place.name
        policy.resources = resource.whole
        do throws(PolicyError) {
            var builder = try RepositoryBuilder(
                service: service.name.text,
                definition: service.definition,
                options: options
            )
            var types = try AccessTypeTable([], at: place)
            var table = PrincipalTable()
            _ = try builder.build([policy], &types, &table)
        } catch {
            throw PolicyError(error.problem, at: place.member("resource"))
        }
        for (index, mask) in resource.masks.enumerated() {
            let place = place.member("subResourceMasks[\(index)]")
            guard !resource.subResourceType.isEmpty else {
                throw PolicyError(.missing("`subResourceType` of the masks"), at: place)
            }
            guard !mask.values.isEmpty else { throw PolicyError(.missing("`values`"), at: place) }
            try PolicyChecker.check(mask.mask, of: service.definition, at: place.member("maskInfo"))
        }
    }

    private func check(
        _ link: SharingDownload.Link,
        inner: SharedRecord.Kind,
        _ ids: Set<SharedRecord.Key>,
        at place: PolicyPlace
    ) throws(PolicyError) {
        guard ids.contains(SharedRecord.Key(inner, link.inner)) else {
            let name = inner == .dataShare ? "dataShareId" : "datasetId"
            throw unknown(inner.rawValue, link.inner, at: place.member(name))
        }
        let states = ["NONE", "REQUESTED", "GRANTED", "DENIED", "ACTIVE"]
        guard states.contains(link.status) else {
            let problem = PolicyProblem.unknown(kind: "status", name: link.status, known: states)
            throw PolicyError(problem, at: place.member("status"))
        }
        try check(link.validitySchedule, at: place)
    }

    private func check(_ schedule: ValiditySchedule?, at place: PolicyPlace) throws(PolicyError) {
        _ = try schedule?.period(options.times, at: place.member("validitySchedule"))
    }

    private func check(
        _ types: [String],
        of service: PolicyService,
        _ member: String,
        at place: PolicyPlace
    ) throws(PolicyError) {
        let known = service.definition.accessTypes.map(\.name)
        for (index, name) in types.enumerated() {
            guard PolicyChecker.isKnown(name, in: known, orMarker: true) else {
                let problem = PolicyProblem.unknown(kind: "access type", name: name, known: known)
                throw PolicyError(problem, at: place.member("\(member)[\(index)]"))
            }
        }
    }

    private func check(condition: String, at place: PolicyPlace) throws(PolicyError) {
        if case .broken? = Script.condition(condition)?.body {
            throw PolicyError(.unreadable(kind: "expression", why: "it is no JavaScript"), at: place)
        }
        try RegexCheck.check(condition, at: place)
    }
}
