import CPQ
import CatalogModel
import Foundation
import Governance
import NIOCore
import TestSupport
import Testing

@testable import MaskingProxy

@Suite(.aside) struct `Signing in at the SQL door` {
    /// A door in front of one table, with TLS by an authority of the tests' own.
    private struct Place {
        let desk: ProxyDesk
        let port: Int
        let authority: Authority
        let database: String

        func uri(_ user: String, _ more: String) -> String {
            "host=localhost hostaddr=127.0.0.1 port=\(port) dbname=\(database) user=\(user) sslmode=verify-full "
                + "sslrootcert=\(authority.file) connect_timeout=20 \(more)"
        }

        /// What a client of libpq comes to: `in`, or PostgreSQL's words.
        func outcome(_ user: String, _ more: String) -> String {
            do {
                let rows = try PostgreSQLCluster.query("SELECT current_user", uri: uri(user, more))
                return rows == [[user]] ? "in" : "in as another"
            } catch { return "\(error)" }
        }
    }

    private static func open(
        _ name: String,
        hash: String = "sha256",
        certificateName: CertificateName = .commonName,
        _ change: (inout ProxyConfiguration) -> Void = { _ in }
    ) async throws -> Place {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make(name, "CREATE TABLE t(id int)")
        let desk = try ProxyDesk()
        try desk.add(name, uri: cluster.uri(of: name))
        try desk.publish([ProxyDesk.allow(["t"])])
        let authority = try Authority()
        let issued = try authority.issue("localhost", alternatives: "DNS:localhost", hash: hash)
        let tls = try authority.doorTLS(issued, name: certificateName)
        let port = try await desk.open {
            $0.requiresTLS = true
            $0.tls = tls
            change(&$0)
        }
        return Place(desk: desk, port: port, authority: authority, database: name)
    }

