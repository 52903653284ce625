import Foundation
import Governance
import HTTPTypes
import NIOCore
import TestSupport
import Testing

@testable import HTTPAPI

@Suite(.aside) struct `Connections` {
    @Test func `carry several requests, one after another`() async throws {
        try await ServerDesk.serving { desk in
            let one = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
            let last = "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            let answers = String(
                decoding: try await desk.exchange(Array((one + one + last).utf8)),
                as: UTF8.self
            )
            #expect(answers.components(separatedBy: "{\"status\":\"ok\"}").count == 4)
        }
    }

    @Test func `that break off leave nothing counted`() async throws {
        try await ServerDesk.serving { desk in
            for _ in 0..<20 {
                try await RawConnection.with(port: desk.port) { _, outbound in
                    let head = "GET /api/v1/tables/shop.endless/rows HTTP/1.1\r\nHost: x\r\n"
                    let token = "Authorization: Bearer \(desk.token("alice"))\r\n\r\n"
                    try await outbound.write(ByteBuffer(string: head + token))
                }
            }
            var text = ""
            for _ in 0..<2000 {
                text = try await desk.send("GET", "/metrics", as: "root").text
                if text.contains("steward_http_requests_in_flight 1\n"),
                    text.contains("steward_reads_in_flight 0\n")
                {
                    break
                }
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(text.contains("steward_http_requests_in_flight 1\n"))
            #expect(text.contains("steward_reads_in_flight 0\n"))
        }
    }

    @Test func `carry long answers whole to slow readers`() async throws {
        var limits = HTTPLimits()
        limits.idleTime = .seconds(30)
        try await ServerDesk.serving(limits: limits) { desk in
            let rows = (0..<40_000).map { "[\"\($0) and some more text that makes it long\"]" }.joined(
                separator: ","
            )
            let body =
                #"{"columns":[{"origin":"shop.people.name"},{"origin":"shop.people.age"}],"rows":[\#(rows)]}"#
                .replacing("long\"]", with: "long\",30]")
            let head =
                "POST /api/v1/mask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                + "\(body.utf8.count)\r\nAuthorization: Bearer \(desk.token("alice"))\r\nConnection: close\r\n\r\n"
            let received = try await RawConnection.with(port: desk.port, receiveBuffer: 32 << 10) {
                inbound,
                outbound in
                try await outbound.write(ByteBuffer(string: head + body))
                var bytes: [UInt8] = []
                for try await piece in inbound {
                    bytes.append(contentsOf: piece.readableBytesView)
                    // So slow that the server has to wait for its reader.
                    if bytes.count < 400_000 { try await Task.sleep(for: .milliseconds(80)) }
                }
                return bytes
            }
            let reply = try Reply(received, of: "POST")
            #expect(reply.status == 200)
            #expect(reply.text.split(separator: "\n").count == 40_002)
        }
    }

    @Test func `are finished before the server stops`() async throws {
        try await ServerDesk.serving { desk in
            let token = desk.token("alice")
            // The body of the request is still on its way when the server is told to stop.
            let head =
                "POST /api/v1/check HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 23\r\n"
                + "Authorization: Bearer \(token)\r\n\r\n{\"table\":"
            let answer = try await RawConnection.with(port: desk.port) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: head))
                let before = try await desk.send("GET", "/health", as: nil)
                #expect(before.status == 200)
                await desk.stop()
                try await outbound.write(ByteBuffer(string: "\"shop.people\"}"))
                var bytes: [UInt8] = []
                for try await piece in inbound { bytes.append(contentsOf: piece.readableBytesView) }
                return bytes
            }
            let reply = try Reply(answer, of: "POST")
            #expect(reply.status == 200, "\(reply.text)")
        }
    }
}
