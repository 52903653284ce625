package import CatalogModel

/// What the rim gives the use cases: the clock and fresh identities, so that tests can hold them still.
package struct Rim: Sendable {
    /// The moment now.
    package let now: @Sendable () -> Instant
    /// A fresh random UUID in lower case.
    package let makeID: @Sendable () -> String

    /// A rim.
    package init(now: @escaping @Sendable () -> Instant, makeID: @escaping @Sendable () -> String) {
        self.now = now
        self.makeID = makeID
    }
}

/// Opens the sources of the catalog.
package protocol RowSources: Sendable {
    /// The source that a definition describes.
    ///
    /// - Throws: `.sourceUnavailable`, or `.invalidRequest` for options that the kind doesn't know.
    func rowSource(for source: SourceDefinition) throws(GovernanceError) -> any RowSource
}
