/// The tables that nightly jobs compute from the others, really computed here in the same way.
struct Analytics {
    /// `analytics.customer_value`: one row a customer who bought, in the order of ids.
    let customerValue: CSVText
    /// `analytics.marketing_list`: customers who want the newsletter and have an address.
    let marketingList: CSVText
    /// `analytics.orders_daily`: counts and sums by day and country; nobody in it.
    let ordersDaily: CSVText
    /// `analytics.pay_by_department`: averages over at least five people.
    let payByDepartment: CSVText

    init(customers: [Customer], orders: [Order], staff: [Employee]) {
        let valid = orders.filter(\.counts)
        let ordersOf = Dictionary(grouping: valid) { $0.customer.id }
        customerValue = Analytics.value(of: customers, ordersOf)
        marketingList = Analytics.mailing(to: customers, ordersOf)
        ordersDaily = Analytics.daily(valid)
        payByDepartment = Analytics.pay(staff)
    }

    private static func value(of customers: [Customer], _ ordersOf: [Int: [Order]]) -> CSVText {
        var table = CSVText(header: [
            "customer_id", "full_name", "email", "country", "orders", "revenue_eur", "last_order_on",
            "segment",
        ])
        for customer in customers {
            guard let orders = ordersOf[customer.id], let last = orders.map(\.orderedAt.day).max() else {
                continue
            }
            let revenue = orders.reduce(0) { $0 + $1.total }
            table.add([
                String(customer.id), customer.fullName, customer.email, customer.country,
                String(orders.count),
                revenue.hundredths, last.text, segment(of: revenue),
            ])
        }
        return table
    }

    /// Gold from 2,500 euros, silver from 800.
    private static func segment(of revenue: Int) -> String {
        revenue >= 250_000 ? "gold" : revenue >= 80_000 ? "silver" : "blue"
    }

    private static func mailing(to customers: [Customer], _ ordersOf: [Int: [Order]]) -> CSVText {
        var table = CSVText(header: ["email", "language", "country", "birth_decade", "has_bought"])
        for customer in customers where customer.newsletter && customer.email?.isEmpty == false {
            table.add([
                customer.email, customer.language, customer.country,
                customer.birthDate.map { "\($0.civil.year / 10 * 10)s" },
                ordersOf[customer.id] == nil ? "false" : "true",
            ])
        }
        return table
    }

    private static func daily(_ orders: [Order]) -> CSVText {
        var table = CSVText(header: ["ordered_on", "country", "orders", "revenue_eur"])
        let groups = Dictionary(grouping: orders) { [$0.orderedAt.day.text, $0.customer.country] }
        for (key, group) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            table.add([key[0], key[1], String(group.count), group.reduce(0) { $0 + $1.total }.hundredths])
        }
        return table
    }

    private static func pay(_ staff: [Employee]) -> CSVText {
        var table = CSVText(header: ["department", "people", "average_salary_eur"])
        let groups = Dictionary(grouping: staff, by: \.department)
        for (department, people) in groups.sorted(by: { $0.key < $1.key }) where people.count >= 5 {
            let average = people.reduce(0) { $0 + $1.salary } / people.count
            table.add([department, String(people.count), average.hundredths])
        }
        return table
    }
}
