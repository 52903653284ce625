/// The forms in which rows leave.
package enum ResultFormat: String, Hashable, Sendable, CaseIterable {
    /// RFC 4180 with a header record, lines ended by LF; NULL is empty, the empty string is `""`.
    case csv
    /// One JSON object a line.
    case ndjson
    /// One JSON array of objects.
    case json

    /// The media type of the form.
    package var mediaType: String {
        switch self {
        case .csv: "text/csv; charset=utf-8; header=present"
        case .ndjson: "application/x-ndjson"
        case .json: "application/json"
        }
    }
}
