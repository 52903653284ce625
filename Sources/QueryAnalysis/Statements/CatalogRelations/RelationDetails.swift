/// What a database says of a relation beyond its columns' names: types, keys and indexes.
///
/// **Promise.** No text of the database's owner but names: no defaults, comments, conditions or expressions.
package struct RelationDetails: Hashable, Sendable {
    /// Parallel to the relation's columns; empty where nothing is known of them.
    package var columns: [ColumnDetails] = []
    /// Primary keys, unique constraints and references to other relations.
    package var keys: [RelationKey] = []
    /// The indexes, those of the keys too; none on expressions or with a condition.
    package var indexes: [RelationIndex] = []

    /// Nothing known.
    package init() {}
}

/// A column's type as PostgreSQL numbers it.
package struct ColumnDetails: Hashable, Sendable {
    /// The type's identifier.
    package let type: UInt32
    /// The type's modifier, such as a length; -1 for none.
    package let modifier: Int32
    /// Whether the column holds no NULL.
    package let isRequired: Bool

    /// A column's details.
    package init(type: UInt32, modifier: Int32, isRequired: Bool) {
        self.type = type
        self.modifier = modifier
        self.isRequired = isRequired
    }
}

/// A key or reference of a relation.
package struct RelationKey: Hashable, Sendable {
    /// Its name.
    package let name: String
    /// What it is.
    package let kind: Kind
    /// The relation's own columns, in the key's order.
    package let columns: [String]
    /// The index that it stands on; nil for none that is known.
    package let index: RelationName?

    /// What a key is.
    package enum Kind: Hashable, Sendable {
        /// The relation's primary key.
        case primary
        /// A unique constraint.
        case unique
        /// A reference to another relation's columns.
        case reference(RelationName, columns: [String], ReferenceRules)
    }

    /// A key.
    package init(name: String, kind: Kind, columns: [String], index: RelationName?) {
        self.name = name
        self.kind = kind
        self.columns = columns
        self.index = index
    }
}

/// How a reference behaves, in `pg_constraint`'s letters.
package struct ReferenceRules: Hashable, Sendable {
    /// `confupdtype`.
    package let update: String
    /// `confdeltype`.
    package let delete: String
    /// `confmatchtype`.
    package let match: String
    /// Whether it may be checked later than at once.
    package let isDeferrable: Bool
    /// Whether it is checked at a transaction's end.
    package let isDeferred: Bool

    /// Rules; all of one letter.
    package init(update: String, delete: String, match: String, isDeferrable: Bool, isDeferred: Bool) {
        self.update = update
        self.delete = delete
        self.match = match
        self.isDeferrable = isDeferrable
        self.isDeferred = isDeferred
    }
}

/// An index of a relation.
package struct RelationIndex: Hashable, Sendable {
    /// Its name.
    package let name: String
    /// How it works, such as `btree`.
    package let method: String
    /// The columns that are searched by, then those that are only carried along.
    package let columns: [String]
    /// How many of the columns are searched by.
    package let keyCount: Int
    /// `pg_index.indoption` of each column that is searched by: 1 for descending, 2 for NULLs first.
    package let options: [Int]
    /// Whether no two rows are equal in it.
    package let isUnique: Bool
    /// Whether it is the primary key's.
    package let isPrimary: Bool

    /// An index.
    package init(
        name: String,
        method: String,
        columns: [String],
        keyCount: Int,
        options: [Int],
        isUnique: Bool,
        isPrimary: Bool
    ) {
        self.name = name
        self.method = method
        self.columns = columns
        self.keyCount = keyCount
        self.options = options
        self.isUnique = isUnique
        self.isPrimary = isPrimary
    }
}
