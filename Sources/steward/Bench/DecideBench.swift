import ArgumentParser
import Foundation
import Governance
import PolicyEngine
import PolicyVerification

/// `steward bench decide`: decisions on recorded requests, compared with recorded verdicts.
struct DecideBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decide",
        abstract: "Measure decisions on recorded requests, and compare them with recorded verdicts.",
        discussion: """
            Requests are read before anything is measured; looking up their names counts. Figures are decisions per
            CPU second of the process, each on its own, and in batches as a caller with many questions asks them; the
            latency is that of a decision on its own. Files may be compressed with gzip.
              steward bench decide --policies p.json.gz --requests r.json.gz --verdicts v.json.gz
            With --copies the policies are there so many times, each time in databases of their own, and requests ask
            for each copy; policies about all databases stay alone. Recorded verdicts are compared all the same.
            """
    )

    @Option(help: "A file of policies, roles and tags.") var policies: String
    @Option(help: "A file of requests.") var requests: String
    @Option(help: "The verdicts on them, in the same order.") var verdicts: String
    @Option(help: "Threads that decide at the same time.") var threads = 1
    @Option(help: "Decisions of each thread.") var decisions = 2_000_000
    @Option(help: "Copies of the policies, each in databases of its own.") var copies = 1
    @Option(help: "Single policies to change, one after another.") var changes = 200
    @Option(help: "Single policies to publish in a catalog on disk that has all of them.") var publishes = 0
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard (1...256).contains(threads) else { throw ValidationError("--threads takes 1 to 256") }
        guard (1...1_000_000_000).contains(decisions) else {
            throw ValidationError("--decisions takes 1 to 1000000000")
        }
        guard (1...10_000).contains(copies) else { throw ValidationError("--copies takes 1 to 10000") }
        guard (0...100_000).contains(changes) else { throw ValidationError("--changes takes 0 to 100000") }
        guard (0...100_000).contains(publishes) else {
            throw ValidationError("--publishes takes 0 to 100000")
        }
    }

    func run() throws {
        let bytes = try BenchFile.bytes(policies)
        let clock = ContinuousClock()
        let start = clock.now
        let single = try DecisionWorkload.setup(bytes)
        let decoded = clock.now
        let plan = DecisionWorkload.Copies(copies, of: single)
        let setup = plan.applied(to: single)
        let copied = clock.now
        let engine = try RangerEngine(setup)
        let built = clock.now
        let memory = BenchMeasure.peakMemory() ?? 0
        let cases = plan.applied(
            to: try DecisionWorkload.cases(
                requests: try BenchFile.bytes(requests),
                verdicts: try BenchFile.bytes(verdicts)
            )
        )
        guard !cases.isEmpty else { throw GovernanceError(.invalidRequest, "`\(requests)` has no requests") }
        if AllocationMeasure.isCounting {
            let count = AllocationMeasure.count(of: cases, engine)
            return Terminal.write(Array((count.map { "\($0)" } ?? "").utf8))
        }
        let measure = DecideMeasure(engine: engine, cases: cases, decisions: decisions)
        var result = DecideMeasure.Result()
        result.mismatches = measure.mismatches()
        result.decisions = cases.count
        result.threads = threads
        result.decisions_per_cpu_second = measure.rate(threads: threads)
        result.batched_decisions_per_cpu_second = measure.rate(threads: threads, batched: true)
        (result.p50_ns, result.p99_ns, result.p999_ns) = measure.latencies()
        let policies = setup.policies.policies ?? []
        result.policies = policies.count
        (result.publish_p50_ms, result.publish_p99_ms) = try PublishMeasure.publish(
            changes,
            on: engine,
            policies
        )
        if publishes > 0 {
            let published = try CatalogPublishMeasure.publish(publishes, of: setup)
            (result.catalog_publish_p50_ms, result.catalog_publish_p99_ms) = published.cpu
            (result.catalog_publish_elapsed_p50_ms, result.catalog_publish_elapsed_p99_ms) = published.elapsed
        }
        result.load_ms = ((decoded - start) + (built - copied)).milliseconds
        result.build_ms = (built - copied).milliseconds
        result.memory_bytes = memory
        result.allocations_per_decision = try AllocationMeasure.perDecision()
        json ? try Self.printJSON(result) : Self.printTable(result)
        if result.mismatches > 0 { throw ExitCode(1) }
    }

    private static func printJSON(_ result: DecideMeasure.Result) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        Terminal.write(Array(try encoder.encode(result)) + [10])
    }

    private static func printTable(_ result: DecideMeasure.Result) {
        var table = TextTable(["decisions on \(result.policies) policies, \(result.threads) threads", ""])
        table.add(["per CPU second", "\(Int(result.decisions_per_cpu_second))"])
        table.add(["per CPU second, side by side", "\(Int(result.batched_decisions_per_cpu_second))"])
        table.add(["p50, p99, p99.9", "\(result.p50_ns), \(result.p99_ns), \(result.p999_ns) ns"])
        if let count = result.allocations_per_decision {
            table.add(["allocations per decision", "\(count)"])
        }
        table.add(["load, of which compiling", "\(Int(result.load_ms)), \(Int(result.build_ms)) ms"])
        table.add([
            "one changed policy in force, p50, p99",
            milliseconds(result.publish_p50_ms, result.publish_p99_ms),
        ])
        if result.catalog_publish_p99_ms > 0 {
            table.add([
                "one published in a catalog, p50, p99",
                milliseconds(result.catalog_publish_p50_ms, result.catalog_publish_p99_ms),
            ])
            table.add([
                "by the clock, p50, p99",
                milliseconds(result.catalog_publish_elapsed_p50_ms, result.catalog_publish_elapsed_p99_ms),
            ])
        }
        table.add(["memory at the peak of loading", "\(result.memory_bytes / 1_000_000) MB"])
        table.add(["mismatches", "\(result.mismatches) of \(result.decisions)"])
        for line in table.lines() { Terminal.line(line) }
    }
}

extension DecideBench {
    /// Thousandths are enough.
    private static func milliseconds(_ times: Double...) -> String {
        let rounded = times.map { "\(($0 * 1000).rounded() / 1000)" }
        return rounded.joined(separator: ", ") + " ms"
    }
}

extension Duration {
    fileprivate var milliseconds: Double { self / .milliseconds(1) }
}
