/// A shop or warehouse: the row of `logistics.stores`.
struct Store {
    let code: String
    let country: Country
    let city: Country.City

    static let header = ["store_code", "name", "country", "city", "latitude", "longitude", "phone"]

    /// One for the first two cities of each country.
    static let all: [Store] = Country.all.flatMap { country in
        country.cities.prefix(2).enumerated().map { index, city in
            Store(code: "\(country.code)\(index + 1)", country: country, city: city)
        }
    }

    func fields(_ dice: inout Dice) -> [String?] {
        [
            code, "Northsea \(city.name)", country.code, city.name, city.latitude.millionths,
            city.longitude.millionths, country.phone(&dice),
        ]
    }
}

/// A parcel under way: the row of `logistics.shipments`.
struct Shipments {
    let elements: [XMLElement]

    init(seed: UInt64, orders: [Order]) {
        var dice = Dice(seed: seed, topic: "shipments")
        let sent = orders.filter { $0.status == "delivered" || $0.status == "shipped" }.suffix(1500)
        elements = sent.enumerated().map { index, order in
            let customer = order.customer
            let weight = order.items.reduce(0) { $0 + $1.quantity * $1.product.weightGrams }
            return XMLElement(
                name: "shipment",
                children: [
                    XMLElement(name: "shipment_id", text: "SH" + (index + 1).padded(7)),
                    XMLElement(name: "order_id", text: String(order.id)),
                    XMLElement(name: "recipient", text: customer.fullName),
                    XMLElement(name: "street", text: customer.street),
                    XMLElement(name: "postal_code", text: customer.postalCode),
                    XMLElement(name: "country", text: customer.country),
                    XMLElement(name: "latitude", text: customer.latitude.millionths),
                    XMLElement(name: "longitude", text: customer.longitude.millionths),
                    XMLElement(
                        name: "carrier",
                        text: dice.pick(["Gull Post", "Polar Parcel", "Ferry & Foot"])
                    ),
                    XMLElement(name: "weight_g", text: String(weight)),
                    XMLElement(name: "handed_over_on", text: (order.orderedAt.day + dice.roll(1...4)).text),
                ] + XMLElement.optional("hint", dice.chance(percent: 10) ? dice.pick(Shipments.hints) : nil)
            )
        }
    }

    private static let hints = ["<ring twice>", "Boat shed & porch are fine", "Beware of the goose 🪿", "-"]
}
