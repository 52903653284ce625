import Crypto

/// What signing in needs to know of a certificate.
///
/// **Source.** RFC 5280; RFC 5929 for the binding.
struct Certificate {
    private let whole: [UInt8]
    private var subject = DERReader([])
    private var extensions = DERReader([])
    private var signature = DERReader([])

    /// Reads a certificate; nil for what is none.
    init?(der: [UInt8]) {
        whole = der
        var document = DERReader(der[...])
        guard var outer = document.next(DERReader.sequence).map({ DERReader($0) }),
            var body = outer.next(DERReader.sequence).map({ DERReader($0) }),
            let signature = outer.next(DERReader.sequence)
        else { return nil }
        self.signature = DERReader(signature)
        var element = body.next()
        // The version may be left out.
        if element?.tag == 0xA0 { element = body.next() }
        // Serial number, algorithm, issuer and validity come before the subject.
        guard element != nil, body.next() != nil, body.next() != nil, body.next() != nil,
            let subject = body.next(DERReader.sequence), body.next() != nil
        else { return nil }
        self.subject = DERReader(subject)
        while let element = body.next() {
            guard element.tag == 0xA3 else { continue }
            var inside = element.inside
            if let list = inside.next(DERReader.sequence) { extensions = DERReader(list) }
        }
    }

    /// The hash that binds a connection to this certificate; nil when its signature names no hash.
    var endPoint: [UInt8]? {
        var reader = signature
        guard let algorithm = reader.next(DERReader.identifier) else { return nil }
        switch Array(algorithm) {
        // MD5 and SHA-1 count as SHA-256.
        case rsa(4), rsa(5), rsa(11), [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 1], ecdsa(2):
            return Array(SHA256.hash(data: whole))
        case rsa(12), ecdsa(3): return Array(SHA384.hash(data: whole))
        case rsa(13), ecdsa(4): return Array(SHA512.hash(data: whole))
        default: return nil
        }
    }

    private func rsa(_ number: UInt8) -> [UInt8] { [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, number] }
    private func ecdsa(_ number: UInt8) -> [UInt8] { [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, number] }

    /// The one name of a kind; nil when there is none, or when there are several and nobody could say which counts.
    func name(_ kind: CertificateName) -> String? {
        let names =
            switch kind {
            case .commonName: commonNames
            case .email: alternativeNames(0x81)
            case .dns: alternativeNames(0x82)
            case .uri: alternativeNames(0x86)
            }
        guard names.count == 1, let name = names.first.flatMap({ $0 }) else { return nil }
        return name
    }

    /// Whether nothing speaks against its being the one of a host's name, after TLS has found that it could be.
    ///
    /// TLS takes an alternative name that is the connection's address too.
    func mayBe(_ host: String) -> Bool {
        let all = alternativeNames(nil)
        return all.isEmpty
            || alternativeNames(0x82).contains { $0.map { Certificate.covers($0, host) } ?? false }
    }

    /// A star stands for one whole first label.
    private static func covers(_ pattern: String, _ host: String) -> Bool {
        let name = (host.hasSuffix(".") ? String(host.dropLast()) : host).lowercased()
        let pattern = pattern.lowercased()
        guard pattern.hasPrefix("*.") else { return pattern == name }
        guard let dot = name.firstIndex(of: ".") else { return false }
        return name[dot...] == pattern.dropFirst()
    }

    private var commonNames: [String?] {
        var names: [String?] = []
        var reader = subject
        while let part = reader.next() {
            var attributes = part.inside
            while let attribute = attributes.next() {
                var inside = attribute.inside
                guard let type = inside.next(DERReader.identifier), Array(type) == [0x55, 4, 3] else {
                    continue
                }
                names.append(inside.next().flatMap(Certificate.text))
            }
        }
        return names
    }

    /// The alternative names of a kind; of all kinds for nil.
    private func alternativeNames(_ tag: UInt8?) -> [String?] {
        var names: [String?] = []
        var reader = extensions
        while let one = reader.next() {
            var inside = one.inside
            guard let type = inside.next(DERReader.identifier), Array(type) == [0x55, 0x1D, 0x11] else {
                continue
            }
            var value = inside.next()
            if value?.tag == 1 { value = inside.next() }
            guard value?.tag == 4, var list = value?.inside, let content = list.next(DERReader.sequence)
            else {
                names.append(nil)
                continue
            }
            var entries = DERReader(content)
            while let entry = entries.next() {
                if tag == nil || entry.tag == tag { names.append(Certificate.plain(entry.content)) }
            }
        }
        return names
    }

    /// UTF-8, printable and IA5 text.
    private static func text(_ element: DERReader.Element) -> String? {
        [0x0C, 0x13, 0x16].contains(element.tag) ? plain(element.content) : nil
    }

    private static func plain(_ bytes: ArraySlice<UInt8>) -> String? {
        guard !bytes.isEmpty, !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// Which name of a client's certificate is the user's.
package enum CertificateName: String, CaseIterable, Sendable {
    /// The subject's common name.
    case commonName = "cn"
    /// An alternative name that is an e-mail address.
    case email
    /// An alternative name that is a host's.
    case dns
    /// An alternative name that is an address of a resource, such as a SPIFFE identity.
    case uri
}
