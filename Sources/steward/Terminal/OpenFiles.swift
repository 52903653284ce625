import Foundation

/// How many files and connections this process may have open.
enum OpenFiles {
    /// Raises the number as far as the system lets it, and gives what it is then.
    static func raise() -> Int {
        var limit = rlimit()
        #if canImport(Darwin)
            let resource = RLIMIT_NOFILE
        #else
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #endif
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        if limit.rlim_cur < limit.rlim_max {
            var most = limit
            most.rlim_cur = limit.rlim_max
            if setrlimit(resource, &most) == 0 { limit = most }
        }
        return Int(clamping: limit.rlim_cur)
    }
}
