import Catalog
package import CatalogModel
import HashTreeCollections
import PolicyEngine

/// What a scan of a source did to the catalog.
package struct ScanReport: Sendable {
    /// Tables that weren't there before.
    package let added: [TableName]
    /// Tables of which columns came or went.
    package let changed: [TableName]
    /// Tables that are as they were.
    package let unchanged: [TableName]
    /// Tables that the source no longer has; they stay in the catalog until somebody takes them out.
    package let missing: [TableName]
}

/// What a tag is set on.
package enum TagTarget: Hashable, Sendable, CustomStringConvertible {
    /// A table, and so all its columns.
    case table(TableName)
    /// One column.
    case column(ColumnReference)

    /// The dotted name.
    package var description: String {
        switch self {
        case .table(let table): table.description
        case .column(let column): column.description
        }
    }

    /// The table that it is, or is in.
    package var tableName: TableName {
        switch self {
        case .table(let table): table
        case .column(let column): column.table
        }
    }
}

/// What a person decides about a table; nil leaves what is there.
package struct TableDescription: Sendable {
    /// The table.
    package let table: TableName
    /// Who answers for it.
    package let owner: UserName?
    /// What it is.
    package let summary: String?
    /// What columns mean, by column.
    package let columnSummaries: [ColumnName: String]
    /// Types that override what scanning found, by column.
    package let columnTypes: [ColumnName: DataType]

    /// A description.
    package init(
        table: TableName,
        owner: UserName? = nil,
        summary: String? = nil,
        columnSummaries: [ColumnName: String] = [:],
        columnTypes: [ColumnName: DataType] = [:]
    ) {
        self.table = table
        self.owner = owner
        self.summary = summary
        self.columnSummaries = columnSummaries
        self.columnTypes = columnTypes
    }
}

