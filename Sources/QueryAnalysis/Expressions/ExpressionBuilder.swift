import CatalogModel

/// Turns PostgreSQL's tree into ours, node kind by node kind; what isn't listed is refused.
struct ExpressionBuilder {
    let text: PreparedText
    /// Of each node that was begun, in preorder.
    private(set) var positions: [Int] = []
    private var depth = 0

    init(text: PreparedText) { self.text = text }

    /// The single expression of `SELECT (…)`.
    mutating func expression(ofStatement bytes: [UInt8]) throws(ExpressionSyntaxError) -> SQLExpression {
        guard var tree = SyntaxMessage(bytes[...]) else { throw notOneExpression }
        _ = tree.number(1)
        var statements = tree.messages(2)
        guard statements.count == 1, tree.isSpent, var node = statements[0].message(1),
            var select = node.message(58)
        else { throw notOneExpression }
        _ = select.number(14)
        _ = select.number(17)
        var targets = select.messages(3)
        guard targets.count == 1, select.isSpent, var target = targets[0].message(179) else {
            throw notOneExpression
        }
        _ = target.number(4)
        guard let value = target.message(3), target.isSpent else { throw notOneExpression }
        return try expression(value)
    }

    private var notOneExpression: ExpressionSyntaxError {
        ExpressionSyntaxError(message: "the text is not one expression", position: nil)
    }

    /// Remembers where a node stands and counts it.
    mutating func begin(_ location: Int) throws(ExpressionSyntaxError) {
        positions.append(text.position(ofStatementByte: location))
        guard positions.count <= SQLExpression.nodeLimit else {
            throw ExpressionSyntaxError(
                message: "the expression has more than \(SQLExpression.nodeLimit) parts",
                position: nil
            )
        }
    }

    /// The error of a thing that is outside the subset.
    func refusal(_ what: String, _ location: Int) -> ExpressionSyntaxError {
        let position = text.position(ofStatementByte: location)
        return ExpressionSyntaxError(
            message: "\(what) at position \(position) is not in the subset",
            position: position
        )
    }

    /// Requires that nothing of a node was passed over.
    func finish(_ message: SyntaxMessage, _ what: String, _ location: Int) throws(ExpressionSyntaxError) {
        guard message.isSpent else { throw refusal("this form of \(what)", location) }
    }

    /// The expression of a node; nil stands for a part that the grammar left out.
    mutating func expression(_ node: SyntaxMessage?) throws(ExpressionSyntaxError) -> SQLExpression {
        guard var node, let kind = node.numbers.first, node.numbers.count == 1,
            let message = node.message(kind)
        else { throw notOneExpression }
        depth += 1
        defer { depth -= 1 }
        guard depth <= SQLExpression.depthLimit else {
            throw ExpressionSyntaxError(
                message: "the expression has more than \(SQLExpression.depthLimit) levels",
                position: nil
            )
        }
        switch kind {
        case 16: return try boolean(message)
        case 27: return try cases(message)
        case 33: return try coalesce(message)
        case 34: return try extreme(message)
        case 35: return try requestFact(message)
        case 37: return try nullTest(message)
        case 38: return try truthTest(message)
        case 171: return try operation(message)
        case 172: return try column(message)
        case 173: return try macro(message)
        case 174: return try call(message)
        case 181: return try cast(message)
        case 238: return try literal(message)
        default: throw refusal(ExpressionBuilder.name(ofKind: kind), location(of: message, kind: kind))
        }
    }

    /// All of a list of nodes.
    mutating func expressions(_ nodes: [SyntaxMessage]) throws(ExpressionSyntaxError) -> [SQLExpression] {
        var result: [SQLExpression] = []
        for node in nodes { result.append(try expression(node)) }
        return result
    }

    /// A name of several parts, such as `pg_catalog.substring`; nil when it has something else in it.
    func name(_ parts: [SyntaxMessage]) -> [String]? {
        var names: [String] = []
        for part in parts {
            var node = part
            guard var string = node.message(233), node.isSpent else { return nil }
            names.append(string.text(1) ?? "")
        }
        return names
    }

    private func location(of message: SyntaxMessage, kind: Int) -> Int {
        let fields = [7: 7, 11: 5, 17: 7, 31: 6, 36: 11, 41: 5, 178: 2, 182: 3]
        var message = message
        return fields[kind].map { message.number($0) } ?? PreparedText.opening.utf8.count
    }

    private static func name(ofKind kind: Int) -> String {
        let names = [
            7: "GROUPING", 11: "a named argument", 17: "a subquery", 31: "a row", 36: "an XML expression",
            41: "DEFAULT", 42: "CURRENT OF", 177: "a subscript or field selection", 178: "an array",
            180: "a multiple assignment", 182: "COLLATE", 210: "XMLSERIALIZE",
        ]
        return names[kind] ?? "this construct"
    }
}
