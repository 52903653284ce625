extension Repository {
    /// A policy by its kind and number.
    struct Place: Hashable, Sendable {
        let type: PolicyType
        let number: Int32
    }

    /// Where the policies in force are that have an id.
    func places(of id: Int64) -> [Place] { places(of: [id]) }

    /// Where the policies in force are that have any of some ids.
    func places(of ids: Set<Int64>) -> [Place] {
        guard !ids.isEmpty else { return [] }
        let only = ids.count == 1 ? ids.first : nil
        return memory.places.view.reversed().compactMap { entry in
            guard only == nil ? ids.contains(entry.id) : entry.id == only,
                let type = PolicyType(rawValue: Int(entry.type))
            else { return nil }
            let place = Place(type: type, number: entry.number)
            return position(of: place) == nil ? nil : place
        }
    }

    /// Where a policy stands in its sequence; nil when it isn't in force.
    private func position(of place: Place) -> Int? {
        let sequence = sequences[place.type.rawValue]
        let order = policies[Int(place.number)].order
        let position = sequence.firstPosition { policies[Int($0)].order >= order }
        return position < sequence.count && sequence[position] == place.number ? position : nil
    }

    /// A version without some policies and with others; memory is shared but for what they touch.
    ///
    /// Nil when it must be compiled anew: there is no room left in the order, or too much memory is for nothing.
    /// - Throws: what is wrong with an added policy; this version stays as it is.
    func changed(
        removing removed: [Place],
        adding added: [Policy],
        _ accessTypes: inout AccessTypeTable,
        _ table: inout PrincipalTable
    ) throws(PolicyError) -> Repository? {
        guard memory.arena.count <= memory.bytesAtFirst * 2 + 1 << 20 else { return nil }
        var change = RepositoryChange(self, accessTypes, table)
        change.remove(removed)
        do {
            for policy in added where policy.isEnabled {
                guard try change.add(policy) else {
                    change.builder.takeBack(to: memory)
                    return nil
                }
            }
        } catch {
            change.builder.takeBack(to: memory)
            throw error
        }
        accessTypes = change.builder.accessTypes
        table = change.builder.table
        return change.result(self)
    }
}

/// A change of a repository under way.
private struct RepositoryChange {
    var builder: RepositoryBuilder
    private var sequences: [ContiguousArray<Int32>]
    private var removed: [[Int32]] = [[], [], []]
    private var added: [[Int32]] = [[], [], []]
    private let ordering: PolicyOrdering

    init(_ repository: Repository, _ accessTypes: AccessTypeTable, _ table: PrincipalTable) {
        builder = RepositoryBuilder(growing: repository, accessTypes, table)
        sequences = repository.sequences
        ordering = PolicyOrdering(definition: repository.frame.definition)
    }

    private var policies: ArenaView<CompiledPolicy> { builder.arena.view(of: CompiledPolicy.self) }

    mutating func remove(_ places: [Repository.Place]) {
        for place in places {
            let type = place.type.rawValue
            let policy = policies[Int(place.number)]
            let position = sequences[type].firstPosition { policies[Int($0)].order >= policy.order }
            guard position < sequences[type].count, sequences[type][position] == place.number else {
                continue
            }
            sequences[type].remove(at: position)
            removed[type].append(place.number)
            if policy.asksFacts { builder.askingCounts[type] -= 1 }
        }
    }

    /// False when there is no room for it.
    mutating func add(_ policy: Policy) throws(PolicyError) -> Bool {
        let type = policy.policyType.rawValue
        let key = ordering.key(of: policy)
        let parts = PolicyParts(builder.arena)
        let sequence = sequences[type]
        let position = sequence.firstPosition {
            key.isEvaluated(before: parts.policies[Int($0)], parts.bytes, id: policy.id ?? -1)
        }
        let left = position > 0 ? parts.policies[Int(sequence[position - 1])].order : 0
        let right = position < sequence.count ? parts.policies[Int(sequence[position])].order : .max
        let isRightLater =
            position < sequence.count && (position == 0 || sequence[position] > sequence[position - 1])
        guard let order = OrderNumbers.between(left, right, isRightLater: isRightLater) else { return false }
        let source = builder.sources.count
        builder.sources.append(policy)
        let number = try builder.add(policy, at: source, rank: key.order, order: order)
        sequences[type].insert(number, at: position)
        added[type].append(number)
        return true
    }

    func result(_ repository: Repository) -> Repository {
        let parts = PolicyParts(builder.arena)
        let indexes = PolicyType.allCases.map { type in
            let index = repository.indexes[type.rawValue]
            let (gone, new) = (removed[type.rawValue], added[type.rawValue])
            return gone.isEmpty && new.isEmpty ? index : index.changed(removing: gone, adding: new, parts)
        }
        return Repository(builder, sequences, indexes)
    }
}

extension RepositoryBuilder {
    /// Gives back the memory of what was added to a version.
    fileprivate mutating func takeBack(to memory: RepositoryMemory) {
        arena.cut(to: memory.arena.count)
        sources.cut(to: memory.sources.count)
        conditions.cut(to: memory.conditions.count)
        periods.cut(to: memory.periods.count)
        places.cut(to: memory.places.count)
        maskTypes.cut(to: memory.maskTypes.count)
    }
}

extension PolicyOrdering.Key {
    /// As ``isEvaluated(before:)``; of two that are the same the lower id comes first, as downloads have them.
    fileprivate func isEvaluated(before other: CompiledPolicy, _ bytes: ArenaView<UInt8>, id: Int64) -> Bool {
        let priority = Int32(clamping: priority)
        if priority != other.priority { return priority > other.priority }
        if hasDeny != other.hasDeny { return hasDeny }
        let rank = Int32(clamping: order)
        if rank != other.rank { return rank < other.rank }
        var name = name
        let order = name.withUTF8 { NameOrder.compare($0, bytes.buffer(other.name)) }
        return order == 0 ? id < other.id : order < 0
    }
}

extension ContiguousArray<Int32> {
    /// The first position from which on something holds that holds for all that follow; the end for none.
    fileprivate func firstPosition(where holds: (Int32) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
