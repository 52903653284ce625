package import CatalogModel
package import QueryAnalysis

/// A database that statements are sent to; filled by the sources' room.
package protocol UpstreamDatabase: Sendable {
    /// The relations that the database has now, whoever may see them.
    ///
    /// Blocks.
    /// - Throws: `.sourceUnavailable`.
    func shape() throws(GovernanceError) -> UpstreamShape
}

/// The relations of a database.
package struct UpstreamShape: Hashable, Sendable {
    /// By name.
    package let relations: [RelationName: UpstreamRelation]
    /// PostgreSQL's identifiers of enumerations and arrays of them, with those of the types that clients see instead.
    package let enumerations: [UInt32: UInt32]
    private let names: [UInt32: RelationName]

    /// A shape; of two relations of the same name the last counts.
    ///
    /// Relations whose names differ in nothing but how Unicode writes a character aren't in it: PostgreSQL tells them
    /// apart, and nothing here could say which of them a policy means.
    package init(_ relations: [UpstreamRelation], enumerations: [UInt32: UInt32] = [:]) {
        self.enumerations = enumerations
        var known: [RelationName: UpstreamRelation] = [:]
        var unclear: Set<RelationName> = []
        for relation in relations {
            let former = known.updateValue(relation, forKey: relation.name)
            if let former, !former.name.isWritten(as: relation.name) { unclear.insert(relation.name) }
        }
        self.relations = unclear.isEmpty ? known : known.filter { !unclear.contains($0.key) }
        names = Dictionary(relations.map { ($0.identifier, $0.name) }, uniquingKeysWith: { $1 })
    }

    /// The columns of a relation's primary key; empty where none is known.
    package func primaryKey(of name: RelationName) -> [String] {
        relations[name]?.details.keys.first { $0.kind == .primary }?.columns ?? []
    }

    /// The relation of PostgreSQL's identifier; nil when there is none.
    package func relation(identifier: UInt32) -> UpstreamRelation? {
        names[identifier].flatMap { relations[$0] }
    }
}

extension RelationName {
    /// Whether two names are the same byte for byte.
    fileprivate func isWritten(as other: RelationName) -> Bool {
        schema.utf8.elementsEqual(other.schema.utf8) && name.utf8.elementsEqual(other.name.utf8)
    }
}

/// A table or view of a database.
package struct UpstreamRelation: Hashable, Sendable {
    /// Its name.
    package let name: RelationName
    /// PostgreSQL's identifier of it.
    package let identifier: UInt32
    /// Its columns in their order.
    package let columns: [UpstreamColumn]
    /// The number that PostgreSQL gives each column, parallel to `columns`.
    package let numbers: [Int16]
    /// The type of each column in the catalog's words, parallel to `columns`.
    package let types: [DataType]
    /// The query's text with every relation named in full, for a view; nil for a table.
    package let view: String?
    /// What the database's own catalogs would say of it; empty where it isn't known.
    package let details: RelationDetails

    /// A relation.
    package init(
        name: RelationName,
        identifier: UInt32,
        columns: [UpstreamColumn],
        numbers: [Int16],
        types: [DataType],
        view: String?,
        details: RelationDetails = RelationDetails()
    ) {
        self.name = name
        self.identifier = identifier
        self.columns = columns
        self.numbers = numbers
        self.types = types
        self.view = view
        self.details = details
    }
}
