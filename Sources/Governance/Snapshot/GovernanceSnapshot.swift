package import Catalog
package import CatalogModel
import HashTreeCollections
package import PolicyEngine

/// The catalog and the compiled policies at one version; what one request sees from start to end.
package final class GovernanceSnapshot: Sendable {
    /// The version of the newest change in it.
    package let version: Int64
    /// The records and what follows from them.
    package let state: CatalogState
    /// The policies, compiled.
    package let policies: PolicySet
    /// Who holds which role.
    package let roles: RoleDirectory
    /// Row filters and custom masks, parsed.
    package let expressions: ExpressionLibrary
    /// What policies need of the machine.
    let environment: PolicyEnvironment

    /// A snapshot of an empty catalog.
    package init(environment: PolicyEnvironment = PolicyEnvironment()) throws(GovernanceError) {
        self.environment = environment
        version = 0
        state = CatalogState()
        expressions = ExpressionLibrary()
        do throws(PolicyError) {
            policies = try PolicySet(services: [], policies: [], version: 0)
            roles = try RoleDirectory(roles: [])
        } catch {
            throw GovernanceError(.internalError, "\(error)")
        }
    }

    private init(
        version: Int64,
        state: CatalogState,
        policies: PolicySet,
        roles: RoleDirectory,
        expressions: ExpressionLibrary,
        environment: PolicyEnvironment
    ) {
        self.environment = environment
        self.version = version
        self.state = state
        self.policies = policies
        self.roles = roles
        self.expressions = expressions
    }

    /// The snapshot after some changes; this one stays as it was.
    ///
    /// **Cost.** What the changes touch; all policies when one of them is a service, or when many policies change.
    /// - Parameters:
    ///   - changes: The changes, in order.
    ///   - prepared: The graph with the changes in it, when a transaction made it already.
    ///   - version: The version that they make.
    /// - Returns: The next snapshot.
    /// - Throws: `.invalidEntity`, `.invalidPolicy` with the place; nothing has happened then.
    package func applying(
        _ changes: [CatalogChange],
        prepared: EntityGraph? = nil,
        version: Int64
    ) throws(GovernanceError) -> GovernanceSnapshot {
        var state = state
        do throws(CatalogError) { try state.apply(changes, prepared: prepared) } catch {
            throw GovernanceError(.invalidEntity, "\(error)")
        }
        let kinds = Set(changes.map(\.kind))
        do throws(PolicyError) {
            let (policies, expressions) = try compiled(state, changes, kinds, version: version)
            return GovernanceSnapshot(
                version: version,
                state: state,
                policies: policies,
                roles: kinds.contains(.role) ? try RoleDirectory(roles: Array(state.roles.values)) : roles,
                expressions: expressions,
                environment: environment
            )
        } catch {
            throw GovernanceError(.invalidPolicy, "\(error)")
        }
    }

    /// The policies of the next state, compiled, with their expressions: what changed alone where that is possible.
    private func compiled(
        _ state: CatalogState,
        _ changes: [CatalogChange],
        _ kinds: Set<ChangeKind>,
        version: Int64
    ) throws(PolicyError) -> (PolicySet, ExpressionLibrary) {
        let areas = kinds.intersection([.service, .zone])
        let isShared = kinds.contains(.shared)
        guard kinds.contains(.policy) || isShared || !areas.isEmpty else { return (policies, expressions) }
        let databases = PolicyExpressions.databases(among: Array(state.services.values))
        var library = expressions
        if isShared {
            library = try PolicyExpressions.library(
                ofShared: Array(state.shared.values),
                databases: databases,
                adding: library
            )
        }
        if areas.isEmpty, !isShared || !kinds.contains(.policy) {
            if isShared { return (try policies.sharing(state.sharedRecords, version: version), library) }
            let changed = changes.compactMap(\.policyChange)
            if let policies = try policies.applying(changed, version: version) {
                let put = changed.compactMap { if case .put(let policy) = $0 { policy } else { nil } }
                library = try PolicyExpressions.library(of: put, databases: databases, adding: library)
                return (policies, library)
            }
        }
        let all = state.policies.values.sorted { ($0.id ?? -1) < ($1.id ?? -1) }
        let policies = try state.compiled(all, state.sharedRecords, version: version, environment)
        library = try PolicyExpressions.library(of: all, databases: databases)
        return (
            policies,
            try PolicyExpressions.library(
                ofShared: state.sharedRecords,
                databases: databases,
                adding: library
            )
        )
    }

    /// Some policies among the services and zones of this snapshot, compiled, with some records of governed sharing.
    ///
    /// - Throws: `.invalidPolicy` with the place.
    func compiled(
        _ policies: [Policy],
        shared: [SharedRecord] = []
    ) throws(GovernanceError) -> PolicySet {
        let policies = policies.filter { $0.service != SharedRecord.policyService || !shared.isEmpty }
        do throws(PolicyError) {
            return try state.compiled(policies, shared, version: version, environment)
        } catch {
            throw GovernanceError(.invalidPolicy, "\(error)")
        }
    }

    /// Who asks, with groups, roles and attributes of this version.
    ///
    /// - Throws: `.unknownUser`.
    package func subject(_ name: UserName) throws(GovernanceError) -> Subject {
        guard let user = state.users[name] else {
            throw GovernanceError(.unknownUser, "user `\(name)` is not in the catalog")
        }
        return Subject(
            user: name,
            groups: user.groups,
            roles: roles.roles(of: name, groups: user.groups),
            attributes: user.attributes,
            groupAttributes: groupAttributes(of: user.groups)
        )
    }

    /// The attributes of those of some groups that have any.
    func groupAttributes(of groups: [GroupName]) -> [GroupName: [String: String]] {
        var found: [GroupName: [String: String]] = [:]
        for group in groups {
            if let attributes = state.groups[group]?.attributes, !attributes.isEmpty {
                found[group] = attributes
            }
        }
        return found
    }

    /// A table of the catalog.
    ///
    /// - Throws: `.unknownTable`.
    package func table(_ name: TableName) throws(GovernanceError) -> CatalogTable {
        guard let table = state.tables[name] else {
            throw Refusal.unknown(name)
        }
        return table
    }

    /// What policy says of a subject reading columns of a table; nil for all its columns, in order.
    ///
    /// - Throws: `.unknownColumn`, `.invalidRequest` for a column named twice.
    package func decide(
        _ subject: Subject,
        reading table: CatalogTable,
        columns names: [ColumnName]?,
        purpose: String?,
        at now: Instant
    ) throws(GovernanceError) -> Decision {
        var positions: [Int] = []
        for name in names ?? table.definition.columns.map(\.name) {
            guard let position = table.schema.position(of: name) else {
                throw GovernanceError(
                    .unknownColumn,
                    "table `\(table.definition.name)` has no column `\(name)`"
                )
            }
            guard !positions.contains(position) || names == nil else {
                throw GovernanceError(.invalidRequest, "column `\(name)` is asked for twice")
            }
            positions.append(position)
        }
        return policies.decide(
            ReadRequest(
                subject: subject,
                service: table.definition.service,
                table: table.definition.name,
                owner: table.definition.owner,
                columns: positions.map { table.definition.columns[$0].name },
                tableTags: table.tags,
                columnTags: positions.map { table.columnTags[$0] },
                purpose: purpose,
                now: now,
                version: version
            )
        )
    }
}

extension CatalogState {
    /// The records of governed sharing, by kind and number.
    var sharedRecords: [SharedRecord] {
        shared.values.sorted { ($0.key.kind.listName, $0.key.id) < ($1.key.kind.listName, $1.key.id) }
    }

    /// Some policies among the services and zones that there are, compiled.
    fileprivate func compiled(
        _ policies: [Policy],
        _ shared: [SharedRecord],
        version: Int64,
        _ environment: PolicyEnvironment
    ) throws(PolicyError) -> PolicySet {
        try PolicySet(
            services: services.values.sorted { $0.name < $1.name },
            policies: policies,
            zones: zones.values.sorted { $0.name < $1.name },
            shared: shared,
            version: version,
            timeZones: environment.timeZones,
            scripts: environment.scripts
        )
    }
}
