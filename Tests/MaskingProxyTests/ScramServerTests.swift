import Governance
import TestSupport
import Testing

@testable import MaskingProxy

@Suite(.aside) struct `The server's side of SCRAM` {
    private static let salt = "W22ZaJ0SNY7soEsUEjb6gQ==".base64Bytes ?? []
    private static let nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    private static let joint = "rOprNGfwEbeRWgbNEkqO\(nonce)"

    private func server(endPoint: [UInt8]? = nil, _ mechanism: String = ScramServer.plain) throws
        -> ScramServer
    {
        var server = ScramServer(salt: Self.salt, endPoint: endPoint, nonce: Self.nonce)
        try server.choose(mechanism)
        return server
    }

    @Test func `is the one of RFC 7677's example`() throws {
        var server = try server()
        let challenge = try server.takeFirst("n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
        #expect(challenge == "r=\(Self.joint),s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
        let proof = try server.takeFinal(
            "c=biws,r=\(Self.joint),p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        )
        // `n=user,r=…` + challenge + `c=biws,r=…`, of which the RFC gives proof and signature.
        let said = "n=user,r=rOprNGfwEbeRWgbNEkqO,\(challenge),c=biws,r=\(Self.joint)"
        #expect(proof.message == Array(said.utf8))
        #expect(proof.proof.base64 == "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    }

    @Test func `works with a client of our own, whatever the name in it`() throws {
        var server = try server()
        var client = ScramClient(password: "pencil", nonce: "abc")
        let challenge = try server.takeFirst(client.first)
        let answered = client.answer(challenge)
        let answer = try #require(answered)
        #expect(try server.takeFinal(answer).proof.count == 32)
        #expect(throws: ClientError.self) { try server.takeFinal(answer) }
        #expect(throws: ClientError.self) { try server.takeFirst(client.first) }
    }

    @Test func `binds to the connection`() throws {
        let endPoint: [UInt8] = Array(1...32)
        let header = Array("p=tls-server-end-point,,".utf8)
        for (sent, isRight) in [(endPoint, true), (Array(2...33), false), ([], false)] {
            var server = try server(endPoint: endPoint, ScramServer.bound)
            _ = try server.takeFirst("p=tls-server-end-point,,n=,r=abc")
            let final =
                "c=\((header + sent).base64),r=abc\(Self.nonce),p=\([UInt8](repeating: 1, count: 32).base64)"
            #expect(((try? server.takeFinal(final)) != nil) == isRight)
        }
    }

    @Test func `notices a client that was told that there is no binding`() throws {
        var bound = try server(endPoint: [1])
        #expect(throws: ClientError.fatal("28000", "SCRAM channel binding negotiation error")) {
            try bound.takeFirst("y,,n=,r=abc")
        }
        // Without TLS there is none to offer, and a client may well have wished for one.
        var clear = try server()
        #expect(try clear.takeFirst("y,,n=,r=abc").hasPrefix("r=abc"))
        // The flag is repeated in the proof: one exchanged on the way is noticed.
        #expect(throws: ClientError.self) {
            try clear.takeFinal("c=biws,r=abc\(Self.nonce),p=\([UInt8](repeating: 1, count: 32).base64)")
        }
    }

    @Test func `offers binding first where there is TLS, and takes nothing else`() throws {
        #expect(
            ScramServer(salt: [1], endPoint: [1], nonce: "n").mechanisms == [
                "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256",
            ]
        )
        #expect(ScramServer(salt: [1], endPoint: nil, nonce: "n").mechanisms == ["SCRAM-SHA-256"])
        for name in ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-1", "PLAIN", ""] {
            #expect(throws: ClientError.self, "\(name)") { try server(endPoint: nil, name) }
        }
    }

    @Test(
        arguments: [
            "", "n", "n,", "n,,", "n,,n=", "n,,n=,", "n,,n=,r=", "n,,r=abc", "n,,n=,x=abc", "n,,n=,r=a\u{1}b",
            "n,,n=,r=a b",
            "n,,n=,r=ä", "n,a=root,n=,r=abc", "p=tls-server-end-point,,n=,r=abc", "p=,,n=,r=abc",
            "q,,n=,r=abc",
            "n,,m=ext,n=,r=abc", "n,,n=,r=abc,m=ext", "n,,n=,r=abc,nonsense", "n,,n=,r=abc,", "nn,,n=,r=abc",
            ",,n=,r=abc",
        ]
    )
    func `refuses a first message that is none`(text: String) throws {
        var server = try server()
        #expect(throws: ClientError.self) { try server.takeFirst(text) }
    }

    @Test(
        arguments: [
            "p=tls-unique,,n=,r=abc", "n,,n=,r=abc", "y,,n=,r=abc", "p,,n=,r=abc",
            "p=tls-server-end-point,x,n=,r=abc",
        ]
    )
    func `refuses a bound first message that isn't bound as it should be`(text: String) throws {
        var server = try server(endPoint: [1], ScramServer.bound)
        #expect(throws: ClientError.self) { try server.takeFirst(text) }
    }

    @Test func `refuses a last message that is none`() throws {
        let proof = [UInt8](repeating: 1, count: 32).base64
        let nonce = "abc\(Self.nonce)"
        for text in [
            "", "c=biws", "c=biws,r=\(nonce)", "c=biws,r=\(nonce),p=", "c=biws,r=\(nonce),p=AAAA",
            "c=biws,p=\(proof),r=\(nonce)",
            "c=biws,r=abc,p=\(proof)", "c=biws,r=\(nonce)x,p=\(proof)", "c=eSws,r=\(nonce),p=\(proof)",
            "c=,r=\(nonce),p=\(proof)",
            "c=biws,r=\(nonce),p=\(proof),x=y", "c=biws,r=\(nonce),m=x,p=\(proof)",
            "c=biws,r=\(nonce),,p=\(proof)",
            "c=biws,r=\(nonce),p=\(proof)=", "c=biws,r=\(nonce),p=\(proof.dropLast())",
            "r=\(nonce),c=biws,p=\(proof)",
            "c=biws,r=\(nonce),p=\(proof)\u{0}", "c=biws,r=\(nonce),p=ä\(proof)",
        ] {
            var server = try server()
            _ = try server.takeFirst("n,,n=,r=abc")
            #expect(throws: ClientError.self, "\(text)") { try server.takeFinal(text) }
        }
        var server = try server()
        _ = try server.takeFirst("n,,n=,r=abc")
        #expect(throws: Never.self) { try server.takeFinal("c=biws,r=\(nonce),x=y,p=\(proof)") }
    }

    @Test func `never crashes over random text`() throws {
        var dice = Dice(seed: 5)
        let parts = [
            "n", "y", "p=tls-server-end-point", ",", ",,", "n=", "r=", "abc", "c=", "biws", "p=", "m=", "=",
            "ü", "\u{0}", "AAAA",
        ]
        for _ in 0..<5000 {
            var server = try server(endPoint: Bool.random(using: &dice) ? [1] : nil)
            func text() -> String {
                (0..<Int.random(in: 0...9, using: &dice)).map { _ in parts.randomElement(using: &dice) ?? "" }
                    .joined()
            }
            if (try? server.takeFirst(text())) == nil { _ = try? server.takeFirst("n,,n=,r=abc") }
            #expect((try? server.takeFinal(text())) == nil)
        }
    }
}
