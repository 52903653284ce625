package import CatalogModel
import HashTreeCollections
package import PolicyEngine

/// A smallest change that would let somebody see more of a column; each was tried on a copy before it is told.
package struct OpeningChange: Hashable, Sendable {
    /// One thing to do.
    package enum Step: Hashable, Sendable {
        /// Become a member of a group.
        case joinGroup(GroupName)
        /// Be given a role.
        case holdRole(RoleName)
        /// Say that the rows are wanted for this.
        case namePurpose(String)
    }

    /// What has to be done, all of it; never empty.
    package let steps: [Step]
    /// How the column would be treated then.
    package let treatment: Treatment

    /// Such as `join group analysts and name purpose research`.
    package var sentence: String {
        let words = steps.map { step in
            switch step {
            case .joinGroup(let group): "join group \(group)"
            case .holdRole(let role): "hold role \(role)"
            case .namePurpose(let purpose): "name purpose \(purpose)"
            }
        }
        return words.joined(separator: " and ")
    }
}

/// Tries changes of subject and purpose on one table.
struct OpeningChanges {
    /// The most groups, roles and purposes that pairs are made of: their number grows with the square.
    static let mostForPairs = 60
    /// The most decisions about single columns that one explanation may cost.
    static let mostDecisions = 100_000

    /// What was found, and how much wasn't looked for.
    struct Findings {
        /// For each column of the decision, the smallest changes under which more of it may be seen.
        fileprivate(set) var changes: [[OpeningChange]]
        /// Changes that might help and were not tried.
        fileprivate(set) var untried = 0
    }

    private let snapshot: GovernanceSnapshot
    private let table: CatalogTable
    private let decision: Decision
    private let steps: [OpeningChange.Step]

    init(snapshot: GovernanceSnapshot, table: CatalogTable, decision: Decision) {
        self.snapshot = snapshot
        self.table = table
        self.decision = decision
        let state = snapshot.state
        let policies = state.policies.values.filter(\.isEnabled)
        let mine = Set(decision.subject.groups)
        let held = Set(decision.subject.roles)
        // Only what some policy or role names can make a difference, and only groups that there are can be joined.
        let named = Set(policies.flatMap(\.items).flatMap(\.groups).map { GroupName($0) })
            .union(state.roles.values.flatMap(\.groups))
        let groups = Set(state.groups.keys).union(state.users.values.flatMap(\.groups))
            .intersection(named).subtracting(mine).subtracting([GroupName("public")])
        steps =
            groups.sorted().map { .joinGroup($0) }
            + state.roles.keys.filter { !held.contains($0) }.sorted().map { .holdRole($0) }
            + Set(policies.flatMap(\.purposes)).subtracting([decision.purpose ?? ""]).sorted().map {
                .namePurpose($0)
            }
    }

    /// Looks for the smallest changes under which more of each column may be seen; the most open come first.
    ///
    /// Changes of one step; where none of them helps, of two. Cost: a decision about each column that isn't clear, for
    /// each step, or pair of steps; never more than ``mostDecisions``.
    func findings() throws(GovernanceError) -> Findings {
        var budget = OpeningChanges.mostDecisions
        var found = try tried(steps.map { [$0] }, &budget)
        let isStuck = decision.columns.indices.contains { index in
            found.changes[index].isEmpty && decision.columns[index].treatment != .clear
        }
        guard isStuck else { return found }
        guard steps.count <= OpeningChanges.mostForPairs else {
            found.untried += steps.count * (steps.count - 1) / 2
            return found
        }
        var pairs: [[OpeningChange.Step]] = []
        for (index, one) in steps.enumerated() {
            for other in steps[(index + 1)...] {
                if case .namePurpose = one, case .namePurpose = other { continue }
                pairs.append([one, other])
            }
        }
        let more = try tried(pairs, &budget)
        for index in found.changes.indices where found.changes[index].isEmpty {
            found.changes[index] = more.changes[index]
        }
        found.untried += more.untried
        return found
    }

