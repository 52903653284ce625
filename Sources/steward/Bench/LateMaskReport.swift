import Foundation

/// What the benchmark of masks on the way back found.
struct LateMaskReport: Encodable {
    let postgres: String
    let rows: Int
    let rounds: Int
    let tls: Bool
    let readings: [Line]
    /// CPU time of both servers with masks in PostgreSQL, in that with masks on the way back.
    let early_to_late_cpu: Double
    /// The same for what the masks alone cost: without what reading unmasked through the proxy costs.
    let early_to_late_mask_cpu: Double
    /// Time of the reading with masks on the way back, in that of the unmasked direct one.
    let late_to_direct_time: Double

    /// One way of reading: medians of the rounds, in seconds.
    struct Line: Encodable {
        let reading: String
        let wall_s: Double
        let postgres_cpu_s: Double
        let proxy_cpu_s: Double
        let cpu_s: Double

        init(_ reading: LateMaskReading, _ runs: [LateMaskReading.Run]) {
            self.reading = reading.rawValue
            wall_s = Line.median(runs.map(\.wall))
            postgres_cpu_s = Line.median(runs.map(\.postgres))
            proxy_cpu_s = Line.median(runs.map(\.proxy))
            cpu_s = Line.median(runs.map(\.cpu))
        }

        private static func median(_ values: [Double]) -> Double {
            let sorted = values.sorted()
            return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        }
    }

    init(postgres: String, rows: Int, rounds: Int, tls: Bool, readings: [Line]) {
        self.postgres = postgres
        self.rows = rows
        self.rounds = rounds
        self.tls = tls
        self.readings = readings
        func line(_ reading: LateMaskReading) -> Line? { readings.first { $0.reading == reading.rawValue } }
        func ratio(_ one: Double, _ other: Double) -> Double { other > 0 ? one / other : 0 }
        let (late, early) = (line(.late)?.cpu_s ?? 0, line(.early)?.cpu_s ?? 0)
        let unmasked = line(.unmasked)?.cpu_s ?? 0
        early_to_late_cpu = ratio(early, late)
        early_to_late_mask_cpu = ratio(early - unmasked, late - unmasked)
        late_to_direct_time = ratio(line(.late)?.wall_s ?? 0, line(.direct)?.wall_s ?? 0)
    }

    func printJSON() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        Terminal.write(Array(try encoder.encode(self)) + [10])
    }

    func printTable() {
        Terminal.line(
            "PostgreSQL \(postgres), \(rows) rows, three masks, TLS \(tls ? "on" : "off"); medians of \(rounds) rounds"
        )
        Terminal.line()
        var table = TextTable(["reading", "seconds", "CPU s of PostgreSQL", "of the proxy", "of both"])
        for line in readings {
            table.add([
                line.reading, two(line.wall_s), two(line.postgres_cpu_s), two(line.proxy_cpu_s),
                two(line.cpu_s),
            ])
        }
        for line in table.lines() { Terminal.line(line) }
        Terminal.line()
        Terminal.line("CPU with masks in PostgreSQL, to masks on the way back: \(two(early_to_late_cpu))")
        Terminal.line("the same for the masks alone: \(two(early_to_late_mask_cpu))")
        Terminal.line("time with masks on the way back, to direct and unmasked: \(two(late_to_direct_time))")
    }

    private func two(_ number: Double) -> String { String(format: "%.2f", number) }
}