    @Test(arguments: ["sha256", "sha384", "sha512"])
    func `by SCRAM, bound to the connection`(hash: String) async throws {
        let place = try await Self.open("sign_\(hash)", hash: hash)
        #expect(place.outcome("alice", "password='open alice' channel_binding=require") == "in")
        #expect(place.outcome("alice", "password='open alice' channel_binding=disable") == "in")
        #expect(
            place.outcome("alice", "password='open bob' channel_binding=require").contains(
                "authentication failed"
            )
        )
    }

    @Test func `says the same of an unknown name and of a wrong password`() async throws {
        let place = try await Self.open("sign_same")
        try place.desk.cases.editing.put([.putUser(User(UserName("carol")))], by: place.desk.admin)
        let wrong = place.outcome("alice", "password=nonsense")
        #expect(wrong.contains("password authentication failed"))
        for name in ["nobody", "carol", "root"] {
            let said = place.outcome(name, "password=nonsense")
            #expect(said == wrong.replacingOccurrences(of: "\"alice\"", with: "\"\(name)\""))
        }
        // The challenge of a name stays the same, whether there is such a user or not.
        var challenges: [String] = []
        let port = try await place.desk.open()
        for name in ["alice", "alice", "nobody", "nobody"] {
            let client = try WireClient(port: port)
            try client.startup(["user": name, "database": place.database])
            #expect(try client.receive().body == [0, 0, 0, 10] + Array("SCRAM-SHA-256".utf8) + [0, 0])
            client.sendInitial("SCRAM-SHA-256", "n,,n=,r=abc")
            let challenge = String(decoding: try client.receive().body.dropFirst(4), as: UTF8.self)
            challenges.append(String(challenge.drop { $0 != "," }))
        }
        #expect(challenges[0] == challenges[1] && challenges[2] == challenges[3])
        #expect(challenges[0] != challenges[2] && challenges[0].count == challenges[2].count)
    }

    @Test func `takes what was proved once for nothing the second time`() async throws {
        let place = try await Self.open("sign_replay")
        let port = try await place.desk.open()
        var answers: [String] = []
        for round in 0..<2 {
            let client = try WireClient(port: port)
            try client.startup(["user": "alice", "database": place.database])
            _ = try client.receive()
            var scram = ScramClient(password: "open alice", nonce: "always-the-same")
            client.sendInitial("SCRAM-SHA-256", scram.first)
            let challenge = String(decoding: try client.receive().body.dropFirst(4), as: UTF8.self)
            answers.append(scram.answer(challenge) ?? "")
            client.send("p", Array(answers[0].utf8))
            let last = try client.receive()
            #expect(last.kind == (round == 0 ? "R" : "E"))
        }
    }

    @Test func `by an API token as the password`() async throws {
        let place = try await Self.open("sign_token")
        let door = place.desk.cases.authentication
        let token = try door.makeToken(for: UserName("alice"), expires: nil, by: place.desk.admin)
        for way in ["channel_binding=require", "options='-c steward.sign_in=password'"] {
            #expect(place.outcome("alice", "password=\(token.secret) \(way)") == "in")
            #expect(place.outcome("bob", "password=\(token.secret) \(way)").contains("authentication failed"))
        }
        try door.revokeToken(id: token.id, by: place.desk.admin)
        #expect(place.outcome("alice", "password=\(token.secret)").contains("authentication failed"))
    }

    @Test func `by sending the password, over TLS only`() async throws {
        let place = try await Self.open("sign_password") { $0.signIn = .password }
        #expect(place.outcome("alice", "password='open alice'") == "in")
        #expect(
            place.outcome("alice", "password='open alice' channel_binding=require").contains(
                "channel binding"
            )
        )
        #expect(place.outcome("alice", "password=wrong").contains("authentication failed"))
        #expect(place.outcome("nobody", "password=wrong").contains("authentication failed"))
        let clear = try await place.desk.open()
        for options in [
            "-c steward.sign_in=password", "-csteward.sign_in=password", "--steward.sign_in=password",
        ] {
            let client = try WireClient(port: clear)
            try client.startup(["user": "alice", "database": place.database, "options": options])
            #expect(try client.receive().fields["C"] == "28000")
        }
        for options in ["-c steward.sign_in=trust", "-c steward.sign_in=password -c x=y", "-c x=y"] {
            let client = try WireClient(port: clear)
            try client.startup(["user": "alice", "database": place.database, "options": options])
            #expect(try client.receive().fields["C"] == "42501")
        }
    }

    @Test func `by a web token as the password`() async throws {
        let secret = Array("a secret that two parties share, of 32 bytes or more".utf8)
        let key = WebTokens.base64URL(secret)
        let rules = try WebTokenRules(
            keyFile: Array(#"{"keys":[{"kty":"oct","kid":"k1","k":"\#(key)"}]}"#.utf8),
            issuer: "https://issuer.example",
            audience: "steward"
        )
        let place = try await Self.open("sign_jwt") { $0.webTokens = rules }
        func token(_ user: String, expires: Int) -> String {
            WebTokens.signed(
                #"{"sub":"\#(user)","iss":"https://issuer.example","aud":"steward","exp":\#(expires)}"#,
                header: #"{"alg":"HS256","kid":"k1"}"#,
                secret: secret
            )
        }
        let soon = Int(Date().timeIntervalSince1970) + 600
        let way = "options='-c steward.sign_in=password'"
        #expect(place.outcome("alice", "\(way) password=\(token("alice", expires: soon))") == "in")
        for (user, wrong) in [
            ("bob", token("alice", expires: soon)), ("alice", token("alice", expires: soon - 3600)),
            ("nobody", token("nobody", expires: soon)), ("alice", token("alice", expires: soon) + "A"),
        ] {
            #expect(place.outcome(user, "\(way) password=\(wrong)").contains("authentication failed"))
        }
        let lines = try place.desk.cases.auditing.tail(99, user: nil, resource: nil, by: place.desk.admin)
        let said = Set(lines.filter { $0.act == .signIn }.map(\.resource))
        #expect(
            said == [
                "door, web token: another user", "door, web token: expired", "door, web token: unknown user",
                "door, web token: wrong signature",
            ]
        )
        #expect(!"\(lines)".contains("eyJ"))
    }

    @Test func `by a web token for as long as it is in force`() async throws {
        let secret = Array("a secret that two parties share, of 32 bytes or more".utf8)
        let key = WebTokens.base64URL(secret)
        let rules = try WebTokenRules(
            keyFile: Array(#"{"keys":[{"kty":"oct","kid":"k1","k":"\#(key)"}]}"#.utf8),
            issuer: "https://issuer.example",
            audience: "steward"
        )
        let place = try await Self.open("sign_jwt_end") { $0.webTokens = rules }
        // 30 seconds are granted to clocks: this one has some of them left.
        let token = WebTokens.signed(
            #"{"sub":"alice","iss":"https://issuer.example","aud":"steward","exp":\#(Int(Date().timeIntervalSince1970) - 15)}"#,
            header: #"{"alg":"HS256","kid":"k1"}"#,
            secret: secret
        )
        let way = "options='-c steward.sign_in=password'"
        let connection = try #require(PQconnectdb(place.uri("alice", "\(way) password=\(token)")))
        defer { PQfinish(connection) }
        try #require(PQstatus(connection) == CONNECTION_OK)
        var waiting = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
        try #require(poll(&waiting, 1, 300_000) == 1, "the session goes on")
        PQclear(PQexec(connection, "SELECT 1"))
        let said = String(cString: PQerrorMessage(connection))
        #expect(said.contains("the web token that the session began with has expired"), "\(said)")
    }

    @Test func `by a certificate that names the user`() async throws {
        let place = try await Self.open("sign_cert")
        func files(_ issued: Authority.Issued) throws -> String {
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: issued.key)
            return "sslcert=\(issued.certificate) sslkey=\(issued.key)"
        }
        let alice = try files(try place.authority.issue("alice"))
        #expect(place.outcome("alice", alice) == "in")
        #expect(place.outcome("bob", alice).contains("certificate authentication failed"))
        // A certificate that names another one isn't made good by a password.
        #expect(
            place.outcome("bob", "\(alice) password='open bob'").contains("certificate authentication failed")
        )
        let nobody = try files(try place.authority.issue("nobody"))
        #expect(place.outcome("nobody", nobody).contains("certificate authentication failed"))
        let stranger = try Authority()
        let forged = try files(try stranger.issue("alice"))
        #expect(place.outcome("alice", "\(forged) password='open alice'") != "in")
        #expect(place.outcome("alice", "password='open alice'") == "in")
    }

    @Test func `by an alternative name of a certificate, of which there is one`() async throws {
        let place = try await Self.open("sign_san", certificateName: .email)
        func outcome(_ alternatives: String?) throws -> String {
            let issued = try place.authority.issue("bob", alternatives: alternatives)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: issued.key)
            return place.outcome("alice", "sslcert=\(issued.certificate) sslkey=\(issued.key)")
        }
        #expect(try outcome("email:alice,DNS:elsewhere") == "in")
        for wrong in ["email:bob", "DNS:alice", "email:alice,email:bob", "URI:alice"] {
            #expect(try outcome(wrong).contains("certificate authentication failed"), "\(wrong)")
        }
        #expect(try outcome(nil).contains("certificate authentication failed"))
    }

    @Test func `slows down whoever guesses`() async throws {
        let place = try await Self.open("sign_guess") { $0.failedSignInsPerMinute = 3 }
        for _ in 0..<3 { #expect(place.outcome("alice", "password=wrong").contains("authentication failed")) }
        #expect(place.outcome("alice", "password='open alice'").contains("too many failed sign-ins"))
        #expect(place.outcome("nobody", "password=wrong").contains("too many failed sign-ins"))
        let lines = try place.desk.cases.auditing.tail(99, user: nil, resource: nil, by: place.desk.admin)
        #expect(
            lines.count { $0.act == .signIn && $0.outcome == .denied && $0.user == UserName("alice") } == 3
        )
        #expect(!"\(lines)".contains("wrong"))
    }

    @Test func `lets psql and whatever knows PostgreSQL's protocol in`() async throws {
        let place = try await Self.open("sign_psql")
        let psql = Process()
        psql.executableURL = URL(filePath: "/usr/bin/env")
        psql.arguments = [
            "psql", "-X", "-A", "-t", "-c", "SELECT current_user",
            place.uri("alice", "channel_binding=require"),
        ]
        psql.environment = ["PGPASSWORD": "open alice", "PATH": "/usr/bin:/bin"]
        let output = Pipe()
        psql.standardOutput = output
        try psql.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        psql.waitUntilExit()
        #expect(String(decoding: said, as: UTF8.self) == "alice\n")
    }
}