/// Changing the catalog: sources, tables, tags, lineage, principals.
///
/// Each act is one transaction, and stands in the audit log with what came of it.
package struct CatalogEditing: Sendable {
    let snapshots: SnapshotHolder
    let sources: any RowSources
    let audit: any AuditLog
    let rim: Rim

    /// Works on the snapshot in force.
    package init(snapshots: SnapshotHolder, sources: any RowSources, audit: any AuditLog, rim: Rim) {
        self.snapshots = snapshots
        self.sources = sources
        self.audit = audit
        self.rim = rim
    }

    /// Records what people decide about tables.
    ///
    /// Administrators may; owners may for their own tables, but not hand them on to an unknown user.
    /// - Throws: `.forbidden`, `.unknownTable`, `.unknownColumn`, `.unknownUser`.
    package func describe(_ descriptions: [TableDescription], by caller: Caller) throws(GovernanceError) {
        try edit(caller, preparing: descriptions.map(\.table.description).joined(separator: ", ")) {
            snapshot throws(GovernanceError) in
            var inputs: [EntityInput] = []
            for description in descriptions {
                let table = try snapshot.table(description.table)
                try snapshot.requireSteward(of: table, caller, at: rim.now())
                if let owner = description.owner { _ = try snapshot.subject(owner) }
                inputs += try self.inputs(describing: table, as: description)
            }
            return try prepared(snapshot, caller) { transaction throws(CatalogError) in
                if !inputs.isEmpty { try transaction.write(inputs, options: WriteOptions(isPartial: true)) }
            }
        }
    }

    /// Sets tags; a tag of the same type on the same thing is replaced.
    ///
    /// Administrators may, and owners on their own tables. In force for every decision after this returns.
    /// - Throws: `.forbidden`, `.unknownTable`, `.unknownColumn`, `.invalidEntity` for an unknown tag type or attribute.
    package func set(_ tags: [(TagTarget, Tag)], by caller: Caller) throws(GovernanceError) {
        try edit(caller, preparing: tags.map { "tag \($1.name) on \($0)" }.joined(separator: ", ")) {
            snapshot throws(GovernanceError) in
            var tagging: [(EntityID, Tag)] = []
            for (target, tag) in tags {
                if let from = tag.validFrom, let until = tag.validUntil, until < from {
                    throw GovernanceError(.invalidRequest, "tag `\(tag.name)` would end before it begins")
                }
                tagging.append((try snapshot.entity(of: target, for: caller, at: rim.now()), tag))
            }
            return try prepared(snapshot, caller) { transaction throws(CatalogError) in
                for (id, tag) in tagging { try transaction.put(tag, on: id) }
            }
        }
    }

    /// Takes a tag away that was set on a thing itself.
    ///
    /// - Throws: `.forbidden`, `.unknownTable`, `.unknownColumn`; `.notFound` when it isn't set there, with where it
    ///   comes from if it flowed there.
    package func remove(_ tag: TagName, from target: TagTarget, by caller: Caller) throws(GovernanceError) {
        try edit(caller, preparing: "no tag \(tag) on \(target)") { snapshot throws(GovernanceError) in
            let id = try snapshot.entity(of: target, for: caller, at: rim.now())
            guard (snapshot.state.tags[id] ?? []).contains(where: { $0.name == tag }) else {
                throw GovernanceError(.notFound, "tag `\(tag)` is not set on `\(target)` itself")
            }
            return try prepared(snapshot, caller) { transaction throws(CatalogError) in
                try transaction.removeTag(tag.text, of: id)
            }
        }
    }

    /// Records how a column is made from others.
    ///
    /// - Throws: `.forbidden`; `.unknownTable` or `.unknownColumn` for a column that isn't catalogued, since no tag
    ///   would flow from or to it; `.invalidRequest` for a column made from nothing.
    package func put(
        _ lineage: [(output: ColumnReference, inputs: [ColumnReference], step: LineageStep)],
        by caller: Caller
    ) throws(GovernanceError) {
        guard !lineage.isEmpty else { return }
        try edit(caller, preparing: "lineage") { snapshot throws(GovernanceError) in
            try snapshot.requireAdmin(caller)
            for (output, inputs, _) in lineage {
                guard !inputs.isEmpty else {
                    throw GovernanceError(.invalidRequest, "lineage of `\(output)` names no input")
                }
                for column in [output] + inputs {
                    guard try snapshot.table(column.table).schema.position(of: column.column) != nil else {
                        throw GovernanceError(
                            .unknownColumn,
                            "lineage: table `\(column.table)` has no column `\(column.column)`"
                        )
                    }
                }
            }
            return try prepared(snapshot, caller) { transaction throws(CatalogError) in
                let graph = transaction.graph
                try transaction.write(
                    lineage.map { EntityInput(lineage: $0.inputs, to: $0.output, by: $0.step, in: graph) }
                )
            }
        }
    }

    /// Adds or replaces users, groups, roles and tag types.
    ///
    /// - Throws: `.forbidden`; `.invalidPolicy` for roles in a circle; `.invalidEntity` for tag types in a circle.
    package func put(_ changes: [CatalogChange], by caller: Caller) throws(GovernanceError) {
        let names = changes.prefix(20).map { "\($0.kind.rawValue) \($0.id)" }.joined(separator: ", ")
        try edit(caller, names) { snapshot throws(GovernanceError) in
            try snapshot.requireAdmin(caller)
            return changes
        }
    }

    func edit(
        _ caller: Caller,
        _ resource: String,
        _ make: (GovernanceSnapshot) throws(GovernanceError) -> [CatalogChange]
    ) throws(GovernanceError) {
        try ChangeAudit(audit: audit, rim: rim).recording(caller, resource) {
            announce throws(GovernanceError) in
            try snapshots.commit(by: caller.user, announcing: announce, make).version
        }
    }

    func edit(
        _ caller: Caller,
        preparing resource: String,
        _ make: (GovernanceSnapshot) throws(GovernanceError) -> SnapshotHolder.Prepared
    ) throws(GovernanceError) {
        try ChangeAudit(audit: audit, rim: rim).recording(caller, resource) {
            announce throws(GovernanceError) in
            try snapshots.commit(by: caller.user, announcing: announce, preparing: make).version
        }
    }

    /// What some steps on the catalog come to.
    func prepared(
        _ snapshot: GovernanceSnapshot,
        _ caller: Caller,
        _ steps: (inout CatalogTransaction) throws(CatalogError) -> Void
    ) throws(GovernanceError) -> SnapshotHolder.Prepared {
        let makeID = rim.makeEntityID
        var transaction = CatalogTransaction(
            snapshot.state.graph,
            user: caller.user.text,
            now: rim.now().microseconds / 1000,
            makeID: makeID
        )
        do throws(CatalogError) { try steps(&transaction) } catch {
            throw GovernanceError(.invalidEntity, "\(error)")
        }
        return SnapshotHolder.Prepared(&transaction)
    }
}

extension GovernanceSnapshot {
    /// Lets administrators and a table's owner go on.
    ///
    /// - Throws: `.forbidden`; `.unknownTable` for people who may not know of the table.
    func requireSteward(
        of table: CatalogTable,
        _ caller: Caller,
        at now: Instant
    ) throws(GovernanceError) {
        guard administers(table, caller) else {
            guard try mayKnow(table, caller, for: nil, at: now) else {
                throw Refusal.unknown(table.definition.name)
            }
            throw GovernanceError(
                .forbidden,
                "only administrators and the owner of table `\(table.definition.name)` may do this"
            )
        }
    }

    /// The entity that a tag goes on, for somebody who may tag it.
    fileprivate func entity(
        of target: TagTarget,
        for caller: Caller,
        at now: Instant
    ) throws(GovernanceError) -> EntityID {
        let table = try table(target.tableName)
        try requireSteward(of: table, caller, at: now)
        switch target {
        case .table: return table.id
        case .column(let column):
            guard let position = table.schema.position(of: column.column) else {
                throw GovernanceError(
                    .unknownColumn,
                    "table `\(column.table)` has no column `\(column.column)`"
                )
            }
            return table.columnIDs[position]
        }
    }
}
