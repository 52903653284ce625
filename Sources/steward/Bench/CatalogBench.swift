import ArgumentParser
import CatalogModel
import Foundation
import Governance

/// `steward bench catalog`: a server of its own is loaded over Atlas's HTTP API, searched, listed and started again.
struct CatalogBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog",
        abstract: "Measure loading, searching, listing and starting a catalog over HTTP, beside Tantivy.",
        discussion: """
            Starts `steward serve` as a process of its own on a temporary data folder. CPU seconds are the server's;
            latencies are what a client on this machine sees over one kept connection. The peer is Tantivy in the
            Python that --python names, on the same texts and questions, without HTTP; without it only Steward is
            measured:
              python3 -m venv venv && venv/bin/pip install tantivy
              swift run -c release steward bench catalog --python venv/bin/python
            """
    )

    @Option(help: "Tables.") var tables = 50_000
    @Option(help: "Columns of each table.") var columns = 20
    @Option(help: "Tables with their columns in one request.") var batch = 100
    @Option(
        help:
            "Tables that the list by permission goes over; those that are missing are added without columns."
    )
    var listed = 100_000
    @Option(help: "Questions of each kind.") var questions = 200
    @Option(help: "How often each question is asked; its shortest answer counts.") var rounds = 5
    @Option(help: "The Python that has Tantivy.") var python = "python3"
    @Option(help: "Where the data folder goes (default: the temporary folder).") var folder: String?
    @Flag(help: "Leave the peer out.") var noPeer = false
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard (1...1_000_000).contains(tables), (0...1000).contains(columns), (1...10_000).contains(batch),
            (0...1_000_000).contains(listed), (1...10_000).contains(questions), (1...100).contains(rounds)
        else {
            throw ValidationError(
                "--tables and --listed take up to 1000000, --columns up to 1000, --batch and --questions up to 10000, "
                    + "--rounds up to 100"
            )
        }
    }

    func run() throws {
        let work = URL(filePath: folder ?? NSTemporaryDirectory(), directoryHint: .isDirectory)
            .appending(path: "steward-bench-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: work) }
        let data = work.appending(path: "data", directoryHint: .isDirectory)
        let tokens = try CatalogBench.people(in: data)
        var report = CatalogReport()
        report.columns = tables * columns
        report.tables = tables
        progress("starting an empty server")
        var server = try CatalogServer(folder: data)
        _ = try CatalogClient(port: server.port, token: tokens.owner).ask("GET", "/api/atlas/admin/status")
        report.empty_start_ms = server.startMilliseconds
        report.empty_memory_bytes = server.memory().now
        try load(server, tokens.owner, &report)
        try search(server, tokens.owner, &report)
        server.stop()
        report.stored_bytes = CatalogBench.bytes(in: data)
        progress("starting the server with the catalog")
        let start = ContinuousClock.now
        server = try CatalogServer(folder: data)
        let client = try CatalogClient(port: server.port, token: tokens.owner)
        let word = CatalogWorkload.words[0]
        _ = try client.ask("POST", CatalogMeasure.searchPath, CatalogMeasure.question(word))
        report.start_to_first_answer_ms = (ContinuousClock.now - start) / .milliseconds(1)
        report.start_ms = server.startMilliseconds
        report.start_cpu_seconds = server.cpuSeconds()
        report.start_memory_bytes = server.memory().now
        try list(server, tokens, &report)
        server.stop()
        if !noPeer { try compare(in: work, &report) }
        json ? try report.printJSON() : report.printTable()
    }

    private var workload: CatalogWorkload { CatalogWorkload(columnsPerTable: columns) }

    private func progress(_ text: String) { Terminal.error("bench catalog: \(text)") }

    /// Somebody who owns all, and somebody who may read some tables, with their tokens.
    private static func people(in data: URL) throws -> (owner: String, reader: String) {
        let workspace = try Workspace(folder: data)
        try workspace.addStandardServices()
        let (owner, reader) = (UserName("owner"), UserName("reader"))
        try workspace.cases.editing.put(
            [.putUser(User(owner, isAdmin: true)), .putUser(User(reader))],
            by: workspace.caller
        )
        let policies = """
            service: catalog
            policies:
              - name: some databases
                resources: {entity-type: [bench_table], entity-classification: "*", entity: ["db1*", "db2*"]}
                allow: [{users: [reader], access: [entity-read]}]
            """
        let files = try PolicyFiles(texts: [("bench.yaml", policies)])
        _ = try workspace.cases.policies.apply(files.policies, tests: [], by: workspace.caller)
        let door = workspace.cases.authentication
        return (
            try door.makeToken(for: owner, expires: nil, by: workspace.caller).secret,
            try door.makeToken(for: reader, expires: nil, by: workspace.caller).secret
        )
    }

    private static func bytes(in folder: URL) -> Int {
        let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (files ?? []).reduce(0) { sum, file in
            let size = try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int
            return sum + (size ?? 0)
        }
    }

    // MARK: Steps

    private func load(_ server: CatalogServer, _ token: String, _ report: inout CatalogReport) throws {
        let client = try CatalogClient(port: server.port, token: token)
        _ = try client.ask("POST", "/api/atlas/v2/types/typedefs", Array(CatalogWorkload.types.utf8))
        var cpu = 0.0
        let clock = ContinuousClock()
        var wall = Duration.zero
        var told = clock.now
        for first in stride(from: 0, to: tables, by: batch) {
            let end = min(first + batch, tables)
            let body = workload.request(first..<end, columns: columns)
            let (before, start) = (server.cpuSeconds(), clock.now)
            _ = try client.ask("POST", "/api/atlas/v2/entity/bulk", body)
            wall += clock.now - start
            cpu += server.cpuSeconds() - before
            if clock.now - told > .seconds(5) {
                told = clock.now
                progress(
                    "\(end) of \(tables) tables loaded, \(Int(Double(end * columns) / cpu)) columns/CPU-s"
                )
            }
        }
        // What was acknowledged last is found at once.
        let last = workload.table(tables - 1, columns: 0).table
        let found = try CatalogMeasure.count(client, "\"\(last.name)\"")
        guard found >= 1 else {
            throw GovernanceError(.internalError, "the table that was loaded last isn't found")
        }
        report.load_cpu_seconds = cpu
        report.load_wall_seconds = wall / .seconds(1)
        report.columns_per_cpu_second = Double(tables * columns) / cpu
        report.loaded_memory_bytes = server.memory().now
        report.peak_memory_bytes = server.memory().peak
    }

    private func search(_ server: CatalogServer, _ token: String, _ report: inout CatalogReport) throws {
        let client = try CatalogClient(port: server.port, token: token)
        let measure = CatalogMeasure(client: client, server: server, rounds: rounds)
        for kind in CatalogWorkload.Kind.allCases {
            progress("searching: \(kind.rawValue)")
            let texts = workload.questions(kind, questions, tables: tables)
            report.ranked[kind.rawValue] = try measure.run(
                texts.map { ("POST", CatalogMeasure.searchPath, CatalogMeasure.question($0, kind)) }
            )
        }
        progress("completing words")
        report.suggestions = try measure.run(
            workload.questions(.prefix, questions, tables: tables).enumerated().map { index, text in
                let prefix = text.prefix(1 + index % 4)
                return ("GET", "/api/atlas/v2/search/suggestions?prefixString=\(prefix)", [])
            }
        )
    }

    private func list(
        _ server: CatalogServer,
        _ tokens: (owner: String, reader: String),
        _ report: inout CatalogReport
    ) throws {
        let owner = try CatalogClient(port: server.port, token: tokens.owner)
        if listed > tables { progress("adding tables up to \(listed)") }
        for first in stride(from: tables, to: listed, by: 1000) {
            let body = workload.request(first..<min(first + 1000, listed), columns: 0)
            _ = try owner.ask("POST", "/api/atlas/v2/entity/bulk", body)
        }
        report.listed_tables = max(tables, listed)
        progress("listing what somebody may read")
        let reader = try CatalogClient(port: server.port, token: tokens.reader)
        let body = #"{"typeName": "bench_table", "excludeDeletedEntities": true, "limit": 25}"#
        let measure = CatalogMeasure(client: reader, server: server, rounds: rounds)
        let request = ("POST", "/api/atlas/v2/search/basic", Array(body.utf8))
        report.list = try measure.run(Array(repeating: request, count: 10))
    }

    private func compare(in work: URL, _ report: inout CatalogReport) throws {
        progress("the same with Tantivy")
        let (texts, questions) = (work.appending(path: "texts"), work.appending(path: "questions.json"))
        var lines = Data()
        for number in 0..<tables {
            let (table, columns) = workload.table(number, columns: columns)
            for asset in [table] + columns {
                let text =
                    "\(asset.name) \(asset.qualifiedName) \(asset.description) \(asset.owner) \(asset.type)"
                lines.append(contentsOf: (text.replacing("_", with: " ") + "\n").utf8)
            }
        }
        try lines.write(to: texts)
        var asked: [String: [String]] = [:]
        for kind in CatalogWorkload.Kind.allCases {
            asked[kind.rawValue] = workload.questions(kind, self.questions, tables: tables)
        }
        try JSONEncoder().encode(asked).write(to: questions)
        report.peer = try CatalogPeer(python: python).run(texts: texts, questions: questions, rounds: rounds)
        if report.peer == nil {
            progress("no peer: `\(python)` has no tantivy; install it and name it with --python")
        }
    }
}
