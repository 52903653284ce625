import CatalogModel
import Governance
import Synchronization

/// Sources that hold their rows in memory, or make them up as they are read.
final class MemorySources: RowSources {
    /// A table: its columns, and what each batch holds; nil at the end.
    struct Table: Sendable {
        let definition: TableDefinition
        let batch: @Sendable (_ number: Int, _ columns: [ColumnName]) throws(GovernanceError) -> [[String?]]?
    }

    private let tables: Mutex<[Table]> = Mutex([])
    private let delivered = Atomic(0)
    private let open = Atomic(0)

    /// Batches handed out so far, of all reads.
    var batches: Int { delivered.load(ordering: .relaxed) }

    /// Reads that are open.
    var openReads: Int { open.load(ordering: .relaxed) }

    func add(_ table: Table) { tables.withLock { $0.append(table) } }

    func rowSource(for source: SourceDefinition) throws(GovernanceError) -> any RowSource {
        guard source.path != "/nowhere" else {
            throw GovernanceError(.sourceUnavailable, "there is no file `/nowhere`")
        }
        return Source(memory: self, name: source.name)
    }

    private struct Source: RowSource {
        let memory: MemorySources
        let name: SourceName

        func discover() throws(GovernanceError) -> [TableDefinition] {
            let known = memory.tables.withLock { $0.map(\.definition) }
            return known.sorted { $0.name < $1.name }.map { table in
                TableDefinition(
                    name: table.name,
                    source: name,
                    service: table.service,
                    location: table.location,
                    columns: table.columns
                )
            }
        }

        func open(_ scan: ScanRequest) throws(GovernanceError) -> any RowCursor { try memory.open(scan) }
    }

    private func open(_ scan: ScanRequest) throws(GovernanceError) -> any RowCursor {
        let table = tables.withLock { tables in
            tables.first { $0.definition.location == scan.table.location }
        }
        guard let table else { throw GovernanceError(.sourceUnavailable, "no such table in memory") }
        return Cursor(table, scan, self)
    }

    private final class Cursor: RowCursor {
        private let table: Table
        private let scan: ScanRequest
        private let source: MemorySources
        private let number = Mutex(0)
        var skippedRows: Int { 0 }

        init(_ table: Table, _ scan: ScanRequest, _ source: MemorySources) {
            self.table = table
            self.scan = scan
            self.source = source
            source.open.add(1, ordering: .relaxed)
        }

        deinit { source.open.subtract(1, ordering: .relaxed) }

        func next() throws(GovernanceError) -> RawBatch? {
            let number = number.withLock { number in
                defer { number += 1 }
                return number
            }
            guard let rows = try table.batch(number, scan.columns) else { return nil }
            source.delivered.add(1, ordering: .relaxed)
            let columns = scan.columns.map { name in
                ColumnSchema(name, table.definition.columns.first { $0.name == name }?.type ?? .void)
            }
            guard let schema = TableSchema(columns) else {
                throw GovernanceError(.internalError, "a column is asked for twice")
            }
            let vectors = columns.indices.map { index in ColumnVector(rows.map { $0[index] }) }
            return RawBatch(schema: schema, columns: vectors, rowCount: rows.count)
        }
    }
}
