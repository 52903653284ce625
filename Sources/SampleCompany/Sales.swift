/// Something to buy: the row of `sales.products`.
struct Product {
    let sku: String
    let name: String
    let category: String
    /// One to three characters; nil for what has no size.
    let size: String?
    /// In hundredths of euros.
    let price: Int
    let weightGrams: Int

    static let header = ["sku", "name", "category", "size", "price_eur", "weight_g"]

    var fields: [String?] { [sku, name, category, size, price.hundredths, String(weightGrams)] }

    static func all(seed: UInt64) -> [Product] {
        var dice = Dice(seed: seed, topic: "products")
        var products: [Product] = []
        for (category, things) in range {
            for thing in things {
                let line = dice.pick(["Skerry", "Ridgeline", "Fjord", "Tern", "Drift", "Cairn", "Lodestar"])
                let price = dice.roll(9...380) * 100 - 5
                let weight = dice.roll(3...320) * 10
                let sizes: [String?] = category == "clothing" ? ["S", "M", "L", "XL", "XXL"] : [nil]
                for size in sizes {
                    let sku = "NS-" + (products.count + 1).padded(4) + (size.map { "-\($0)" } ?? "")
                    products.append(
                        Product(
                            sku: sku,
                            name: "\(line) \(thing)",
                            category: category,
                            size: size,
                            price: price,
                            weightGrams: weight
                        )
                    )
                }
            }
        }
        return products
    }

    private static let range: [(String, [String])] = [
        (
            "clothing",
            [
                "Rain Jacket", "Wool Jumper", "Down Vest", "Storm Trousers", "Base Layer", "Fleece", "Anorak",
                "Merino Tee", "Shell Parka", "Trail Shorts", "Wind Shirt", "Bib Overall",
            ]
        ),
        (
            "shelter",
            ["Tent 1P", "Tent 2P", "Tent 4P", "Tarp 3×3", "Bivvy", "Hammock \"Lazy Gull\"", "Pegs, 12 pcs"]
        ),
        ("sleeping", ["Bag −5°", "Bag −15°", "Quilt", "Mat 5 cm", "Mat 9 cm", "Pillow"]),
        ("packs", ["Daypack 20 l", "Pack 45 l", "Pack 65 l", "Dry Bag 10 l", "Dry Bag 35 l", "Hip Belt"]),
        (
            "kitchen",
            ["Stove", "Pot 1.2 l", "Kettle", "Spork", "Flask ½ l", "Coffee Filter", "Cutting Board"]
        ),
        ("paddling", ["Touring Kayak", "Paddle 220", "Spray Deck", "Life Vest", "Bilge Pump", "Tow Line"]),
        (
            "small things",
            ["Head Torch", "Compass", "Whistle", "First Aid Kit", "Sewing Kit", "Wax", "Map Case"]
        ),
    ]
}

/// A purchase: the row of `sales.orders`.
struct Order {
    let id: Int
    let customer: Customer
    let orderedAt: Moment
    let status: String
    let channel: String
    let voucher: String?
    let items: [Item]

    /// The row of `sales.order_items`.
    struct Item {
        let line: Int
        let product: Product
        let quantity: Int
        /// In hundredths of euros.
        let unitPrice: Int
    }

    static let header = [
        "order_id", "customer_id", "ordered_at", "status", "channel", "voucher", "ship_country", "total_eur",
    ]
    static let itemHeader = ["order_id", "line", "sku", "quantity", "unit_price_eur"]

    /// In hundredths of euros.
    var total: Int { items.reduce(0) { $0 + $1.quantity * $1.unitPrice } }
    var counts: Bool { status != "cancelled" }

    var fields: [String?] {
        [
            String(id), String(customer.id), orderedAt.text, status, channel, voucher, customer.country,
            total.hundredths,
        ]
    }

    var itemFields: [[String?]] {
        items.map {
            [String(id), String($0.line), $0.product.sku, String($0.quantity), $0.unitPrice.hundredths]
        }
    }

    /// In the order of their days; one customer in twelve never bought anything.
    static func all(seed: UInt64, count: Int, customers: [Customer], products: [Product]) -> [Order] {
        var dice = Dice(seed: seed, topic: "orders")
        let buyers = customers.filter { $0.id % 12 != 1 || $0.id == 1 }
        let first = Day(2024, 1, 1)
        let last = Day(2025, 12, 31)
        return (0..<count).map { index in
            let day = Day(number: first.number + index * (last.number - first.number + 1) / count)
            let items = (1...dice.pick([1, 1, 2, 2, 3, 4])).map { line in
                let product = dice.pick(products)
                let price = dice.chance(percent: 20) ? product.price * 9 / 10 : product.price
                return Item(
                    line: line,
                    product: product,
                    quantity: dice.pick([1, 1, 1, 2, 3]),
                    unitPrice: price
                )
            }
            return Order(
                id: 50_001 + index,
                customer: dice.pick(buyers),
                orderedAt: dice.moment(of: day),
                status: dice.pick(["delivered", "delivered", "delivered", "shipped", "returned", "cancelled"]
                ),
                channel: dice.pick(["web", "web", "web", "store", "phone"]),
                voucher: dice.chance(percent: 15) ? dice.pick(["X", "SALE", "SPRING24", "00017"]) : nil,
                items: items
            )
        }
    }
}
