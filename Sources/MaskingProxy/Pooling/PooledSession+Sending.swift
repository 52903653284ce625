import NIOCore
import QueryAnalysis

/// What goes to PostgreSQL.
extension PooledSession {
    struct Message {
        let kind: UInt8
        let whole: ByteBuffer
        let effects: [StatementEffect]

        /// Whether a transaction that failed takes the text of a `Parse`.
        var mayEndTransaction: Bool {
            var body = body
            guard body.readZeroEnded() != nil, let text = body.readZeroEnded() else { return false }
            return text.isEmpty || text.hasPrefix("ROLLBACK") || text.hasPrefix("COMMIT")
        }

        /// Whether its text may set a time zone.
        var saysZone: Bool { PooledSession.saysZone(whole, effects) }

        func contains(_ text: [UInt8]) -> Bool { whole.readableBytesView.firstRange(of: text) != nil }

        var body: ByteBuffer {
            var body = whole
            body.moveReaderIndex(forwardBy: 5)
            return body
        }
    }

    /// The next message; what comes is ours, and whole.
    mutating func next() -> Message? {
        guard let kind = inbox.getInteger(at: inbox.readerIndex, as: UInt8.self),
            let length = inbox.getInteger(at: inbox.readerIndex + 1, as: Int32.self),
            let whole = inbox.readSlice(length: Int(length) + 1)
        else { return nil }
        if inbox.readableBytes == 0 { inbox = ByteBuffer() }
        let hasText = kind == UInt8(ascii: "P") || kind == UInt8(ascii: "Q")
        return Message(kind: kind, whole: whole, effects: hasText ? effects.popFirst() ?? [] : [])
    }

    /// Sends what may be sent now.
    mutating func send(over shelf: inout ConnectionShelf) {
        while !isAwaiting, let message = next() {
            guard !isSkipping || message.kind == UInt8(ascii: "S") else { continue }
            isSkipping = false
            send(message, &shelf)
        }
        giveAnswered()
    }

    private mutating func send(_ message: Message, _ shelf: inout ConnectionShelf) {
        var body = message.body
        switch message.kind {
        case UInt8(ascii: "Q"): query(message, &shelf)
        case UInt8(ascii: "P"):
            isInSeries = true
            let name = body.readZeroEnded() ?? ""
            parse(name, body, message, &shelf)
        case UInt8(ascii: "B"):
            isInSeries = true
            let portal = body.readZeroEnded() ?? ""
            let statement = body.readZeroEnded() ?? ""
            guard let name = wireName(statement, &shelf) else { return }
            let effects = names[statement]?.effects ?? []
            guard prepareNamed(effects) else { return }
            let isNoted = effects.contains { $0.isAboutStatements || $0 == .changesSettings }
            portals[portal] = isNoted ? effects : nil
            if names[statement]?.saysZone == true { zoneMayDiffer = true }
            toUpstream.writeMessage("B") { buffer in
                buffer.writeZeroEnded(portal)
                buffer.writeZeroEnded(name)
                buffer.writeImmutableBuffer(body)
            }
            owed.append(.bindOrClose(statement))
        case UInt8(ascii: "D"), UInt8(ascii: "C"):
            isInSeries = true
            let isStatement = body.readInteger(as: UInt8.self) == UInt8(ascii: "S")
            let isClose = message.kind == UInt8(ascii: "C")
            guard isStatement else {
                toUpstream.writeImmutableBuffer(message.whole)
                owed.append(isClose ? .bindOrClose("") : .describe(""))
                return
            }
            let name = body.readZeroEnded() ?? ""
            if isClose {
                close(name, &shelf)
            } else if let wire = wireName(name, &shelf), prepareNamed(names[name]?.effects ?? []) {
                toUpstream.writeNamed("D", "S", wire)
                owed.append(.describe(name))
            }
        case UInt8(ascii: "S"):
            toUpstream.writeImmutableBuffer(message.whole)
            owed.append(.sync)
            isAwaiting = true
        case UInt8(ascii: "E"):
            isInSeries = true
            let effects = portals[body.readZeroEnded() ?? ""] ?? []
            guard prepareNamed(effects) else { return }
            toUpstream.writeImmutableBuffer(message.whole)
            owed.append(.execute(effects, former: forget(effects.first)))
        default: toUpstream.writeImmutableBuffer(message.whole)
        }
    }

