import Foundation

/// Northsea Outdoor, an invented shop for tents, boots and kayaks, with customers in ten countries.
///
/// Everybody in it is made up: addresses end in reserved domains, banks and card numbers belong to nobody, and numbers
/// carry valid check digits. The same seed gives the same bytes on every machine; there is no clock or locale in it.
package struct SampleCompany {
    /// What all chance flows from.
    package let seed: UInt64

    /// A company; the default seed is the one behind the committed `SampleData`.
    package init(seed: UInt64 = 1872) { self.seed = seed }

    /// Writes all sources below the folder, which is made when missing: CSV, NDJSON, XML and one SQLite file.
    ///
    /// Existing files of the same names are replaced. Text files are byte-identical for a seed; the SQLite file is so
    /// for one version of SQLite, whose number stands in its header. The manifest is not written: it is kept by hand.
    /// - Throws: Foundation's or GRDB's error when a file can't be written.
    package func write(to folder: String) throws {
        let people = Customer.all(seed: seed, count: 2000)
        let products = Product.all(seed: seed)
        let orders = Order.all(seed: seed, count: 6000, customers: people, products: products)
        let staff = Employee.all(seed: seed, count: 180)
        var texts = sales(people, products, orders)
        texts.merge(webAndLogistics(people, products, orders)) { first, _ in first }
        texts.merge(analytics(people, orders, staff)) { first, _ in first }
        texts["hr/staff.xml"] = document("staff", staff.map(\.element))
        for (path, text) in texts { try Data(text.utf8).write(to: try location(path, in: folder)) }

        let methods = PaymentMethod.all(seed: seed, customers: people)
        let payments = Payment.all(seed: seed, orders: orders, methods: methods)
        let file = try location("finance/payments.sqlite", in: folder)
        if FileManager.default.fileExists(atPath: file.path) { try FileManager.default.removeItem(at: file) }
        try PaymentsDatabase(methods: methods, payments: payments, payouts: Payout.derive(from: payments))
            .write(to: file.path)
    }

    private func sales(_ people: [Customer], _ products: [Product], _ orders: [Order]) -> [String: String] {
        [
            "sales/customers.csv": table(Customer.header, people.map(\.fields)),
            "sales/products.csv": table(Product.header, products.map(\.fields)),
            "sales/orders.csv": table(Order.header, orders.map(\.fields)),
            "sales/order_items.csv": table(Order.itemHeader, orders.flatMap(\.itemFields)),
        ]
    }

    private func webAndLogistics(
        _ people: [Customer],
        _ products: [Product],
        _ orders: [Order]
    ) -> [String: String] {
        var dice = Dice(seed: seed, topic: "stores")
        let events = WebEvents(seed: seed, count: 6000, customers: people, products: products)
        let tickets = SupportTickets(seed: seed, count: 1200, customers: people, orders: orders)
        return [
            "web/events.ndjson": events.lines.joined(separator: "\n") + "\n",
            "web/support_tickets.ndjson": tickets.lines.joined(separator: "\n") + "\n",
            "logistics/stores.csv": table(Store.header, Store.all.map { $0.fields(&dice) }),
            "logistics/shipments.xml": document("shipments", Shipments(seed: seed, orders: orders).elements),
        ]
    }

    private func analytics(_ people: [Customer], _ orders: [Order], _ staff: [Employee]) -> [String: String] {
        let tables = Analytics(customers: people, orders: orders, staff: staff)
        return [
            "analytics/customer_value.csv": tables.customerValue.text,
            "analytics/marketing_list.csv": tables.marketingList.text,
            "analytics/orders_daily.csv": tables.ordersDaily.text,
            "analytics/pay_by_department.csv": tables.payByDepartment.text,
        ]
    }

    private func table(_ header: [String], _ rows: [[String?]]) -> String {
        var table = CSVText(header: header)
        for row in rows { table.add(row) }
        return table.text
    }

    private func document(_ root: String, _ elements: [XMLElement]) -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<\(root)>\n"
            + elements.map { $0.lines(indent: "  ") }.joined() + "</\(root)>\n"
    }

    private func location(_ path: String, in folder: String) throws -> URL {
        let file = URL(fileURLWithPath: folder).appendingPathComponent(path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        return file
    }
}
