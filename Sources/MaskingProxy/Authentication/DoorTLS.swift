package import Governance
import NIOSSL

/// The TLS that clients are shown, and what is taken from theirs.
package struct DoorTLS: Sendable {
    let context: NIOSSLContext
    /// What SCRAM binds to; nil when the certificate's signature names no hash.
    let endPoint: [UInt8]?
    /// The name that signs its owner in; nil when clients aren't asked for certificates.
    let certificateName: CertificateName?

    /// The TLS of these files, of version 1.2 or newer.
    ///
    /// - Parameters:
    ///   - certificateFile: The chain, in PEM; the server's own first.
    ///   - keyFile: Its private key, in PEM.
    ///   - clientAuthorityFile: Those who may vouch for clients, in PEM; nil for none.
    ///   - certificateName: Which name of a client's certificate is the user's.
    /// - Throws: `.invalidRequest` for a file that can't be used.
    package init(
        certificateFile: String,
        keyFile: String,
        clientAuthorityFile: String? = nil,
        certificateName: CertificateName = .commonName
    ) throws(GovernanceError) {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
            guard let own = chain.first else {
                throw GovernanceError(.invalidRequest, "`\(certificateFile)` holds no certificate")
            }
            var tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: keyFile, format: .pem))
            )
            tls.minimumTLSVersion = .tlsv12
            if let clientAuthorityFile {
                // Read here, so that a file without any doesn't quietly mean everybody's.
                let authorities = try NIOSSLCertificate.fromPEMFile(clientAuthorityFile)
                guard !authorities.isEmpty else {
                    throw GovernanceError(.invalidRequest, "`\(clientAuthorityFile)` holds no certificate")
                }
                tls.trustRoots = .certificates(authorities)
                tls.certificateVerification = .optionalVerification
            }
            context = try NIOSSLContext(configuration: tls)
            endPoint = Certificate(der: try own.toDERBytes())?.endPoint
            self.certificateName = clientAuthorityFile == nil ? nil : certificateName
        } catch let error as GovernanceError {
            throw error
        } catch {
            let files = [certificateFile, keyFile] + (clientAuthorityFile.map { [$0] } ?? [])
            throw GovernanceError(
                .invalidRequest,
                "TLS can not be set up: look at \(files.map { "`\($0)`" }.joined(separator: ", "))"
            )
        }
    }
}
