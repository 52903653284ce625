/// Where candidates of one hash lie side by side, with those of other hashes of its bucket after them.
///
/// A group begins with a line of memory, so that one candidate, which most have, takes no second line.
// INVARIANT: used only while the table lives that it came from.
struct CandidateGroup: @unchecked Sendable, BitwiseCopyable {
    /// A line of memory.
    typealias Line = SIMD8<UInt64>

    /// What a group begins with.
    struct Header: BitwiseCopyable {
        let hash: UInt64
        let count: Int32
        /// So many lines further the next group of the bucket begins; 0 for the last.
        let next: Int32
    }

    private let place: UnsafeRawPointer

    @inline(__always)
    init(at place: UnsafeRawPointer) { self.place = place }

    @inline(__always)
    private var header: UnsafePointer<Header> { place.assumingMemoryBound(to: Header.self) }

    /// The hash that its candidates are filed under.
    @inline(__always)
    var hash: UInt64 { header.pointee.hash }

    /// Its candidates, in the order of evaluation.
    @inline(__always)
    var run: PolicyIndex.Run {
        let first = (place + MemoryLayout<Header>.stride).assumingMemoryBound(to: PolicyIndex.Candidate.self)
        return PolicyIndex.Run(first: first, next: first, end: first + Int(header.pointee.count))
    }

    /// The next group of the bucket; nil after the last.
    @inline(__always)
    var next: CandidateGroup? {
        let distance = Int(header.pointee.next)
        return distance == 0 ? nil : CandidateGroup(at: place + distance &* MemoryLayout<Line>.stride)
    }

    /// The candidates of a hash in this group or one after it; nil when it has none.
    @inline(__always)
    func find(_ hash: UInt64) -> PolicyIndex.Run? {
        var group = self
        while group.hash != hash {
            guard let next = group.next else { return nil }
            group = next
        }
        return group.run
    }

    /// What this group and those after it were made of.
    var entries: ContiguousArray<PolicyIndex.Entry> {
        var entries: ContiguousArray<PolicyIndex.Entry> = []
        var group: CandidateGroup? = self
        while let current = group {
            var next = current.run.first
            while next < current.run.end {
                entries.append(PolicyIndex.Entry(hash: current.hash, candidate: next.pointee))
                next += 1
            }
            group = current.next
        }
        return entries
    }

    /// The lines of a bucket's groups: of each hash those candidates, each policy once, in the order of evaluation.
    static func lines(of entries: ContiguousArray<PolicyIndex.Entry>) -> ContiguousArray<Line> {
        let sorted = entries.sorted {
            $0.hash == $1.hash ? $0.candidate.order < $1.candidate.order : $0.hash < $1.hash
        }
        var lines: ContiguousArray<Line> = []
        var start = 0
        while start < sorted.count {
            let hash = sorted[start].hash
            var end = start
            var candidates: ContiguousArray<PolicyIndex.Candidate> = []
            while end < sorted.count, sorted[end].hash == hash {
                let candidate = sorted[end].candidate
                if candidates.last?.number != candidate.number { candidates.append(candidate) }
                end += 1
            }
            add(candidates, of: hash, isLast: end == sorted.count, to: &lines)
            start = end
        }
        return lines
    }

    private static func add(
        _ candidates: ContiguousArray<PolicyIndex.Candidate>,
        of hash: UInt64,
        isLast: Bool,
        to lines: inout ContiguousArray<Line>
    ) {
        let line = MemoryLayout<Line>.stride
        let start = MemoryLayout<Header>.stride
        let stride = MemoryLayout<PolicyIndex.Candidate>.stride
        let count = (start + candidates.count * stride + line - 1) / line
        let place = lines.count * line
        lines.append(contentsOf: repeatElement(Line(), count: count))
        let header = Header(
            hash: hash,
            count: Int32(candidates.count),
            next: isLast ? 0 : Int32(count)
        )
        lines.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: header, toByteOffset: place, as: Header.self)
            for (index, candidate) in candidates.enumerated() {
                bytes.storeBytes(
                    of: candidate,
                    toByteOffset: place + start + index * stride,
                    as: PolicyIndex.Candidate.self
                )
            }
        }
    }
}
