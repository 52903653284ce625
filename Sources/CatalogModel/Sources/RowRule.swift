/// What a source does with a row that doesn't fit its columns.
package enum RowRule: String, Hashable, Sendable, Codable, CaseIterable {
    /// The read ends with an error that names the row; no further rows.
    case fail
    /// The row is left out and counted.
    case skip
}
