import Foundation
import Governance
import TestSupport
import Testing

@testable import HTTPAPI

@Suite(.aside) struct `TLS` {
    /// A folder with a certificate for 127.0.0.1 and its key, made by openssl.
    private static func certificate() throws -> (folder: URL, files: TLSFiles) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (key, cert) = (folder.appending(path: "key.pem").path, folder.appending(path: "cert.pem").path)
        try Tool.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2",
                "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
                cert,
            ]
        )
        return (folder, TLSFiles(certificateFile: cert, privateKeyFile: key))
    }

    @Test func `serves with a certificate, and no older than 1-2`() async throws {
        let (folder, files) = try Self.certificate()
        defer { try? FileManager.default.removeItem(at: folder) }
        try await ServerDesk.serving(tls: files) { desk in
            let address = "https://127.0.0.1:\(desk.port)"
            let curl = { @Sendable (arguments: [String]) in
                try Tool.run("curl", ["-sS", "--cacert", files.certificateFile] + arguments)
            }
            let rows = try await Self.offThread {
                try curl([
                    "-i", "-H", "Authorization: Bearer \(desk.token("alice"))",
                    "\(address)/api/v1/tables/shop.people/rows?columns=id",
                ])
            }
            let text = String(decoding: rows, as: UTF8.self)
            #expect(text.contains("{\"id\":1}"))
            #expect(text.lowercased().contains("strict-transport-security"))
            let version = try await Self.offThread {
                try curl(["-o", "/dev/null", "-w", "%{http_code}", "--tls-max", "1.2", "\(address)/health"])
            }
            #expect(String(decoding: version, as: UTF8.self) == "200")
            await #expect(throws: Tool.Failure.self) {
                try await Self.offThread {
                    try curl([
                        "--tlsv1.0", "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0",
                        "\(address)/health",
                    ])
                }
            }
            // Plain HTTP on that port is no answer.
            let plain = try await desk.exchange(Array("GET /health HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
            #expect(!String(decoding: plain, as: UTF8.self).contains("200"))
        }
    }

    @Test func `refuses files that can't be used, by name`() throws {
        let (folder, files) = try Self.certificate()
        let (otherFolder, other) = try Self.certificate()
        defer { for folder in [folder, otherFolder] { try? FileManager.default.removeItem(at: folder) } }
        #expect(throws: Never.self) { try files.configuration() }
        for (certificate, key, named) in [
            ("/nowhere.pem", files.privateKeyFile, "/nowhere.pem"),
            (files.certificateFile, "/nokey.pem", "/nokey.pem"),
            (files.privateKeyFile, files.privateKeyFile, files.privateKeyFile),
            (files.certificateFile, files.certificateFile, files.certificateFile),
            (files.certificateFile, other.privateKeyFile, other.privateKeyFile),
        ] {
            let error = #expect(throws: GovernanceError.self) {
                try TLSFiles(certificateFile: certificate, privateKeyFile: key).configuration()
            }
            #expect(error?.code == .invalidRequest)
            #expect(error?.message.contains(named) == true, "\(error?.message ?? "")")
        }
    }

    @Test func `is needed where others can connect, unless somebody says otherwise`() throws {
        for (host, allowed, isFine) in [
            ("127.0.0.1", false, true), ("localhost", false, true), ("::1", false, true),
            ("0.0.0.0", false, false),
            ("10.1.2.3", false, false), ("0.0.0.0", true, true), ("127.evil.example", false, false),
            ("", false, false),
        ] {
            let configuration = HTTPConfiguration(host: host, port: 0, tls: nil, allowsInsecureHTTP: allowed)
            if isFine {
                #expect(throws: Never.self, "\(host)") { try configuration.checkSafety() }
            } else {
                #expect(throws: GovernanceError.self, "\(host)") { try configuration.checkSafety() }
            }
        }
    }

    /// Runs what blocks without holding one of Swift's own threads.
    static func offThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
        }
    }
}
