import CMemoryHints

/// What the machine is told about memory, to wait less for it; answers are the same without.
enum MemoryHints {
    /// Bytes of a large page.
    private static let largePage = 1 << 21

    /// What the beginning of so much memory should be a multiple of, in bytes.
    static func alignment(ofBytes count: Int) -> Int { count >= 2 * largePage ? largePage : 128 }

    /// Asks for large pages under memory that was allocated with that alignment, when it is worth them.
    ///
    /// A decision among 100,000 policies touches memory all over; with small pages, finding out where each lies takes
    /// as long as fetching it.
    static func spread(_ memory: UnsafeMutableRawPointer, bytes: Int) {
        if bytes >= 2 * largePage { steward_prefer_large_pages(memory, bytes) }
    }

    /// Asks for the line of memory at a place, without waiting.
    @inline(__always)
    static func fetch(_ place: UnsafeRawPointer) { steward_fetch(place) }
}
