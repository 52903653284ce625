/// The kinds of node that the subset has, by their number in libpg_query's `Node`.
enum SyntaxKind: Int {
    case groupingCall = 7
    case boolean = 16
    case subquery = 17
    case cases = 27
    case when = 28
    case row = 31
    case coalesce = 33
    case extreme = 34
    case fact = 35
    case nullTest = 37
    case truthTest = 38
    case join = 47
    case relation = 2
    case select = 58
    case closePortal = 68
    case unlisten = 85
    case copy = 70
    case fetch = 76
    case transaction = 86
    case setVariable = 97
    case discard = 99
    case showVariable = 98
    case prepare = 119
    case execute = 120
    case deallocate = 121
    case declareCursor = 122
    case operation = 171
    case column = 172
    case parameter = 173
    case call = 174
    case star = 175
    case subscripts = 176
    case indirection = 177
    case arrayExpression = 178
    case target = 179
    case cast = 181
    case collate = 182
    case sort = 183
    case window = 184
    case rangeQuery = 185
    case rangeFunction = 186
    case groupingSet = 201
    case commonTable = 216
    case integer = 230
    case string = 233
    case list = 235
    case constant = 238
    case option = 195

    /// What a kind is called that the subset lacks.
    static func name(of kind: Int) -> String {
        let names = [
            11: "a named argument", 36: "an XML expression", 41: "DEFAULT", 42: "CURRENT OF", 54: "INSERT",
            55: "DELETE", 56: "UPDATE", 57: "MERGE", 61: "ALTER TABLE", 65: "GRANT", 66: "GRANT",
            69: "CLUSTER",
            71: "CREATE TABLE", 72: "CREATE", 73: "DROP", 74: "TRUNCATE", 75: "COMMENT", 77: "CREATE INDEX",
            78: "CREATE FUNCTION", 79: "ALTER FUNCTION", 80: "DO", 81: "RENAME", 82: "CREATE RULE",
            83: "NOTIFY",
            84: "LISTEN", 87: "CREATE VIEW", 88: "LOAD", 92: "VACUUM or ANALYZE",
            93: "EXPLAIN",
            94: "CREATE TABLE AS", 95: "CREATE SEQUENCE", 100: "CREATE TRIGGER", 105: "LOCK",
            106: "SET CONSTRAINTS", 107: "REINDEX", 108: "CHECKPOINT", 155: "REFRESH MATERIALIZED VIEW",
            157: "ALTER SYSTEM", 169: "CALL", 180: "a multiple assignment", 187: "TABLESAMPLE",
            188: "XMLTABLE",
            210: "XMLSERIALIZE",
        ]
        return names[kind] ?? "this kind of statement or expression"
    }
}

/// A node: its kind and its message.
struct SyntaxNode {
    let kind: Int
    var message: SyntaxMessage

    /// Nil for a node without or with several kinds.
    init?(_ node: SyntaxMessage) {
        var node = node
        guard node.numbers.count == 1, let kind = node.numbers.first, let message = node.message(kind) else {
            return nil
        }
        self.kind = kind
        self.message = message
    }
}
