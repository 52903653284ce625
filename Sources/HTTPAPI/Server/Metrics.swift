import Synchronization

/// What the server counts, as Prometheus reads it.
///
/// Labels are route templates, methods, statuses and error codes; never a user, table, column or value.
final class Metrics: Sendable {
    private struct Key: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    fileprivate struct Durations {
        var buckets = [Int](repeating: 0, count: Metrics.bounds.count)
        var count = 0
        var microseconds = 0
    }

    private struct State {
        var requests: [Key: Int] = [:]
        var problems: [String: Int] = [:]
        var durations: [String: Durations] = [:]
        var failedSignIns = 0
        var abortedStreams = 0
        var bytesOfRows = 0
    }

    /// Upper bounds of the histogram, in microseconds, with their text in seconds.
    private static let bounds: [(microseconds: Int, text: String)] = [
        (1000, "0.001"), (5000, "0.005"), (25_000, "0.025"), (100_000, "0.1"), (500_000, "0.5"),
        (2_500_000, "2.5"), (10_000_000, "10"), (60_000_000, "60"),
    ]

    private let state = Mutex(State())
    private let inFlight = Atomic(0)

    /// A request at work; counted until it is released, however it ends.
    final class RequestAtWork: Sendable {
        private let metrics: Metrics
        /// How many were at work when it began, itself included.
        let number: Int

        fileprivate init(_ metrics: Metrics) {
            self.metrics = metrics
            number = metrics.inFlight.add(1, ordering: .relaxed).newValue
        }

        deinit { metrics.inFlight.subtract(1, ordering: .relaxed) }
    }

    /// Counts a request that begins.
    func begin() -> RequestAtWork { RequestAtWork(self) }

    /// Counts a request that has been answered.
    func end(route: String, method: String, status: Int, problem: String?, microseconds: Int) {
        state.withLock { state in
            state.requests[Key(route: route, method: method, status: status), default: 0] += 1
            if let problem { state.problems[problem, default: 0] += 1 }
            state.durations[route, default: Durations()].add(microseconds)
        }
    }

    /// Counts a wrong password or token.
    func countFailedSignIn() { state.withLock { $0.failedSignIns += 1 } }

    /// Counts rows that were cut off in the middle.
    func countAbortedStream() { state.withLock { $0.abortedStreams += 1 } }

    /// Counts bytes of rows that were sent, after compression.
    func countRows(bytes: Int) { state.withLock { $0.bytesOfRows += bytes } }

    /// The text format, version 0.0.4.
    ///
    /// - Parameters:
    ///   - version: The version of the program.
    ///   - catalogVersion: The version of the catalog in force.
    ///   - reads: Reads at work.
    /// - Returns: Lines, sorted by name and labels.
    func text(version: String, catalogVersion: Int64, reads: Int) -> String {
        let state = state.withLock { $0 }
        var page = MetricsPage()
        page.family("steward_build_info", "gauge", "The version of the program.")
        page.sample("steward_build_info{version=\"\(version)\"}", 1)
        page.family("steward_catalog_version", "gauge", "The version of catalog and policies in force.")
        page.sample("steward_catalog_version", Int(catalogVersion))
        page.family("steward_http_requests_total", "counter", "Requests answered.")
        let requests = state.requests.map { key, count in
            ("{method=\"\(key.method)\",route=\"\(key.route)\",status=\"\(key.status)\"}", count)
        }
        for (labels, count) in requests.sorted(by: { $0.0 < $1.0 }) {
            page.sample("steward_http_requests_total\(labels)", count)
        }
        page.family("steward_http_problems_total", "counter", "Problems answered with, by code.")
        for (code, count) in state.problems.sorted(by: { $0.key < $1.key }) {
            page.sample("steward_http_problems_total{code=\"\(code)\"}", count)
        }
        page.family(
            "steward_http_request_seconds",
            "histogram",
            "From a request's header to its answer's end."
        )
        for (route, durations) in state.durations.sorted(by: { $0.key < $1.key }) {
            for (bound, count) in zip(Metrics.bounds, durations.buckets) {
                page.sample(
                    "steward_http_request_seconds_bucket{route=\"\(route)\",le=\"\(bound.text)\"}",
                    count
                )
            }
            let name = "steward_http_request_seconds"
            page.sample("\(name)_bucket{route=\"\(route)\",le=\"+Inf\"}", durations.count)
            page.sample("\(name)_sum{route=\"\(route)\"}", seconds: durations.microseconds)
            page.sample("\(name)_count{route=\"\(route)\"}", durations.count)
        }
        page.family("steward_http_requests_in_flight", "gauge", "Requests at work.")
        page.sample("steward_http_requests_in_flight", inFlight.load(ordering: .relaxed))
        page.family("steward_reads_in_flight", "gauge", "Reads and masks of posted rows at work.")
        page.sample("steward_reads_in_flight", reads)
        page.family("steward_rows_bytes_total", "counter", "Bytes of rows sent, after compression.")
        page.sample("steward_rows_bytes_total", state.bytesOfRows)
        page.family(
            "steward_rows_aborted_total",
            "counter",
            "Answers with rows that were cut off in the middle."
        )
        page.sample("steward_rows_aborted_total", state.abortedStreams)
        page.family("steward_sign_in_failures_total", "counter", "Wrong passwords and tokens.")
        page.sample("steward_sign_in_failures_total", state.failedSignIns)
        return page.text
    }
}

extension Metrics.Durations {
    fileprivate mutating func add(_ duration: Int) {
        count += 1
        microseconds += duration
        for (index, bound) in Metrics.bounds.enumerated() where duration <= bound.microseconds {
            buckets[index] += 1
        }
    }
}

/// Lines of the text format.
private struct MetricsPage {
    var text = ""

    mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ value: Int) { text += "\(name) \(value)\n" }

    mutating func sample(_ name: String, seconds microseconds: Int) {
        let fraction = String(microseconds % 1_000_000)
        let padding = String(repeating: "0", count: 6 - fraction.count)
        text += "\(name) \(microseconds / 1_000_000).\(padding)\(fraction)\n"
    }
}
