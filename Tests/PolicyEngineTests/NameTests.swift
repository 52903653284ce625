import CatalogModel
import TestSupport
import Testing

@testable import PolicyEngine

@Suite(.aside) struct `Names in questions` {
    /// Texts of all lengths around those at which they are held otherwise; many that differ in one byte.
    private func texts(_ numbers: inout SeededNumbers, count: Int) -> [String] {
        (0..<count).map { _ in
            let length = Int(numbers.next() % 40)
            let letters = Array("ab_Z0é")
            return String((0..<length).map { _ in numbers.chance(80) ? "a" : numbers.pick(letters) })
        }
    }

    @Test func `are found by their bytes, whatever their length`() {
        var numbers = SeededNumbers(1)
        var table = NameTable()
        let known = texts(&numbers, count: 2000)
        for name in known { _ = table.intern(name) }
        let frozen = table.frozen()
        defer { frozen.free() }
        for name in known + texts(&numbers, count: 2000) {
            #expect(frozen.find(name) == table.find(name))
            let short = withUnsafePointer(to: name) { ShortText(at: $0) }
            #expect(short.isLong == (name.utf8.count > ShortText.mostBytes))
            #expect(withUnsafePointer(to: name) { TextReading().text(at: $0) } == short)
            if !short.isLong { #expect(frozen.find(short) == table.find(name)) }
        }
        #expect(Set(known.map { table.find($0) }).count == Set(known.map { Array($0.utf8) }).count)
    }

    @Test func `may be folded when any of their bytes may`() {
        for byte in UInt8.min...UInt8.max {
            for length in 1...ShortText.mostBytes {
                var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                bytes[Int(byte) % length] = byte
                let short = bytes.withUnsafeBufferPointer { ShortText($0) }
                #expect(short.mayFold == Folding.mayChange(byte), "\(byte) among \(length)")
            }
        }
    }

    @Test func `are written as they were read`() {
        var numbers = SeededNumbers(2)
        for name in texts(&numbers, count: 1000) where name.utf8.count <= ShortText.mostBytes {
            let short = withUnsafePointer(to: name) { ShortText(at: $0) }
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ShortText.mostBytes) { place in
                guard let base = place.baseAddress else { return }
                short.write(to: base)
                #expect(Array(place.prefix(short.count)) == Array(name.utf8))
            }
        }
    }

    @Test(arguments: [3, 4, 8, 9, 12, 17] as [Int])
    func `of any length mean the same to a short question as to a long request`(groupCount: Int) throws {
        var numbers = SeededNumbers(UInt64(groupCount))
        let names = texts(&numbers, count: 60).filter { !$0.isEmpty }
        var setup = RangerEngine.Setup()
        setup.policies.serviceDefinition = try definition("hive")
        let policies = (1...200).map { number in
            var policy = Policy()
            policy.id = Int64(number)
            policy.name = "p\(number)"
            for level in ["database", "table", "column"] {
                var resource = PolicyResource()
                let isAny = level == "column" && number % 3 != 0
                resource.values = isAny ? ["*"] : [numbers.pick(names)]
                policy.resources[level] = resource
            }
            var item = PolicyItem()
            item.users = [numbers.pick(names)]
            item.groups = (0..<Int(numbers.next() % 10)).map { _ in numbers.pick(names) }
            item.accesses = [ItemAccess(type: "select", isAllowed: true)]
            if number % 5 == 0 { policy.denyPolicyItems = [item] } else { policy.policyItems = [item] }
            return policy
        }
        setup.policies.policies = policies
        let engine = try RangerEngine(setup)
        var decider = RangerDecider(engine)
        let now = Instant(seconds: 1_700_000_000)
        var allowed = 0
        for _ in 0..<400 {
            let policy = numbers.pick(policies)
            let value = { (level: String) in policy.resources[level]?.values.first ?? "" }
            let question = AccessQuestion(
                user: numbers.pick(names),
                groups: (0..<groupCount).map { _ in numbers.pick(names) },
                accessType: numbers.chance(90) ? "select" : "SELECT",
                resource: ["database", "table", "column"].map { (level: String) -> AccessQuestion.Level in
                    let named = value(level) == "*" ? numbers.pick(names) : value(level)
                    return AccessQuestion.Level(level, numbers.chance(20) ? named.uppercased() : named)
                },
                time: now
            )
            let long = engine.evaluate(AccessRequest(question), .access, now: now)
            #expect(decider.answer(question, .access) == AccessAnswer(long), "\(question)")
            if long.isAllowed { allowed += 1 }
        }
        #expect(allowed > 0)
    }
}