    private func tried(_ choices: [[OpeningChange.Step]], _ budget: inout Int) throws(GovernanceError)
        -> Findings
    {
        var found: [[OpeningChange]] = decision.columns.map { _ in [] }
        let open = decision.columns.indices.filter { decision.columns[$0].treatment != .clear }
        guard !open.isEmpty else { return Findings(changes: found) }
        var untried = 0
        for steps in choices {
            guard budget >= open.count else {
                untried += 1
                continue
            }
            budget -= open.count
            let (subject, purpose) = applied(steps)
            let other = try snapshot.decide(
                subject,
                reading: table,
                columns: open.map { decision.columns[$0].column },
                purpose: purpose,
                at: decision.now
            )
            for (index, then) in zip(open, other.columns)
            where then.treatment.openness > decision.columns[index].treatment.openness {
                found[index].append(OpeningChange(steps: steps, treatment: then.treatment))
            }
        }
        let sorted = found.map { changes in
            changes.enumerated().sorted { left, right in
                (-left.element.treatment.openness, left.offset) < (
                    -right.element.treatment.openness, right.offset
                )
            }.map(\.element)
        }
        return Findings(changes: sorted, untried: untried)
    }

    /// The subject and purpose after some steps: whoever joins a group holds the roles that it brings.
    private func applied(_ steps: [OpeningChange.Step]) -> (Subject, String?) {
        var purpose = decision.purpose
        var groups = decision.subject.groups
        var roles = Set(decision.subject.roles)
        for step in steps {
            switch step {
            case .joinGroup(let group): groups.append(group)
            case .holdRole(let role): roles.formUnion(snapshot.rolesHeld(with: role))
            case .namePurpose(let name): purpose = name
            }
        }
        roles.formUnion(snapshot.roles.roles(of: decision.subject.user, groups: groups))
        let subject = Subject(
            user: decision.subject.user,
            groups: groups,
            roles: Array(roles),
            attributes: decision.subject.attributes,
            groupAttributes: snapshot.groupAttributes(of: groups)
        )
        return (subject, purpose)
    }
}

/// What would let somebody see more of a table; as much of it as the asker may know.
package struct WaysToSeeMore: Sendable {
    /// For each column of the answer; empty lists for askers who don't administer the table.
    package let changes: [[OpeningChange]]
    /// Changes that might show more and were not tried, because the explanation would have cost too much.
    package let untried: Int
    /// Columns without which the rest may be read; nil when that is not so, or none is denied.
    package let withoutColumns: [ColumnName]?
    /// Whom to ask for more: the table's owner; nil for an administrator.
    package let owner: UserName?
    /// Whether the asker may know the changes themselves.
    package let mayKnowChanges: Bool
}

extension GovernanceSnapshot {
    /// Ways to see more than a decision shows, each tried before it is told.
    func waysToSeeMore(
        than decision: Decision,
        of table: CatalogTable,
        asker caller: Caller
    ) throws(GovernanceError) -> WaysToSeeMore {
        let mayKnow = administers(table, caller)
        let found =
            mayKnow
            ? try OpeningChanges(snapshot: self, table: table, decision: decision).findings()
            : OpeningChanges.Findings(changes: decision.columns.map { _ in [] })
        let denied = decision.columns.filter { $0.treatment == .denied }.map(\.column)
        var without: [ColumnName]?
        if !denied.isEmpty, denied.count < decision.columns.count {
            let rest = try decide(
                decision.subject,
                reading: table,
                columns: decision.columns.map(\.column).filter { !denied.contains($0) },
                purpose: decision.purpose,
                at: decision.now
            )
            without = rest.isAllowed ? denied : nil
        }
        return WaysToSeeMore(
            changes: found.changes,
            untried: found.untried,
            withoutColumns: without,
            owner: table.definition.owner,
            mayKnowChanges: mayKnow
        )
    }
}
