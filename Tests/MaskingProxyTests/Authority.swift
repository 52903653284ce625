import Foundation
import MaskingProxy

/// An authority of the tests' own that vouches for servers and clients, in a folder that goes with it.
final class Authority: Sendable {
    /// A certificate and its key, as files.
    struct Issued {
        let certificate: String
        let key: String
    }

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "authority-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=authority "
                + "-keyout ca.key -out ca.pem"
        )
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The authority's own certificate.
    var file: String { folder.appending(path: "ca.pem").path }

    /// A certificate for a common name, with alternative names such as `DNS:localhost`.
    func issue(_ name: String, alternatives: String? = nil, hash: String = "sha256") throws -> Issued {
        let base = UUID().uuidString
        try openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=\(name) -keyout \(base).key "
                + "-out \(base).csr"
        )
        let extensions = alternatives.map { "subjectAltName=\($0)\n" } ?? "basicConstraints=CA:FALSE\n"
        try Data(extensions.utf8).write(to: folder.appending(path: "\(base).ext"))
        try openssl(
            "x509 -req -in \(base).csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -\(hash) "
                + "-extfile \(base).ext -out \(base).pem"
        )
        return Issued(
            certificate: folder.appending(path: "\(base).pem").path,
            key: folder.appending(path: "\(base).key").path
        )
    }

    /// What a door shows that has this certificate and takes this authority's clients.
    func doorTLS(_ issued: Issued, name: CertificateName = .commonName) throws -> DoorTLS {
        try DoorTLS(
            certificateFile: issued.certificate,
            keyFile: issued.key,
            clientAuthorityFile: file,
            certificateName: name
        )
    }

    private func openssl(_ words: String) throws {
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/env")
        openssl.arguments = ["openssl"] + words.split(separator: " ").map(String.init)
        openssl.currentDirectoryURL = folder
        openssl.standardError = FileHandle.nullDevice
        openssl.standardOutput = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        guard openssl.terminationStatus == 0 else {
            throw PostgreSQLCluster.Failure("openssl failed: \(words)")
        }
    }
}
