import Foundation
import TestSupport
import Testing

@Suite(.aside) struct `Values that break careless code` {
    @Test func `stand among the first twenty customers`() throws {
        let rows = try Committed.table("sales/customers.csv").prefix(20)
        func some(_ column: String, _ holds: (String) -> Bool) -> Bool {
            rows.contains { $0[column].map(holds) ?? false }
        }
        #expect(some("full_name") { $0.contains("\"") && $0.contains(",") })
        #expect(some("full_name") { $0.unicodeScalars.contains { (0x600...0x6FF).contains($0.value) } })
        #expect(some("full_name") { $0.unicodeScalars.contains { $0.value > 0xFFFF } })
        #expect(some("full_name") { $0.unicodeScalars.contains("\u{308}") })
        #expect(some("note") { $0.unicodeScalars.contains("\u{200D}") && $0.unicodeScalars.contains("👩") })
        #expect(some("note") { $0.unicodeScalars.contains("\r") && $0.unicodeScalars.contains("\n") })
        #expect(some("note") { $0 == "NULL" } && some("note") { $0.hasPrefix("=") })
        #expect(
            some("note") { $0.hasPrefix("  ") && $0.hasSuffix("\t") } && some("note") { $0.contains("<b>") }
        )
        #expect(some("note") { $0.count == 1 } && some("note") { $0.count == 4 })
        #expect(some("city") { $0.count == 1 } && some("city") { $0.count == 4 })
        #expect(some("email", \.isEmpty) && rows.contains { $0["email"] == nil })
        #expect(some("birth_date") { $0.hasSuffix("-02-29") })
        #expect(some("postal_code") { $0.hasPrefix("0") } && some("national_id") { $0.hasPrefix("0") })
        #expect(some("loyalty_card") { $0 == "999999999999999999" })
        #expect(some("credit_limit") { $0 == "0.01" } && some("loyalty_points") { $0 == "0" })
        #expect(
            rows.contains { row in ["email", "phone", "birth_date", "note"].allSatisfy { row[$0] == nil } }
        )
    }

    @Test func `leave protected values long enough to be searched for`() throws {
        for row in try Committed.table("sales/customers.csv") {
            for column in ["full_name", "email", "phone", "birth_date", "national_id"] {
                guard let value = row[column], !value.isEmpty else { continue }
                #expect(value.count >= (column == "full_name" ? 6 : 9))
            }
            #expect(row["birth_date"]?.hasSuffix("-01-01") != true)
        }
    }

    @Test func `keep to ranges that belong to nobody`() throws {
        let documentation = /(192\.0\.2|198\.51\.100|203\.0\.113)\.[0-9]{1,3}|2001:db8:[0-9a-f:]+/
        for event in try Committed.objects("web/events.ndjson") {
            let address = try #require(event["ip"] as? String)
            #expect(address.wholeMatch(of: documentation) != nil)
        }
        for row in try Committed.table("sales/customers.csv") {
            guard let email = row["email"], !email.isEmpty else { continue }
            #expect(email.contains(/@([a-z]+\.example|example\.(com|org|net))$/))
        }
    }

    @Test func `call numbers that nobody answers`() throws {
        let kept = [
            "DE": "+49 (30 23125|69 90009|40 66969|89 99998) [0-9]{3}", "SE": "+46 70 1740 6[0-9]{2}",
            "FR": "+33 6 39 98 [0-9]{2} [0-9]{2}", "GB": "+44 (7700 900|20 7946 0)[0-9]{3}",
            "US": "+1 [0-9]{3}-555-01[0-9]{2}",
        ]
        var count = 0
        for row in try Committed.table("sales/customers.csv") {
            guard let country = row["country"], let phone = row["phone"], !phone.isEmpty else { continue }
            let pattern = try Regex("\\" + (kept[country] ?? "+[0-9]{2,3} 000 .*"))
            #expect(phone.wholeMatch(of: pattern) != nil)
            count += 1
        }
        #expect(count > 1500)
    }

    @Test func `stand in tickets as running text with escapes`() throws {
        let tickets = try Committed.objects("web/support_tickets.ndjson")
        let bodies = tickets.compactMap { $0["body"] as? String }
        #expect(bodies.count == tickets.count)
        #expect(bodies.contains { $0.contains("@") } && bodies.contains { $0.contains("\n") })
        #expect(try Committed.text("web/support_tickets.ndjson").contains("\\ud83d"))
        #expect(tickets.contains { ($0["contact"] as? [String: Any])?["email"] != nil })
    }
}
