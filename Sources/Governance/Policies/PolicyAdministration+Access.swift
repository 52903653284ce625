package import CatalogModel
import HashTreeCollections
package import PolicyEngine

/// What somebody may see of a table.
package struct TableAccess: Sendable {
    /// Who.
    package let principal: PolicyPrincipal
    /// Each column in the order asked, with how it is treated.
    package let columns: [(name: ColumnName, treatment: Treatment)]
    /// The row filter; nil when all rows may be seen.
    package let rowFilter: String?
}

extension PolicyAdministration {
    /// Who may see what of a table: every user, group and role of the catalog and of policies who may see some of it.
    ///
    /// Each is decided as if they read the table themselves, so that nothing but a decision says what is listed.
    /// Cost: a decision for each principal and column.
    /// - Parameters:
    ///   - name: The table.
    ///   - columns: The columns; nil for all of the table's.
    ///   - purpose: What the rows would be wanted for; nil for none.
    ///   - moment: When, for validity; nil for now.
    ///   - caller: Who asks; an administrator.
    /// - Returns: By kind and name of the principal; may be empty.
    /// - Throws: `.forbidden`, `.unknownTable`, `.unknownColumn`.
    package func access(
        to name: TableName,
        columns: [ColumnName]? = nil,
        purpose: String? = nil,
        at moment: Instant? = nil,
        by caller: Caller
    ) throws(GovernanceError) -> [TableAccess] {
        let snapshot = try snapshots.current()
        try snapshot.requireAdmin(caller)
        let table = try snapshot.table(name)
        var found: [TableAccess] = []
        for principal in snapshot.principals(named: Array(snapshot.state.policies.values)) {
            let decision = try snapshot.decide(
                principal.subject,
                reading: table,
                columns: columns,
                purpose: purpose,
                at: moment ?? rim.now()
            )
            guard decision.isReadable else { continue }
            found.append(
                TableAccess(
                    principal: principal,
                    columns: decision.columns.map { ($0.column, $0.treatment) },
                    rowFilter: decision.rowFilter?.expression
                )
            )
        }
        return found
    }
}
