import Foundation
import MaskingProxy
import NIOSSL
import TestSupport
import Testing

/// PostgreSQL shows a certificate of a private authority; whoever can't be sure of it hands over no password.
@Suite(.serialized, .aside) struct `TLS to the database` {
    private static func database(_ name: String, shows issued: Authority.Issued) throws -> ProxyDesk {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.show(certificate: issued.certificate, key: issued.key)
        try cluster.make(name, "CREATE TABLE t(id int); INSERT INTO t VALUES (7)")
        let desk = try ProxyDesk()
        try desk.add(name, uri: cluster.uri(of: name))
        try desk.publish([ProxyDesk.allow(["t"])])
        return desk
    }

    private static func trusting(_ file: String) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
        return try NIOSSLContext(configuration: tls)
    }

    private func outcome(_ desk: ProxyDesk, _ name: String, host: String, trusting file: String) async throws
        -> String
    {
        let tls = try Self.trusting(file)
        let port = try await desk.open(host: host, tls: tls)
        do {
            let client = try WireClient(port: port, user: "alice", password: "open alice", database: name)
            return client.simple("SELECT id FROM t").rows == [["7"]] ? "rows" : "no rows"
        } catch { return "\(error)" }
    }

    @Test func `is made when certificate and name are right, and only then`() async throws {
        let authority = try Authority()
        let stranger = try Authority()
        let issued = try authority.issue("db", alternatives: "DNS:localhost")
        let desk = try Self.database("upstream_tls", shows: issued)
        #expect(
            try await outcome(desk, "upstream_tls", host: "localhost", trusting: authority.file) == "rows"
        )
        // The address isn't in the certificate, and no name is taken for it.
        #expect(
            try await outcome(desk, "upstream_tls", host: "127.0.0.1", trusting: authority.file) == "08006"
        )
        #expect(
            try await outcome(desk, "upstream_tls", host: "localhost", trusting: stranger.file) == "08006"
        )
        withExtendedLifetime(desk) {}
    }

    @Test func `is made to an address that the certificate names`() async throws {
        let authority = try Authority()
        let issued = try authority.issue("db", alternatives: "IP:127.0.0.1")
        let desk = try Self.database("upstream_address", shows: issued)
        #expect(
            try await outcome(desk, "upstream_address", host: "127.0.0.1", trusting: authority.file) == "rows"
        )
        #expect(
            try await outcome(desk, "upstream_address", host: "localhost", trusting: authority.file)
                == "08006"
        )
        withExtendedLifetime(desk) {}
    }

    @Test func `isn't done without when the database offers none`() async throws {
        let authority = try Authority()
        let upstream = try await FakeUpstream(.ready)
        let desk = try Self.database("upstream_clear", shows: try authority.issue("localhost"))
        let tls = try Self.trusting(authority.file)
        let port = try await desk.open(host: "localhost", upstream: upstream.port, tls: tls)
        #expect(throws: WireClient.Failure.self) {
            try WireClient(port: port, user: "alice", password: "open alice", database: "upstream_clear")
        }
        withExtendedLifetime(desk) {}
    }
}
