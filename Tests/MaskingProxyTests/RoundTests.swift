import CatalogModel
import Masking
import NIOCore
import QueryAnalysis
import TestSupport
import Testing

@testable import Governance
@testable import MaskingProxy
@testable import PolicyEngine

/// Prepared statements that run again go a short way; whatever happens, it must come to what all messages' way comes to.
@Suite(.aside) struct `Rounds` {
    private static let texts: [String: [RewrittenStatement]] = {
        let relation = RelationName(schema: "public", name: "t")
        let columns = ["id": "int4", "name": "text", "pin": "text"].sorted { $0.key < $1.key }
            .map { UpstreamColumn(name: $0.key, type: $0.value) }
        let choice = MaskChoice(
            maskType: "CUSTOM",
            transformer: nil,
            valueExpression: "show_last({col}, 2)"
        )
        guard let threads = ParserThreads(count: 1),
            case .masked(let mask, let late?)? = try? PostgreSQLMasking.rule(of: .masked(choice), on: .string)
        else { return [:] }
        let texts = [
            "SELECT name FROM t", "SELECT pin FROM t", "BEGIN", "COMMIT", "DEALLOCATE p", "DEALLOCATE ALL",
            "EXECUTE p", "PREPARE p AS SELECT name FROM t", "DECLARE c CURSOR FOR SELECT name FROM t",
        ]
        return threads.run {
            let governed = try? PolicyText(relations: [relation: columns], user: "u").relation(
                relation,
                columns: columns.map { ($0, $0.name == "pin" ? .masked(mask, late: late) : .clear) },
                filter: nil,
                view: nil
            )
            let catalog = GovernedCatalog(database: "d", user: "u") { [governed] _ throws(StatementError) in
                governed
            }
            var rewritten: [String: [RewrittenStatement]] = [:]
            for text in texts {
                rewritten[text] = try? StatementRewriter.rewrite(text, for: catalog, masks: .wayBack)
            }
            return rewritten
        }
    }()

    /// One way through a session.
    private struct Way {
        let takesRounds: Bool
        var decoder = FrontendDecoder()
        var scanner = UpstreamScanner()
        var core = SessionCore()
        var toClient: [UInt8] = []
        var toUpstream: [UInt8] = []
        var ended: [String] = []
        var rounds = 0
        /// Whether what statements read is governed as it was.
        var holds = true
        /// Why the session is over; nil for as long as it isn't.
        var fault: String?

        mutating func client(_ bytes: [UInt8], holds: Bool) {
            guard fault == nil else { return }
            self.holds = holds
            let buffer = ByteBuffer(bytes: bytes)
            let moment = GoverningMoment(version: 1, look: 1)
            if takesRounds, decoder.waiting == 0,
                core.beginRound(
                    buffer,
                    limit: 1 << 16,
                    at: .now,
                    { _ in holds ? moment : nil },
                    isNow: { _ in holds }
                )
            {
                rounds += 1
                return take()
            }
            core.beginBatch()
            decoder.append(buffer)
            do {
                while fault == nil, let message = try decoder.next(limit: 1 << 16) {
                    go(core.receive(message, at: .now))
                }
            } catch { fault = error.message }
            decoder.settle()
            take()
        }

        private mutating func go(_ first: SessionStep) {
            var step = first
            while true {
                switch step {
                case .next: return
                case .close(let error):
                    fault = "closed: \(error?.message ?? "")"
                    return
                case .ask(.rewrite(let text)):
                    let failed = StatementFailure.failed(GovernanceError(.unknownTable, "no such relation"))
                    step = core.rewritten(
                        Rounds.texts[text].map { .success($0) } ?? .failure(failed),
                        at: .now
                    )
                case .ask(.check): step = core.checked(.success(holds), at: .now)
                }
            }
        }

        mutating func database(_ bytes: [UInt8], holds: Bool) {
            guard fault == nil else { return }
            self.holds = holds
            let buffer = ByteBuffer(bytes: bytes)
            if scanner.isEmpty, core.round != nil,
                let round = core.endRound(
                    buffer,
                    at: .now,
                    isNow: { _ in holds },
                    isClear: { $0.number != 3 },
                    shownType: { $0 & 31 }
                )
            {
                note(round.rows, nil, round.statement.record.reads.first, round.statement.record.fingerprint)
                return take()
            }
            scanner.append(buffer)
            do {
                while let message = try scanner.next(wholeRows: core.masksRows) {
                    let run = try core.receive(
                        message,
                        at: .now,
                        isClear: { $0.number != 3 },
                        shownType: { $0 & 31 }
                    )
                    if let run { note(run.rows, run.errorCode, run.reads, run.fingerprint) }
                }
            } catch { fault = "\(error)" }
            scanner.settle()
            take()
        }

