import CScriptEngine
package import PolicyEngine

/// Runs scripts of policies that lie beyond the compiled part of JavaScript, in Duktape.
///
/// Each run has a thread and memory of its own, and is stopped when either limit is reached. Scripts see no file, no
/// network and nothing of this process but what the policy engine answers them.
package struct DuktapeScripts: ScriptEngine {
    /// Processor time of one script, in milliseconds.
    package static let milliseconds = 50
    /// Memory of one script, in bytes.
    package static let memory = 16 << 20
    /// The longest value, in bytes of JSON.
    package static let longestValue = 1 << 16

    /// Ready to run.
    package init() {}

    /// Runs one script.
    ///
    /// Cost: a thread and an engine for each run, some hundred microseconds.
    /// - Throws: ``ScriptFailure``.
    package func evaluate(
        _ script: String,
        calling host: @escaping (String, [JSONNode]) -> JSONNode
    ) throws -> JSONNode? {
        let box = HostBox(host)
        var value = [CChar](repeating: 0, count: DuktapeScripts.longestValue)
        let length = withExtendedLifetime(box) {
            value.withUnsafeMutableBufferPointer { value in
                script_run(
                    ScriptPrelude.text,
                    script,
                    answerHost,
                    Unmanaged.passUnretained(box).toOpaque(),
                    DuktapeScripts.milliseconds,
                    DuktapeScripts.memory,
                    value.baseAddress,
                    value.count
                )
            }
        }
        guard length >= 0 else { throw ScriptFailure(code: length) }
        guard length > 0 else { return nil }
        return try JSONReader.read(value.prefix(length).map(UInt8.init(bitPattern:)))
    }
}

/// Why a script has no value.
package enum ScriptFailure: Error, Hashable, Sendable {
    /// It threw, or isn't JavaScript.
    case failed
    /// It ran longer than it may.
    case tooLong
    /// It needed more memory than it may.
    case tooLarge
    /// The machine refused a thread, a timer or memory.
    case noMachine

    init(code: Int) {
        switch code {
        case Int(SCRIPT_TOO_LONG.rawValue): self = .tooLong
        case Int(SCRIPT_TOO_LARGE.rawValue), Int(SCRIPT_VALUE_TOO_LARGE.rawValue): self = .tooLarge
        case Int(SCRIPT_NO_MACHINE.rawValue): self = .noMachine
        default: self = .failed
        }
    }
}

/// Carries the host through C.
private final class HostBox {
    let host: (String, [JSONNode]) -> JSONNode

    init(_ host: @escaping (String, [JSONNode]) -> JSONNode) { self.host = host }
}

/// Answers a call of a script: JSON in, JSON out; -1 when the answer can't be given.
private let answerHost: script_host = { context, name, arguments, out, capacity in
    guard let context, let name, let arguments, let out else { return -1 }
    let box = Unmanaged<HostBox>.fromOpaque(context).takeUnretainedValue()
    guard let list = (try? JSONReader.read(String(cString: arguments)))?.list else { return -1 }
    let answer = box.host(String(cString: name), list)
    let bytes = Array(answer.jsonText.utf8)
    guard bytes.count <= capacity else { return -1 }
    for (index, byte) in bytes.enumerated() { out[index] = CChar(bitPattern: byte) }
    return bytes.count
}
