package import CatalogModel

extension RangerEngine {
    /// What shares say of a request by themselves; nil when no dataset holds the resource.
    package func shared(_ request: AccessRequest, now: Instant) -> SharedVerdict? {
        let facts = facts(of: request, now: now)
        return sharing?.outcome(facts, principals)
    }

    /// Who may do what on a resource by shares alone.
    package func sharedAccessLists(_ request: AccessRequest, now: Instant) -> AccessLists {
        var request = request
        request.accessType = "_any"
        var lists = AccessLists()
        sharing?.list(facts(of: request, now: now), &lists)
        return lists
    }

    /// Numbers of datasets whose policies name any of these.
    package func datasets(sharedWithUsers users: [String], groups: [String], roles: [String]) -> Set<Int64> {
        CompiledSharing.ids(sharing?.datasets ?? [], users, groups, roles)
    }

    /// Numbers of projects whose policies name any of these.
    package func projects(sharedWithUsers users: [String], groups: [String], roles: [String]) -> Set<Int64> {
        CompiledSharing.ids(sharing?.projects ?? [], users, groups, roles)
    }

    /// Numbers of the resources in some data shares, datasets and projects.
    package func sharedResources(
        dataShares: [Int64],
        datasets: [Int64],
        projects: [Int64]
    ) -> Set<Int64> {
        guard let sharing else { return [] }
        var open = Set(datasets)
        for (position, dataset) in sharing.datasets.enumerated()
        where sharing.projectsOfDataset[position].contains(where: {
            projects.contains(sharing.projects[$0.project].source.id)
        }) {
            open.insert(dataset.source.id)
        }
        let found = sharing.resources.filter { resource in
            dataShares.contains(resource.source.dataShareId)
                || sharing.shares[resource.share].datasets.contains {
                    open.contains(sharing.datasets[$0.dataset].source.id)
                }
        }
        return Set(found.map(\.source.id))
    }
}

extension CompiledSharing {
    fileprivate static func ids(
        _ list: [Collection],
        _ users: [String],
        _ groups: [String],
        _ roles: [String]
    )
        -> Set<Int64>
    {
        let names = list.filter { collection in
            collection.source.policies.contains { policy in
                policy.isEnabled
                    && policy.policyItems.contains { item in
                        !Set(item.users).isDisjoint(with: users) || !Set(item.groups).isDisjoint(with: groups)
                            || !Set(item.roles).isDisjoint(with: roles)
                    }
            }
        }
        return Set(names.map(\.source.id))
    }
}