        private mutating func note(
            _ rows: Int,
            _ errorCode: String?,
            _ reads: StatementReads?,
            _ fingerprint: String?
        ) {
            let columns = reads?.columns.values.flatMap { $0 }.sorted() ?? []
            ended.append("\(rows) \(errorCode ?? "nil") \(columns) \(fingerprint ?? "nil")")
        }

        private mutating func take() {
            toClient += Array(buffer: core.toClient)
            toUpstream += Array(buffer: core.toUpstream)
            core.toClient.clear()
            core.toUpstream.clear()
        }

        /// What the session would do next depends on these.
        var state: String {
            """
            \(core.isWaiting) \(core.isInTransaction) \(core.running.isEmpty) \(core.progress) \(core.isCalm) \
            \(core.masksRows)
            """
        }
    }

    /// As much of PostgreSQL as it takes to answer what it is sent.
    private struct Database {
        private var decoder = FrontendDecoder()
        private var isSkipping = false
        private var isInTransaction = false

        mutating func answer(_ bytes: [UInt8], _ dice: inout Dice) throws -> [UInt8] {
            decoder.append(ByteBuffer(bytes: bytes))
            var answer: [UInt8] = []
            while let message = try decoder.next(limit: 1 << 16) {
                if case .sync = message {
                    isSkipping = false
                    answer += ready
                    continue
                }
                guard !isSkipping else { continue }
                if Int.random(in: 0..<60, using: &dice) == 0 {
                    answer += WireClient.message("E", Array("SERROR\0C22012\0Mdivision by zero\0\0".utf8))
                    if case .query = message { answer += ready } else { isSkipping = true }
                    continue
                }
                if Int.random(in: 0..<60, using: &dice) == 0 { answer += WireClient.message("N", [0]) }
                answer += reply(to: message, &dice)
            }
            decoder.settle()
            return answer
        }

        private var ready: [UInt8] { WireClient.message("Z", [isInTransaction ? 0x54 : 0x49]) }

        private mutating func reply(to message: FrontendMessage, _ dice: inout Dice) -> [UInt8] {
            switch message {
            case .parse(_, let text, _):
                if text == "BEGIN" { isInTransaction = true }
                if text == "COMMIT" { isInTransaction = false }
                return WireClient.message("1", [])
            case .query(let text):
                if text.hasPrefix("BEGIN") { isInTransaction = true }
                if text.hasPrefix("COMMIT") { isInTransaction = false }
                return rows(&dice, isDescribed: true) + ready
            case .bind: return WireClient.message("2", [])
            case .closeStatement, .closePortal: return WireClient.message("3", [])
            case .describeStatement: return WireClient.message("t", [0, 0]) + description(&dice)
            case .describePortal: return description(&dice)
            case .execute: return rows(&dice, isDescribed: false)
            case .sync, .flush, .password, .functionCall, .copyPart, .terminate: return []
            }
        }

        private func description(_ dice: inout Dice) -> [UInt8] {
            if Int.random(in: 0..<90, using: &dice) == 0 { return WireClient.message("n", []) }
            let number = UInt8(max(1, 4 - Int.random(in: 1..<90, using: &dice)))
            let type: [UInt8] = [0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0]
            return WireClient.message("T", [0, 1] + Array("x\0".utf8) + [0, 0, 0, 9, 0, number] + type)
        }

        private func rows(_ dice: inout Dice, isDescribed: Bool) -> [UInt8] {
            let count = Int.random(in: 0...4, using: &dice)
            let row = WireClient.message("D", [0, 1, 0, 0, 0, 4] + Array("abcd".utf8))
            let end = WireClient.message("C", Array("SELECT \(count)\0".utf8))
            return (isDescribed ? description(&dice) : []) + (0..<count).flatMap { _ in row } + end
        }
    }

