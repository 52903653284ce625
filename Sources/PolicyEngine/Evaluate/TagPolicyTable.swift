import CatalogModel

/// The policies of a tag service that are about each of some names of tags.
final class TagPolicyTable: Sendable {
    struct Entry: Sendable, BitwiseCopyable {
        let policy: Int32
        /// Its place among the masks or filters of the table by priority, denial and name.
        fileprivate(set) var nameRank: Int32
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

    /// The policies about some names; of those that ask for facts of a request it isn't known what they are about.
    init(_ names: ContiguousArray<RequestElements>, _ repository: Repository) {
        let facts = RequestFacts(AccessRequest(), now: Instant(microseconds: 0))
        var entries: [Entry] = []
        var starts: [Int32] = [0]
        for name in names {
            for type in PolicyType.allCases {
                for number in CandidateQueue.all(repository, type, name) {
                    let policy = repository.policies[Int(number)]
                    let about =
                        policy.asksFacts
                        ? 0
                        : policy.maps.count {
                            repository.isAbout(repository.maps[Int($0)], name, type, facts)
                        }
                    guard policy.asksFacts || about > 0 else { continue }
                    let isSure = !policy.asksFacts && about == policy.maps.count
                    entries.append(Entry(policy: number, nameRank: 0, isSure: isSure))
                }
                starts.append(Int32(entries.count))
            }
        }
        let ranks = TagPolicyTable.nameRanks(entries, starts, repository)
        for index in entries.indices { entries[index].nameRank = ranks[entries[index].policy] ?? 0 }
        view = View(entries: Frozen(entries), starts: Frozen(starts))
    }

    private static func nameRanks(_ entries: [Entry], _ starts: [Int32], _ repository: Repository) -> [Int32:
        Int32]
    {
        var ranks: [Int32: Int32] = [:]
        for type in PolicyType.allCases where type != .access {
            var found: Set<Int32> = []
            for part in stride(from: type.rawValue, to: starts.count - 1, by: 3) {
                for index in starts[part]..<starts[part + 1] { found.insert(entries[Int(index)].policy) }
            }
            let sorted = found.sorted { repository.isNamed($0, before: $1) }
            for (rank, number) in sorted.enumerated() { ranks[number] = Int32(rank) }
        }
        return ranks
    }

    deinit {
        view.entries.free()
        view.starts.free()
    }
}
