import CPgQuery

/// PostgreSQL's parser, called on the thread at hand, which must have a big stack.
enum ParsedTree {
    /// The tree of a text in protobuf's encoding.
    ///
    /// - Throws: `.syntax` with the place, `.limit` when it is nested too deep.
    static func parse(_ text: [UInt8], depthLimit: Int) throws(StatementError) -> [UInt8] {
        let statement = (text + [0]).map { CChar(bitPattern: $0) }
        switch ParserThread.parsed(statement, depthLimit: depthLimit) {
        case .tree(let bytes): return bytes
        case .syntaxError(let cursor):
            let position = max(1, cursor)
            throw StatementError(
                code: .syntax,
                message: "syntax error at character \(position)",
                position: position
            )
        case .tooDeep:
            throw StatementError(code: .limit, message: "the statement is nested too deep", position: nil)
        case .unavailable:
            throw StatementError(code: .unproven, message: "the parser could not start", position: nil)
        }
    }

    /// A text's fingerprint: equal for statements that differ in nothing but their literals; nil when it can't be made.
    static func fingerprint(_ text: ArraySlice<UInt8>) -> String? {
        let statement = (Array(text) + [0]).map { CChar(bitPattern: $0) }
        let result = pg_query_fingerprint(statement)
        defer { pg_query_free_fingerprint_result(result) }
        guard result.error == nil, let text = result.fingerprint_str else { return nil }
        return String(cString: text)
    }
}
