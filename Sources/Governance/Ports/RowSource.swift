package import CatalogModel

/// A source that can say which tables it has and deliver their rows, raw.
///
/// Filled by the sources' room. Only `GovernedRead` opens one.
package protocol RowSource: Sendable {
    /// The tables that the source has now, with the types that their values suggest.
    ///
    /// Reads at most a documented sample of each file. Sorted by name; may be empty.
    /// - Throws: `.sourceUnavailable`, `.malformedRow` for a sample that can't be read at all, `.limitExceeded`.
    func discover() throws(GovernanceError) -> [TableDefinition]

    /// Starts delivering the planned columns of a table.
    ///
    /// - Throws: `.sourceUnavailable`; `.sourceChanged` when a planned column isn't there or can't be told apart.
    func open(_ scan: ScanRequest) throws(GovernanceError) -> any RowCursor

    /// The queries of those tables that are views over others, by their location; empty for a source without views.
    ///
    /// - Throws: `.sourceUnavailable`.
    func views() throws(GovernanceError) -> [String: String]
}

extension RowSource {
    /// None.
    package func views() throws(GovernanceError) -> [String: String] { [:] }
}

/// What a plan asks a source for.
package struct ScanRequest: Sendable {
    /// The table as catalogued.
    package let table: TableDefinition
    /// The columns to deliver, in this order; no others are read where the format allows.
    package let columns: [ColumnName]
    /// Rows for which this isn't true may be left out by the source; the plan applies it again, so a source may
    /// ignore it.
    package let prefilter: SQLExpression?

    /// A request.
    package init(table: TableDefinition, columns: [ColumnName], prefilter: SQLExpression? = nil) {
        self.table = table
        self.columns = columns
        self.prefilter = prefilter
    }
}

/// Rows on their way from a source, pulled batch by batch by one reader at a time.
///
/// Memory is bounded by one batch (about 1 MiB of values, or one row). Files are closed when it is released.
package protocol RowCursor: AnyObject, Sendable {
    /// The next batch in the planned order; nil at the end. Not to be called from two threads at once.
    ///
    /// - Throws: `.malformedRow` by the source's rule, `.sourceUnavailable`, `.sourceChanged`, `.limitExceeded`. After
    ///   an error every further call throws it again.
    func next() throws(GovernanceError) -> RawBatch?

    /// Rows left out so far because they were malformed.
    var skippedRows: Int { get }
}
