import Foundation
import Governance

/// A server in a process of its own, and what the kernel says that it has used.
final class ServerProcess {
    let process: pid_t
    private var isRunning = true

    /// Starts a program; what it says goes to a file.
    ///
    /// Unprivileged, root runs it as the account that Debian made for PostgreSQL's server, which refuses to run as
    /// root, as pgbouncer does.
    init(_ command: [String], output: URL, isUnprivileged: Bool = false, environment: [String: String] = [:])
        throws
    {
        process = try ServerProcess.spawn(command, output, isUnprivileged, environment)
    }

    deinit { stop() }

    /// Has the server end, and waits for it.
    func stop() {
        guard isRunning else { return }
        isRunning = false
        kill(process, SIGINT)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    /// Runs a program to its end.
    ///
    /// - Throws: `.internalError` with the end of what it said, when it fails.
    static func run(
        _ command: [String],
        output: URL,
        isUnprivileged: Bool = false,
        environment: [String: String] = [:]
    ) throws {
        let process = try spawn(command, output, isUnprivileged, environment)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else {
            let said = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
            throw GovernanceError(.internalError, "`\(command[0])` failed: \(said.suffix(2000))")
        }
    }

    /// Waits until a file holds a text.
    ///
    /// - Throws: `.internalError` when the server ends first, or takes longer than two minutes.
    func wait(for text: String, in output: URL) throws {
        for _ in 0..<6000 {
            let said = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
            if said.contains(text) { return }
            var status: Int32 = 0
            if waitpid(process, &status, WNOHANG) != 0 {
                isRunning = false
                break
            }
            usleep(20_000)
        }
        let said = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        throw GovernanceError(.internalError, "a server did not start: \(said.suffix(2000))")
    }

    /// Starts a program without waiting for it; Foundation's `Process` would wait for grandchildren, too.
    private static func spawn(
        _ command: [String],
        _ output: URL,
        _ isUnprivileged: Bool,
        _ environment: [String: String]
    ) throws -> pid_t {
        let prefix =
            isUnprivileged && getuid() == 0
            ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : []
        let words = prefix + command
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output.path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var variables: [UnsafeMutablePointer<CChar>?] = all.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process = pid_t()
        guard posix_spawn(&process, words[0], &actions, nil, &arguments, &variables) == 0 else {
            throw GovernanceError(.notFound, "`\(words[0])` can not be run")
        }
        return process
    }

    // MARK: What it used

    /// CPU seconds so far, user and system, of the process and of what it started, in the kernel's hundredths.
    func cpuSeconds() -> Double {
        var ticks = ProcessTimes(process).map { $0.own + $0.ended } ?? 0
        for child in ProcessTimes.children(of: process) { ticks += ProcessTimes(child).map { $0.own } ?? 0 }
        return Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Resident memory now, in bytes.
    func memory() -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }.map { $0 * 1024 } ?? 0
    }
}

/// The times of one process, in the kernel's ticks.
///
/// **Source.** `proc(5)`, `/proc/PID/stat`.
private struct ProcessTimes {
    /// What the process itself used.
    let own: Int
    /// What its children used that have ended.
    let ended: Int
    private let parent: Int

    init?(_ process: pid_t) {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ").map { Int($0) ?? 0 }
        guard fields.count > 14 else { return nil }
        parent = fields[1]
        own = fields[11] + fields[12]
        ended = fields[13] + fields[14]
    }

    /// The processes that a process started and that still run.
    static func children(of process: pid_t) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { ProcessTimes($0)?.parent == Int(process) }
    }
}
