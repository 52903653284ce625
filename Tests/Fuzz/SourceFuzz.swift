import CatalogModel
import Foundation
import Governance

@testable import DataSources

/// Files of sources: each is looked at for its columns, and then read whole, in small pieces.
enum SourceFuzz {
    static func csv(_ bytes: [UInt8]) { read(.csv, bytes) }
    static func ndjson(_ bytes: [UInt8]) { read(.ndjson, bytes) }
    static func xml(_ bytes: [UInt8]) { read(.xml, bytes, SourceOptions(rowElement: "/people/person")) }

    private static let file: URL = {
        let memory = URL(filePath: "/dev/shm")
        let folder =
            FileManager.default.isWritableFile(atPath: memory.path)
            ? memory : FileManager.default.temporaryDirectory
        return folder.appending(path: "steward-fuzz-\(getpid())")
    }()

    private static func read(_ kind: SourceKind, _ bytes: [UInt8], _ options: SourceOptions = SourceOptions())
    {
        let piece = Int(bytes.first ?? 1) + 1
        guard (try? Data(bytes.dropFirst()).write(to: file)) != nil else {
            fatalError("no file for the input")
        }
        let source = SourceDefinition(
            name: SourceName("shelf"),
            kind: kind,
            path: file.path,
            service: ServiceName("files"),
            database: "db",
            rowRule: .skip,
            options: options
        )
        var tuning = ReadTuning()
        tuning.chunkBytes = piece
        tuning.batchRows = 1 + piece % 7
        do {
            let rows = try FileSources(tuning: tuning).rowSource(for: source)
            guard let table = try rows.discover().first else { return }
            let cursor = try rows.open(ScanRequest(table: table, columns: table.columns.map(\.name)))
            while let batch = try cursor.next() {
                for column in batch.columns {
                    for row in 0..<batch.rowCount { _ = column.unmaskedText(row) }
                }
            }
        } catch { return }
    }
}
