import PolicyEngine

/// Measures how long it takes until one changed policy is in force.
enum PublishMeasure {
    /// CPU milliseconds of single changes, at 50 and 99 of 100.
    ///
    /// Policies from all over are changed one after another; each change leads to an engine that could decide at once,
    /// while the one before it goes on deciding for those who still hold it.
    static func publish(_ count: Int, on engine: RangerEngine, _ policies: [Policy]) throws -> (
        p50: Double, p99: Double
    ) {
        guard count > 0, !policies.isEmpty else { return (0, 0) }
        var engine = engine
        var times: [Double] = []
        for number in 0..<count {
            var delta = PolicyDelta()
            delta.changeType = 1
            delta.policy = policies[number * 7919 % policies.count]
            delta.policy?.isAuditEnabled.toggle()
            var update = PolicyDownload()
            update.policyDeltas = [delta]
            times.append(try BenchMeasure.cpuSeconds { engine = try engine.applying(update) } * 1000)
        }
        times.sort()
        return (times[count / 2], times[min(count - 1, count * 99 / 100)])
    }
}
