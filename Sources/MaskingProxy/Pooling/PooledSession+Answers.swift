import NIOCore
import QueryAnalysis

/// What comes from PostgreSQL.
extension PooledSession {
    /// Takes a message of PostgreSQL; gives what is to be told, and more in ``given``.
    ///
    /// - Throws: when the connection is of no use to anybody.
    mutating func receive(
        _ message: UpstreamMessage,
        over shelf: inout ConnectionShelf
    ) throws(ClientError) -> UpstreamMessage? {
        defer { giveAnswered() }
        switch message {
        case .passing, .dropped, .parameterStatus: return owed.first?.isOurs == true ? nil : message
        case .rows(let bytes):
            guard owed.first?.isOurs == true else { return message }
            if readsRows { SettingsText.read(bytes, into: &learned) }
            return nil
        case .rowDescription: return try described(message)
        case .described(let bytes):
            return bytes.messageKind == UInt8(ascii: "t") ? message : try described(message)
        case .prepared: return try prepared(message, &shelf)
        case .completed(_, let bytes): return try completed(message, tag: bytes, &shelf)
        case .error(let error): return try failed(error, &shelf)
        case .ready(let status): return try ready(status, &shelf)
        case .backendKey, .authentication: return message
        }
    }

    private mutating func described(_ message: UpstreamMessage) throws(ClientError) -> UpstreamMessage? {
        switch owed.first {
        case .describe?: owed.removeFirst()
        case .query?: break
        case .ours(.applySettings)?, .ours(.learnSettings)?: return nil
        case .ours, .parse, .closeStatement, .bindOrClose, .execute, .refusal, .sync, nil: throw .lost
        }
        return message
    }

    private mutating func prepared(
        _ message: UpstreamMessage,
        _ shelf: inout ConnectionShelf
    ) throws(ClientError) -> UpstreamMessage? {
        switch owed.popFirst() {
        case .ours(.parse(let name)):
            if !name.isEmpty { shelf.add(name) }
            return nil
        case .ours(.parseNamed(let name)):
            ownNames.insert(name)
            return nil
        case .ours(.close(let name)):
            shelf.remove(name)
            return nil
        case .ours(.closeNamed(let name)):
            ownNames.remove(name)
            return nil
        case .parse(let name, let statement, _, _): if !name.isEmpty { shelf.add(statement.name) }
        case .closeStatement(let name, _, _): ownNames.remove(name)
        case .bindOrClose: break
        case .ours, .describe, .execute, .query, .refusal, .sync, nil: throw .lost
        }
        return message
    }

    private mutating func completed(
        _ message: UpstreamMessage,
        tag: ByteBuffer,
        _ shelf: inout ConnectionShelf
    ) throws(ClientError) -> UpstreamMessage? {
        var effect = StatementEffect.query
        switch owed.first {
        case .ours(.applySettings)?, .ours(.learnSettings)?: return nil
        case .execute(let effects, _)?:
            owed.removeFirst()
            note(CommandTag(tag), effects.first ?? .query, &shelf)
            return message
        case .query(let effects, let done, let former)?:
            if done < effects.count { effect = effects[done] }
            owed[owed.startIndex] = .query(effects, done: done + 1, former: former)
            forgetAfter(effect, CommandTag(tag))
        case .ours, .parse, .closeStatement, .bindOrClose, .describe, .refusal, .sync, nil: throw .lost
        }
        note(CommandTag(tag), effect, &shelf)
        return message
    }

    private mutating func note(
        _ tag: CommandTag?,
        _ effect: StatementEffect,
        _ shelf: inout ConnectionShelf
    ) {
        if effect == .changesSettings { mayDiffer = true }
        switch tag {
        case .setting: mayDiffer = true
        case .prepare:
            if case .prepares(let name) = effect { ownNames.insert(name) } else { isHeld = true }
        case .deallocate:
            guard case .deallocates(let name?) = effect else { return }
            ownNames.remove(name)
        case .deallocateAll:
            shelf.removeAll()
            ownNames = []
        case .discardAll:
            shelf.removeAll()
            ownNames = []
            mayDiffer = true
        case nil: return
        }
    }