@Suite(.aside) struct `Counting failed sign-ins` {
    private func moment(_ seconds: Int) -> Moment { Moment(nanoseconds: UInt64(seconds) * 1_000_000_000) }

    @Test func `forgets them with time, and each origin for itself`() throws {
        let throttle = SignInThrottle(perMinute: 6)
        let one = Origin(try .init(ipAddress: "192.0.2.1", port: 1))
        let other = Origin(try .init(ipAddress: "192.0.2.2", port: 1))
        for _ in 0..<6 {
            #expect(throttle.admits(one, at: moment(0)))
            throttle.failed(one, at: moment(0))
        }
        #expect(!throttle.admits(one, at: moment(9)))
        #expect(throttle.admits(other, at: moment(0)))
        #expect(throttle.admits(one, at: moment(10)))
        throttle.failed(one, at: moment(10))
        #expect(!throttle.admits(one, at: moment(19)))
        #expect(throttle.admits(one, at: moment(3600)))
        let never = SignInThrottle(perMinute: 0)
        for _ in 0..<100 { never.failed(one, at: moment(0)) }
        #expect(never.admits(one, at: moment(0)))
    }

    @Test func `takes an IPv6 network for one origin, and an IPv4 address for itself in any clothes`() throws
    {
        func origin(_ address: String) throws -> Origin { Origin(try .init(ipAddress: address, port: 1)) }
        #expect(try origin("2001:db8:0:1::1") == origin("2001:db8:0:1:ffff::2"))
        #expect(try origin("2001:db8:0:1::1") != origin("2001:db8:0:2::1"))
        #expect(try origin("::ffff:192.0.2.1") == origin("192.0.2.1"))
        #expect(try origin("192.0.2.1") != origin("192.0.2.2"))
    }
}
