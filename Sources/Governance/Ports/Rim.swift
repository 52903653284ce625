package import CatalogModel

/// What the rim gives the use cases: the clock and fresh identities, so that tests can hold them still.
package struct Rim: Sendable {
    /// The moment now.
    package let now: @Sendable () -> Instant
    /// A fresh random UUID in lower case.
    package let makeID: @Sendable () -> String
    /// The same as the identity of an entity, without the way over text.
    package let makeEntityID: @Sendable () -> EntityID

    /// A rim; entities have the identities that `makeID` makes where nothing else is said.
    package init(
        now: @escaping @Sendable () -> Instant,
        makeID: @escaping @Sendable () -> String,
        makeEntityID: (@Sendable () -> EntityID)? = nil
    ) {
        self.now = now
        self.makeID = makeID
        self.makeEntityID = makeEntityID ?? { EntityID(makeID()) }
    }
}

/// Opens the sources of the catalog.
package protocol RowSources: Sendable {
    /// The source that a definition describes.
    ///
    /// - Throws: `.sourceUnavailable`, or `.invalidRequest` for options that the kind doesn't know.
    func rowSource(for source: SourceDefinition) throws(GovernanceError) -> any RowSource
}
