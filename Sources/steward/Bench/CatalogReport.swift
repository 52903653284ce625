import Foundation

/// What the catalog benchmark found.
struct CatalogReport: Encodable {
    var tables = 0
    var columns = 0
    var load_cpu_seconds = 0.0
    var load_wall_seconds = 0.0
    var columns_per_cpu_second = 0.0
    var stored_bytes = 0
    var loaded_memory_bytes = 0
    var peak_memory_bytes = 0
    /// Ranked search with facets, by kind of question.
    var ranked: [String: CatalogMeasure.Result] = [:]
    var suggestions = CatalogMeasure.Result()
    var listed_tables = 0
    var list = CatalogMeasure.Result()
    var start_ms = 0.0
    /// CPU seconds of the server until its first ranked answer.
    var start_cpu_seconds = 0.0
    var start_to_first_answer_ms = 0.0
    var start_memory_bytes = 0
    var empty_start_ms = 0.0
    var empty_memory_bytes = 0
    var peer: CatalogPeer.Result?

    func printJSON() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        Terminal.write(Array(try encoder.encode(self)) + [10])
    }

    func printTable() {
        var table = TextTable(["\(columns) columns in \(tables) tables", "Steward"])
        table.add(["loaded, columns per CPU second", "\(Int(columns_per_cpu_second))"])
        table.add([
            "loaded, CPU seconds, wall seconds", "\(one(load_cpu_seconds)), \(one(load_wall_seconds))",
        ])
        table.add(["on disk", megabytes(stored_bytes)])
        table.add([
            "memory after loading, at the peak",
            "\(megabytes(loaded_memory_bytes)), \(megabytes(peak_memory_bytes))",
        ])
        table.add([
            "start, to the first ranked answer, CPU",
            "\(Int(start_ms)) ms, \(Int(start_to_first_answer_ms)) ms, \(one(start_cpu_seconds)) s",
        ])
        table.add(["memory after the start", megabytes(start_memory_bytes)])
        table.add(["start of an empty server", "\(Int(empty_start_ms)) ms, \(megabytes(empty_memory_bytes))"])
        for line in table.lines() { Terminal.line(line) }
        Terminal.line()
        let name = peer.map { "Tantivy \($0.version)" } ?? "no peer"
        var times = TextTable([
            "request", "p50 ms", "p99 ms", "p99 of all", "per CPU-s", "\(name) p99 ms", "per CPU-s", "ratio",
        ])
        for kind in CatalogWorkload.Kind.allCases {
            guard let own = ranked[kind.rawValue] else { continue }
            times.add(cells("ranked with facets: \(kind.rawValue)", own, peer?.searches[kind.rawValue]))
        }
        times.add(cells("completing a word", suggestions, nil))
        times.add(cells("25 of \(listed_tables) tables, by permission", list, nil))
        for line in times.lines() { Terminal.line(line) }
        if let peer {
            Terminal.line()
            Terminal.line(
                "\(name) indexes \(Int(peer.documents_per_cpu_second)) texts per CPU second, without storing entities"
            )
        }
    }

    private func cells(_ name: String, _ own: CatalogMeasure.Result, _ other: CatalogPeer.Search?) -> [String]
    {
        [
            name, three(own.p50_ms), three(own.p99_ms), three(own.p99_of_all_ms),
            "\(Int(own.per_cpu_second))",
            other.map { three($0.p99_ms) } ?? "-", other.map { "\(Int($0.per_cpu_second))" } ?? "-",
            other.map { String(format: "%.2fx", own.per_cpu_second / $0.per_cpu_second) } ?? "-",
        ]
    }

    private func one(_ number: Double) -> String { String(format: "%.1f", number) }
    private func three(_ number: Double) -> String { String(format: "%.3f", number) }
    private func megabytes(_ bytes: Int) -> String { "\(bytes / 1_000_000) MB" }
}
