import Dispatch
import Foundation
import PolicyEngine
import PolicyVerification
import Synchronization

/// Measures decisions of one engine on one workload.
struct DecideMeasure {
    /// What was measured.
    struct Result: Encodable {
        var decisions = 0
        var decisions_per_cpu_second = 0.0
        var batched_decisions_per_cpu_second = 0.0
        var p50_ns = 0
        var p99_ns = 0
        var p999_ns = 0
        /// Nil where they can't be counted.
        var allocations_per_decision: Double?
        var load_ms = 0.0
        var build_ms = 0.0
        var publish_p50_ms = 0.0
        var publish_p99_ms = 0.0
        var catalog_publish_p50_ms = 0.0
        var catalog_publish_p99_ms = 0.0
        var catalog_publish_elapsed_p50_ms = 0.0
        var catalog_publish_elapsed_p99_ms = 0.0
        var memory_bytes = 0
        var policies = 0
        var threads = 1
        var mismatches = 0
    }

    let engine: RangerEngine
    let cases: [DecisionWorkload.Case]
    private let questions: [AccessQuestion]
    private let types: [PolicyType]
    /// Decisions of each thread, at least.
    let decisions: Int

    init(engine: RangerEngine, cases: [DecisionWorkload.Case], decisions: Int) {
        self.engine = engine
        self.cases = cases
        self.decisions = decisions
        questions = cases.map(\.question)
        types = cases.map(\.type)
    }

    /// How many cases have an answer, alone or with others, that differs from the recorded one.
    func mismatches() -> Int {
        var decider = RangerDecider(engine)
        var areMet = cases.map { $0.isMet(by: decider.answer($0.question, $0.type)) }
        decider.answer(questions, types, in: cases.indices) { index, answer in
            if !cases[index].isMet(by: answer) { areMet[index] = false }
        }
        return areMet.count { !$0 }
    }

    /// Decisions per CPU second of the process, with so many threads; one after another, or side by side.
    func rate(threads: Int, batched: Bool = false) -> Double {
        let rounds = max(1, decisions / max(1, cases.count))
        let allowed = Atomic(0)
        let seconds = BenchMeasure.cpuSeconds {
            DispatchQueue.concurrentPerform(iterations: threads) { _ in
                var decider = RangerDecider(engine)
                var count = 0
                for _ in 0..<rounds {
                    if batched {
                        decider.answer(questions, types, in: questions.indices) { _, answer in
                            if answer.isAllowed { count += 1 }
                        }
                    } else {
                        for index in cases.indices where answer(index, &decider).isAllowed { count += 1 }
                    }
                }
                // Read afterwards, so that no answer can be left out as unused.
                allowed.add(count, ordering: .relaxed)
            }
        }
        precondition(allowed.load(ordering: .relaxed) >= 0)
        return Double(rounds * cases.count * threads) / seconds
    }

    /// How long single decisions take, in nanoseconds, at 50, 99 and 99.9 of 100; each case's shortest of several.
    ///
    /// The shortest counts, as the machine's other work is no part of a decision; the time that reading the clock
    /// takes is taken off.
    func latencies() -> (p50: Int, p99: Int, p999: Int) {
        var decider = RangerDecider(engine)
        var times = [UInt64](repeating: .max, count: cases.count)
        let clock = DecideMeasure.clockCost()
        for _ in 0..<7 {
            for index in cases.indices {
                let start = DecideMeasure.nanoseconds()
                _ = answer(index, &decider)
                let spent = DecideMeasure.nanoseconds() - start
                times[index] = min(times[index], spent > clock ? spent - clock : 0)
            }
        }
        times.sort()
        let at = { (part: Double) in Int(times[min(times.count - 1, Int(Double(times.count) * part))]) }
        return (at(0.5), at(0.99), at(0.999))
    }

    @inline(never)
    private func answer(_ index: Int, _ decider: inout RangerDecider) -> AccessAnswer {
        decider.answer(questions, at: index, types[index])
    }

    private static func clockCost() -> UInt64 {
        (0..<1000).map { _ in
            let start = nanoseconds()
            return nanoseconds() - start
        }.min() ?? 0
    }

    private static func nanoseconds() -> UInt64 { DispatchTime.now().uptimeNanoseconds }
}
