/// A statement as it goes upstream, with what has to be known of it.
package struct RewrittenStatement: Sendable {
    /// The only text that is sent: printed by us from what was understood, read back and compared.
    package let text: String
    /// What the session has to know of it.
    package let effect: StatementEffect
    /// What it reads.
    package let reads: StatementReads
    /// Equal for statements that differ in literals only; nil for those that have none.
    package let fingerprint: String?
    /// For each output column what has to be done to its values before anybody sees them; nil for one that may pass as
    /// it is.
    ///
    /// **Shape.** Empty when no column needs anything, else one entry for each that the statement has.
    package let late: [LateColumn?]
}

/// What a statement does to the session's prepared statements and cursors.
package enum StatementEffect: Hashable, Sendable {
    /// Returns rows, and nothing stays.
    case query
    /// Sends rows by `COPY`.
    case copyOut
    /// Leaves a prepared statement.
    case prepares(String)
    /// Runs a prepared statement.
    case executes(String)
    /// Forgets one prepared statement, or all of them.
    case deallocates(String?)
    /// Leaves a cursor.
    case declares(String)
    /// Takes rows from a cursor.
    case fetches(String)
    /// Forgets one cursor, or all of them.
    case closes(String?)
    /// Begins or ends a transaction, or changes or shows settings.
    case session
    /// Returns rows, and changes settings by a call.
    case changesSettings
    /// Gives up all that the session set, prepared and opened.
    case discardsAll
}

/// Turns what a consumer sent into what may be sent upstream, or refuses it.
///
/// Must be called on a thread of ``ParserThreads``.
package enum StatementRewriter {
    /// Bytes that a text may have.
    package static let textLimit = 65_536
    /// Statements that a text may have.
    package static let statementLimit = 100

    /// The rewritten statements of a text, in order; empty for a text without any.
    ///
    /// One refused statement refuses the text: nothing of it is sent.
    /// - Parameters:
    ///   - text: What the consumer sent.
    ///   - catalog: What the consumer may see.
    ///   - masks: Where masks may be applied; on the way back only by those who see to it.
    /// - Returns: What may be sent.
    /// - Throws: what is wrong, by name and place.
    package static func rewrite(
        _ text: String,
        for catalog: GovernedCatalog,
        masks: MaskPlace = .database
    ) throws(StatementError) -> [RewrittenStatement] {
        try rewrite(Array(text.utf8), for: catalog, masks).statements
    }

    /// As ``rewrite(_:for:masks:)``, with a template for other texts of the same shape; nil when there can be none.
    ///
    /// Only literals that the grammar makes constants of, in places where their value is nothing but a value, become
    /// holes: not positions in `ORDER BY`, `GROUP BY` and `DISTINCT ON`, counts in `LIMIT` and `OFFSET`, modifiers of
    /// types, or parts of larger tokens. Statements in which names are looked up have no template. What is left, the
    /// resolver hands on unseen but for its class; that is tried out with other literals of the same classes before the
    /// template is believed.
    package static func rewriteForReuse(
        _ text: String,
        _ shaped: ShapedText,
        for catalog: GovernedCatalog,
        masks: MaskPlace
    ) throws(StatementError) -> (statements: [RewrittenStatement], template: RewriteTemplate?) {
        let made = try rewrite(Array(text.utf8), for: catalog, masks)
        guard let constants = made.constants, let statement = made.statements.first else {
            return (made.statements, nil)
        }
        let holes = shaped.literals(at: constants)
        guard let (other, sentinels) = shaped.withSentinels(holes, avoiding: statement.text),
            let again = try? rewrite(other, for: catalog, masks), again.constants != nil,
            let same = again.statements.first, same.effect == statement.effect,
            same.fingerprint == statement.fingerprint, same.late == statement.late,
            same.reads.isSame(as: statement.reads)
        else { return (made.statements, nil) }
        return (made.statements, shaped.template(of: statement, sentinels, in: same))
    }

    /// The statements, and the places of the only one's constants, when it may have a template.
    private static func rewrite(
        _ bytes: [UInt8],
        for catalog: GovernedCatalog,
        _ masks: MaskPlace
    ) throws(StatementError) -> (statements: [RewrittenStatement], constants: Set<Int>?) {
        guard bytes.count <= textLimit else {
            throw StatementError(
                code: .limit,
                message: "the statement has more than \(textLimit) bytes",
                position: nil
            )
        }
        var decoder = StatementDecoder(text: bytes)
        let statements = try decoder.statements(
            try ParsedTree.parse(bytes, depthLimit: StatementDecoder.depthLimit * 6)
        )
        guard statements.count <= statementLimit else {
            throw StatementError(
                code: .limit,
                message: "the text has more than \(statementLimit) statements",
                position: nil
            )
        }
        var result: [RewrittenStatement] = []
        var isPlain = statements.count == 1
        for (statement, range) in statements {
            var resolver = QueryResolver(relations: GovernedLookup(catalog: catalog), decoder: decoder)
            resolver.mentioned = decoder.mentions.names
            resolver.parameterUses = StatementRewriter.parameterUses(in: bytes[range])
            var governed = try resolver.statement(statement)
            let effect = resolver.changesSettings ? .changesSettings : governed.effect
            if resolver.catalog != nil || resolver.readsLiterals || effect != .query {
                isPlain = false
            }
            let late = masks == .wayBack && resolver.catalog == nil ? governed.openColumns() : []
            result.append(
                RewrittenStatement(
                    text: try proven(
                        governed,
                        limit: resolver.catalog == nil
                            ? QueryPrinter.sizeLimit : QueryPrinter.catalogSizeLimit
                    ),
                    effect: effect,
                    reads: resolver.reads,
                    fingerprint: ParsedTree.fingerprint(bytes[range]),
                    late: late
                )
            )
        }
        return (result, isPlain ? decoder.constants : nil)
    }

    /// The text of a statement, once it is known that it reads back to the same.
    static func proven(_ statement: Statement, limit: Int) throws(StatementError) -> String {
        var printer = QueryPrinter()
        printer.statement(statement)
        guard printer.text.utf8.count <= limit else {
            throw StatementError(
                code: .limit,
                message: "the governed statement has more than \(limit) bytes",
                position: nil
            )
        }
        let bytes = Array(printer.text.utf8)
        var decoder = StatementDecoder(rereading: bytes)
        let again = try decoder.statements(
            try ParsedTree.parse(bytes, depthLimit: StatementDecoder.depthLimit * 12)
        )
        guard again.count == 1, again[0].statement == statement else {
            throw StatementError(
                code: .unproven,
                message: "the governed statement does not read back as it was meant",
                position: nil
            )
        }
        return printer.text
    }

    /// How often each `$n` stands in a text; quotes and comments may count too many, which only leaves a copy out.
    private static func parameterUses(in text: ArraySlice<UInt8>) -> [Int: Int] {
        var uses: [Int: Int] = [:]
        var index = text.startIndex
        while index < text.endIndex {
            guard text[index] == UInt8(ascii: "$") else {
                index += 1
                continue
            }
            index += 1
            var number = 0
            while index < text.endIndex, text[index] &- 48 < 10, number < 100_000 {
                number = number * 10 + Int(text[index] - 48)
                index += 1
            }
            uses[number, default: 0] += 1
        }
        return uses
    }
}

