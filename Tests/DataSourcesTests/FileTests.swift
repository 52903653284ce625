import CatalogModel
import Foundation
import Governance
import TestSupport
import Testing

@testable import DataSources

@Suite(.aside) struct `Files of a source` {
    private let shelf: Shelf

    init() throws { shelf = try Shelf() }

    @Test func `in a folder are a table each, by sanitised name, sorted, and others are passed over`() throws
    {
        try shelf.write("a\n1\n", to: "orders 2024.01.csv")
        try shelf.write(gzip(Array("a\n1\n".utf8)), to: "People.CSV.gz")
        try shelf.write("a\tb\n1\t2\n", to: "tabs.tsv")
        for other in ["notes.txt", ".hidden.csv", "x.ndjson", "README"] { try shelf.write("?", to: other) }
        try FileManager.default.createDirectory(
            atPath: shelf.path("folder.csv"),
            withIntermediateDirectories: true
        )
        try FileManager.default.createSymbolicLink(
            atPath: shelf.path("link.csv"),
            withDestinationPath: "/etc/passwd"
        )
        #expect(mkfifo(shelf.path("pipe.csv"), 0o600) == 0)
        let tables = try shelf.discover(shelf.source(.csv))
        #expect(tables.map(\.name.description) == ["db.People", "db.orders_2024_01", "db.tabs"])
        #expect(tables.map(\.columns.count) == [1, 1, 2])
    }

    @Test func `that would be the same table are refused by name`() throws {
        try shelf.write("a\n1\n", to: "a b.csv")
        try shelf.write("a\n1\n", to: "a_b.csv")
        let error = failure { _ = try shelf.discover(shelf.source(.csv)) }
        #expect(error?.code == .conflict)
        #expect(error?.message.contains("`a b.csv` and `a_b.csv`") == true)
    }

    @Test func `that aren't there, or are no files, are refused clearly and without waiting`() throws {
        #expect(
            failure { _ = try shelf.discover(shelf.source(.csv, "gone.csv")) }?.code == .sourceUnavailable
        )
        #expect(mkfifo(shelf.path("pipe.csv"), 0o600) == 0)
        #expect(
            failure { _ = try shelf.discover(shelf.source(.csv, "pipe.csv")) }?.code == .sourceUnavailable
        )
        let table = shelf.table("gone.csv", [("a", .int)])
        #expect(failure { _ = try shelf.read(shelf.source(.csv), table) }?.code == .sourceUnavailable)
        let piped = shelf.table("pipe.csv", [("a", .int)])
        #expect(failure { _ = try shelf.read(shelf.source(.csv), piped) }?.code == .sourceUnavailable)
        try FileManager.default.createSymbolicLink(
            atPath: shelf.path("link.csv"),
            withDestinationPath: "/etc/passwd"
        )
        let linked = shelf.table("link.csv", [("a", .int)])
        #expect(failure { _ = try shelf.read(shelf.source(.csv), linked) }?.code == .sourceUnavailable)
    }

    @Test func `outside the source are not read`() throws {
        try shelf.write("a\n1\n", to: "t.csv")
        for location in ["/etc/passwd", shelf.path("sub/../../t.csv"), shelf.path("../t.csv"), "t.csv", ""] {
            let table = TableDefinition(
                name: shelf.table("t.csv", []).name,
                source: SourceName("shelf"),
                service: ServiceName("files"),
                location: location,
                columns: [ColumnDefinition(name: ColumnName("a"), type: .int)]
            )
            #expect(failure { _ = try shelf.read(shelf.source(.csv), table) }?.code == .sourceUnavailable)
        }
    }

    @Test func `are closed when a read ends, fails or is let go`() throws {
        func open() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
                .count {
                    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?
                        .hasPrefix(shelf.path("")) == true
                }
        }
        try shelf.write("a\n1\n2\nx\n", to: "t.csv")
        let source = try FileSources().rowSource(for: shelf.source(.csv, "t.csv"))
        let scan = ScanRequest(table: shelf.table("t.csv", [("a", .int)]), columns: [ColumnName("a")])
        do {
            let cursor = try source.open(scan)
            #expect(try open() == 1)
            let first = failure { _ = try cursor.next() }
            #expect(first?.code == .malformedRow)
            #expect(try open() == 0)
            #expect(failure { _ = try cursor.next() } == first)
        }
        do { _ = try source.open(scan) }
        #expect(try open() == 0)
    }

    @Test func `may not be described by options that their kind doesn't know`() throws {
        let wrong: [(SourceKind, SourceOptions, String)] = [
            (.ndjson, SourceOptions(delimiter: ";"), "delimiter"),
            (.xml, SourceOptions(header: true), "header"),
            (.sqlite, SourceOptions(nullText: "NA"), "nullText"),
            (.csv, SourceOptions(rowElement: "/a"), "rowElement"),
            (.sqlite, SourceOptions(viewSchema: "governed"), "viewSchema"),
            (.csv, SourceOptions(delimiter: "ab"), "delimiter"),
            (.csv, SourceOptions(delimiter: "\""), "delimiter"),
            (.csv, SourceOptions(delimiter: "é"), "delimiter"),
            (.csv, SourceOptions(delimiter: ""), "delimiter"),
            (.csv, SourceOptions(delimiter: "\n"), "delimiter"),
            (.csv, SourceOptions(nullText: "a,b"), "nullText"),
        ]
        try shelf.write("", to: "t")
        for (kind, options, name) in wrong {
            let error = failure {
                _ = try FileSources().rowSource(for: shelf.source(kind, "t", options: options))
            }
            #expect(error?.code == .invalidRequest)
            #expect(error?.message.contains("`\(name)`") == true)
        }
        let relative = SourceDefinition(
            name: SourceName("s"),
            kind: .csv,
            path: "files",
            service: ServiceName("files"),
            database: "db"
        )
        #expect(failure { _ = try FileSources().rowSource(for: relative) }?.code == .invalidRequest)
        #expect(
            failure { _ = try FileSources().rowSource(for: shelf.source(.csv, database: "")) }?.code
                == .invalidRequest
        )
    }
}

