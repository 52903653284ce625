import Foundation
import TestSupport
import Testing

/// The sample company over HTTP, with everything logged that can be.
@Suite(.aside) struct `The demo, served` {
    @Test func `leaves no protected value in answers, logs and metrics`() throws {
        let folder = try TemporaryFolder()
        let kept = folder.url.appending(path: "demo").path
        #expect(try Program.run(["demo", "--keep", kept]).status == 0)
        let protected = try `The demo`.protectedValues(of: kept + "/data/sales/customers.csv")
        let raw = try #require(protected.sorted().first { $0.contains("@") })
        let data = kept + "/catalog"
        #expect(try Program.run(["user", "add", "root", "--admin", "--data", data]).status == 0)
        let tokens = try Dictionary(
            uniqueKeysWithValues: ["alice", "pia", "root"].map { user in
                let made = try Program.run(["token", "create", user, "--data", data])
                return (user, try #require(made.output.split(separator: "\n").last.map(String.init)))
            }
        )
        let server = try Server(on: data, in: folder)
        defer { server.stop() }
        var answers = ""
        for user in ["alice", "pia"] {
            let token = try #require(tokens[user])
            for path in [
                "tables/sales.customers/rows", "tables/sales.customers/rows?format=csv",
                "tables/sales.customers/rows?columns=email,nosuch", "tables/sales.customers",
                "tables/analytics.marketing_list/rows?format=csv", "tables/sales.nosuch/rows",
                "tables/sales.customers/rows?as=bob", "tables/sales.customers/rows?limit=-1", "search?q=e",
            ] { answers += try server.ask(path, token) }
            for (path, body) in [
                ("check", #"{"table":"sales.customers","columns":["email","phone"]}"#),
                ("explain", #"{"table":"sales.customers","columns":["email","national_id"]}"#),
                // Rows that the reader has anyway, one of them of a wrong type: nothing of them is told to anybody.
                (
                    "mask",
                    #"{"columns":[{"origin":"sales.customers.email"},{"origin":"sales.customers.customer_id"}],"#
                        + #""rows":[["\#(raw)",1],["\#(raw)","\#(raw)"]]}"#
                ),
            ] { answers += try server.ask(path, token, body: body) }
        }
        #expect(answers.utf8.count > 100_000)
        #expect(`The demo`.values(protected, in: answers) == 0, "in answers")
        // The owner's view has them all: a leak would be found.
        let owners = try server.ask(
            "tables/sales.customers/rows?as=bob&format=csv",
            try #require(tokens["root"])
        )
        #expect(`The demo`.values(protected, in: owners) == protected.count)
        let metrics = try server.ask("/metrics", try #require(tokens["root"]))
        #expect(metrics.contains("requests_total"))
        #expect(`The demo`.values(protected, in: metrics) == 0, "in metrics")
        server.stop()
        let log = try server.log()
        #expect(log.contains("sales.customers") || log.utf8.count > 500, "the log says nothing: \(log)")
        #expect(`The demo`.values(protected, in: log) == 0, "in the log")
    }
}

/// `steward serve` on a folder.
private final class Server {
    private let process = Process()
    private let folder: TemporaryFolder
    private let port: Int

    init(on data: String, in folder: TemporaryFolder) throws {
        self.folder = folder
        process.executableURL = Program.binary
        process.arguments = ["serve", "--port", "0", "--data", data, "--log-level", "trace"]
        let output = Pipe()
        let log = folder.url.appending(path: "server.log")
        try Data().write(to: log)
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        var announced = ""
        while !announced.contains("\n") {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { break }
            announced += String(decoding: piece, as: UTF8.self)
        }
        port = try #require(
            announced.split(separator: ":").last.flatMap {
                Int($0.drop { !$0.isNumber }.prefix { $0.isNumber })
            }
        )
    }

    /// The headers and body of an answer.
    func ask(_ path: String, _ token: String, body: String? = nil) throws -> String {
        let answer = folder.url.appending(path: "answer")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let place = path.hasPrefix("/") ? path : "/api/v1/\(path)"
        var words = ["curl", "-s", "-i", "-H", "Authorization: Bearer \(token)", "-o", answer.path]
        if let body { words += ["-H", "Content-Type: application/json", "-d", body] }
        process.arguments = words + ["http://127.0.0.1:\(port)\(place)"]
        try process.run()
        process.waitUntilExit()
        return try String(contentsOf: answer, encoding: .utf8)
    }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    /// What the server logged.
    func log() throws -> String {
        try String(contentsOf: folder.url.appending(path: "server.log"), encoding: .utf8)
    }
}
