import Foundation
import TestSupport
import Testing

@testable import HTTPAPI

@Suite(.aside) struct `Clients` {
    @Test func `in Python find the service as its description says`() async throws {
        try await ServerDesk.serving { desk in
            let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "clients.py")
                .path
            let users = ["alice", "root", "eve"].map { "\($0)=\(desk.token($0))" }
            let address = "http://127.0.0.1:\(desk.port)"
            let said = try await TLS.offThread {
                try Tool.run(try Tool.python.get(), [script, address] + users)
            }
            #expect(String(decoding: said, as: UTF8.self).contains("\"routes\": "))
        }
    }

    @Test func `on the command line see whole answers, broken ones and problems`() async throws {
        try await ServerDesk.serving { desk in
            let address = "http://127.0.0.1:\(desk.port)/api/v1"
            let header = ["-sS", "-H", "Authorization: Bearer \(desk.token("alice"))"]
            let run = { @Sendable (arguments: [String]) in
                try await TLS.offThread {
                    String(decoding: try Tool.run("curl", header + arguments), as: UTF8.self)
                }
            }
            let csv = try await run([
                "--compressed", "\(address)/tables/shop.people/rows?columns=id,age&format=csv",
            ])
            #expect(csv == "id,age\n1,31\n3,45\n")
            let broken = await #expect(throws: Tool.Failure.self) {
                try await run(["--compressed", "\(address)/tables/shop.breaking/rows?format=csv"])
            }
            #expect(broken?.description.contains(": 18") == true, "curl calls it a partial file")
            let fromFile = try await run(["-i", "\(address)/check", "-d", "{}"])
            #expect(fromFile.contains("415") && fromFile.contains("Content-Type: application/json"))
            let head = try await run(["-I", "\(address)/tables"])
            #expect(head.hasPrefix("HTTP/1.1 200"))
            let two = try await run(["\(address)/whoami", "\(address)/whoami"])
            #expect(two.split(separator: "\n").count == 2)
        }
    }
}
