import Foundation
import Governance
import NIOCore
import QueryAnalysis
import TestSupport
import Testing

@testable import MaskingProxy

/// Decoder, state machine and scanner under messages that no client and no database would send.
///
/// `STEWARD_FUZZ_SECONDS` goes on for so long, from a seed that is printed.
@Suite(.aside) struct `Whatever clients and databases send` {
    /// What no text that goes upstream may hold.
    private static let mark = "clientsown"

    private static let rewritten: [[RewrittenStatement]] = {
        let texts = [
            "SELECT 1", "BEGIN", "PREPARE p AS SELECT 1", "EXECUTE p", "DEALLOCATE ALL", "DEALLOCATE p",
            "FETCH 1 FROM c",
            "DECLARE c CURSOR FOR SELECT 1", "CLOSE c", "CLOSE ALL", "COPY (SELECT 1) TO STDOUT",
            "SELECT 1; COMMIT", "",
        ]
        guard let threads = ParserThreads(count: 1) else { return [] }
        return threads.run {
            let catalog = GovernedCatalog(database: "d", user: "u") { _ throws(StatementError) in nil }
            return texts.compactMap { try? StatementRewriter.rewrite($0, for: catalog) }
        }
    }()

    @Test func `neither crashes a session nor gets a client's text through`() throws {
        #expect(Self.rewritten.count == 13)
        let seconds = ProcessInfo.processInfo.environment["STEWARD_FUZZ_SECONDS"].flatMap { Int($0) } ?? 0
        let first = UInt64(seconds > 0 ? UInt64(Date().timeIntervalSince1970) : 1)
        let end = ContinuousClock.now + .seconds(seconds)
        var seed = first
        repeat {
            try Self.session(seed: seed)
            seed += 1
        } while seed < first + 3000 || ContinuousClock.now < end
        print("\(seed - first) sessions from seed \(first)")
    }

    /// One session of up to 60 events.
    private static func session(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        var decoder = FrontendDecoder()
        var scanner = UpstreamScanner()
        var core = SessionCore()
        for _ in 0..<Int.random(in: 1...60, using: &dice) {
            if Bool.random(using: &dice) {
                core.beginBatch()
                decoder.append(ByteBuffer(bytes: clientMessage(&dice)))
                do {
                    while let message = try decoder.next(limit: 1 << 16) {
                        guard go(on: core.receive(message, at: .now), with: &core, &dice) else { return }
                    }
                } catch { return }
                decoder.settle()
            } else {
                scanner.append(ByteBuffer(bytes: databaseMessage(&dice)))
                do {
                    while let message = try scanner.next() {
                        _ = try core.receive(
                            message,
                            at: .now,
                            isClear: { $0.number != 3 },
                            shownType: { $0 & 31 }
                        )
                    }
                } catch { return }
                scanner.settle()
            }
            try check(&core, seed)
        }
    }

    /// Answers what the session asks until it wants the next message; false when it is over.
    private static func go(on first: SessionStep, with core: inout SessionCore, _ dice: inout Dice) -> Bool {
        var step = first
        while true {
            switch step {
            case .next: return true
            case .close: return false
            case .ask(.rewrite):
                if Int.random(in: 0..<4, using: &dice) == 0 {
                    step = core.rewritten(
                        .failure(.failed(.init(.unknownTable, "no such relation"))),
                        at: .now
                    )
                } else {
                    let statements = rewritten.randomElement(using: &dice) ?? []
                    step = core.rewritten(.success(statements), at: .now)
                }
            case .ask(.check): step = core.checked(.success(Bool.random(using: &dice)), at: .now)
            }
        }
    }

    /// What goes upstream is messages, whole and in order, without a word of the client's but names and values.
    private static func check(_ core: inout SessionCore, _ seed: UInt64) throws {
        var sent = FrontendDecoder()
        sent.append(core.toUpstream)
        core.toUpstream = ByteBuffer()
        core.toClient = ByteBuffer()
        while let message = try sent.next(limit: 1 << 24) {
            switch message {
            case .query(let text), .parse(_, let text, _):
                #expect(!text.contains(mark), "seed \(seed)")
            case .functionCall, .copyPart, .password, .terminate: Issue.record("seed \(seed): \(message)")
            case .bind, .describeStatement, .describePortal, .execute, .closeStatement, .closePortal, .flush,
                .sync:
                break
            }
        }
        #expect(sent.waiting == 0, "seed \(seed)")
    }

