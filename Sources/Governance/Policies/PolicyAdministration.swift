import CatalogModel
import HashTreeCollections
package import PolicyEngine

/// What publishing policies did.
package struct PublishedPolicies: Sendable {
    /// Policies that weren't there before, by name.
    package let created: [String]
    /// Policies that changed, by name.
    package let updated: [String]
    /// Policies that were the same already, by name.
    package let unchanged: [String]
    /// What in them can't have the effect that their author may expect, a sentence each.
    package let warnings: [String]
    /// The version from which they are in force.
    package let version: Int64
}

/// The outcome of one policy test.
package struct PolicyTestResult: Sendable {
    /// The sentence.
    package let sentence: String
    /// What was wrong; nil when it holds.
    package let failure: String?
}

/// Publishing, testing and showing policies.
package struct PolicyAdministration: Sendable {
    let snapshots: SnapshotHolder
    let audit: any AuditLog
    let rim: Rim

    /// Works on the snapshot in force.
    package init(snapshots: SnapshotHolder, audit: any AuditLog, rim: Rim) {
        self.snapshots = snapshots
        self.audit = audit
        self.rim = rim
    }

    /// Adds and replaces services; settings of those that are there stay.
    ///
    /// - Throws: `.forbidden`, `.invalidPolicy`, `.auditUnavailable`; nothing is changed then.
    package func apply(services: [PolicyService], by caller: Caller) throws(GovernanceError) {
        try recording(caller, "services") { announce throws(GovernanceError) in
            try snapshots.commit(by: caller.user, announcing: announce) { snapshot throws(GovernanceError) in
                try snapshot.requireAdmin(caller)
                return services.compactMap { service in
                    let old = snapshot.state.services[service.name]
                    let service = service.setting(old?.settings ?? [:])
                    return old == service ? nil : .putService(service)
                }
            }.version
        }
    }

    /// Publishes policies: each replaces the one of its service and name, or is new.
    ///
    /// All or none. Everything is checked before anything is in force: names, items, masks against the types of the
    /// catalogued columns that they meet, SQL expressions, and the tests given.
    /// - Parameters:
    ///   - policies: The policies; ids and guids may be missing.
    ///   - tests: Sentences that must hold afterwards.
    ///   - caller: Who publishes: an administrator, or one of the security zone that all policies are in; those
    ///     without tests, which would tell them of what lies elsewhere.
    /// - Returns: What it did.
    /// - Throws: `.forbidden`, `.invalidPolicy` with the place, `.auditUnavailable`; nothing is changed then.
    package func apply(
        _ policies: [Policy],
        tests: [PolicyTest],
        by caller: Caller
    ) throws(GovernanceError) -> PublishedPolicies {
        var drafts: [PolicyDraft] = []
        var warnings: [String] = []
        let version = try recording(caller, "policies") { announce throws(GovernanceError) in
            try snapshots.commit(
                by: caller.user,
                announcing: announce,
                preparing: { snapshot throws(GovernanceError) in
                    try snapshot.requireRights(caller, over: policies, isTesting: !tests.isEmpty)
                    drafts = try self.drafts(of: policies, in: snapshot)
                    let changes = drafts.filter { $0.outcome != .unchanged }.map {
                        CatalogChange.putPolicy($0.policy)
                    }
                    let next = try snapshot.applying(
                        changes,
                        version: snapshot.version + Int64(changes.count)
                    )
                    try next.checkOutcomes(of: drafts.map(\.policy))
                    // Who is in the catalog is for administrators to know.
                    warnings = snapshot.isAdmin(caller) ? next.warnings(about: drafts.map(\.policy)) : []
                    let failures = next.run(tests, at: rim.now()).compactMap { result in
                        result.failure.map { "`\(result.sentence)`: \($0)" }
                    }
                    guard failures.isEmpty else {
                        throw GovernanceError(
                            .invalidPolicy,
                            "\(failures.count) of \(tests.count) policy tests fail, nothing is published: "
                                + failures.prefix(20).joined(separator: "; ")
                        )
                    }
                    return SnapshotHolder.Prepared(changes: changes, next: next)
                }
            ).version
        }
        return PublishedPolicies(
            created: drafts.filter { $0.outcome == .created }.map(\.policy.name),
            updated: drafts.filter { $0.outcome == .updated }.map(\.policy.name),
            unchanged: drafts.filter { $0.outcome == .unchanged }.map(\.policy.name),
            warnings: warnings,
            version: version
        )
    }

    /// Runs tests against the catalog with some policies put in first; nothing is published.
    ///
    /// - Throws: `.forbidden`, `.invalidPolicy`.
    package func test(
        _ tests: [PolicyTest],
        with policies: [Policy],
        by caller: Caller
    ) throws(GovernanceError) -> [PolicyTestResult] {
        let snapshot = try snapshots.current()
        try snapshot.requireAdmin(caller)
        let changes = try drafts(of: policies, in: snapshot).map { CatalogChange.putPolicy($0.policy) }
        let next = try snapshot.applying(changes, version: snapshot.version + Int64(changes.count))
        try next.checkOutcomes(of: policies)
        return next.run(tests, at: rim.now())
    }

    /// Policies in force, sorted by id; those of their security zones for the zones' administrators and auditors.
    ///
    /// - Throws: `.forbidden`.
    package func policies(by caller: Caller) throws(GovernanceError) -> [Policy] {
        let snapshot = try snapshots.current()
        let zones = try snapshot.zonesSeen(by: caller)
        return snapshot.state.policies.values.filter { zones?.contains($0.zoneName) ?? true }
            .sorted { ($0.id ?? -1) < ($1.id ?? -1) }
    }

    /// Takes a policy away.
    ///
    /// - Throws: `.forbidden`, `.notFound`, `.auditUnavailable`.
    package func delete(_ id: Int64, by caller: Caller) throws(GovernanceError) {
        try recording(caller, "policy \(id)") { announce throws(GovernanceError) in
            try snapshots.commit(by: caller.user, announcing: announce) { snapshot throws(GovernanceError) in
                try snapshot.requireRights(
                    caller,
                    over: snapshot.state.policies[id].map { [$0] } ?? [],
                    isTesting: false
                )
                guard snapshot.state.policies[id] != nil else {
                    throw GovernanceError(.notFound, "there is no policy \(id)")
                }
                return [.deletePolicy(id)]
            }.version
        }
    }

    struct PolicyDraft {
        enum Outcome { case created, updated, unchanged }
        let policy: Policy
        let outcome: Outcome
    }

    /// The policies as they would be stored, and what becomes of each.
    func drafts(
        of policies: [Policy],
        in snapshot: GovernanceSnapshot
    ) throws(GovernanceError) -> [PolicyDraft] {
        var nextID = snapshot.state.lastPolicyID &+ 1
        var seen: Set<PolicyKey> = []
        var drafts: [PolicyDraft] = []
        for var policy in policies {
            let key = PolicyKey(policy)
            guard seen.insert(key).inserted else {
                throw GovernanceError(
                    .invalidPolicy,
                    "policy `\(policy.name)` of service `\(policy.service)` is given twice"
                )
            }
            if let old = snapshot.state.policy(key) {
                policy.id = old.id
                policy.guid = old.guid
                policy.version = old.version
                guard policy != old else {
                    drafts.append(PolicyDraft(policy: old, outcome: .unchanged))
                    continue
                }
                policy.version = (old.version ?? 0) + 1
                drafts.append(PolicyDraft(policy: policy, outcome: .updated))
            } else {
                if policy.id == nil || snapshot.state.policies[policy.id ?? -1] != nil {
                    policy.id = nextID
                    nextID &+= 1
                }
                if policy.guid.isEmpty { policy.guid = rim.makeID() }
                policy.version = 1
                drafts.append(PolicyDraft(policy: policy, outcome: .created))
            }
        }
        return drafts
    }

    /// Does a change and writes what came of it to the audit log.
    @discardableResult
    func recording(
        _ caller: Caller,
        _ resource: String,
        _ change: (ChangeAnnouncement) throws(GovernanceError) -> Int64
    ) throws(GovernanceError) -> Int64 {
        try ChangeAudit(audit: audit, rim: rim).recording(caller, resource, change)
    }
}