@Suite(.aside) struct `A gzip file` {
    private let shelf: Shelf
    private let text = Array("a,b\n".utf8) + (0..<2000).flatMap { Array("\($0),value \($0 * 7919)\n".utf8) }

    init() throws { shelf = try Shelf() }

    private func read(_ bytes: [UInt8], rule: RowRule = .fail) throws -> Int {
        try shelf.write(bytes, to: "t.csv.gz")
        var tuning = ReadTuning()
        tuning.chunkBytes = 1000
        let table = shelf.table("t.csv.gz", [("a", .int), ("b", .string)])
        return try shelf.read(shelf.source(.csv, "t.csv.gz", rule: rule), table, tuning: tuning).rows.count
    }

    @Test func `is unpacked, with one member or many, and zeros behind them`() throws {
        #expect(try read(gzip(text)) == 2000)
        #expect(try read(gzip(Array(text[..<5000])) + gzip(Array(text[5000...]))) == 2000)
        #expect(try read(gzip(text) + gzip([]) + [UInt8](repeating: 0, count: 600)) == 2000)
        try shelf.write(gzip(text), to: "plain-name.csv")
        #expect(try shelf.read(shelf.source(.csv, "plain-name.csv")).rows.count == 2000)
    }

    @Test func `that is truncated anywhere is an error, whatever the rule`() throws {
        let whole = gzip(text)
        for length in [0, 1, 2, 9, 10, 15, whole.count / 2, whole.count - 8, whole.count - 1] {
            for rule in RowRule.allCases {
                let error = failure { _ = try read(Array(whole[..<length]), rule: rule) }
                #expect(error?.code == .sourceUnavailable, "\(length) bytes")
            }
        }
        let second = failure { _ = try read(whole + Array(whole[..<40])) }
        #expect(second?.message.contains("truncated") == true)
    }

    @Test func `that is damaged, or none at all, is an error`() throws {
        let whole = gzip(text)
        for place in [3, whole.count / 2, whole.count - 6, whole.count - 2] {
            var bytes = whole
            bytes[place] ^= 0x55
            #expect(failure { _ = try read(bytes) } != nil, "byte \(place)")
        }
        #expect(failure { _ = try read(text) }?.message.contains("damaged") == true)
        #expect(failure { _ = try read(whole + [1, 2, 3, 4]) }?.code == .sourceUnavailable)
    }

    @Test func `with changed bytes never yields other rows as if they were right`() throws {
        var chance = SeededChance(seed: 1952)
        let whole = gzip(text)
        for _ in 0..<300 {
            var bytes = whole
            // The ten bytes of the header say nothing about the rows.
            let place = Int.random(in: 10..<bytes.count, using: &chance)
            bytes[place] ^= UInt8(1 << Int.random(in: 0...7, using: &chance))
            #expect(failure { _ = try read(bytes) } != nil, "byte \(place)")
        }
    }

    @Test(arguments: [
        "postgresql://u:hush@db.example/shop", "postgresql://u@db.example/shop?password=hush",
        "postgres://db.example/shop?PASSWORD=hush", "host=db.example password=hush", "/var/lib/db", "",
    ])
    func `keep no password of a database`(path: String) {
        let source = SourceDefinition(
            name: SourceName("books"),
            kind: .postgres,
            path: path,
            service: ServiceName("postgres"),
            database: "books"
        )
        let error = #expect(throws: GovernanceError.self) { try FileSources().rowSource(for: source) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains("hush") == false)
    }
}