    private static func name(_ dice: inout Dice) -> [UInt8] {
        Array((["", "p", "s", "c", "steward_refusal"].randomElement(using: &dice) ?? "").utf8) + [0]
    }

    private static func number16(_ dice: inout Dice) -> [UInt8] {
        WireClient.bytes([0, 0, 0, 1, 1, 2, -1, .max, .min].randomElement(using: &dice) ?? Int16(0))
    }

    private static func number32(_ dice: inout Dice) -> [UInt8] {
        WireClient.bytes([0, 0, 1, 23, 25, -1, 2205, .max, .min].randomElement(using: &dice) ?? Int32(0))
    }

    private static func clientMessage(_ dice: inout Dice) -> [UInt8] {
        let text = Array("SELECT \(mark)".utf8) + [0]
        let target: [UInt8] = [Bool.random(using: &dice) ? 0x53 : 0x50]
        let message: [UInt8] =
            switch Int.random(in: 0..<13, using: &dice) {
            case 0: WireClient.message("Q", text)
            case 1: WireClient.message("P", name(&dice) + text + number16(&dice) + number32(&dice))
            case 2: WireClient.message("P", name(&dice) + text + [0, 0])
            case 3: WireClient.message("B", name(&dice) + name(&dice) + [0, 0, 0, 0, 0, 0])
            case 4: WireClient.message("D", target + name(&dice))
            case 5: WireClient.message("E", name(&dice) + number32(&dice))
            case 6: WireClient.message("C", target + name(&dice))
            case 7: WireClient.message("S", [])
            case 8: WireClient.message("H", [])
            case 9: WireClient.message("F", number32(&dice) + text)
            case 10: WireClient.message(["d", "c", "f", "X", "p"].randomElement(using: &dice) ?? "d", text)
            default: WireClient.message("S", [])
            }
        return damaged(message, &dice)
    }

    private static func databaseMessage(_ dice: inout Dice) -> [UInt8] {
        let column = Array("x".utf8) + [0, 0, 0, 0, 1] + number16(&dice) + [UInt8](repeating: 0, count: 12)
        let error = Array("SERROR".utf8) + [0] + Array("C42883".utf8) + [0]
        let message: [UInt8] =
            switch Int.random(in: 0..<13, using: &dice) {
            case 0: WireClient.message("1", [])
            case 1: WireClient.message("2", [])
            case 2: WireClient.message("3", [])
            case 3: WireClient.message("C", Array("SELECT 1".utf8) + [0])
            case 4: WireClient.message("T", [0, 1] + column)
            case 5: WireClient.message("T", number16(&dice) + column)
            case 6: WireClient.message("D", [0, 0])
            case 7:
                WireClient.message(
                    "E",
                    error + Array("Mfunction steward_refusal_1() does not exist".utf8) + [0, 0]
                )
            case 8:
                WireClient.message("E", error + Array("Msteward_refusal_99999999999999999999".utf8) + [0, 0])
            case 9: WireClient.message("Z", [[0x49, 0x54, 0x45, 0x00].randomElement(using: &dice) ?? 0])
            case 10:
                WireClient.message(
                    ["s", "I", "n", "N", "A", "H", "c"].randomElement(using: &dice) ?? "s",
                    []
                )
            case 11: WireClient.message("S", Array("TimeZone".utf8) + [0] + Array("UTC".utf8) + [0])
            default: WireClient.message("Z", [0x49])
            }
        return damaged(message, &dice)
    }

    /// Mostly the message itself; now and then with a byte changed, cut off, or with something behind it.
    private static func damaged(_ message: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var message = message
        switch Int.random(in: 0..<40, using: &dice) {
        case 0:
            message[Int.random(in: 0..<message.count, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
        case 1: message.removeLast(Int.random(in: 1...message.count, using: &dice))
        case 2:
            message += (0..<Int.random(in: 1...9, using: &dice)).map { _ in
                UInt8.random(in: 0...255, using: &dice)
            }
        default: break
        }
        return message
    }
}
