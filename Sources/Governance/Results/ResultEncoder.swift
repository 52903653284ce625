package import CatalogModel
package import Masking

/// Writes masked rows in one of the forms, batch by batch.
///
/// Only a ``MaskedBatch`` can be written: that is the proof that policy was asked. Numbers and booleans become JSON
/// numbers and booleans with all their digits; `json` columns are put in as they are; everything else is text.
package struct ResultEncoder: Sendable {
    private let format: ResultFormat
    private let columns: [ColumnSchema]
    private let kinds: [Kind]
    /// For each column the bytes before its value.
    private let prefixes: [[UInt8]]
    private var hasRows = false

    /// How a column's values are written.
    enum Kind: Sendable { case field, asItIs, number, text }

    /// A writer for rows of a schema.
    package init(_ format: ResultFormat, schema: TableSchema) {
        self.format = format
        columns = schema.columns
        kinds = schema.columns.map { format == .csv ? .field : Self.kind(of: $0.type) }
        prefixes = schema.columns.enumerated().map { index, column in
            switch format {
            case .csv: return index == 0 ? [] : [UInt8(ascii: ",")]
            case .ndjson, .json:
                return [UInt8(ascii: index == 0 ? "{" : ",")]
                    + TextEncoding.bytes(of: column.name.text, TextEncoding.putJSON) + [UInt8(ascii: ":")]
            }
        }
    }

    private static func kind(of type: DataType) -> Kind {
        switch type {
        case .boolean, .json: .asItIs
        case .tinyint, .smallint, .int, .bigint, .decimal, .float, .double: .number
        case .string, .varchar, .char, .date, .timestamp, .binary, .complex, .void: .text
        }
    }

    /// What comes before the first row.
    package func start() -> [UInt8] {
        switch format {
        case .json: return [UInt8(ascii: "[")]
        case .ndjson: return []
        case .csv:
            let names = columns.map { TextEncoding.bytes(of: $0.name.text, TextEncoding.putCSV) }
            return Array(names.joined(separator: [UInt8(ascii: ",")])) + [UInt8(ascii: "\n")]
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
    /// Cost: the bytes written; nothing is allocated for a row or a value.
    ///
    /// - Precondition: the batch has the schema's columns.
    package mutating func append(_ batch: MaskedBatch, to output: inout [UInt8]) {
        precondition(batch.schema.columns == columns)
        guard batch.rowCount > 0 else { return }
        let rowBytes = prefixes.reduce(8) { $0 + $1.count + 4 }
        let valueBytes = batch.columns.reduce(0) { $0 + $1.bytes.count }
        let growth = format == .csv ? 2 : TextEncoding.growth
        let room = valueBytes * growth + batch.rowCount * rowBytes
        let views = ColumnViews(batch.columns, kinds: kinds, prefixes: prefixes)
        let written = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            var writer = ByteWriter(start)
            for row in 0..<batch.rowCount { write(row, of: views.all, isFirst: row == 0, to: &writer) }
            count = writer.count
        }
        withExtendedLifetime(views) {}
        if output.isEmpty { output = written } else { output += written }
        hasRows = true
    }

    @inline(__always)
    private func write(
        _ row: Int,
        of views: ContiguousArray<ColumnViews.View>,
        isFirst: Bool,
        to writer: inout ByteWriter
    ) {
        if format == .json {
            if hasRows || !isFirst { writer.put(44) }
            writer.put(10)
        }
        for view in views {
            writer.put(view.prefix)
            guard let value = view.value(row) else {
                if view.kind != .field { writer.put(Self.null) }
                continue
            }
            switch view.kind {
            case .field: TextEncoding.putCSV(value, to: &writer)
            case .asItIs: writer.put(value)
            case .number: TextEncoding.putJSONNumber(value, to: &writer)
            case .text: TextEncoding.putJSON(value, to: &writer)
            }
        }
        if format != .csv {
            if views.isEmpty { writer.put(123) }
            writer.put(125)
        }
        if format != .json { writer.put(10) }
    }

    private static let null = Array("null".utf8)
}
