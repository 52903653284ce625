/// Views that Steward owns in a schema of a database; filled by the sources' room.
///
/// Its methods block, and do one thing at a time.
package protocol UpstreamViews: Sendable {
    /// The schema that they are in, which is Steward's alone.
    var schema: String { get }

    /// Why none could be made now; nil when they could, as far as a look can tell.
    func obstacle() -> ViewRefusal?

    /// Makes sure that a view is there exactly as a query says, with `security_barrier`, owned by the service account and
    /// readable by nobody else; until ``drop(_:)`` no other Steward drops it.
    ///
    /// - Parameters:
    ///   - name: Its name within the schema.
    ///   - query: Its query, of nothing but names in full.
    ///   - columns: Its columns, as the query calls them.
    /// - Returns: PostgreSQL's identifier of it.
    /// - Throws: why it isn't there.
    func stand(_ name: String, as query: String, columns: [String]) throws(ViewRefusal) -> UInt32

    /// Those of the views that ``stand(_:as:columns:)`` gave and ``drop(_:)`` didn't take that aren't as they were made.
    ///
    /// - Throws: when it can't be told.
    func changed() throws(ViewRefusal) -> Set<String>

    /// Gives a view up, and drops it unless another Steward wants it or somebody is reading it.
    ///
    /// - Returns: Whether it is gone.
    func drop(_ name: String) -> Bool

    /// The names of all views of this kind that the service account owns there, also those of other Stewards and earlier
    /// ones.
    ///
    /// - Throws: when it can't be told.
    func all() throws(ViewRefusal) -> Set<String>

    /// Drops all of them, whoever uses them, and has every Steward make none for a while.
    ///
    /// - Parameter minutes: How long.
    /// - Returns: How many there were.
    /// - Throws: why they are still there.
    func release(minutes: Int) throws(ViewRefusal) -> Int
}

/// Why a view can't be had.
package struct ViewRefusal: Error, Hashable, Sendable {
    /// In words for whoever administers the database, with what is to be done; no value of any row.
    package let why: String
    /// Whether another view might be had.
    package let isOfThisView: Bool

    /// A refusal.
    package init(_ why: String, isOfThisView: Bool = false) {
        self.why = why
        self.isOfThisView = isOfThisView
    }
}
