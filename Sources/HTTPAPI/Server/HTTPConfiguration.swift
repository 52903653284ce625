import Governance
import HummingbirdTLS
import NIOSSL

/// The files of a certificate, in PEM form.
package struct TLSFiles: Sendable {
    /// The certificate and those that vouch for it, the server's own first.
    package let certificateFile: String
    /// The private key of the first certificate.
    package let privateKeyFile: String

    /// Names the files; they are read when the server starts.
    package init(certificateFile: String, privateKeyFile: String) {
        self.certificateFile = certificateFile
        self.privateKeyFile = privateKeyFile
    }
}

/// Where the HTTP service listens, and how much it takes on.
package struct HTTPConfiguration: Sendable {
    /// The address to listen on.
    package let host: String
    /// The port; 0 for any that is free.
    package let port: Int
    /// The certificate; nil to serve plain HTTP.
    package let tls: TLSFiles?
    /// Whether plain HTTP may be served to other machines, such as behind a proxy that does TLS.
    package let allowsInsecureHTTP: Bool
    /// How much the service takes on.
    package let limits: HTTPLimits

    /// A configuration.
    package init(
        host: String,
        port: Int,
        tls: TLSFiles?,
        allowsInsecureHTTP: Bool = false,
        limits: HTTPLimits = HTTPLimits()
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.allowsInsecureHTTP = allowsInsecureHTTP
        self.limits = limits
    }

    /// Whether only this machine can connect.
    private var isLoopback: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        let isLoopbackAddress = parts.count == 4 && parts.first == 127 && !parts.contains(nil)
        return host == "localhost" || host == "::1" || isLoopbackAddress
    }

    /// Passwords and tokens must not cross a network in the clear.
    func checkSafety() throws(GovernanceError) {
        guard tls != nil || isLoopback || allowsInsecureHTTP else {
            throw GovernanceError(
                .invalidRequest,
                "passwords would cross the network in the clear on `\(host)`: give --tls-certificate and "
                    + "--tls-key, or listen on 127.0.0.1, or say --insecure-http when a proxy in front does TLS"
            )
        }
    }
}

extension TLSFiles {
    /// TLS 1.2 and later with these files.
    ///
    /// - Throws: `.invalidRequest` with the file that can't be used.
    func configuration() throws(GovernanceError) -> TLSConfiguration {
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMFile(certificateFile) } catch {
            throw TLSFiles.unusable(certificateFile, "no PEM certificates can be read from it")
        }
        guard !chain.isEmpty else { throw TLSFiles.unusable(certificateFile, "it holds no certificate") }
        let key: NIOSSLPrivateKey
        do { key = try NIOSSLPrivateKey(file: privateKeyFile, format: .pem) } catch {
            throw TLSFiles.unusable(
                privateKeyFile,
                "no PEM private key without a passphrase can be read from it"
            )
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do { _ = try NIOSSLContext(configuration: configuration) } catch {
            throw TLSFiles.unusable(
                privateKeyFile,
                "it doesn't belong to the certificate in `\(certificateFile)`"
            )
        }
        return configuration
    }

    private static func unusable(_ file: String, _ why: String) -> GovernanceError {
        GovernanceError(.invalidRequest, "file `\(file)` can't be used for TLS: \(why)")
    }
}
