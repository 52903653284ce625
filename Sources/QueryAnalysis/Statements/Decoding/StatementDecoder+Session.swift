extension StatementDecoder {
    /// A statement of the list.
    mutating func statement(_ node: SyntaxMessage) throws(StatementError) -> Statement {
        guard let node = SyntaxNode(node) else { throw unreadable }
        try begin()
        let message = node.message
        switch SyntaxKind(rawValue: node.kind) {
        case .select: return .query(try query(select: message))
        case .copy: return try copy(message)
        case .prepare: return try prepare(message)
        case .execute: return try execute(message)
        case .deallocate: return try deallocate(message)
        case .declareCursor: return try declare(message)
        case .fetch: return try fetch(message)
        case .closePortal: return try close(message)
        case .transaction: return .transaction(try transaction(message))
        case .setVariable: return try setVariable(message)
        case .showVariable: return try show(message)
        case .unlisten: return .unlisten
        case .discard: return try discard(message)
        default: throw refusal(SyntaxKind.name(of: node.kind), -1, .statement)
        }
    }

    private mutating func prepare(_ message: SyntaxMessage) throws(StatementError) -> Statement {
        var message = message
        let name = try sessionName(message.text(1)) ?? ""
        var types: [QueryType] = []
        for node in message.messages(2) {
            guard let type = SyntaxNode(node), type.kind == 190 else { throw unreadable }
            let decoded = try self.type(type.message)
            // PostgreSQL would look up the names that such parameters are given.
            guard !CatalogReference.types.contains(decoded.name) else {
                throw refusal("type `\(decoded.name)` of a parameter", -1, .type)
            }
            types.append(decoded)
        }
        let node = message.message(3)
        try finish(message, "PREPARE", -1)
        return .prepare(name: name, types: types, try query(node))
    }

    private mutating func execute(_ message: SyntaxMessage) throws(StatementError) -> Statement {
        var message = message
        let name = try sessionName(message.text(1)) ?? ""
        let arguments = try expressions(message.messages(2))
        try finish(message, "EXECUTE", -1)
        return .execute(name: name, arguments)
    }

    private func deallocate(_ message: SyntaxMessage) throws(StatementError) -> Statement {
        var message = message
        let name = try sessionName(message.text(1))
        try finish(message, "DEALLOCATE", -1)
        return .deallocate(name: name)
    }

    /// A cursor.
    ///
    /// **Source.** The bits are `CURSOR_OPT_…` of PostgreSQL's `parsenodes.h`.
    private mutating func declare(_ message: SyntaxMessage) throws(StatementError) -> Statement {
        var message = message
        let name = try sessionName(message.text(1)) ?? ""
        let bits = message.number(2)
        let node = message.message(3)
        try finish(message, "DECLARE", -1)
        let isScrollable: Bool? = bits & 2 != 0 ? true : bits & 4 != 0 ? false : nil
        let options = CursorOptions(
            isBinary: bits & 1 != 0,
            isScrollable: isScrollable,
            isHeld: bits & 0x20 != 0
        )
        // Insensitive, as all cursors are, or not minding (8, 0x10) makes no difference.
        guard bits & ~(1 | 2 | 4 | 8 | 0x10 | 0x20 | 0x100) == 0 else {
            throw refusal("this kind of cursor", -1)
        }
        return .declare(name: name, options, try query(node))
    }

    private func fetch(_ message: SyntaxMessage) throws(StatementError) -> Statement {
        var message = message
        let direction = message.number(1)
        let count = Int64(message.number(2))
        let name = try sessionName(message.text(3)) ?? ""
        let isMove = message.number(4) == 1
        try finish(message, "FETCH", -1)
        let amount: FetchAmount
        switch direction {
        case 1: amount = .forward(count)
        case 2: amount = .backward(count)
        case 3: amount = .absolute(count)
        case 4: amount = .relative(count)
        default: throw unreadable
        }
        return .fetch(name: name, amount, isMove: isMove)
    }

    private func close(_ message: SyntaxMessage) throws(StatementError) -> Statement {
        var message = message
        let name = try sessionName(message.text(1))
        try finish(message, "CLOSE", -1)
        return .close(name: name)
    }

    /// A name of a prepared statement or cursor.
    private func sessionName(_ name: String?) throws(StatementError) -> String? {
        guard let name, !SessionName.isPlain(name) else { return name }
        throw refusal("a name of a prepared statement or cursor that is not ASCII", -1)
    }

    /// `DISCARD`.
    ///
    /// **Source.** The numbers are those of `DiscardMode` in libpg_query's protocol.
    private func discard(_ message: SyntaxMessage) throws(StatementError) -> Statement {
        var message = message
        let target = message.number(1)
        try finish(message, "DISCARD", -1)
        switch target {
        case 1: return .discardAll
        case 2: return .discard(.plans)
        case 3: return .discard(.sequences)
        case 4: return .discard(.temporary)
        default: throw unreadable
        }
    }

    private mutating func transaction(_ message: SyntaxMessage) throws(StatementError) -> TransactionAct {
        var message = message
        let kind = message.number(1)
        let options = message.messages(2)
        let savepoint = message.text(3) ?? ""
        let chain = message.number(5) == 1
        try finish(message, "a transaction statement", -1)
        switch kind {
        case 1, 2:
            let (isolation, isDeferrable) = try transactionOptions(options)
            return .begin(isolation: isolation, isDeferrable: isDeferrable)
        case 3: return .commit(chain: chain)
        case 4: return .rollback(chain: chain)
        case 5: return .savepoint(savepoint)
        case 6: return .release(savepoint)
        case 7: return .rollbackTo(savepoint)
        default: throw refusal("a two-phase transaction", -1, .statement)
        }
    }

    /// The isolation level and deferrability; reading only is what it is anyway, writing is refused.
    mutating func transactionOptions(
        _ nodes: [SyntaxMessage]
    ) throws(StatementError) -> (isolation: String?, isDeferrable: Bool?) {
        var isolation: String?
        var isDeferrable: Bool?
        for node in nodes {
            guard var option = SyntaxNode(node), option.kind == SyntaxKind.option.rawValue else {
                throw unreadable
            }
            let name = option.message.text(2) ?? ""
            guard let argument = option.message.message(3), let constant = SyntaxNode(argument),
                constant.kind == SyntaxKind.constant.rawValue
            else { throw unreadable }
            switch (name, try literal(constant.message)) {
            case ("transaction_isolation", .text(let level))
            where ["read uncommitted", "read committed", "repeatable read", "serializable"].contains(level):
                isolation = level
            case ("transaction_read_only", .number("1")): break
            case ("transaction_read_only", _): throw refusal("READ WRITE", -1, .statement)
            case ("transaction_deferrable", .number(let flag)): isDeferrable = flag == "1"
            default: throw refusal("this transaction option", -1, .statement)
            }
        }
        return (isolation, isDeferrable)
    }
}
