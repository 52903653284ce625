package import Masking

/// Where the masks of a statement may be applied.
package enum MaskPlace: Sendable {
    /// By PostgreSQL alone: whoever runs the statement gets masked values.
    case database
    /// By PostgreSQL, but for the columns that only pass to the output: whoever runs the statement gets those unmasked
    /// and has to apply ``RewrittenStatement/late`` before anybody sees them.
    case wayBack
}

/// An output column that comes unmasked, and what has to be done to it.
package struct LateColumn: Hashable, Sendable {
    /// The relation whose policy masks it.
    package let relation: RelationName
    /// Its name there.
    package let column: String
    /// The mask to apply to each of its values.
    package let mask: LateMask
}
