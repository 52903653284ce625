import NIOCore
import QueryAnalysis

/// What PostgreSQL's backend is to a session, over files: governed messages in, answers out, no I/O of its own.
///
/// INVARIANT: one thread at a time works with it; ``EmbeddedUpstream`` sees to that.
final class EmbeddedBackend: @unchecked Sendable {
    /// Bytes of answers after which it pauses.
    private static let pace = 256 << 10

    private let session: EngineSession
    private let interruption: Interruption
    private let limits: EngineLimits
    private let statementSeconds: Int64
    private var waiting: [FrontendMessage] = []
    private var commands: (rest: ArraySlice<EngineCommand>, isSingle: Bool)?
    private var delivery: Delivery?
    /// Whether messages are passed over up to the next `Sync`.
    private var isSkipping = false
    private var answers: [UpstreamMessage] = []
    private var size = 0

    /// A result on its way out.
    private struct Delivery {
        let outcome: EngineOutcome
        var next = 0
        let describes: Bool
    }

    init(
        session: EngineSession,
        interruption: Interruption,
        limits: EngineLimits,
        statementSeconds: Int64
    ) {
        self.session = session
        session.limit(limits)
        self.interruption = interruption
        self.limits = limits
        self.statementSeconds = statementSeconds
    }

    /// Goes on, with more messages perhaps.
    ///
    /// - Returns: Answers, and whether there is more to be done without any message.
    func work(_ messages: [FrontendMessage]) -> (answers: [UpstreamMessage], hasMore: Bool) {
        waiting += messages
        answers = []
        size = 0
        while size < EmbeddedBackend.pace {
            if delivery != nil {
                deliver()
            } else if commands != nil {
                nextCommand()
            } else if waiting.isEmpty {
                return (answers, false)
            } else {
                take(waiting.removeFirst())
            }
        }
        return (answers, true)
    }

    private func answer(_ message: UpstreamMessage) { answers.append(message) }

    private func ready() {
        // Whoever cancels means what ran before this.
        interruption.clear()
        // The one setting that PostgreSQL tells of and that can be another here.
        if let name = session.changedApplicationName() { answer(.parameterStatus("application_name", name)) }
        answer(.ready(session.status))
    }

