import Foundation

/// What the mask benchmark found.
struct MaskReport {
    let rows: Int
    /// CPU seconds by mask.
    var seconds: [String: Double] = [:]
    var stream: MaskStream.Result?
    var peer: MaskPeer.Result?
    /// Masks whose first values differ from the peer's.
    var mismatches = 0

    init(rows: Int) { self.rows = rows }

    func printTable(_ masks: [String]) {
        let name = peer.map { "DuckDB \($0.version)" } ?? "no peer"
        var table = TextTable(["mask, \(rows) rows in memory", "Steward M rows/CPU-s", name, "ratio"])
        for mask in masks { table.add(cells(mask, seconds[mask], peer?.seconds[mask])) }
        table.add(cells("CSV file to masked CSV", stream?.seconds, peer?.stream))
        for line in table.lines() { Terminal.line(line) }
        if let stream {
            let rate = Double(stream.fileBytes) / stream.seconds / 1e6
            Terminal.line(
                "CSV stream: \(stream.fileBytes / 1_000_000) MB in, \(stream.writtenBytes / 1_000_000) MB out, "
                    + "\(Int(rate)) MB per CPU second, peak memory \((stream.peakMemory ?? 0) / 1_000_000) MB"
            )
        }
        if peer != nil { Terminal.line("\(mismatches) masks whose first values differ from the peer's") }
    }

    func printJSON() throws {
        struct Output: Encodable {
            let rows: Int
            let rows_per_cpu_second: [String: Double]
            let peer: String?
            let peer_rows_per_cpu_second: [String: Double]?
            let stream_rows_per_cpu_second: Double?
            let peer_stream_rows_per_cpu_second: Double?
            let stream_bytes: Int?
            let memory_bytes: Int?
            let mismatches: Int
        }
        let count = Double(rows)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let output = Output(
            rows: rows,
            rows_per_cpu_second: seconds.mapValues { count / $0 },
            peer: peer.map { "duckdb \($0.version)" },
            peer_rows_per_cpu_second: peer?.seconds.mapValues { count / $0 },
            stream_rows_per_cpu_second: stream.map { count / $0.seconds },
            peer_stream_rows_per_cpu_second: peer.map { count / $0.stream },
            stream_bytes: stream?.fileBytes,
            memory_bytes: stream?.peakMemory,
            mismatches: mismatches
        )
        Terminal.write(Array(try encoder.encode(output)) + [10])
    }

    private func cells(_ name: String, _ own: Double?, _ other: Double?) -> [String] {
        let rate = { (seconds: Double?) in
            seconds.map { String(format: "%.2f", Double(rows) / $0 / 1e6) } ?? "-"
        }
        let ratio =
            if let own, let other { String(format: "%.2fx", other / own) } else { "-" }
        return [name, rate(own), rate(other), ratio]
    }
}
