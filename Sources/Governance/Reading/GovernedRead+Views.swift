import CatalogModel
import HashTreeCollections
import PolicyEngine
import QueryAnalysis

/// Views of sources: their rows are made by the source, of values that no policy has touched.
extension GovernedRead {
    /// The decisions on the tables that a view is over; none for a table.
    ///
    /// A view is read when policy lets its reader see it, and all that it may be made of, too: the source filters and
    /// masks nothing beneath it. Where its query isn't understood, that is every table of the source.
    /// - Throws: `.denied` when policy hides anything of that; `.sourceUnavailable`.
    func decisions(
        beneath view: CatalogTable,
        of source: any RowSource,
        by subject: Subject,
        for read: TableRead,
        in snapshot: GovernanceSnapshot
    ) throws(GovernanceError) -> [Decision] {
        let views = try source.views()
        var search = BeneathSearch(views: views, tables: snapshot.tables(of: view.definition.source))
        guard search.isView(view.definition.location) else { return [] }
        search.open(view.definition.location)
        guard !search.isLost else { throw hidden(view, from: subject) }
        var decisions: [Decision] = []
        for (table, names) in search.found {
            let decision = try snapshot.decide(
                subject,
                reading: table,
                columns: names.map { names in
                    table.definition.columns.filter { names.contains($0.sourcePath.lowercased()) }.map(\.name)
                },
                purpose: read.purpose,
                at: rim.now()
            )
            guard decision.rowFilter == nil, decision.columns.allSatisfy({ $0.treatment == .clear }) else {
                throw hidden(view, from: subject)
            }
            decisions.append(decision)
        }
        return decisions
    }

    private func hidden(_ view: CatalogTable, from subject: Subject) -> GovernanceError {
        GovernanceError(
            .denied,
            "user `\(subject.user)` may not read `\(view.definition.name)` so: it is a view, and policy hides or "
                + "masks something of what it may be made of; ask for it in SQL"
        )
    }
}

extension GovernanceSnapshot {
    /// The tables of a source by their place there, in small letters: SQLite doesn't tell them apart.
    fileprivate func tables(of source: SourceName) -> [String: CatalogTable] {
        var tables: [String: CatalogTable] = [:]
        for table in state.tables.values where table.definition.source == source {
            tables[table.definition.location.lowercased()] = table
        }
        return tables
    }
}

/// Looks for the tables that a view is made of.
private struct BeneathSearch {
    private let views: [String: String]
    private let tables: [String: CatalogTable]
    /// Tables with the names of the columns that may be read, in small letters; nil for all of them.
    private(set) var found: [(table: CatalogTable, columns: Set<String>?)] = []
    /// Whether something may be read that isn't catalogued.
    private(set) var isLost = false
    private var opened: Set<String> = []

    init(views: [String: String], tables: [String: CatalogTable]) {
        self.views = Dictionary(views.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
        self.tables = tables
    }

    /// Names that SQLite takes for the key of a row, whatever its column is called.
    private static let keys: Set<String> = ["rowid", "oid", "_rowid_"]

    /// Whether something at a place is a view; SQLite opens it whatever the case of its name.
    func isView(_ place: String) -> Bool { views[place.lowercased()] != nil }

    mutating func open(_ view: String) {
        guard opened.insert(view.lowercased()).inserted else { return }
        guard let query = views[view.lowercased()], let text = ViewText(query) else {
            for (place, table) in tables where views[place] == nil { found.append((table, nil)) }
            return
        }
        var columns = text.columns.map { Set($0.map { $0.lowercased() }) }
        if columns?.isDisjoint(with: BeneathSearch.keys) == false { columns = nil }
        for name in text.relations.map({ $0.lowercased() }) {
            if views[name] != nil {
                open(name)
            } else if let table = tables[name] {
                found.append((table, columns))
            } else {
                isLost = true
            }
        }
    }
}
