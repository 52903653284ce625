import Foundation
import GRDB
import TestSupport
import Testing

/// The server is killed in the middle of a burst of writes, again and again.
@Suite(.aside) struct `kill -9` {
    private static let rounds = 12

    @Test func `loses no acknowledged write and leaves no half one`() throws {
        let folder = try TemporaryFolder()
        let data = folder.url.appending(path: "data")
        #expect(try Program.run(["user", "add", "root", "--admin", "--data", data.path]).status == 0)
        let made = try Program.run(["token", "create", "root", "--data", data.path])
        let token = try #require(made.output.split(separator: "\n").last.map(String.init))
        var acknowledged: Set<String> = []
        for round in 0..<Self.rounds {
            let written = try burst(round, on: data, token: token, in: folder)
            acknowledged.formUnion(written)
            try check(data, holds: acknowledged)
        }
        #expect(acknowledged.count > Self.rounds * 3, "only \(acknowledged.count) writes were acknowledged")
        // And Steward itself goes on with it.
        let listed = try Program.run(["user", "list", "--data", data.path])
        #expect(listed.status == 0)
        for name in acknowledged { #expect(listed.output.contains(name)) }
    }

    /// Starts a server, has two clients write to it, kills it, and says which writes it acknowledged.
    private func burst(_ round: Int, on data: URL, token: String, in folder: TemporaryFolder) throws
        -> [String]
    {
        let server = Process()
        server.executableURL = Program.binary
        server.arguments = ["serve", "--port", "0", "--data", data.path]
        let output = Pipe()
        server.standardOutput = output
        server.standardError = FileHandle.nullDevice
        try server.run()
        var announced = ""
        while !announced.contains("\n") {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { break }
            announced += String(decoding: piece, as: UTF8.self)
        }
        let port = try #require(
            announced.split(separator: ":").last.flatMap {
                Int($0.drop { !$0.isNumber }.prefix { $0.isNumber })
            }
        )
        var clients: [(process: Process, log: URL)] = []
        for client in 0..<2 {
            // curl says the code of each answer; what the server didn't answer has code 000.
            var settings =
                "header = \"Authorization: Bearer \(token)\"\nheader = \"Content-Type: application/json\"\n"
            for number in 0..<1500 {
                let name = "u-\(round)-\(client)-\(number)"
                settings +=
                    number == 0
                    ? ""
                    : "next\nheader = \"Authorization: Bearer \(token)\"\nheader = \"Content-Type: application/json\"\n"
                settings += "url = \"http://127.0.0.1:\(port)/api/v1/users/\(name)\"\nrequest = \"PUT\"\n"
                settings +=
                    "data = \"{}\"\nsilent\noutput = \"/dev/null\"\nwrite-out = \"%{http_code} \(name)\\n\"\n"
            }
            let file = try folder.write(settings, to: "curl-\(client).txt")
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
        usleep(UInt32.random(in: 50_000...600_000))
        kill(server.processIdentifier, SIGKILL)
        server.waitUntilExit()
        return try clients.flatMap { client in
            client.process.waitUntilExit()
            return try String(contentsOf: client.log, encoding: .utf8).split(separator: "\n")
                .filter { $0.hasPrefix("204 ") }.map { String($0.dropFirst(4)) }
        }
    }

    /// Every acknowledged user is there, and records are exactly what the change log comes to.
    private func check(_ data: URL, holds acknowledged: Set<String>) throws {
        let queue = try DatabaseQueue(path: data.appending(path: "catalog.sqlite").path)
        try queue.read { database in
            #expect(try String.fetchOne(database, sql: "PRAGMA integrity_check") == "ok")
            var replayed: [String: String] = [:]
            var versions: [Int64] = []
            for row in try Row.fetchAll(
                database,
                sql: "SELECT version, kind, id, body FROM change ORDER BY version"
            ) {
                versions.append(row[0])
                let key = "\(row[1] as String) \(row[2] as String)"
                replayed[key] = row[3]
            }
            #expect(versions == Array(1...Int64(versions.count)))
            var records: [String: String] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT kind, id, body FROM record") {
                records["\(row[0] as String) \(row[1] as String)"] = row[2]
            }
            #expect(records == replayed)
            for name in acknowledged { #expect(records["user \(name)"] != nil, "\(name) is lost") }
        }
    }
}
