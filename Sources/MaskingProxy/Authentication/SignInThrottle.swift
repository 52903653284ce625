import NIOCore
import Synchronization

/// Where a client comes from, for counting: an IPv4 address, or the network of an IPv6 one, which is one customer's.
struct Origin: Hashable, Sendable {
    private let bytes: [UInt8]

    /// The origin of an address; one of its own for all that come without.
    init(_ address: SocketAddress?) {
        switch address {
        case .v4?: bytes = Origin.slice(address, from: 4, count: 4)
        case .v6?:
            let whole = Origin.slice(address, from: 8, count: 16)
            // An IPv4 address in IPv6's clothes.
            let isMapped = whole.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            bytes = isMapped ? Array(whole.suffix(4)) : Array(whole.prefix(8))
        case .unixDomainSocket?, nil: bytes = []
        }
    }

    private static func slice(_ address: SocketAddress?, from start: Int, count: Int) -> [UInt8] {
        address?.withSockAddr { pointer, size in
            let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(pointer), count: size)
            return bytes.count >= start + count ? Array(bytes[start..<start + count]) : []
        } ?? []
    }
}

/// Counts failed sign-ins by origin, so that nobody can guess for long.
///
/// Only origins count, not users: otherwise anybody could keep anybody out.
final class SignInThrottle: Sendable {
    private struct Count {
        var failures: Double
        var last: Moment
    }

    /// Origins that are remembered.
    private static let capacity = 10_000

    private let perMinute: Int
    private let counts = Mutex<[Origin: Count]>([:])

    /// So many failures at once, and so many a minute after that; 0 for any number.
    init(perMinute: Int) { self.perMinute = perMinute }

    /// Whether an origin may try.
    func admits(_ origin: Origin, at now: Moment) -> Bool {
        guard perMinute > 0 else { return true }
        return counts.withLock { counts in
            guard let count = counts[origin] else { return true }
            return failures(of: count, at: now) + 1 <= Double(perMinute)
        }
    }

    /// Counts a failure.
    func failed(_ origin: Origin, at now: Moment) {
        guard perMinute > 0 else { return }
        counts.withLock { counts in
            if counts.count >= SignInThrottle.capacity, counts[origin] == nil {
                counts = counts.filter { failures(of: $0.value, at: now) > 0 }
                // So many at once come from no list that could be kept.
                if counts.count >= SignInThrottle.capacity { counts = [:] }
            }
            let before = counts[origin].map { failures(of: $0, at: now) } ?? 0
            counts[origin] = Count(failures: before + 1, last: now)
        }
    }

    private func failures(of count: Count, at now: Moment) -> Double {
        let minutes = Double(now.milliseconds(since: count.last)) / 60_000
        return max(0, count.failures - minutes * Double(perMinute))
    }
}