extension Statement {
    /// Takes masks off the columns that only pass to the output, and tells what they then need; of queries alone, since
    /// what a cursor or a prepared statement of SQL gives comes by another statement.
    fileprivate mutating func openColumns() -> [LateColumn?] {
        guard case .query(let query) = self, let (opened, late) = LatePassage.opened(query) else { return [] }
        self = .query(opened)
        return late
    }

    fileprivate var effect: StatementEffect {
        switch self {
        case .query: .query
        case .copyOut: .copyOut
        case .prepare(let name, _, _): .prepares(name)
        case .execute(let name, _): .executes(name)
        case .deallocate(let name): .deallocates(name)
        case .declare(let name, _, _): .declares(name)
        case .fetch(let name, _, _): .fetches(name)
        case .close(let name): .closes(name)
        case .discardAll: .discardsAll
        case .transaction, .set, .show, .resetAll, .unlisten, .discard: .session
        }
    }
}

extension QueryResolver {
    /// The statement with its queries governed.
    fileprivate mutating func statement(_ statement: Statement) throws(StatementError) -> Statement {
        switch statement {
        case .query(let query): return .query(try whole(query))
        case .copyOut(let query, let options): return .copyOut(try whole(query), options)
        case .prepare(let name, let types, let query):
            return .prepare(name: name, types: types, try whole(query))
        case .declare(let name, let options, let query):
            return .declare(name: name, options, try whole(query))
        case .execute(let name, let arguments):
            let none = CommonNames()
            return .execute(name: name, try expressions(arguments, in: Namespace(), common: none))
        case .show("search_path"):
            guard let catalog = relations.consumersCatalog else { return statement }
            let path = QueryExpression.literal(.text(catalog.searchPath.joined(separator: ", ")))
            var plain = PlainQuery()
            plain.targets = [QueryTarget(value: .expression(path), name: "search_path")]
            return .query(Query(body: .plain(plain)))
        case .resetAll, .discardAll, .discard:
            guard relations.consumersCatalog?.manner.obligesTools == true else {
                throw decoder.toolsOnly(statement == .resetAll ? "RESET ALL" : "DISCARD")
            }
            return statement
        case .set(.searchPath, let value, let isLocal):
            guard let manner = relations.consumersCatalog?.manner, manner.obligesTools,
                value.map({ SessionManner.searchPath($0) == manner.searchPath }) ?? true
            else { throw decoder.fixedPath }
            // Upstream it is empty, and stays so.
            return .set(.searchPath, value: "", isLocal: isLocal)
        case .deallocate, .fetch, .close, .transaction, .set, .show, .unlisten: return statement
        }
    }

    private mutating func whole(_ query: Query) throws(StatementError) -> Query {
        let governed = try self.query(query, in: Namespace(), common: CommonNames()).query
        return withCatalogTables(governed)
    }
}
