import CatalogModel
import Foundation
import Governance

/// Asks a server the same questions again and again, and tells how long it took.
struct CatalogMeasure {
    /// Ranked search with facets.
    static let searchPath = "/api/atlas/v2/search/quick"

    /// Figures of one kind of request.
    struct Result: Codable {
        /// Milliseconds at 50 and 99 of 100 requests, each one's shortest of all rounds.
        var p50_ms = 0.0
        var p99_ms = 0.0
        /// Milliseconds at 99 of 100 of all requests of all rounds.
        var p99_of_all_ms = 0.0
        /// Requests for each CPU second of the server.
        var per_cpu_second = 0.0
    }

    let client: CatalogClient
    let server: CatalogServer
    let rounds: Int

    /// A ranked search, the ten best, with counts of types, owners, tags and so on among all that was found.
    static func question(_ text: String, _ kind: CatalogWorkload.Kind = .word) -> [UInt8] {
        // Quick search takes the last word for a beginning, unless it is in quotation marks.
        let words =
            kind == .prefix ? text : text.split(separator: " ").map { "\"\($0)\"" }.joined(separator: " ")
        return Array(JSONValue.object(["query": .string(words), "limit": .integer(10)]).json.utf8)
    }

    /// How many entities a ranked search finds.
    static func count(_ client: CatalogClient, _ words: String) throws -> Int64 {
        let body = Array(JSONValue.object(["query": .string(words), "limit": .integer(10)]).json.utf8)
        let answer = try JSONReader.value(of: try client.ask("POST", searchPath, body))
        return answer.object?["searchResults"]?.object?["approximateCount"]?.integer ?? 0
    }

    /// Makes each request in each round.
    func run(_ requests: [(method: String, path: String, body: [UInt8])]) throws -> Result {
        for request in requests.prefix(10) { _ = try client.ask(request.method, request.path, request.body) }
        var best = [Double](repeating: .infinity, count: requests.count)
        var all: [Double] = []
        let before = server.cpuSeconds()
        let clock = ContinuousClock()
        for _ in 0..<rounds {
            for (index, request) in requests.enumerated() {
                let start = clock.now
                _ = try client.ask(request.method, request.path, request.body)
                let spent = (clock.now - start) / .milliseconds(1)
                best[index] = min(best[index], spent)
                all.append(spent)
            }
        }
        let cpu = max(server.cpuSeconds() - before, 0.01)
        best.sort()
        all.sort()
        func at(_ part: Double, _ times: [Double]) -> Double {
            times[min(times.count - 1, Int(Double(times.count) * part))]
        }
        return Result(
            p50_ms: at(0.5, best),
            p99_ms: at(0.99, best),
            p99_of_all_ms: at(0.99, all),
            per_cpu_second: Double(all.count) / cpu
        )
    }
}
