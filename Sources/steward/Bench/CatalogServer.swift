import Foundation
import Governance

/// `steward serve` in a process of its own, and what the kernel says that it has used.
final class CatalogServer {
    let port: Int
    /// From the start of the process until it listens, in milliseconds.
    let startMilliseconds: Double
    private let process: Process

    /// Starts the program that runs on a data folder, on a free port, and waits until it listens.
    init(folder: URL) throws {
        process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["serve", "--data", folder.path, "--port", "0", "--log-level", "error"]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["STEWARD_ADMIN_PASSWORD": UUID().uuidString],
            uniquingKeysWith: { _, new in new }
        )
        let pipe = Pipe()
        process.standardOutput = pipe
        let start = ContinuousClock.now
        try process.run()
        var text = ""
        while !text.contains("\n") {
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else { throw GovernanceError(.internalError, "the server didn't start") }
            text += String(decoding: data, as: UTF8.self)
        }
        startMilliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        guard let port = text.split(separator: "\n").first?.split(separator: ":").last.flatMap({ Int($0) })
        else { throw GovernanceError(.internalError, "the server named no port") }
        self.port = port
    }

    /// CPU seconds of the server so far, user and system, in the kernel's hundredths.
    func cpuSeconds() -> Double {
        let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
        guard let text, let end = text.lastIndex(of: ")") else { return 0 }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            return 0
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Resident memory of the server now, and at most so far, in bytes.
    func memory() -> (now: Int, peak: Int) {
        let text =
            (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        func value(_ name: String) -> Int {
            let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
            return line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }.map { $0 * 1024 }
                ?? 0
        }
        return (value("VmRSS:"), value("VmHWM:"))
    }

    /// Has the server end, and waits for it.
    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
