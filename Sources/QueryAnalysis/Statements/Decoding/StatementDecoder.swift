/// Turns PostgreSQL's tree into ours; what isn't listed here is refused by name.
///
/// **Promise.** Every field of every node is taken or refused: a construct that this code doesn't know can't pass by.
struct StatementDecoder {
    /// Most nodes of one text.
    static let nodeLimit = 20_000
    /// Most relations of one text.
    static let relationLimit = 200
    /// Most levels of one statement.
    static let depthLimit = 400

    let text: [UInt8]
    /// How many times the limits count: what we write is longer than what we read.
    private let allowance: Int
    /// Whether the text is our own.
    var isOurs: Bool { allowance > 1 }
    /// What has been named so far.
    var mentions = Mentions()
    /// The places of constants whose values nothing but the printer looks at, in bytes.
    private(set) var constants: Set<Int> = []
    /// How many clauses are open whose constants are more than values: positions, counts.
    private var numberings = 0
    private var nodes = 0
    private var relations = 0
    private var depth = 0

    /// Reads a consumer's or a policy's text.
    init(text: [UInt8]) {
        self.text = text
        allowance = 1
    }

    /// Reads our own text again.
    init(rereading text: [UInt8]) {
        self.text = text
        allowance = 50
    }

    /// The statements of a whole text; may be empty.
    mutating func statements(_ tree: [UInt8]) throws(StatementError) -> [(
        statement: Statement, range: Range<Int>
    )] {
        guard var result = SyntaxMessage(tree[...]) else { throw unreadable }
        _ = result.number(1)
        let raw = result.messages(2)
        guard result.isSpent else { throw unreadable }
        var found: [(Statement, Range<Int>)] = []
        for var entry in raw {
            guard let node = entry.message(1) else { throw unreadable }
            let start = min(max(0, entry.number(2)), text.count)
            let length = entry.number(3)
            let end = length == 0 ? text.count : min(text.count, start + length)
            found.append((try statement(node), start..<max(start, end)))
        }
        return found
    }

    /// A tree that isn't as libpg_query makes them.
    var unreadable: StatementError {
        StatementError(code: .unproven, message: "the statement could not be read", position: nil)
    }

    /// The error of something that the subset lacks.
    func refusal(_ what: String, _ offset: Int, _ code: StatementErrorCode = .construct) -> StatementError {
        StatementError(code: code, message: "\(what) is not permitted here", position: position(offset))
    }

    /// The character, from 1, of a byte; nil when the parser didn't say.
    func position(_ offset: Int) -> Int? {
        guard offset >= 0, offset <= text.count else { return nil }
        return 1 + text[..<offset].count { $0 & 0xC0 != 0x80 }
    }

    /// Requires that nothing of a node was passed over.
    func finish(_ message: SyntaxMessage, _ what: String, _ offset: Int) throws(StatementError) {
        guard message.isSpent else { throw refusal("this form of \(what)", offset) }
    }

    /// Counts a node.
    mutating func begin() throws(StatementError) {
        nodes += 1
        guard nodes <= StatementDecoder.nodeLimit * allowance else {
            throw StatementError(
                code: .limit,
                message: "the statement has more than \(StatementDecoder.nodeLimit) parts",
                position: nil
            )
        }
    }

    /// Notes a constant that is a value; a text of our own has none that matter.
    mutating func note(constant offset: Int) {
        if numberings == 0, !isOurs { constants.insert(offset) }
    }

    /// Reads a clause in which constants may be more than values, such as the columns' positions in `ORDER BY`.
    mutating func numbering<Value>(
        _ read: (inout StatementDecoder) throws(StatementError) -> Value
    ) throws(StatementError) -> Value {
        numberings += 1
        defer { numberings -= 1 }
        return try read(&self)
    }

    /// Counts a relation.
    mutating func beginRelation() throws(StatementError) {
        relations += 1
        guard relations <= StatementDecoder.relationLimit * allowance else {
            throw StatementError(
                code: .limit,
                message: "the statement names more than \(StatementDecoder.relationLimit) relations",
                position: nil
            )
        }
    }

    /// Goes a level down; to be left again with ``leave()``.
    mutating func enter() throws(StatementError) {
        depth += 1
        guard depth <= StatementDecoder.depthLimit * (allowance > 1 ? 2 : 1) else {
            throw StatementError(
                code: .limit,
                message: "the statement has more than \(StatementDecoder.depthLimit) levels",
                position: nil
            )
        }
    }

    mutating func leave() { depth -= 1 }

    /// The strings of a list of names; nil when something else is in it.
    func names(_ parts: [SyntaxMessage]) -> [String]? {
        var names: [String] = []
        for part in parts {
            guard var node = SyntaxNode(part), node.kind == SyntaxKind.string.rawValue else { return nil }
            names.append(node.message.text(1) ?? "")
        }
        return names
    }

    /// A name without a schema, or one of `pg_catalog`; nil for any other.
    func catalogName(_ parts: [SyntaxMessage]) -> String? {
        guard let names = names(parts), let last = names.last,
            names.count == 1 || names.count == 2 && names[0] == "pg_catalog"
        else { return nil }
        return last
    }

    /// An alias; nil when there is none.
    func alias(_ message: SyntaxMessage?) throws(StatementError) -> QueryAlias? {
        guard var message else { return nil }
        guard let name = message.text(1), let columns = names(message.messages(2)), message.isSpent else {
            throw unreadable
        }
        return QueryAlias(name: name, columns: columns)
    }
}
