import CatalogModel
package import Masking

/// The rows of one relation, as statements compute with them.
package struct EngineTable: Sendable {
    private let types: [EngineType]
    private(set) var rows: [[Datum]] = []
    /// About how many bytes the rows take.
    package private(set) var footprint = 0

    /// A table without rows.
    package init(columns: [UpstreamColumn]) {
        types = columns.map { EngineType(named: $0.type) ?? .text }
    }

    /// Takes in rows that policy has dealt with; the first columns of the batch are the table's.
    ///
    /// - Throws: when a value isn't of its column's type, or has more digits than numbers have here.
    package mutating func append(_ batch: MaskedBatch) throws(EngineFault) {
        let start = rows.count
        for _ in 0..<batch.rowCount {
            var row: [Datum] = []
            row.reserveCapacity(types.count)
            rows.append(row)
        }
        footprint += batch.rowCount * (40 + types.count * 24)
        for (column, type) in types.enumerated() {
            let vector = batch.columns[column]
            footprint += vector.bytes.count
            for row in 0..<batch.rowCount {
                let value =
                    vector.isNull(row)
                    ? Datum.null : try EngineTable.datum(Array(vector.bytes[vector.range(row)]), type)
                rows[start + row].append(value)
            }
        }
    }

    /// A value in the catalog's form of its type.
    private static func datum(_ bytes: [UInt8], _ type: EngineType) throws(EngineFault) -> Datum {
        do throws(EngineFault) {
            switch type.kind {
            case .text, .varchar, .json: return .bytes(bytes)
            case .bytea: return .bytes(try TextInput.hexadecimal(bytes))
            // Files may hold nanoseconds; PostgreSQL's moments don't.
            case .timestamp: return try TextInput.datum(Array(bytes.prefix(26)), type)
            default: return try TextInput.datum(bytes, type)
            }
        } catch {
            guard error.sqlState == "0A000" else {
                throw EngineFault("22000", "a value is not of its column's type")
            }
            throw error
        }
    }
}
