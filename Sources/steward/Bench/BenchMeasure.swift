import Foundation

/// What the kernel says that this process has used.
enum BenchMeasure {
    /// CPU seconds of all threads so far, user and system, in steps of a microsecond.
    static func cpuSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

    /// The CPU seconds that some work takes.
    static func cpuSeconds(of work: () throws -> Void) rethrows -> Double {
        let start = cpuSeconds()
        try work()
        return cpuSeconds() - start
    }

    /// The most memory that the process has had so far, in bytes; nil where the system doesn't tell.
    static func peakMemory() -> Int? {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }.map { $0 * 1024 }
    }
}
