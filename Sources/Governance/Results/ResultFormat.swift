package import CatalogModel
package import Masking

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

/// Writes masked rows in one of the forms, batch by batch.
///
/// Only a ``MaskedBatch`` can be written: that is the proof that policy was asked. Numbers and booleans become JSON
/// numbers and booleans with all their digits; `json` columns are put in as they are; everything else is text.
package struct ResultEncoder: Sendable {
    private let format: ResultFormat
    private let columns: [ColumnSchema]
    /// For each column the bytes before its value.
    private let prefixes: [[UInt8]]
    private var hasRows = false

    /// A writer for rows of a schema.
    package init(_ format: ResultFormat, schema: TableSchema) {
        self.format = format
        columns = schema.columns
        prefixes = schema.columns.enumerated().map { index, column in
            switch format {
            case .csv: return index == 0 ? [] : [UInt8(ascii: ",")]
            case .ndjson, .json:
                var bytes = [UInt8(ascii: index == 0 ? "{" : ",")]
                TextEncoding.appendJSON(Array(column.name.text.utf8)[...], to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                return bytes
            }
        }
    }

    /// What comes before the first row.
    package func start() -> [UInt8] {
        switch format {
        case .json: return [UInt8(ascii: "[")]
        case .ndjson: return []
        case .csv:
            var bytes: [UInt8] = []
            for (index, column) in columns.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                TextEncoding.appendCSV(Array(column.name.text.utf8)[...], to: &bytes)
            }
            bytes.append(UInt8(ascii: "\n"))
            return bytes
        }
    }

    /// What comes after the last row.
    package func end() -> [UInt8] {
        switch format {
        case .json: Array("\n]\n".utf8)
        case .csv, .ndjson: []
        }
    }

    /// Adds the rows of a batch.
    ///
    /// Cost: the bytes written.
    ///
    /// - Precondition: the batch has the schema's columns.
    package mutating func append(_ batch: MaskedBatch, to output: inout [UInt8]) {
        precondition(batch.schema.columns == columns)
        output.reserveCapacity(output.count + batch.columns.reduce(0) { $0 + $1.bytes.count * 5 / 4 })
        for row in 0..<batch.rowCount {
            if format == .json { output.append(contentsOf: hasRows ? [44, 10] : [10]) }
            hasRows = true
            for index in columns.indices {
                output.append(contentsOf: prefixes[index])
                append(batch.columns[index], row, type: columns[index].type, to: &output)
            }
            switch format {
            case .csv: output.append(UInt8(ascii: "\n"))
            case .ndjson: output.append(contentsOf: columns.isEmpty ? [123, 125, 10] : [125, 10])
            case .json: output.append(contentsOf: columns.isEmpty ? [123, 125] : [125])
            }
        }
    }

    private func append(_ column: ColumnVector, _ row: Int, type: DataType, to output: inout [UInt8]) {
        guard !column.isNull(row) else {
            if format != .csv { output.append(contentsOf: [110, 117, 108, 108]) }
            return
        }
        let value = column.bytes[column.range(row)]
        switch format {
        case .csv: TextEncoding.appendCSV(value, to: &output)
        case .ndjson, .json:
            switch type {
            case .boolean, .json: output.append(contentsOf: value)
            case .tinyint, .smallint, .int, .bigint, .decimal, .float, .double:
                TextEncoding.appendJSONNumber(value, to: &output)
            case .string, .varchar, .char, .date, .timestamp, .binary, .complex, .void:
                TextEncoding.appendJSON(value, to: &output)
            }
        }
    }
}