    private mutating func query(_ message: Message, _ shelf: inout ConnectionShelf) {
        isAwaiting = true
        let former = names[""]
        mean("", nil)
        shelf.unnamed = .none
        let named = message.effects.compactMap(\.statementName)
        if named.contains(where: { $0.hasPrefix(KeptStatement.prefix) }) {
            toUpstream.writeQuery(PooledSession.failing)
            owed.append(.refusal(.reservedName, isQuery: true))
            return
        }
        let isBrief: Bool
        if case .deallocates? = message.effects.first {
            isBrief = message.effects.count == 1
        } else {
            isBrief = false
        }
        if !isBrief { hold(for: message) }
        for name in named where !isOwn(name) && status != UInt8(ascii: "E") {
            guard let statement = names[name] else { continue }
            let isSame = isBrief || statement.means(sameIn: zone)
            guard isSame || !zoneMayDiffer, let own = isSame ? .some(nil) : statement.knownZone else {
                toUpstream.writeQuery(PooledSession.failing)
                owed.append(.refusal(.stale, isQuery: true))
                return
            }
            if !isSame { ask(SettingsText.zone(own), .applySettings, &shelf) }
            toUpstream.writeParse(statement, name: name)
            owed.append(.ours(.parseNamed(name)))
            toUpstream.writeEmpty("S")
            owed.append(.ours(.sync))
            if !isSame { ask(SettingsText.zone(settings["TimeZone"]), .applySettings, &shelf) }
        }
        toUpstream.writeImmutableBuffer(message.whole)
        owed.append(.query(message.effects, done: 0, former: former))
    }

    private mutating func parse(
        _ name: String,
        _ content: ByteBuffer,
        _ message: Message,
        _ shelf: inout ConnectionShelf
    ) {
        let named = message.effects.compactMap(\.statementName)
        guard !named.contains(where: { $0.hasPrefix(KeptStatement.prefix) }) else {
            refuse(.reservedName)
            return
        }
        hold(for: message)
        let former = names[name]
        guard name.isEmpty || former == nil else {
            refuseDuplicate(name, message)
            return
        }
        let statement = KeptStatement(content, message.effects, isNamed: !name.isEmpty, zone: zone)
        guard namedBytes + statement.size <= PooledSession.namedLimit else {
            refuse(.tooMuchPrepared)
            return
        }
        var isAnswered = false
        if name.isEmpty {
            toUpstream.writeParse(statement, name: "")
            shelf.unnamed = .holds(statement)
        } else if isThere(statement, &shelf) {
            // A transaction that failed takes nothing but its end, and PostgreSQL shall say so.
            if status == UInt8(ascii: "E"), !message.mayEndTransaction {
                toUpstream.writeParse(statement, name: statement.name)
            } else {
                isAnswered = true
            }
        } else {
            guard prepareNamed(statement.effects) else { return }
            prepare(statement, &shelf)
        }
        mean(name, statement)
        owed.append(.parse(name: name, statement, former: former, isAnswered: isAnswered))
    }

    /// Forgets what a statement of SQL makes mean nothing when it succeeds, and gives it.
    mutating func forget(_ effect: StatementEffect?) -> [String: KeptStatement] {
        let name: String?
        switch effect {
        case .deallocates(let one): name = one
        case .discardsAll: name = nil
        case .query, .copyOut, .prepares, .executes, .declares, .fetches, .closes, .session, .changesSettings,
            nil:
            return [:]
        }
        let former = names.filter { !$0.key.isEmpty && (name == nil || $0.key == name) }
        for name in former.keys {
            mean(name, nil)
            ownDrafts[name] = false
        }
        return former
    }

    /// Prepares under the client's names what a portal's statement of SQL names; false when it is refused.
    private mutating func prepareNamed(_ effects: [StatementEffect]) -> Bool {
        for name in effects.compactMap(\.statementName) where !isOwn(name) {
            guard let statement = names[name] else { continue }
            guard statement.means(sameIn: zone) else {
                refuse(.stale)
                return false
            }
            toUpstream.writeParse(statement, name: name)
            owed.append(.ours(.parseNamed(name)))
            ownDrafts[name] = true
        }
        return true
    }

    /// Whether the connection has a statement under the client's name, once what was sent is answered.
    private func isOwn(_ name: String) -> Bool { ownDrafts[name] ?? ownNames.contains(name) }

    /// A transaction that failed takes nothing but its end, and says of anything else that it failed, before it says that a
    /// name is taken.
    private mutating func refuseDuplicate(_ name: String, _ message: Message) {
        guard status == UInt8(ascii: "E"), message.mayEndTransaction else {
            refuse(.duplicate(name))
            return
        }
        let twice = "\(KeptStatement.prefix)twice"
        toUpstream.writeNamed("C", "S", twice)
        owed.append(.ours(.close(twice)))
        toUpstream.writeParse(name: twice, text: "ROLLBACK", types: [])
        owed.append(.ours(.parse(twice)))
        toUpstream.writeParse(name: twice, text: "ROLLBACK", types: [])
        owed.append(.refusal(.duplicate(name), isQuery: false))
    }

    /// Sends a `Parse` of a named statement, in the place of another when there are many.
    private mutating func prepare(_ statement: KeptStatement, _ shelf: inout ConnectionShelf) {
        if shelf.count >= statementLimit, !isHeld, let oldest = shelf.oldest, drafts[oldest] == nil {
            toUpstream.writeNamed("C", "S", oldest)
            owed.append(.ours(.close(oldest)))
            drafts[oldest] = false
        }
        toUpstream.writeParse(statement, name: statement.name)
        drafts[statement.name] = true
    }

    private func isThere(_ statement: KeptStatement, _ shelf: inout ConnectionShelf) -> Bool {
        drafts[statement.name] ?? shelf.use(statement.name)
    }

