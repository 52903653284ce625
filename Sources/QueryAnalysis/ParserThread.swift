import CPgQuery
import Glibc

/// PostgreSQL's parser, run where it can't overflow a stack.
///
/// libpg_query recurses without a limit of its own, so each call gets a thread with ``stackSize`` of address space;
/// pages are only taken as far as the parser really goes.
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
        let job = Job(statement: statement, depthLimit: depthLimit)
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return .unavailable }
        defer { pthread_attr_destroy(&attributes) }
        guard pthread_attr_setstacksize(&attributes, stackSize) == 0 else { return .unavailable }
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(job)
        let status = pthread_create(
            &thread,
            &attributes,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Job>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            },
            argument.toOpaque()
        )
        guard status == 0 else {
            argument.release()
            return .unavailable
        }
        pthread_join(thread, nil)
        return job.outcome
    }

    /// Parses one statement on the thread at hand, which must have ``stackSize`` bytes of stack.
    static func parsed(_ statement: [CChar], depthLimit: Int) -> Outcome {
        let job = Job(statement: statement, depthLimit: depthLimit)
        job.run()
        return job.outcome
    }

    /// One parse; its thread writes the outcome, the starter reads it after joining that thread.
    private final class Job {
        let statement: [CChar]
        let depthLimit: Int
        var outcome = Outcome.unavailable

        init(statement: [CChar], depthLimit: Int) {
            self.statement = statement
            self.depthLimit = depthLimit
        }

        func run() {
            let measured = pg_query_parse(statement)
            defer { pg_query_free_parse_result(measured) }
            if let error = measured.error {
                outcome = .syntaxError(cursor: Int(error.pointee.cursorpos))
                return
            }
            // The JSON form costs time in proportion to the text; protobuf's is quadratic in the depth, so depth is
            // looked at first. (JSON can't serve alone: this version leaves the value out of negative integers.)
            guard let json = measured.parse_tree, Job.depth(ofJSON: json) <= depthLimit else {
                outcome = .tooDeep
                return
            }
            let parsed = pg_query_parse_protobuf(statement)
            defer { pg_query_free_protobuf_parse_result(parsed) }
            if let error = parsed.error {
                outcome = .syntaxError(cursor: Int(error.pointee.cursorpos))
                return
            }
            let bytes = UnsafeRawBufferPointer(start: parsed.parse_tree.data, count: parsed.parse_tree.len)
            outcome = .tree(Array(bytes))
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
}
