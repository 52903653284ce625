import CPgQuery
import Glibc

/// PostgreSQL's parser, run where it can't overflow a stack.
///
/// libpg_query recurses without a limit of its own, so it runs on threads with ``stackSize`` of address space each;
/// pages are only taken as far as the parser really goes, and given back. The threads stay: libpg_query takes a
/// thread-local key for every thread that it sees and never returns it, and a process has only 1,024 of them.
enum ParserThread {
    /// Bytes of stack; 64 KB of the worst nesting need less than a quarter.
    static let stackSize = 512 << 20

    /// What the parser said.
    enum Outcome: Sendable {
        /// The tree in protobuf's encoding.
        case tree([UInt8])
        /// A syntax error at a character of the statement, from 1.
        case syntaxError(cursor: Int)
        /// The tree has more levels than an expression may have.
        case tooDeep
        /// No thread could be started.
        case unavailable
    }

    /// Parses one statement, which ends with a zero.
    static func parse(_ statement: [CChar], depthLimit: Int) -> Outcome {
        run { parsed(statement, depthLimit: depthLimit) } ?? .unavailable
    }

    /// Runs a body on one of the process's threads for parsing and waits for it; nil when none could be started.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value? { threads?.run(body) }

    private static let threads = ParserThreads(count: 2)

    /// Parses one statement on the thread at hand, which must have ``stackSize`` bytes of stack.
    static func parsed(_ statement: [CChar], depthLimit: Int) -> Outcome {
        let measured = pg_query_parse(statement)
        defer { pg_query_free_parse_result(measured) }
        if let error = measured.error { return .syntaxError(cursor: Int(error.pointee.cursorpos)) }
        // The JSON form costs time in proportion to the text; protobuf's is quadratic in the depth, so depth is
        // looked at first. (JSON can't serve alone: this version leaves the value out of negative integers.)
        guard let json = measured.parse_tree, depth(ofJSON: json) <= depthLimit else { return .tooDeep }
        let parsed = pg_query_parse_protobuf(statement)
        defer { pg_query_free_protobuf_parse_result(parsed) }
        if let error = parsed.error { return .syntaxError(cursor: Int(error.pointee.cursorpos)) }
        return .tree(
            Array(UnsafeRawBufferPointer(start: parsed.parse_tree.data, count: parsed.parse_tree.len))
        )
    }

    /// The deepest nesting of braces and brackets outside of strings.
    private static func depth(ofJSON text: UnsafeMutablePointer<CChar>) -> Int {
        var depth = 0
        var deepest = 0
        var inString = false
        var cursor = text
        while cursor.pointee != 0 {
            switch (UInt8(bitPattern: cursor.pointee), inString) {
            case (UInt8(ascii: "\\"), true): if cursor[1] != 0 { cursor += 1 }
            case (UInt8(ascii: "\""), _): inString.toggle()
            case (UInt8(ascii: "{"), false), (UInt8(ascii: "["), false):
                depth += 1
                deepest = max(deepest, depth)
            case (UInt8(ascii: "}"), false), (UInt8(ascii: "]"), false): depth -= 1
            default: break
            }
            cursor += 1
        }
        return deepest
    }
}