    /// The name by which the connection has what a client's name means, once what was sent is answered; nil when the
    /// message is refused.
    private mutating func wireName(_ name: String, _ shelf: inout ConnectionShelf) -> String? {
        guard let statement = names[name] else {
            guard name.isEmpty else { return PooledSession.escaped(name) }
            if case .none = shelf.unnamed { return "" }
            // It is another session's.
            toUpstream.writeNamed("C", "S", "")
            owed.append(.ours(.close("")))
            shelf.unnamed = .none
            return ""
        }
        if name.isEmpty {
            if case .holds(let held) = shelf.unnamed, held === statement { return "" }
        } else if isThere(statement, &shelf) {
            return statement.name
        }
        guard statement.means(sameIn: zone) else {
            refuse(.stale)
            return nil
        }
        if name.isEmpty {
            toUpstream.writeParse(statement, name: "")
            shelf.unnamed = .holds(statement)
        } else {
            // What it names decides about its columns already.
            guard prepareNamed(statement.effects) else { return nil }
            prepare(statement, &shelf)
        }
        owed.append(.ours(.parse(statement.name)))
        return statement.name
    }

    private mutating func close(_ name: String, _ shelf: inout ConnectionShelf) {
        let former = names[name]
        if former != nil, isOwn(name) {
            ownDrafts[name] = false
            toUpstream.writeNamed("C", "S", name)
            owed.append(.ours(.closeNamed(name)))
        }
        let isOnConnection = name.isEmpty || former == nil
        if isOnConnection { toUpstream.writeNamed("C", "S", PooledSession.escaped(name)) }
        if name.isEmpty { shelf.unnamed = .none }
        mean(name, nil)
        owed.append(.closeStatement(name: name, former: former, isAnswered: !isOnConnection))
    }

    /// A name that no statement of another session's has.
    private static func escaped(_ name: String) -> String {
        name.hasPrefix(KeptStatement.prefix) ? "client_\(name)" : name
    }

    /// Fails, wherever it is sent.
    private static let failing = "SELECT pg_catalog.\(KeptStatement.prefix)refusal()"

    private mutating func refuse(_ error: ClientError) {
        toUpstream.writeParse(name: "steward_refusal", text: PooledSession.failing, types: [])
        owed.append(.refusal(error, isQuery: false))
    }

    /// Keeps the connection for good when a text may leave a cursor that outlives its transaction.
    private mutating func hold(for message: Message) {
        // Not known before PostgreSQL says so, and what is prepared until then may be read in either.
        if message.saysZone { zoneMayDiffer = true }
        guard !isHeld else { return }
        isHeld = message.effects.contains { effect in
            switch effect {
            case .declares: message.contains(PooledSession.heldCursor)
            case .query, .copyOut, .prepares, .executes, .deallocates, .fetches, .closes, .session,
                .changesSettings, .discardsAll:
                false
            }
        }
    }

    /// Whether a text may set a time zone.
    static func saysZone(_ text: ByteBuffer, _ effects: [StatementEffect]) -> Bool {
        guard effects.contains(where: { $0 == .session || $0 == .changesSettings || $0 == .discardsAll })
        else {
            return false
        }
        let bytes = text.readableBytesView
        guard bytes.firstRange(of: timeZone) != nil else {
            return bytes.firstRange(of: resetAll) != nil || effects.contains(.discardsAll)
        }
        return effects.contains(.changesSettings) || bytes.firstRange(of: set) != nil
    }

    private static let resetAll = Array("RESET ALL".utf8)
    private static let heldCursor = Array("WITH HOLD".utf8)
    private static let timeZone = Array("timezone".utf8)
    private static let set = Array("SET ".utf8)

    /// What was prepared before the time zone changed goes on meaning the moments that it did: the session keeps the
    /// connection, on which all of it is prepared now, each in its own zone.
    mutating func holdForZones(_ shelf: inout ConnectionShelf) {
        let missing = names.values.filter { !$0.name.isEmpty && !shelf.use($0.name) }
        guard names.contains(where: { !$0.key.isEmpty }) else { return }
        isHeld = true
        for (zone, statements) in Dictionary(grouping: missing, by: \.knownZone) {
            guard let zone else { continue }
            ask(SettingsText.zone(zone), .applySettings, &shelf)
            for statement in statements where drafts[statement.name] == nil {
                toUpstream.writeParse(statement, name: statement.name)
                owed.append(.ours(.parse(statement.name)))
                drafts[statement.name] = true
            }
            toUpstream.writeEmpty("S")
            owed.append(.ours(.sync))
        }
        guard !missing.isEmpty else { return }
        ask(SettingsText.zone(settings["TimeZone"]), .applySettings, &shelf)
    }

    /// The time zone in which literals are read now.
    private var zone: KeptStatement.Zone { zoneMayDiffer ? .unknown : .known(settings["TimeZone"]) }

    mutating func mean(_ name: String, _ statement: KeptStatement?) {
        namedBytes -= names[name]?.size ?? 0
        namedBytes += statement?.size ?? 0
        names[name] = statement
    }
}
