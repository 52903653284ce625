import CatalogModel

/// The policies of a tag service that are about each of some names of tags.
final class TagPolicyTable: Sendable {
    struct Entry: Sendable, BitwiseCopyable {
        let policy: Int32
        /// Whether each of its combinations is the tag, so that it needn't be compared.
        let isSure: Bool
    }

    private let entries: Frozen<Entry>
    /// Those of name `n` and type `t` from `starts[3 * n + t]`.
    private let starts: Frozen<Int32>

    /// Nil when policies ask for facts of requests, so that it isn't known beforehand whom they are about.
    init?(_ names: ContiguousArray<RequestElements>, _ repository: Repository) {
        guard !repository.mayAskFacts else { return nil }
        let facts = RequestFacts(AccessRequest(), now: Instant(microseconds: 0))
        var entries: [Entry] = []
        var starts: [Int32] = [0]
        for name in names {
            for type in PolicyType.allCases {
                for number in CandidateQueue.all(repository, type, name) {
                    let policy = repository.policies[Int(number)]
                    let about = policy.maps.filter {
                        repository.isAbout(repository.maps[Int($0)], name, type, facts)
                    }
                    guard !about.isEmpty else { continue }
                    entries.append(Entry(policy: number, isSure: about.count == policy.maps.count))
                }
                starts.append(Int32(entries.count))
            }
        }
        self.entries = Frozen(entries)
        self.starts = Frozen(starts)
    }

    deinit {
        entries.free()
        starts.free()
    }

    func entries(of name: Int, _ type: PolicyType) -> UnsafeBufferPointer<Entry> {
        let index = 3 * name + type.rawValue
        let start = Int(starts[index])
        return UnsafeBufferPointer(start: entries.base + start, count: Int(starts[index + 1]) - start)
    }
}
