import NIOCore
import QueryAnalysis

@testable import Governance
@testable import MaskingProxy

/// What comes over the SQL door's two wires.
enum WireFuzz {
    /// A client's bytes, from its first packet on; PostgreSQL's come in between.
    ///
    /// Each piece begins with two bytes: whose it is and how long.
    static func client(_ bytes: [UInt8]) {
        var decoder = FrontendDecoder()
        var scanner = UpstreamScanner()
        var core = SessionCore()
        var hasStarted = false
        var rest = bytes[...]
        do {
            while rest.count >= 2 {
                let isClients = rest.removeFirst() < 192
                let piece = Array(rest.dropFirst().prefix(Int(rest.removeFirst())))
                rest = rest.dropFirst(piece.count)
                if isClients {
                    if decoder.waiting == 0, hasStarted, begin(ByteBuffer(bytes: piece), &core) { continue }
                    decoder.append(ByteBuffer(bytes: piece))
                    if !hasStarted {
                        hasStarted = try decoder.startup() != nil
                        continue
                    }
                    core.beginBatch()
                    while let message = try decoder.next(limit: 1 << 16) {
                        guard go(on: core.receive(message, at: .now), with: &core) else { return }
                    }
                    decoder.settle()
                } else {
                    if scanner.isEmpty, end(ByteBuffer(bytes: piece), &core) { continue }
                    scanner.append(ByteBuffer(bytes: piece))
                    while let message = try scanner.next(wholeRows: core.masksRows) {
                        _ = try core.receive(
                            message,
                            at: .now,
                            isClear: { $0.number != 3 },
                            shownType: { $0 & 31 }
                        )
                    }
                    scanner.settle()
                }
                checkUpstream(&core)
            }
        } catch { return }
    }

    private static func begin(_ bytes: ByteBuffer, _ core: inout SessionCore) -> Bool {
        let moment = GoverningMoment(version: 1, look: 1)
        let holds = bytes.readableBytes % 7 != 0
        let begins = core.beginRound(bytes, limit: 1 << 16, at: .now, { _ in moment }, isNow: { _ in holds })
        if begins { checkUpstream(&core) }
        return begins
    }

    private static func end(_ bytes: ByteBuffer, _ core: inout SessionCore) -> Bool {
        let ended = core.endRound(
            bytes,
            at: .now,
            isNow: { _ in bytes.readableBytes % 11 != 0 },
            isClear: { $0.number != 3 },
            shownType: { $0 & 31 }
        )
        return ended != nil
    }

    /// PostgreSQL's bytes alone, to a session that has sent one statement with a late mask.
    static func database(_ bytes: [UInt8]) {
        var scanner = UpstreamScanner()
        var core = SessionCore()
        let text = bytes.first.map { $0 % 2 == 0 } ?? true ? "SELECT email FROM customers" : "SELECT 1"
        guard go(on: core.receive(.query(text), at: .now), with: &core) else { return }
        scanner.append(ByteBuffer(bytes: bytes.dropFirst()))
        do {
            while let message = try scanner.next(wholeRows: core.masksRows) {
                _ = try core.receive(message, at: .now, isClear: { $0.number != 3 }, shownType: { $0 & 31 })
            }
        } catch { return }
    }

    static func certificate(_ bytes: [UInt8]) {
        guard let certificate = Certificate(der: bytes) else { return }
        _ = certificate.mayBe("example.com")
    }

    /// Answers what the session asks until it wants the next message; false when it is over.
    private static func go(on first: SessionStep, with core: inout SessionCore) -> Bool {
        var step = first
        while true {
            switch step {
            case .next: return true
            case .close: return false
            case .ask(.rewrite(let text)):
                switch StatementFuzz.rewrite(text, masks: .wayBack) {
                case .success(let statements): step = core.rewritten(.success(statements), at: .now)
                case .failure(let error): step = core.rewritten(.failure(.refused(error)), at: .now)
                }
            case .ask(.check(let reads)):
                step = core.checked(.success(reads.count % 3 != 2), at: .now)
            }
        }
    }

    /// What goes upstream is messages, whole and of permitted kinds.
    private static func checkUpstream(_ core: inout SessionCore) {
        var sent = FrontendDecoder()
        sent.append(core.toUpstream)
        core.toUpstream = ByteBuffer()
        core.toClient = ByteBuffer()
        do {
            while let message = try sent.next(limit: 1 << 24) {
                switch message {
                case .functionCall, .copyPart, .password, .terminate: fatalError("\(message) went upstream")
                case .query, .parse, .bind, .describeStatement, .describePortal, .execute, .closeStatement,
                    .closePortal, .flush, .sync:
                    break
                }
            }
        } catch { fatalError("no message went upstream") }
        precondition(sent.waiting == 0, "a part of a message went upstream")
    }
}
