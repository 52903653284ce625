import Governance
import NIOCore
import TestSupport
import Testing

@testable import MaskingProxy

@Suite(.aside) struct `The session's state machine` {
    @Test func `ends when a column comes back that policy hides`() throws {
        var core = SessionCore()
        var scanner = UpstreamScanner()
        scanner.append(Self.description(relation: 77, number: 3))
        let message = try #require(try scanner.next())
        #expect(throws: ClientError.self) {
            try core.receive(message, at: .now, isClear: { $0.number != 3 }, shownType: { $0 })
        }
        #expect(core.toClient.readableBytes == 0)
    }

    @Test func `tells a refusal that was sent before the former series was answered`() throws {
        var core = SessionCore()
        func answer(_ messages: [UInt8]) throws -> String {
            var scanner = UpstreamScanner()
            scanner.append(ByteBuffer(bytes: messages))
            while let message = try scanner.next() {
                _ = try core.receive(message, at: .now, isClear: { _ in true }, shownType: { $0 })
            }
            defer { core.toClient.clear() }
            return String(buffer: core.toClient)
        }
        func error(_ code: String, _ message: String) -> [UInt8] {
            WireClient.message("E", Array("SERROR\0C\(code)\0M\(message)\0\0".utf8))
        }
        let ready = WireClient.message("Z", [UInt8(ascii: "I")])
        _ = core.receive(.execute(portal: "a", limit: 0), at: .now)
        _ = core.receive(.sync, at: .now)
        _ = core.receive(.parse(name: "c", text: "SELECT nothing", types: []), at: .now)
        let refused = GovernanceError(.unknownTable, "nothing of that name")
        _ = core.rewritten(.failure(.failed(refused)), at: .now)
        #expect(try answer(error("34000", "portal does not exist") + ready).contains("34000"))
        _ = core.receive(.sync, at: .now)
        let told = try answer(
            error("42883", "function pg_catalog.steward_refusal_1() does not exist") + ready
        )
        #expect(told.contains("nothing of that name"))
    }

    @Test func `tells clients nothing of where columns lie`() throws {
        var core = SessionCore()
        var scanner = UpstreamScanner()
        scanner.append(Self.description(relation: 77, number: 3))
        _ = try core.receive(
            try #require(try scanner.next()),
            at: .now,
            isClear: { _ in true },
            shownType: { $0 }
        )
        #expect(core.toClient == Self.description(relation: 0, number: 0))
    }

    @Test func `lets rows pass in whatever parts they come`() throws {
        var whole = ByteBuffer()
        for size in [0, 3, 70_000] {
            whole.writeMessage("D") { $0.writeRepeatingByte(7, count: size) }
        }
        whole.writeMessage("C") { $0.writeZeroEnded("SELECT 3") }
        whole.writeReady(UInt8(ascii: "I"))
        for step in [1, 5, 4096, 100_000] {
            var scanner = UpstreamScanner()
            var passed = ByteBuffer()
            var rows: Int?
            var rest = whole
            while rest.readableBytes > 0 {
                scanner.append(rest.readSlice(length: min(step, rest.readableBytes)) ?? ByteBuffer())
                while let message = try scanner.next() {
                    switch message {
                    case .passing(var bytes): passed.writeBuffer(&bytes)
                    case .completed(let count, var bytes):
                        rows = count
                        passed.writeBuffer(&bytes)
                    case .ready(let status): passed.writeReady(status)
                    default: Issue.record("unexpected message")
                    }
                }
            }
            #expect(passed == whole)
            #expect(rows == 3)
        }
    }

    @Test func `answers a SCRAM challenge that is meant for it`() throws {
        // The challenge of RFC 7677; the whole exchange is what every test here signs in to PostgreSQL by.
        var client = ScramClient(password: "pencil", nonce: "rOprNGfwEbeRWgbNEkqO")
        #expect(client.first == "n,,n=,r=rOprNGfwEbeRWgbNEkqO")
        let answer = client.answer(
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        )
        #expect(answer?.hasPrefix("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=") == true)
        #expect(client.answer("r=another,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096") == nil)
        #expect(!client.accepts("v=AAAA"))
    }

    @Test(arguments: 0..<200)
    func `refuses or waits for random bytes, and never crashes`(seed: UInt64) {
        var dice = Dice(seed: seed)
        var decoder = FrontendDecoder()
        var scanner = UpstreamScanner()
        for _ in 0..<50 {
            let bytes = (0..<Int.random(in: 1...30, using: &dice)).map { _ in
                UInt8.random(in: 0...255, using: &dice) & (Bool.random(using: &dice) ? 0x7F : 0x07)
            }
            decoder.append(ByteBuffer(bytes: bytes))
            scanner.append(ByteBuffer(bytes: bytes))
            do { while try decoder.next(limit: 100) != nil {} } catch { decoder = FrontendDecoder() }
            do { while try scanner.next() != nil {} } catch { scanner = UpstreamScanner() }
        }
        #expect(decoder.waiting <= 1600)
    }

    private static func description(relation: UInt32, number: Int16) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeMessage("T") { buffer in
            buffer.writeInteger(Int16(1))
            buffer.writeZeroEnded("ssn")
            buffer.writeInteger(relation)
            buffer.writeInteger(number)
            buffer.writeInteger(UInt32(25))
            buffer.writeInteger(Int16(-1))
            buffer.writeInteger(Int32(-1))
            buffer.writeInteger(Int16(0))
        }
        return buffer
    }
}
