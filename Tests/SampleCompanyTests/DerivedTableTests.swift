import Foundation
import TestSupport
import Testing

@Suite(.aside) struct `Derived tables` {
    @Test func `customer value follows from customers, orders and items`() throws {
        var revenue: [String: Int] = [:]
        var count: [String: Int] = [:]
        var last: [String: String] = [:]
        let totals = try totals()
        for order in try validOrders() {
            let customer = try #require(order["customer_id"])
            revenue[customer, default: 0] += totals[order["order_id"] ?? ""] ?? 0
            count[customer, default: 0] += 1
            last[customer] = max(last[customer] ?? "", String((order["ordered_at"] ?? "").prefix(10)))
        }
        let people = try customers()
        let rows = try Committed.table("analytics/customer_value.csv")
        #expect(Set(rows.compactMap { $0["customer_id"] }) == Set(revenue.keys))
        for row in rows {
            let id = try #require(row["customer_id"])
            let cents = try #require(revenue[id])
            for name in ["full_name", "email", "country"] { #expect(row[name] == people[id]?[name]) }
            #expect(row["orders"].flatMap(Int.init) == count[id])
            #expect(row["revenue_eur"].flatMap(hundredths) == cents)
            #expect(row["last_order_on"] == last[id])
            #expect(row["segment"] == (cents >= 250_000 ? "gold" : cents >= 80_000 ? "silver" : "blue"))
        }
    }

    @Test func `order totals are the sums of their items`() throws {
        let totals = try totals()
        for order in try Committed.table("sales/orders.csv") {
            #expect(order["total_eur"].flatMap(hundredths) == totals[order["order_id"] ?? ""])
        }
    }

    @Test func `the marketing list is everyone who wants it and can get it`() throws {
        let buyers = Set(try validOrders().compactMap { $0["customer_id"] })
        let expected = try Committed.table("sales/customers.csv")
            .filter { $0["newsletter"] == "true" && $0["email"]?.isEmpty == false }
            .map { customer in
                var row: [String: String] = [:]
                for name in ["email", "language", "country"] { row[name] = customer[name] }
                row["birth_decade"] = customer["birth_date"].map { $0.prefix(3) + "0s" }
                row["has_bought"] = buyers.contains(customer["id"] ?? "") ? "true" : "false"
                return row
            }
        #expect(try Committed.table("analytics/marketing_list.csv") == expected)
    }

    @Test func `orders by day are counts and sums`() throws {
        let totals = try totals()
        var expected: [String: [Int]] = [:]
        for order in try validOrders() {
            let key = "\((order["ordered_at"] ?? "").prefix(10)) \(order["ship_country"] ?? "")"
            let old = expected[key] ?? [0, 0]
            expected[key] = [old[0] + 1, old[1] + (totals[order["order_id"] ?? ""] ?? 0)]
        }
        let rows = try Committed.table("analytics/orders_daily.csv")
        #expect(rows.count == expected.count)
        for row in rows {
            let key = "\(row["ordered_on"] ?? "") \(row["country"] ?? "")"
            let numbers = [row["orders"].flatMap(Int.init), row["revenue_eur"].flatMap(hundredths)]
            #expect(expected[key] == numbers.compactMap(\.self))
        }
    }

    @Test func `average pay hides departments of fewer than five`() throws {
        let staff = try Committed.elements("hr/staff.xml", row: "employee")
        let groups = Dictionary(grouping: staff) { ($0["department"] ?? "").replacing("&amp;", with: "&") }
        let rows = try Committed.table("analytics/pay_by_department.csv")
        #expect(Set(rows.compactMap { $0["department"] }) == Set(groups.filter { $0.value.count >= 5 }.keys))
        for row in rows {
            let pay = try #require(groups[row["department"] ?? ""]).compactMap {
                $0["salary"].flatMap(hundredths)
            }
            #expect(row["people"].flatMap(Int.init) == pay.count)
            #expect(row["average_salary_eur"].flatMap(hundredths) == pay.reduce(0, +) / pay.count)
        }
    }

    @Test func `payouts are the refunds to accounts`() throws {
        let expected = try Committed.rows(
            """
            SELECT p.payment_id, p.order_id, m.holder, m.iban, p.amount_cents FROM payments p
            JOIN payment_methods m USING (method_id) WHERE p.status = 'refunded' AND m.iban IS NOT NULL ORDER BY 1
            """
        )
        #expect(expected.count > 100)
        #expect(try Committed.rows("SELECT * FROM payouts ORDER BY 1") == expected)
    }

    private func customers() throws -> [String: [String: String]] {
        Dictionary(
            uniqueKeysWithValues: try Committed.table("sales/customers.csv").map { ($0["id"] ?? "", $0) }
        )
    }

    private func validOrders() throws -> [[String: String]] {
        try Committed.table("sales/orders.csv").filter { $0["status"] != "cancelled" }
    }

    private func totals() throws -> [String: Int] {
        try Committed.table("sales/order_items.csv").reduce(into: [:]) { totals, item in
            let quantity = try #require(item["quantity"].flatMap(Int.init))
            let price = try #require(item["unit_price_eur"].flatMap(hundredths))
            totals[item["order_id"] ?? "", default: 0] += quantity * price
        }
    }

    /// `12.05` as 1205; nil unless there are two places.
    private func hundredths(_ text: String) -> Int? {
        guard text.suffix(3).first == "." else { return nil }
        return Int(text.filter { $0 != "." })
    }
}