/// Says that a change is about to be committed as some version; throws when that can't be written down.
typealias ChangeAnnouncement = (Int64) throws(GovernanceError) -> Void

/// Writes the audit lines of changes: durable before the change is, so that none happens unseen.
struct ChangeAudit {
    let audit: any AuditLog
    let rim: Rim

    /// Does a change, which announces itself when all checks have passed; a refusal or failure gets a line too.
    @discardableResult
    func recording(
        _ caller: Caller,
        _ resource: String,
        _ change: (ChangeAnnouncement) throws(GovernanceError) -> Int64
    ) throws(GovernanceError) -> Int64 {
        var draft = AuditDraft(caller: caller, user: caller.user, act: .change, resource: resource)
        var isAnnounced = false
        do throws(GovernanceError) {
            let version = try change { version throws(GovernanceError) in
                draft.version = version
                try audit.append(draft.record(.allowed, at: rim.now()))
                isAnnounced = true
            }
            if !isAnnounced {
                draft.version = version
                try audit.append(draft.record(.allowed, at: rim.now()))
            }
            return version
        } catch  where error.code == .auditUnavailable {
            throw error
        } catch {
            try audit.append(draft.record(refusing: error, at: rim.now()))
            throw error
        }
    }
}

extension GovernanceSnapshot {
    /// Lets only administrators and the operator go on.
    func requireAdmin(_ caller: Caller) throws(GovernanceError) {
        guard isAdmin(caller) else {
            throw GovernanceError(.forbidden, "only an administrator may do this")
        }
    }

    /// Runs policy tests against this snapshot.
    func run(_ tests: [PolicyTest], at now: Instant) -> [PolicyTestResult] {
        tests.map { test in
            do throws(GovernanceError) {
                let decision = try decide(
                    state.users[test.user] == nil ? Subject(user: test.user) : try subject(test.user),
                    reading: try table(test.table),
                    columns: test.columns,
                    purpose: test.purpose,
                    at: test.moment ?? now
                )
                return PolicyTestResult(sentence: test.sentence, failure: test.failure(of: decision))
            } catch {
                return PolicyTestResult(sentence: test.sentence, failure: error.message)
            }
        }
    }
}
