import Foundation

/// What the kernel says that this process has used.
enum BenchMeasure {
    /// CPU seconds of all threads so far, user and system.
    static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The CPU seconds that some work takes.
    static func cpuSeconds(of work: () throws -> Void) rethrows -> Double {
        let start = cpuSeconds()
        try work()
        return cpuSeconds() - start
    }

    /// The most memory that the process has had so far, in bytes.
    static func peakMemory() -> Int {
        var usage = rusage()
        #if canImport(Darwin)
            getrusage(RUSAGE_SELF, &usage)
            return usage.ru_maxrss
        #else
            getrusage(RUSAGE_SELF, &usage)
            return usage.ru_maxrss * 1024
        #endif
    }
}
