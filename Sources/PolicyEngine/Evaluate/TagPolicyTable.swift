import CatalogModel

/// The policies of a tag service that are about each of some names of tags.
final class TagPolicyTable: Sendable {
    struct Entry: Sendable, BitwiseCopyable {
        let policy: Int32
        /// Its place among the policies of its type by priority, denial and name.
        let nameRank: Int32
        /// Whether each of its combinations is the tag, so that it needn't be compared.
        let isSure: Bool
    }

    /// What looking them up takes; its owner keeps the table.
    struct View: Sendable, BitwiseCopyable {
        fileprivate let entries: Frozen<Entry>
        /// Those of name `n` and type `t` from `starts[3 * n + t]`.
        fileprivate let starts: Frozen<Int32>

        func entries(of name: Int, _ type: PolicyType) -> UnsafeBufferPointer<Entry> {
            let index = 3 * name + type.rawValue
            let start = Int(starts[index])
            return UnsafeBufferPointer(start: entries.base + start, count: Int(starts[index + 1]) - start)
        }
    }

    let view: View

    /// Nil when policies ask for facts of requests, so that it isn't known beforehand whom they are about.
    init?(_ names: ContiguousArray<RequestElements>, _ repository: Repository) {
        guard !repository.mayAskFacts else { return nil }
        let facts = RequestFacts(AccessRequest(), now: Instant(microseconds: 0))
        let ranks = TagPolicyTable.nameRanks(repository)
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
                    let isSure = about.count == policy.maps.count
                    entries.append(Entry(policy: number, nameRank: ranks[number] ?? 0, isSure: isSure))
                }
                starts.append(Int32(entries.count))
            }
        }
        view = View(entries: Frozen(entries), starts: Frozen(starts))
    }

    private static func nameRanks(_ repository: Repository) -> [Int32: Int32] {
        var ranks: [Int32: Int32] = [:]
        for type in PolicyType.allCases {
            let sorted = repository.sequences[type.rawValue].sorted { repository.isNamed($0, before: $1) }
            for (rank, number) in sorted.enumerated() { ranks[number] = Int32(rank) }
        }
        return ranks
    }

    deinit {
        view.entries.free()
        view.starts.free()
    }
}
