import PolicyEngine
import Scripts
import TestSupport
import Testing

@Suite(.aside) struct `The general script engine` {
    private let engine = DuktapeScripts()
    private let silent: (String, [JSONNode]) -> JSONNode = { _, _ in .null }

    @Test func `gives the value of the last statement`() throws {
        #expect(
            try engine.evaluate("var n = 0; for (var i = 1; i <= 4; i++) { n += i; } n", calling: silent)
                == .integer(10)
        )
        #expect(try engine.evaluate("/^a+b$/.test('aaab')", calling: silent) == .bool(true))
        #expect(try engine.evaluate("undefined", calling: silent) == nil)
        #expect(
            try engine.evaluate("[1, 2].map(function (x) { return x * 2; })", calling: silent)?.list?.count
                == 2
        )
    }

    @Test func `asks the host for names, macros and methods`() throws {
        var asked: [String] = []
        let host: (String, [JSONNode]) -> JSONNode = { name, arguments in
            asked.append(name + arguments.map(\.jsonText).joined(separator: ","))
            return name == "$UGNAMES" ? .array([.string("eng"), .string("ops")]) : .bool(true)
        }
        let script =
            "var n = 0; for (var i in UGNAMES) { if (IS_IN_GROUP(UGNAMES[i])) n++; } ctx.hasTag('PII') && n === 2"
        #expect(try engine.evaluate(script, calling: host) == .bool(true))
        #expect(asked.contains("isInGroup\"eng\"") && asked.contains("hasTag\"PII\""))
    }

    @Test(arguments: [
        "while (true) {}", "function f() { return f() + 1; } for (;;) { try { f(); } catch (e) {} }",
        "/^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab')",
    ])
    func `is stopped when it takes too long`(script: String) {
        #expect(throws: (any Error).self) { try engine.evaluate(script, calling: silent) }
    }

    @Test func `is stopped when it needs too much memory`() {
        let script = "var all = []; while (true) { all.push(new Array(1000).join('x') + all.length); }"
        #expect(throws: (any Error).self) { try engine.evaluate(script, calling: silent) }
        #expect(throws: ScriptFailure.tooLarge) {
            try engine.evaluate("new Array(80000).join('x')", calling: silent)
        }
    }

    @Test(arguments: [
        "throw 1", "x.y", "var", "require('fs')", "print('x')", "__host('getUser', [])", "Duktape.fs.read",
    ])
    func `fails for what throws and for what it doesn't have`(script: String) {
        #expect(throws: ScriptFailure.failed) { try engine.evaluate(script, calling: silent) }
    }

    @Test func `runs many scripts at once`() async throws {
        let values = try await withThrowingTaskGroup(of: JSONNode?.self) { group in
            for number in 0..<32 {
                group.addTask {
                    try DuktapeScripts().evaluate("var n = \(number); for (var i = 0; i < 1000; i++) n++; n")
                    { _, _ in
                        .null
                    }
                }
            }
            return try await group.reduce(into: Set<JSONNode>()) { found, value in
                if let value { found.insert(value) }
            }
        }
        #expect(values.count == 32)
    }
}
