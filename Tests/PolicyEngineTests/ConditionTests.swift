import CatalogModel
import Foundation
import TestSupport
import Testing

@testable import PolicyEngine

@Suite(.aside) struct `A condition of our own policies` {
    /// A set of one service in which alice may select from `sales`, and items with conditions as given.
    private func decision(
        allow: String = "",
        deny: String = "",
        attributes: [String: String] = [:]
    ) throws -> Treatment {
        let condition = { (text: String) -> [PolicyCondition] in
            guard !text.isEmpty else { return [] }
            var condition = PolicyCondition()
            condition.type = "_expression"
            condition.values = [text]
            return [condition]
        }
        let item = { (text: String) -> PolicyItem in
            var item = PolicyItem()
            item.users = ["alice"]
            item.accesses = [ItemAccess(type: "select", isAllowed: true)]
            item.conditions = condition(text)
            return item
        }
        var policy = Policy()
        policy.name = "p"
        policy.service = "hive"
        var all = PolicyResource()
        all.values = ["*"]
        policy.resources = ["database": all, "table": all, "column": all]
        policy.policyItems = [item(allow)]
        if !deny.isEmpty { policy.denyPolicyItems = [item(deny)] }
        let service = PolicyService(name: ServiceName("hive"), definition: try definition("hive"))
        let set = try PolicySet(services: [service], policies: [policy], version: 1)
        let request = ReadRequest(
            subject: Subject(user: UserName("alice"), groups: [], roles: [], attributes: attributes),
            service: ServiceName("hive"),
            table: try #require(TableName("sales.orders")),
            columns: [ColumnName("id")],
            now: Instant(seconds: 1_700_000_000)
        )
        return set.decide(request).columns[0].treatment
    }

    @Test func `may ask for the user's attributes and the resource`() throws {
        #expect(
            try decision(allow: "USER.level > 2 && RES.table == 'orders'", attributes: ["level": "3"])
                == .clear
        )
        #expect(try decision(allow: "USER.level > 2", attributes: ["level": "1"]) == .denied)
    }

    @Test func `that fails grants nothing`() throws {
        #expect(try decision(allow: "USER.level.of.whom == 1") == .denied)
        #expect(try decision(allow: "while (true) {}") == .denied)
    }

    @Test(arguments: [
        "/(a+)+$/.test(USER.name)", "/^(a|a)*b/.test(USER.name)", "/(.*)*x/.test(USER.name)",
        "new RegExp('(\\\\d+)*$').test(USER.name)", "USER.x == 1 || /((a*)b?)+/.test('a')",
        "USER.x && /([a-z]+)+@/.test(USER.mail)", "/(a?)+$/.test(USER.name)",
        "/(\\w|\\d){20,}$/.test(USER.name)",
        "var s = 'a/b'; /(x+x+)+y/.test(s)",
    ])
    func `with a regular expression that may explode is refused by place`(text: String) throws {
        let error = try #require(throws: PolicyError.self) { try decision(allow: text) }
        #expect("\(error)".contains("policyItems[0].conditions[0]"), "\(error)")
        #expect("\(error)".contains("regular expression"), "\(error)")
    }

    @Test(arguments: [
        "/^[a-z]+@[a-z.]+$/.test('a@b')", "/^(foo|bar)*$/.test('foobar')", "/^([a-z]+,)*[a-z]+$/.test('a,b')",
        "/^(\\d+\\.)+\\d+$/.test('1.2')", "6 / 2 / 3 == 1", "'(a+)+' != ''", "/a{2,3}b*/.test('aab')",
    ])
    func `with others isn't`(text: String) throws { _ = try decision(allow: text) }

    @Test func `that fails lets a denial count`() throws {
        #expect(try decision(deny: "USER.level.of.whom == 1") == .denied)
        #expect(try decision(deny: "USER.level == 1") == .clear)
    }

    @Test func `is refused when it is no script, or of a kind that isn't known`() throws {
        #expect(throws: PolicyError.self) { try decision(allow: "USER.level >") }
        #expect(throws: PolicyError.self) { try decision(allow: "  ") }
    }
}

@Suite(.aside) struct `A recurring time` {
    /// On workdays from nine for eight hours, in one zone.
    private func schedule(_ zone: String) -> ValiditySchedule {
        var schedule = ValiditySchedule()
        schedule.timeZone = zone
        var fields = RecurrenceSchedule()
        fields.minute = "0"
        fields.hour = "9"
        fields.dayOfWeek = "2-6"
        fields.month = "*"
        fields.year = "*"
        var interval = RecurrenceInterval()
        interval.hours = 8
        var recurrence = Recurrence()
        recurrence.schedule = fields
        recurrence.interval = interval
        schedule.recurrences = [recurrence]
        return schedule
    }

    @Test(arguments: [
        ("GMT", "2024-03-04T09:00:00Z", true), ("GMT", "2024-03-04T17:00:00Z", true),
        ("GMT", "2024-03-04T17:00:01Z", false), ("GMT", "2024-03-04T08:59:59Z", false),
        ("GMT", "2024-03-03T12:00:00Z", false), ("GMT+02:00", "2024-03-04T07:30:00Z", true),
    ])
    func `runs in the schedule's own zone`(zone: String, time: String, expected: Bool) throws {
        let period = try schedule(zone).period(ValidityTimes(), at: PolicyPlace("policy", "p"))
        #expect(period.holds(at: try #require(Instant(time))) == expected)
    }

    @Test func `is refused when its fields can't be read`() {
        var broken = schedule("GMT")
        broken.recurrences[0].schedule?.hour = "25"
        #expect(throws: PolicyError.self) {
            try broken.period(ValidityTimes(), at: PolicyPlace("policy", "p"))
        }
        #expect(throws: PolicyError.self) {
            try schedule("Nowhere/Else").period(ValidityTimes(), at: PolicyPlace("policy", "p"))
        }
    }
}

@Suite(.aside) struct `A time zone` {
    @Test(arguments: [
        ("America/Los_Angeles", 1_709_251_200, -28_800), ("America/Los_Angeles", 1_720_000_000, -25_200),
        ("America/Los_Angeles", 4_100_000_000, -28_800), ("Asia/Kolkata", 1_720_000_000, 19_800),
        ("Europe/Berlin", 1_720_000_000, 7200), ("Europe/Berlin", 4_087_000_000, 7200),
    ])
    func `is read as the tz database has it`(name: String, seconds: Int64, offset: Int) throws {
        let data = try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)"))
        let rules = try #require(TimeZoneRules(compiled: Array(data)))
        #expect(rules.offset(at: seconds) == offset)
        let foundation = try #require(TimeZone(identifier: name))
        for step in 0..<2000 {
            let second = Int64(step) * 1_000_003
            #expect(
                rules.offset(at: second)
                    == foundation.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
            )
        }
    }

    @Test func `that was damaged is none, or harmless`() throws {
        let whole = Array(try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Berlin")))
        var numbers = SeededNumbers(3)
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0..<4 { bytes[Int(numbers.next() % UInt64(bytes.count))] = UInt8(numbers.next() % 256) }
            let rules = TimeZoneRules(
                compiled: Array(bytes.prefix(Int(numbers.next() % UInt64(bytes.count + 1))))
            )
            #expect((rules?.offset(at: 1_720_000_000)).map { abs($0) >= 0 } ?? true)
        }
    }
}
