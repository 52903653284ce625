import CatalogModel
import Foundation
import Governance
import HTTPTypes
import NIOCore
import TestSupport
import Testing

@testable import HTTPAPI

@Suite(.serialized, .aside) struct `Limits` {
    private static func head(_ line: String, _ headers: String = "") -> [UInt8] {
        Array("\(line)\r\nHost: x\r\nConnection: close\r\n\(headers)\r\n".utf8)
    }

    @Test func `hold for addresses, headers and bodies`() async throws {
        try await ServerDesk.serving { desk in
            let long = try await desk.send("GET", "/" + String(repeating: "a", count: 9000), as: nil)
            #expect(long.status == 414)
            #expect(long.code == "address-too-long")
            let wide = try await desk.send(
                "GET",
                "/health",
                as: nil,
                headers: ["X": String(repeating: "a", count: 17_000)]
            )
            #expect(wide.status == 431)
            #expect(wide.code == "header-too-large")
            // What is longer still isn't even parsed.
            let huge = try await desk.exchange(
                Self.head("GET /health HTTP/1.1", "X: \(String(repeating: "a", count: 200_000))\r\n")
            )
            #expect(huge.isEmpty || String(decoding: huge, as: UTF8.self).hasPrefix("HTTP/1.1 400 "))
            let many = try await desk.exchange(
                Self.head("GET /health HTTP/1.1", (0..<500).map { "X\($0): 1\r\n" }.joined())
            )
            #expect(many.isEmpty || String(decoding: many, as: UTF8.self).hasPrefix("HTTP/1.1 400 "))
            let big = [UInt8](repeating: UInt8(ascii: " "), count: (1 << 20) + 1)
            let json = ["Content-Type": "application/json"]
            let body = try await desk.send("POST", "/api/v1/check", as: "alice", headers: json, body: big)
            #expect(body.status == 413)
            #expect(body.code == "body-too-large")
            // Announced or not, the limit holds; and a client that stops sending sees why.
            let token = "Authorization: Bearer \(desk.token("alice"))\r\nContent-Type: application/json\r\n"
            var chunked = Self.head("POST /api/v1/check HTTP/1.1", "\(token)Transfer-Encoding: chunked\r\n")
            for _ in 0..<20 {
                chunked += Array("10000\r\n".utf8) + [UInt8](repeating: 32, count: 65_536) + [13, 10]
            }
            chunked += Array("0\r\n\r\n".utf8)
            #expect(try Reply(try await desk.exchange(chunked), of: "POST").code == "body-too-large")
            let announced = Self.head(
                "POST /api/v1/check HTTP/1.1",
                "\(token)Content-Length: 999999999999\r\n"
            )
            #expect(try Reply(try await desk.exchange(announced), of: "POST").code == "body-too-large")
        }
    }