    /// A statement of a text ended, which makes names mean nothing.
    private mutating func forgetAfter(_ effect: StatementEffect, _ tag: CommandTag?) {
        switch tag {
        case .deallocate, .deallocateAll, .discardAll: _ = forget(effect)
        case .setting, .prepare, nil: return
        }
    }

    private mutating func failed(
        _ error: UpstreamError,
        _ shelf: inout ConnectionShelf
    ) throws(ClientError) -> UpstreamMessage? {
        shelf.unnamed = .unknown
        switch owed.first {
        case .ours(.applySettings)?, .ours(.learnSettings)?: throw .lost
        case .ours(.parseNamed)? where owed.contains(where: \.isOwnSync),
            .ours(.parse)? where owed.contains(where: \.isOwnSync):
            passOver(&shelf)
            return nil
        case .refusal(let own, let isQuery)?:
            let told = ["42883", "42P05"].contains(error.sqlState) ? UpstreamError(own) : error
            if !isQuery { passOver(&shelf) }
            return .error(told)
        case .query?, .sync?, .ours(.sync)?, nil: return .error(error)
        case .parse(name: "", _, former: _, isAnswered: _)?:
            passOver(&shelf)
            mean("", nil)
            return .error(error)
        case .bindOrClose(let name)?, .describe(let name)?:
            passOver(&shelf)
            guard error.sqlState == "26000", !name.isEmpty else { return .error(error) }
            return .error(UpstreamError(.unknown(name)))
        case .ours, .parse, .closeStatement, .execute:
            passOver(&shelf)
            return .error(error)
        }
    }

    /// PostgreSQL passes over everything up to the next `Sync`: it is as if it had never been sent.
    private mutating func passOver(_ shelf: inout ConnectionShelf) {
        drafts = [:]
        ownDrafts = [:]
        var dropped: [OwedAnswer] = []
        while let next = owed.first, !next.isSync { dropped.append(owed.removeFirst()) }
        for answer in dropped.reversed() {
            switch answer {
            case .parse(let name, _, let former, _), .closeStatement(let name, let former, _):
                mean(name, former)
            case .execute(_, let former): for (name, statement) in former { mean(name, statement) }
            case .query(_, _, let former):
                mean("", former)
                isAwaiting = false
            case .refusal(_, isQuery: true): isAwaiting = false
            case .ours, .bindOrClose, .describe, .refusal, .sync: break
            }
        }
        isSkipping = owed.isEmpty
    }

    private mutating func ready(
        _ status: UInt8,
        _ shelf: inout ConnectionShelf
    ) throws(ClientError) -> UpstreamMessage? {
        guard let ended = owed.popFirst(), ended.endsSeries else { throw .lost }
        switch ended {
        case .ours(.applySettings): return nil
        case .ours(.sync): return nil
        case .ours(.learnSettings):
            let former = settings["TimeZone"]
            settings = learned
            shelf.settings = learned
            mayDiffer = false
            zoneMayDiffer = false
            isAwaiting = false
            if settings["TimeZone"] != former { holdForZones(&shelf) }
            return nil
        case .ours, .parse, .closeStatement, .bindOrClose, .describe, .execute, .query, .refusal, .sync: break
        }
        drafts = [:]
        ownDrafts = [:]
        self.status = status
        isInSeries = false
        isAwaiting = false
        if status == UInt8(ascii: "I") { portals = [:] }
        if mayDiffer || zoneMayDiffer, !isHeld, status == UInt8(ascii: "I") {
            learned = [:]
            ask(SettingsText.question, .learnSettings, &shelf)
            isAwaiting = true
        }
        return .ready(status)
    }

    /// Tells what needs no answer of PostgreSQL's, when its turn has come.
    mutating func giveAnswered() {
        while let first = owed.first, first.isAnswered {
            owed.removeFirst()
            var answer = ByteBuffer()
            if case .parse = first { answer.writeEmpty("1") } else { answer.writeEmpty("3") }
            given.append(.prepared(answer))
        }
    }
}
