import Foundation
import TestSupport
import Testing

/// The server is killed while clients write entities in bulk, again and again.
@Suite(.aside) struct `kill -9 under bulk writes` {
    private static let rounds = 6
    private static let size = 50

    @Test func `loses no acknowledged batch, keeps no half one, and finds by words all that is there`() throws
    {
        let folder = try TemporaryFolder()
        let data = folder.url.appending(path: "data")
        #expect(try Program.run(["user", "add", "root", "--admin", "--data", data.path]).status == 0)
        let made = try Program.run(["token", "create", "root", "--data", data.path])
        let token = try #require(made.output.split(separator: "\n").last.map(String.init))
        var (acknowledged, total) = (0, 0)
        for round in 0..<Self.rounds {
            let server = try ServingProgram(folder: data, password: "unused-in-this-test")
            let batches = try burst(round, on: server, token: token, in: folder)
            acknowledged += batches.count
            total += try check(data, round, holds: batches)
        }
        #expect(acknowledged > Self.rounds, "only \(acknowledged) batches were acknowledged")
        // By type, which asks the entities themselves, there are as many as by words, which asks the index.
        let listed = try Program.run(["catalog", "search", "--type", "DataSet", "--data", data.path])
        #expect(listed.output.contains("of \(total)\n"), "\(total): \(listed.output.suffix(40))")
    }

    /// Has two clients write batches to a server, kills it, and says which batches it acknowledged.
    private func burst(
        _ round: Int,
        on server: ServingProgram,
        token: String,
        in folder: TemporaryFolder
    ) throws -> Set<String> {
        var clients: [(process: Process, log: URL)] = []
        for client in 0..<2 {
            var settings: [String] = []
            for number in 0..<90 {
                let batch = "r\(round)c\(client)n\(number)x"
                let entities = (0..<Self.size).map { index in
                    #"{"typeName":"DataSet","attributes":{"qualifiedName":"\#(batch)-\#(index)","name":"thing","description":"round\#(round)x \#(batch)"}}"#
                }
                let body = try folder.write(
                    #"{"entities":[\#(entities.joined(separator: ","))]}"#,
                    to: "\(batch).json"
                )
                settings.append(
                    """
                    header = "Authorization: Bearer \(token)"
                    header = "Content-Type: application/json"
                    url = "\(server.address)/api/atlas/v2/entity/bulk"
                    request = "POST"
                    data = "@\(body.path)"
                    silent
                    output = "/dev/null"
                    write-out = "%{http_code} \(batch)\\n"

                    """
                )
            }
            let file = try folder.write(settings.joined(separator: "next\n"), to: "curl-\(client).txt")
            let log = folder.url.appending(path: "answers-\(client).txt")
            try Data().write(to: log)
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["curl", "--fail-early", "-K", file.path]
            process.standardOutput = try FileHandle(forWritingTo: log)
            process.standardError = FileHandle.nullDevice
            try process.run()
            clients.append((process, log))
        }
        // Wherever the writes happen to be then.
        usleep(UInt32.random(in: 300_000...1_500_000))
        server.kill()
        return Set(
            try clients.flatMap { client in
                client.process.waitUntilExit()
                return try String(contentsOf: client.log, encoding: .utf8).split(separator: "\n")
                    .filter { $0.hasPrefix("200 ") }.map { String($0.dropFirst(4)) }
            }
        )
    }

    /// Looks for a round's entities by words; gives how many there are.
    private func check(_ data: URL, _ round: Int, holds acknowledged: Set<String>) throws -> Int {
        let found = try Program.run([
            "catalog", "search", "round\(round)x", "--limit", "10000", "--json", "--data", data.path,
        ])
        #expect(found.status == 0, "\(found.errors)")
        let list = try JSONSerialization.jsonObject(with: Data(found.output.utf8)) as? [[String: Any]]
        var counts: [String: Int] = [:]
        for entity in try #require(list) {
            let attributes = entity["attributes"] as? [String: Any]
            let name = (attributes?["qualifiedName"] as? String)?.split(separator: "-").first
            counts[String(try #require(name)), default: 0] += 1
        }
        for batch in acknowledged { #expect(counts[batch] == Self.size, "\(batch) is lost or not found") }
        for (batch, count) in counts { #expect(count == Self.size, "\(batch) has \(count) entities") }
        return counts.values.reduce(0, +)
    }
}