    @Test(arguments: 0..<40)
    func `come to what the same messages come to one by one`(seed: UInt64) throws {
        try #require(Self.texts.count == 9)
        var rounds = 0
        for number in UInt64(0)..<50 {
            var dice = Dice(seed: seed << 8 + number)
            var ways = [Way(takesRounds: true), Way(takesRounds: false)]
            var database = Database()
            var unanswered = 0
            for step in 0..<40 {
                let holds = Int.random(in: 0..<8, using: &dice) > 0
                let bytes = step == 0 ? Self.start(&dice) : Self.client(&dice)
                for piece in Self.pieces(bytes, &dice) {
                    for index in ways.indices { ways[index].client(piece, holds: holds) }
                }
                let isSame = ways[0].toUpstream == ways[1].toUpstream
                try #require(
                    isSame,
                    "seed \(seed) \(number): \(Self.difference(ways.map(\.toUpstream))); \(ways.map(\.fault))"
                )
                // Sometimes PostgreSQL answers late.
                guard Int.random(in: 0..<5, using: &dice) > 0 else { continue }
                let sent = Array(ways[0].toUpstream[unanswered...])
                unanswered = ways[0].toUpstream.count
                for piece in Self.pieces(try database.answer(sent, &dice), &dice) {
                    for index in ways.indices { ways[index].database(piece, holds: holds) }
                }
                let isToldSame = ways[0].toClient == ways[1].toClient
                try #require(isToldSame, "seed \(seed) \(number): \(Self.difference(ways.map(\.toClient)))")
                try #require(ways[0].ended == ways[1].ended, "seed \(seed) \(number)")
                try #require(ways[0].fault == ways[1].fault, "seed \(seed) \(number)")
                try #require(ways[0].state == ways[1].state, "seed \(seed) \(number)")
            }
            rounds += ways[0].rounds
        }
        #expect(rounds > 60, "only \(rounds) rounds")
    }

    /// A statement that is there to be run, masked on its way or not.
    private static func start(_ dice: inout Dice) -> [UInt8] {
        let text = Bool.random(using: &dice) ? "SELECT pin FROM t" : "SELECT name FROM t"
        return WireClient.message("P", Array("p\0\(text)\0".utf8) + [0, 0]) + WireClient.message("S", [])
    }

    /// Mostly what drivers send.
    private static func client(_ dice: inout Dice) -> [UInt8] {
        func one<Item>(of items: [Item]) -> Item { items[Int.random(in: 0..<items.count, using: &dice)] }
        let name = Array(one(of: ["p", "p", "p", "p", "p", "p", "p", "q", ""]).utf8) + [0]
        let portal = Array(one(of: ["", "", "", "", "", "", "", "", "", "c"]).utf8) + [0]
        let sync = WireClient.message("S", [])
        let text = Array(one(of: texts.keys.sorted() + ["SELECT pin FROM t", "nothing"]).utf8) + [0]
        let formats: [[UInt8]] = [[0, 0], [0, 0], [0, 1, 0, 1], [0, 1, 0, 0], [0, 1, 0, 9]]
        switch Int.random(in: 0..<30, using: &dice) {
        case 0: return WireClient.message("Q", text)
        case 1, 2: return WireClient.message("P", name + text + [0, 0]) + sync
        case 3: return WireClient.message("C", [one(of: [0x53, 0x50])] + name) + sync
        case 4: return WireClient.message("D", [0x53] + name) + sync
        case 5: return WireClient.message("E", portal + [0, 0, 0, 0])
        default:
            let bind = WireClient.message("B", portal + name + [0, 0, 0, 0] + one(of: formats))
            let describe = one(of: [WireClient.message("D", [0x50] + portal), []])
            let limit = one(of: [0, 0, 0, 0, 0, 2]) as UInt8
            let execute = WireClient.message("E", portal + [0, 0, 0, limit])
            return bind + describe + execute + one(of: [sync, sync, sync, sync, sync, sync, sync, []])
        }
    }

    /// What follows where two begin to differ.
    private static func difference(_ two: [[UInt8]]) -> [String] {
        let same = zip(two[0], two[1]).prefix { $0 == $1 }.count
        return two.map { String(decoding: $0.dropFirst(max(0, same - 60)).prefix(160), as: UTF8.self) }
    }

    /// Bytes whole, or in two parts.
    private static func pieces(_ bytes: [UInt8], _ dice: inout Dice) -> [[UInt8]] {
        guard bytes.count > 1, Int.random(in: 0..<6, using: &dice) == 0 else {
            return bytes.isEmpty ? [] : [bytes]
        }
        let cut = Int.random(in: 1..<bytes.count, using: &dice)
        return [Array(bytes[..<cut]), Array(bytes[cut...])]
    }
}