    @Test func `hold for bodies that nobody asked for`() async throws {
        try await ServerDesk.serving { desk in
            let small = try await desk.send("GET", "/health", as: nil, body: [1, 2, 3])
            #expect(small.status == 200)
            // Without an end: the server doesn't listen for ever, signed in or not.
            for (line, status) in [("GET /health", 413), ("POST /nope", 404), ("POST /api/v1/check", 401)] {
                let head = Self.head("\(line) HTTP/1.1", "Transfer-Encoding: chunked\r\n")
                let chunk = Array("100000\r\n".utf8) + [UInt8](repeating: 32, count: 1 << 20) + [13, 10]
                let received = try await RawConnection.with(port: desk.port) { inbound, outbound in
                    async let flood: Void = {
                        guard (try? await outbound.write(ByteBuffer(bytes: head))) != nil else { return }
                        for _ in 0..<200 {
                            guard (try? await outbound.write(ByteBuffer(bytes: chunk))) != nil else { return }
                        }
                    }()
                    var bytes: [UInt8] = []
                    do {
                        for try await piece in inbound { bytes += piece.readableBytesView }
                    } catch is IOError {}
                    _ = await flood
                    return bytes
                }
                // What was answered may get lost when the server ends the connection under the flood.
                if !received.isEmpty { #expect(try Reply(received, of: "POST").status == status) }
            }
            #expect(try await desk.send("GET", "/health", as: nil).status == 200)
        }
    }

    @Test func `end connections that send too slowly`() async throws {
        var limits = HTTPLimits()
        limits.idleTime = .seconds(1)
        try await ServerDesk.serving(limits: limits) { desk in
            // Half a header, byte by byte: the clock isn't reset by bytes.
            let started = ContinuousClock.now
            let answer = try await RawConnection.with(port: desk.port) { inbound, outbound in
                async let dripping: Void = {
                    for byte in Array("GET /health HTTP/1.1\r\nX: ".utf8)
                        + [UInt8](repeating: 97, count: 4000)
                    {
                        guard (try? await outbound.write(ByteBuffer(bytes: [byte]))) != nil else { return }
                        try? await Task.sleep(for: .milliseconds(50))
                    }
                }()
                var received: [UInt8] = []
                do { for try await piece in inbound { received += piece.readableBytesView } } catch is IOError
                {}
                let took = ContinuousClock.now - started
                #expect(took < .seconds(60))
                _ = await dripping
                return received
            }
            #expect(answer.isEmpty)
        }
    }

    @Test func `end requests whose body doesn't come`() async throws {
        var limits = HTTPLimits()
        limits.bodyTime = .milliseconds(300)
        try await ServerDesk.serving(limits: limits) { desk in
            let token = "Authorization: Bearer \(desk.token("alice"))\r\nContent-Type: application/json\r\n"
            let slow = Self.head("POST /api/v1/check HTTP/1.1", "\(token)Content-Length: 100\r\n") + [123]
            let reply = try Reply(try await desk.exchange(slow), of: "POST")
            #expect(reply.status == 408)
            #expect(reply.code == "request-timeout")
        }
    }

    @Test func `hold for wrong passwords and tokens`() async throws {
        var limits = HTTPLimits()
        limits.failuresForName = 3
        limits.failuresFromAddress = 8
        try await ServerDesk.serving(limits: limits) { desk in
            try desk.cases.authentication.setPassword(
                "the right one",
                of: .init("eve"),
                by: desk.operatorCaller
            )
            let basic = { (password: String, user: String) in
                ["Authorization": "Basic \("\(user):\(password)".base64)"]
            }
            func status(_ password: String, _ user: String = "eve") async throws -> Reply {
                try await desk.send("GET", "/api/v1/whoami", as: nil, headers: basic(password, user))
            }
            for _ in 0..<3 { #expect(try await status("wrong").status == 401) }
            let stopped = try await status("the right one")
            #expect(stopped.status == 429, "even the right one isn't looked at")
            #expect(stopped.code == "too-many-sign-ins")
            #expect(Int(stopped.headers["retry-after"] ?? "") ?? 0 > 0)
            #expect(
                try await desk.send("GET", "/api/v1/whoami", as: "eve").status == 200,
                "a token still works"
            )
            desk.ticking.move(seconds: 60)
            #expect(try await status("the right one").status == 200)
            for _ in 0..<3 { #expect(try await status("wrong").status == 401) }
            #expect(try await status("the right one").status == 200, "a proven password passes")
            for name in ["a", "b", "c", "d", "e"] { #expect(try await status("wrong", name).status == 401) }
            let token = ["Authorization": "Bearer steward_00"]
            #expect(try await desk.send("GET", "/api/v1/whoami", as: nil, headers: token).status == 429)
            #expect(try await status("the right one").status == 200)
        }
    }

    @Test func `hold for passwords that wait to be checked`() async throws {
        var limits = HTTPLimits()
        limits.waitingSignIns = 2
        try await ServerDesk.serving(limits: limits) { desk in
            let codes = try await withThrowingTaskGroup(of: Reply.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        let header = ["Authorization": "Basic \("user\(number):x".base64)"]
                        return try await desk.send("GET", "/api/v1/whoami", as: nil, headers: header)
                    }
                }
                var codes: [String] = []
                for try await reply in group { codes.append(reply.code ?? "") }
                return codes
            }
            #expect(Set(codes) == ["unauthenticated", "busy"], "\(codes)")
            #expect(codes.filter { $0 == "unauthenticated" }.count >= 2)
        }
    }

    @Test func `let nothing through that isn't HTTP`() async throws {
        var limits = HTTPLimits()
        limits.idleTime = .seconds(20)
        try await ServerDesk.serving(limits: limits) { desk in
            for text in [
                "\r\n\r\n\r\n", "GET\r\n\r\n", "nonsense\r\n\r\n", "GET /health HTTP/9.9\r\n\r\n",
                "\u{0}\u{1}\u{2}\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost x\r\n\r\n",
                "POST /api/v1/check HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                "POST /api/v1/check HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "POST /api/v1/check HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
                "POST /x HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "\u{16}\u{3}\u{1}\u{2}\u{0}",
            ] {
                let answer = try await RawConnection.with(port: desk.port) { inbound, outbound in
                    // Under load the server may have closed an idle connection already.
                    try? await outbound.write(ByteBuffer(string: text))
                    outbound.finish()
                    var received: [UInt8] = []
                    do {
                        for try await piece in inbound { received += piece.readableBytesView }
                    } catch is IOError {}
                    return String(decoding: received, as: UTF8.self)
                }
                let isRefused =
                    answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 ") || answer.hasPrefix("HTTP/1.1 404 ")
                    || answer.hasPrefix("HTTP/1.1 401 ")
                #expect(isRefused, "\(text): \(answer)")
            }
            #expect(try await desk.send("GET", "/health", as: nil).status == 200)
        }
    }

    @Test func `let no page of another site change anything`() async throws {
        try await ServerDesk.serving { desk in
            let headers = ["Sec-Fetch-Site": "cross-site"]
            let reply = try await desk.send("POST", "/api/v1/sources/shop/scan", as: "root", headers: headers)
            #expect(reply.status == 403)
            #expect(reply.code == "cross-site")
        }
    }

    /// Whatever is sent, the server answers, and never with 500.
    @Test func `survive thousands of senseless requests`() async throws {
        try await ServerDesk.serving { desk in
            let seed = TestSeed.value()
            var dice = SplitMix(state: seed)
            let routes = RouteTable(limits: HTTPLimits()).ownRoutes
            let values = [
                "shop.people", "a", "%2F", "..", "%00", "shop.secret", "-1", "9999999999999999999", "%C3%A9",
                "%ff", "'",
                "mail", "1", "bob", "%20", "a,b", ",", "2027-13-45",
            ]
            func value() -> String { values[Int(dice.next() % UInt64(values.count))] }
            let bodies = [
                #"{"columns":[{"label":"a","origin":"shop.people.age"}],"rows":[[1],[null]]}"#,
                #"{"table":"shop.people","columns":["id"],"purpose":"x"}"#,
                #"{"policies":[{"service":"files","name":"n"}]}"#,
                #"{"name":"s","kind":"csv","path":"/memory"}"#,
                #"{"groups":["a"],"attributes":{"a":"b"},"admin":false}"#,
                #"{"attributes":{},"validFrom":"2027-01-01"}"#,
            ]
            var statuses: [Int: Int] = [:]
            for _ in 0..<1500 {
                let route = routes[Int(dice.next() % UInt64(routes.count))]
                // Users are left alone, so that everybody keeps their rights; passwords take scrypt's time.
                guard route.name != "putUser", route.name != "setPassword", route.name != "makeToken" else {
                    continue
                }
                var path =
                    "/"
                    + route.segments.map { $0.hasPrefix("{") ? value() : String($0) }.joined(separator: "/")
                if dice.next() % 2 == 0 {
                    path += "?" + route.query.map { "\($0.name)=\(value())" }.joined(separator: "&")
                }
                guard !path.contains("shop.endless") else { continue }
                var body: [UInt8]?
                if route.body != nil {
                    var bytes = Array(bodies[Int(dice.next() % UInt64(bodies.count))].utf8)
                    for _ in 0..<(dice.next() % 4) where !bytes.isEmpty {
                        bytes[Int(dice.next() % UInt64(bytes.count))] = UInt8(dice.next() % 256)
                    }
                    body = bytes
                }
                let type = ["application/json", "application/x-ndjson", "text/csv"][Int(dice.next() % 3)]
                let user = ["root", "alice", "eve"][Int(dice.next() % 3)]
                let reply = try await desk.send(
                    route.method.rawValue,
                    path,
                    as: user,
                    headers: body == nil ? [:] : ["Content-Type": type],
                    body: body
                )
                statuses[reply.status, default: 0] += 1
                #expect(reply.status != 500, "seed \(seed): \(route.name) \(path): \(reply.text)")
                if reply.status >= 400 { #expect(reply.code != nil, "seed \(seed): \(path)") }
            }
            #expect(statuses.keys.count > 4, "\(statuses)")
        }
    }
}
