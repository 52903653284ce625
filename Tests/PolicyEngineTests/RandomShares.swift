@testable import PolicyEngine

/// Random records over the names that random policies use, with policies of datasets and projects.
struct RandomShares {
    var numbers: SeededNumbers
    private(set) var records: [SharedRecord] = []
    private(set) var policies: [Policy] = []

    /// Some shares are of the zone `north` when there are zones.
    let hasZones: Bool

    init(_ seed: UInt64, hasZones: Bool) throws {
        numbers = SeededNumbers(seed)
        self.hasZones = hasZones
        for id in 1...3 {
            try add(.dataset, #"{"id":\#(id),"name":"d\#(id)"}"#)
            try add(.dataShare, share(id))
            let status = numbers.chance(80) ? "ACTIVE" : "GRANTED"
            let other = Int(numbers.next() % 3) + 1
            try add(
                .shareInDataset,
                #"{"id":\#(id),"dataShareId":\#(id),"datasetId":\#(id),"status":"ACTIVE"}"#
            )
            try add(
                .shareInDataset,
                #"{"id":\#(id + 10),"dataShareId":\#(id),"datasetId":\#(other),"status":"\#(status)"}"#
            )
            policies.append(policy(Int64(9000 + id), "dataset-id", Int64(id)))
        }
        try add(.project, #"{"id":1,"name":"p1"}"#)
        try add(.datasetInProject, #"{"id":1,"datasetId":2,"projectId":1,"status":"ACTIVE"}"#)
        policies.append(policy(9100, "project-id", 1))
        for id in 1...8 { try add(.resource, resource(id)) }
    }

    private mutating func add(_ kind: SharedRecord.Kind, _ text: String) throws {
        records.append(try SharedRecord(kind, text: text))
    }

    private mutating func share(_ id: Int) -> String {
        let zone = numbers.chance(20) && hasZones ? #","zone":"north""# : ""
        return #"{"id":\#(id),"name":"s\#(id)","service":"hive","defaultAccessTypes":["select"]\#(zone)}"#
    }

    private mutating func resource(_ id: Int) -> String {
        let database = numbers.pick(["sales", "hr", "x"])
        let table = numbers.pick(["t1", "t2", "t*"])
        var text = #"{"id":\#(id),"name":"r\#(id)","dataShareId":\#(numbers.next() % 3 + 1),"#
        text += #""resource":{"database":{"values":["\#(database)"]},"table":{"values":["\#(table)"]}}"#
        if numbers.chance(80) {
            text +=
                #","subResourceType":"column","subResource":{"values":["\#(numbers.pick(["a", "b", "*"]))"]}"#
            if numbers.chance(50) {
                text += #","subResourceMasks":[{"values":["\#(numbers.pick(["a", "*"]))"],"#
                text += #""maskInfo":{"dataMaskType":"\#(numbers.pick(["MASK", "MASK_NULL"]))"}}]"#
            }
        }
        if numbers.chance(40) { text += #","rowFilter":{"filterExpr":"a > \#(id)"}"# }
        if numbers.chance(20) { text += #","accessTypes":["_READ"]"# }
        return text + "}"
    }

    private mutating func policy(_ id: Int64, _ level: String, _ number: Int64) -> Policy {
        var policy = Policy()
        policy.id = id
        policy.service = "_gds"
        policy.name = "\(level) \(number) \(id)"
        var resource = PolicyResource()
        resource.values = [String(number)]
        policy.resources = [level: resource]
        var item = PolicyItem()
        item.accesses = [ItemAccess(type: numbers.pick(["select", "_ALL", "_READ"]), isAllowed: true)]
        if numbers.chance(50) {
            item.users = [numbers.pick(RandomPolicies.users)]
        } else {
            item.groups = ["eng"]
        }
        policy.policyItems = [item]
        return policy
    }
}
