import CZlib
import CatalogModel
import Foundation
import Governance

@testable import DataSources

/// A temporary folder of files, catalogued and read as sources.
final class Shelf: Sendable {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "sources-tests-\(UUID().uuidString)",
            directoryHint: .isDirectory
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    func write(_ bytes: [UInt8], to name: String) throws {
        // A file that is truncated and written again is flushed to the disk by ext4; a new one isn't.
        unlink(path(name))
        try Data(bytes).write(to: folder.appending(path: name))
    }

    /// The source of one file, or of the whole folder when `name` is nil.
    func source(
        _ kind: SourceKind,
        _ name: String? = nil,
        rule: RowRule = .fail,
        options: SourceOptions = SourceOptions(),
        database: String = "db"
    ) -> SourceDefinition {
        SourceDefinition(
            name: SourceName("shelf"),
            kind: kind,
            path: name.map(path) ?? folder.path,
            service: ServiceName("files"),
            database: database,
            rowRule: rule,
            options: options
        )
    }

    /// The tables that a source has.
    func discover(_ source: SourceDefinition, _ tuning: ReadTuning = ReadTuning()) throws -> [TableDefinition]
    {
        try FileSources(tuning: tuning).rowSource(for: source).discover()
    }

    /// What came of a read.
    struct Outcome {
        var rows: [[String?]] = []
        var batches = 0
        var skipped = 0
    }

    /// Reads columns of a source's only table, with types that override what was guessed.
    func read(
        _ source: SourceDefinition,
        columns: [String]? = nil,
        types: [String: DataType] = [:],
        tuning: ReadTuning = ReadTuning()
    ) throws -> Outcome {
        let rowSource = try FileSources(tuning: tuning).rowSource(for: source)
        guard let found = try rowSource.discover().first else { return Outcome() }
        return try read(source, found.typed(types), columns: columns, tuning: tuning)
    }

    /// Reads columns of a table as it is defined.
    func read(
        _ source: SourceDefinition,
        _ table: TableDefinition,
        columns: [String]? = nil,
        tuning: ReadTuning = ReadTuning()
    ) throws -> Outcome {
        let names = columns.map { $0.map { ColumnName($0) } } ?? table.columns.map(\.name)
        let rowSource = try FileSources(tuning: tuning).rowSource(for: source)
        let cursor = try rowSource.open(ScanRequest(table: table, columns: names))
        var outcome = Outcome()
        while let batch = try cursor.next() {
            outcome.batches += 1
            for row in 0..<batch.rowCount { outcome.rows.append(batch.columns.map { $0.unmaskedText(row) }) }
        }
        outcome.skipped = cursor.skippedRows
        return outcome
    }

    /// A table of one file with these columns.
    func table(_ name: String, _ columns: [(String, DataType)], paths: [String: String] = [:])
        -> TableDefinition
    {
        TableDefinition(
            name: TableName(parts: ["db", "t"]) ?? fallback,
            source: SourceName("shelf"),
            service: ServiceName("files"),
            location: path(name),
            columns: columns.map { ColumnDefinition(name: ColumnName($0.0), type: $0.1, path: paths[$0.0]) }
        )
    }

    private var fallback: TableName { preconditionFailure("`db.t` is a name") }
}

extension TableDefinition {
    /// The same table with other types for some columns.
    func typed(_ types: [String: DataType]) -> TableDefinition {
        TableDefinition(
            name: name,
            source: source,
            service: service,
            location: location,
            columns: columns.map {
                ColumnDefinition(name: $0.name, type: types[$0.name.text] ?? $0.type, path: $0.path)
            }
        )
    }

    /// Column names with their types, for comparisons.
    var shape: [String] { columns.map { "\($0.name) \($0.type)" } }
}

/// The error that a body throws; nil when it throws none.
func failure(_ body: () throws -> Void) -> GovernanceError? {
    do {
        try body()
        return nil
    } catch { return error as? GovernanceError }
}

/// Gzip, one member.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard
        deflateInit2_(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
            == Z_OK
    else { return [] }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 1024)
    let count = input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            _ = deflate(&stream, Z_FINISH)
            return output.count - Int(stream.avail_out)
        }
    }
    deflateEnd(&stream)
    return Array(output[..<count])
}

/// Chance from a seed (SplitMix64), so that a failure can be seen again.
struct SeededChance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