    private func bytes(_ kind: Character, _ body: (inout ByteBuffer) -> Void = { _ in }) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeMessage(kind, body)
        size += buffer.readableBytes
        return buffer
    }

    // MARK: Messages

    private func take(_ message: FrontendMessage) {
        switch message {
        case .query(let text): if !isSkipping { query(text) }
        case .sync:
            isSkipping = false
            session.endSeries()
            ready()
        case .flush, .copyPart, .terminate, .password, .functionCall: return
        case .parse, .bind, .describeStatement, .describePortal, .execute, .closeStatement, .closePortal:
            guard !isSkipping else { return }
            session.beginSeries()
            do throws(EngineFault) { try extended(message) } catch {
                session.fail()
                isSkipping = true
                answer(.error(UpstreamError(error)))
            }
        }
    }

    private func query(_ text: String) {
        guard let refusal = EmbeddedBackend.refusal(text) else {
            do throws(EngineFault) {
                let statements = try session.statements(of: text)
                guard !statements.isEmpty else {
                    answer(.completed(rows: 0, bytes("I")))
                    ready()
                    return
                }
                commands = (statements[...], statements.count == 1)
            } catch { failed(UpstreamError(error)) }
            return
        }
        failed(refusal)
    }

    /// A refused statement, which comes as a call of a function that can't exist.
    private static func refusal(_ text: String) -> UpstreamError? {
        guard text.hasPrefix("SELECT pg_catalog.\(Refusals.mark)") else { return nil }
        let words = "function \(text.dropFirst("SELECT ".count)) does not exist"
        return UpstreamError(fields: [(UInt8(ascii: "C"), "42883"), (UInt8(ascii: "M"), words)])
    }

    private func failed(_ error: UpstreamError) {
        commands = nil
        delivery = nil
        session.fail()
        session.endSeries()
        answer(.error(error))
        ready()
    }

    private func nextCommand() {
        guard let (rest, isSingle) = commands, let command = rest.first else {
            commands = nil
            session.endSeries()
            ready()
            return
        }
        commands = (rest.dropFirst(), isSingle)
        do throws(EngineFault) {
            begin()
            delivery = Delivery(outcome: try session.run(command, isSingle: isSingle), describes: true)
            head()
        } catch { failed(UpstreamError(error)) }
    }

    private func begin() {
        var milliseconds = statementSeconds * 1000
        if let own = session.statementTimeout {
            milliseconds = milliseconds == 0 ? Int64(own) : min(milliseconds, Int64(own))
        }
        interruption.begin(milliseconds: milliseconds)
        session.limit(limits)
    }

    private func extended(_ message: FrontendMessage) throws(EngineFault) {
        switch message {
        case .parse(let name, let text, let types):
            if let refusal = EmbeddedBackend.refusal(text) {
                session.fail()
                isSkipping = true
                answer(.error(refusal))
                return
            }
            try session.parse(name, text, types: types)
            answer(.prepared(bytes("1")))
        case .bind(let portal, let statement, let whole):
            let values = try BoundValues(whole)
            try session.bind(portal, to: statement, values: values.values, formats: values.formats)
            answer(.prepared(bytes("2")))
        case .describeStatement(let name):
            let (parameters, columns) = try session.describe(statement: name)
            answer(
                .described(
                    bytes("t") { buffer in
                        buffer.writeInteger(UInt16(clamping: parameters.count))
                        for parameter in parameters { buffer.writeInteger(parameter) }
                    }
                )
            )
            describe(columns) { _ in 0 }
        case .describePortal(let name):
            guard let (columns, formats) = try session.describe(portal: name) else {
                describe(nil) { _ in 0 }
                return
            }
            describe(columns) { index in
                formats.count == 1 ? formats[0] : formats.indices.contains(index) ? formats[index] : 0
            }
        case .execute(let portal, let limit):
            begin()
            guard let outcome = try session.execute(portal: portal, limit: Int(limit)) else {
                answer(.completed(rows: 0, bytes("I")))
                return
            }
            delivery = Delivery(outcome: outcome, describes: false)
            head()
        case .closeStatement(let name):
            session.close(statement: name)
            answer(.prepared(bytes("3")))
        case .closePortal(let name):
            session.close(portal: name)
            answer(.prepared(bytes("3")))
        case .query, .sync, .flush, .copyPart, .terminate, .password, .functionCall: return
        }
    }

    // MARK: Results

    private func describe(_ columns: [EngineColumn]?, format: (Int) -> Int16) {
        guard let columns else {
            answer(.described(bytes("n")))
            return
        }
        answer(
            .rowDescription(
                bytes("T") { buffer in
                    buffer.writeInteger(Int16(columns.count))
                    for (index, column) in columns.enumerated() {
                        buffer.writeZeroEnded(column.name)
                        buffer.writeInteger(UInt32(0))
                        buffer.writeInteger(Int16(0))
                        buffer.writeInteger(column.identifier)
                        buffer.writeInteger(column.length)
                        buffer.writeInteger(column.modifier)
                        buffer.writeInteger(format(index))
                    }
                }
            )
        )
    }

    private func head() {
        guard let delivery else { return }
        let outcome = delivery.outcome
        if outcome.isCopy {
            let format: Int16 = outcome.isBinaryCopy ? 1 : 0
            answer(
                .passing(
                    bytes("H") { buffer in
                        buffer.writeInteger(Int8(format))
                        buffer.writeInteger(Int16(outcome.columns.count))
                        for _ in outcome.columns { buffer.writeInteger(format) }
                    }
                )
            )
            let head = outcome.copyHead
            // The binary head comes together with what follows it, as PostgreSQL sends it.
            if !head.isEmpty, !outcome.isBinaryCopy { answer(.passing(bytes("d") { $0.writeBytes(head) })) }
        } else if delivery.describes, outcome.givesRows {
            describe(outcome.columns) { outcome.format(of: $0) }
        }
    }

    /// Writes rows, as many as fit into one go.
    private func deliver() {
        guard var delivery else { return }
        let outcome = delivery.outcome
        var rows = ByteBuffer()
        while delivery.next < outcome.count, rows.readableBytes < EmbeddedBackend.pace {
            let index = delivery.next
            var body = outcome.isCopy ? outcome.copyRow(index) : outcome.dataRow(index)
            if index == 0, outcome.isBinaryCopy { body = outcome.copyHead + body }
            rows.writeMessage(outcome.isCopy ? "d" : "D") { $0.writeBytes(body) }
            delivery.next += 1
        }
        if rows.readableBytes > 0 {
            size += rows.readableBytes
            answer(.passing(rows))
        }
        guard delivery.next >= outcome.count else {
            self.delivery = delivery
            return
        }
        self.delivery = nil
        if outcome.isCopy {
            let isEmptyBinary = outcome.isBinaryCopy && outcome.count == 0
            let tail = (isEmptyBinary ? outcome.copyHead : []) + outcome.copyTail
            if !tail.isEmpty { answer(.passing(bytes("d") { $0.writeBytes(tail) })) }
            answer(.passing(bytes("c")))
        }
        if let tag = outcome.tag {
            answer(.completed(rows: outcome.count, bytes("C") { $0.writeZeroEnded(tag) }))
        } else {
            answer(.completed(rows: outcome.count, bytes("s")))
        }
    }
}

/// The values and formats of a `Bind`.
struct BoundValues {
    private(set) var values: [(format: Int16, bytes: [UInt8]?)] = []
    private(set) var formats: [Int16] = []

    init(_ whole: ByteBuffer) throws(EngineFault) {
        let broken = EngineFault("08P01", "invalid message format")
        var buffer = whole
        buffer.moveReaderIndex(forwardBy: 5)
        guard buffer.readZeroEnded() != nil, buffer.readZeroEnded() != nil,
            let given = BoundValues.formats(&buffer), let count = buffer.readInteger(as: Int16.self),
            count >= 0
        else { throw broken }
        for index in 0..<Int(count) {
            guard let length = buffer.readInteger(as: Int32.self) else { throw broken }
            let format = given.count == 1 ? given[0] : given.indices.contains(index) ? given[index] : 0
            guard length >= 0 else {
                values.append((format, nil))
                continue
            }
            guard let bytes = buffer.readBytes(length: Int(length)) else { throw broken }
            values.append((format, bytes))
        }
        guard let wanted = BoundValues.formats(&buffer), buffer.readableBytes == 0,
            (given + wanted).allSatisfy({ $0 == 0 || $0 == 1 })
        else { throw broken }
        formats = wanted
    }

    private static func formats(_ buffer: inout ByteBuffer) -> [Int16]? {
        guard let count = buffer.readInteger(as: Int16.self), count >= 0 else { return nil }
        var formats: [Int16] = []
        for _ in 0..<count {
            guard let format = buffer.readInteger(as: Int16.self) else { return nil }
            formats.append(format)
        }
        return formats
    }
}
