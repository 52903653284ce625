import CatalogModel

@testable import PolicyEngine

/// Numbers from a seed, the same on every machine.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[Int(next() % UInt64(list.count))] }
    mutating func chance(_ percent: UInt64) -> Bool { next() % 100 < percent }
}

/// Policies of hive's levels that overlap a lot: few names, wildcards, exclusions, tokens.
struct RandomPolicies {
    var numbers: SeededNumbers
    /// Leaves out what listings settle otherwise than evaluation, as Ranger's do: exceptions, priorities, conditions.
    var isPlain = false

    static let users = ["alice", "bob", "carol"]
    static let groups = ["eng", "fin", "public"]
    static let accesses = ["select", "update", "drop", "all"]

    mutating func policies(_ count: Int) -> [Policy] { (1...count).map { policy(Int64($0)) } }

    private mutating func policy(_ id: Int64) -> Policy {
        var policy = Policy()
        policy.id = id
        policy.name = "p\(numbers.next() % 50) \(id)"
        policy.isAuditEnabled = numbers.chance(70)
        policy.resources = resources()
        if isPlain {
            let item = item()
            if numbers.chance(30) { policy.denyPolicyItems = [item] } else { policy.policyItems = [item] }
            return policy
        }
        if numbers.chance(20) { policy.additionalResources = [resources()] }
        policy.policyPriority = numbers.chance(20) ? 1 : 0
        policy.isDenyAllElse = numbers.chance(5)
        let kind = numbers.next() % 10
        if kind == 0 {
            policy.policyType = .dataMask
            policy.dataMaskPolicyItems = [masking(), masking()]
        } else if kind == 1 {
            policy.policyType = .rowFilter
            policy.rowFilterPolicyItems = [filtering()]
        } else {
            policy.policyItems = [item(), item()]
            if numbers.chance(40) { policy.denyPolicyItems = [item()] }
            if numbers.chance(20) { policy.denyExceptions = [item()] }
            if numbers.chance(20) { policy.allowExceptions = [item()] }
        }
        return policy
    }

    private mutating func resources() -> [String: PolicyResource] {
        let values = [
            "database": ["sales", "hr", "*", "s*", "h?", "SALES", "{USER}_db"],
            "table": ["t1", "t2", "*", "t*", "T1"],
            "column": ["a", "b", "*", "?"],
        ]
        var result: [String: PolicyResource] = [:]
        for level in ["database", "table", "column"].prefix(1 + Int(numbers.next() % 3)) {
            var resource = PolicyResource()
            // What depends on the one who asks is listed as conditional.
            let choices = (values[level] ?? []).filter { !isPlain || !$0.contains("{") }
            resource.values = (0...Int(numbers.next() % 2)).map { _ in numbers.pick(choices) }
            resource.isExcludes = !isPlain && numbers.chance(10)
            result[level] = resource
        }
        return result
    }

    private mutating func item() -> PolicyItem {
        var item = PolicyItem()
        item.accesses = [
            ItemAccess(type: numbers.pick(Self.accesses), isAllowed: isPlain || numbers.chance(95))
        ]
        switch numbers.next() % 3 {
        case 0: item.groups = [numbers.pick(Self.groups)]
        case 1: item.users = [numbers.pick(Self.users)]
        default:
            item.users = [
                isPlain ? numbers.pick(Self.users) : numbers.pick(Self.users + ["{USER}", "{OWNER}"])
            ]
        }
        return item
    }

    private mutating func masking() -> PolicyItem {
        var item = item()
        item.accesses = [ItemAccess(type: "select", isAllowed: true)]
        var mask = DataMaskInfo()
        mask.dataMaskType = numbers.pick(["MASK", "MASK_NULL", "MASK_NONE"])
        item.dataMaskInfo = mask
        return item
    }

    private mutating func filtering() -> PolicyItem {
        var item = item()
        item.accesses = [ItemAccess(type: "select", isAllowed: true)]
        var filter = RowFilterInfo()
        filter.filterExpr = "a > \(numbers.next() % 10)"
        item.rowFilterInfo = filter
        return item
    }

    mutating func request() -> AccessRequest {
        var request = AccessRequest()
        let values = [
            "database": ["sales", "hr", "alice_db", "Sales", "x"], "table": ["t1", "t2", "t3"],
            "column": ["a", "b", "c"],
        ]
        for level in ["database", "table", "column"].prefix(1 + Int(numbers.next() % 3)) {
            request.elements[level] = [numbers.pick(values[level] ?? [])]
        }
        request.user = numbers.pick(Self.users + ["dave"])
        request.groups = numbers.chance(50) ? [numbers.pick(["eng", "fin"])] : []
        request.owner = numbers.chance(30) ? numbers.pick(Self.users) : nil
        request.accessType = numbers.pick([
            "select", "update", "drop", "_any", "index", "_admin", "unheard of",
        ])
        request.countsDescendants = numbers.chance(10)
        request.ignoresDescendantDenials = numbers.chance(90)
        if numbers.chance(10) { request.accessTypes = ["select", "update"] }
        return request
    }
}

extension RandomPolicies {
    /// Tags on databases, tables and columns, so that many columns get theirs from several places; some count at times.
    static func tags(_ numbers: inout SeededNumbers) -> TagDownload {
        var download = TagDownload()
        for number in 0..<8 {
            var tag = TagRecord()
            tag.type = numbers.pick(["PII", "PCI"])
            if numbers.chance(50) { tag.attributes = ["level": "\(numbers.next() % 3)"] }
            if number == 7 {
                var schedule = ValiditySchedule()
                schedule.startTime = "2001/01/01 00:00:00"
                tag.validityPeriods = [schedule]
            }
            download.tags["\(number)"] = tag
        }
        let values = [
            ("database", ["sales", "hr", "*"]), ("table", ["t1", "t2", "*"]), ("column", ["a", "b", "*"]),
        ]
        for number in 0..<10 {
            var resource = TaggedResource()
            resource.id = Int64(number)
            for (name, choices) in values.prefix(1 + number % 3) {
                var named = PolicyResource()
                named.values = [numbers.pick(choices)]
                resource.elements[name] = named
            }
            download.resources.append(resource)
            download.tagsOfResource["\(number)"] = (0...numbers.next() % 3).map { _ in
                Int64(numbers.next() % 8)
            }
        }
        return download
    }
}
