import CatalogModel
import TestSupport
import Testing

@testable import PolicyEngine

/// The index's table of candidates against a list of the same.
@Suite(.aside) struct `Candidates by hash` {
    /// Hashes that share buckets and marks, few of which have many candidates.
    private func hash(_ numbers: inout SeededNumbers) -> UInt64 {
        let high = numbers.next() % 3 << 60
        return high | numbers.next() % 4 << 30 | numbers.next() % (numbers.chance(30) ? 2 : 64)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `are found as they were filed, after any changes`(seed: UInt64) throws {
        var random = RandomPolicies(numbers: SeededNumbers(seed &+ 15_000))
        var setup = RangerEngine.Setup()
        setup.policies.serviceDefinition = try definition("hive")
        setup.policies.policies = random.policies(60)
        let repository = try RangerEngine(setup).unzoned.resource
        let parts = PolicyParts(repository.memory.arena)
        let candidates = repository.sequences[PolicyType.access.rawValue]
            .map { PolicyIndex.Candidate($0, parts.policies[Int($0)], parts) }
        var filed: [PolicyIndex.Entry] = []
        let entry = { (random: inout RandomPolicies) in
            PolicyIndex.Entry(hash: hash(&random.numbers), candidate: random.numbers.pick(candidates))
        }
        for _ in 0..<20 { filed.append(entry(&random)) }
        var table = GroupTable(ContiguousArray(filed))
        for round in 0..<60 {
            // At times many at once, so that buckets are crowded and everything is made anew.
            let added = (0..<(round % 20 == 7 ? 300 : 3)).map { _ in entry(&random) }
            let removed = Set((0..<3).map { _ in random.numbers.pick(candidates).number })
            var traces: [Int32: Set<UInt64>] = [:]
            for number in removed {
                traces[number] = Set(filed.filter { $0.candidate.number == number }.map(\.hash))
            }
            let older = table
            let before = filed
            table = table.changed(removing: traces, adding: ContiguousArray(added))
            filed = filed.filter { !removed.contains($0.candidate.number) } + added
            for _ in 0..<50 {
                let hash = random.numbers.chance(50) ? random.numbers.pick(filed).hash : hash(&random.numbers)
                #expect(numbers(in: table, hash) == numbers(in: filed, hash), "seed \(seed), round \(round)")
                #expect(numbers(in: older, hash) == numbers(in: before, hash), "seed \(seed), round \(round)")
            }
        }
    }

    private func numbers(in table: GroupTable, _ hash: UInt64) -> [Int32] {
        guard let run = table.find(hash) else { return [] }
        return UnsafeBufferPointer(start: run.first, count: run.end - run.first).map(\.number)
    }

    /// Each policy once, in the order of evaluation.
    private func numbers(in entries: [PolicyIndex.Entry], _ hash: UInt64) -> [Int32] {
        var result: [Int32] = []
        let found = entries.filter { $0.hash == hash }.map(\.candidate)
        for candidate in found.sorted(by: { ($0.order, $0.number) < ($1.order, $1.number) })
        where result.last != candidate.number { result.append(candidate.number) }
        return result
    }
}
