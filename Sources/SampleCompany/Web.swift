/// What happened on the web shop: the rows of `web.events`.
struct WebEvents {
    let lines: [String]

    init(seed: UInt64, count: Int, customers: [Customer], products: [Product]) {
        var dice = Dice(seed: seed, topic: "events")
        let first = Day(2025, 9, 1)
        lines = (0..<count).map { index in
            let visitor = dice.chance(percent: 60) ? dice.pick(customers) : nil
            let moment = dice.moment(of: first + index * 91 / count)
            return WebEvents.event(index + 1, moment, visitor, products, &dice).line()
        }
    }

    private static func event(
        _ number: Int,
        _ moment: Moment,
        _ visitor: Customer?,
        _ products: [Product],
        _ dice: inout Dice
    ) -> JSON {
        let kind =
            visitor == nil
            ? dice.pick(["view", "search"]) : dice.pick(["view", "basket", "login", "search"])
        let geo: JSON = .object([
            ("lat", visitor.map { .number($0.latitude.millionths) } ?? .null),
            ("lon", visitor.map { .number($0.longitude.millionths) } ?? .null),
        ])
        return .object([
            ("event_id", .string("ev-" + number.padded(6))),
            ("trace", .int(800_000_000_000_000_000 + dice.roll(0...99_999_999_999_999_999))),
            ("at", .string(moment.text)),
            ("kind", .string(kind)),
            ("customer_id", .int(visitor?.id)),
            ("ip", .string(address(&dice))),
            ("email", kind == "login" ? .text(visitor?.email) : .null),
            ("sku", kind == "view" || kind == "basket" ? .string(dice.pick(products).sku) : .null),
            ("query", kind == "search" ? .string(dice.pick(queries)) : .null),
            ("device", device(&dice)),
            ("geo", geo),
        ])
    }

    /// From the ranges kept for documentation (RFC 5737, RFC 3849).
    private static func address(_ dice: inout Dice) -> String {
        if dice.chance(percent: 25) {
            return
                "2001:db8:\(String(dice.roll(16...65_535), radix: 16))::\(String(dice.roll(1...65_535), radix: 16))"
        }
        return dice.pick(["192.0.2.", "198.51.100.", "203.0.113."]) + String(dice.roll(1...254))
    }

    private static func device(_ dice: inout Dice) -> JSON {
        let isPhone = dice.chance(percent: 65)
        return .object([
            ("kind", .string(isPhone ? "phone" : "desktop")),
            (
                "screen",
                .object([("width", .int(isPhone ? 390 : 1920)), ("height", .int(isPhone ? 844 : 1080))])
            ),
            (
                "languages",
                .array(dice.pick([["de"], ["sv", "en"], ["nb", "en"], ["fr"], []]).map { .string($0) })
            ),
            ("touch", .bool(isPhone)),
        ])
    }

    private static let queries = [
        "tent", "wool socks", "größe 46", "regnjakke barn", "\"dry bag\" 35 l", "🛶", "kayak\\paddle", "",
        "sac à dos", "śpiwór −15", "a", "rain",
    ]
}

/// What customers ask: the rows of `web.support_tickets`; bodies hold names, numbers and addresses in running text.
struct SupportTickets {
    let lines: [String]

    init(seed: UInt64, count: Int, customers: [Customer], orders: [Order]) {
        var dice = Dice(seed: seed, topic: "tickets")
        let reachable = customers.filter { $0.email?.isEmpty == false && $0.phone?.isEmpty == false }
        lines = (1...count).map { number in
            let customer = dice.pick(reachable)
            let order = dice.pick(orders)
            return SupportTickets.ticket(number, customer, order, &dice).line(
                ascii: number.isMultiple(of: 10)
            )
        }
    }

    private static func ticket(
        _ number: Int,
        _ customer: Customer,
        _ order: Order,
        _ dice: inout Dice
    ) -> JSON {
        let (topic, form) = dice.pick(forms)
        var body = form
        for (mark, value) in [
            ("{name}", customer.fullName), ("{phone}", customer.phone ?? ""),
            ("{email}", customer.email ?? ""),
            ("{street}", customer.street), ("{order}", String(order.id)),
        ] {
            body = body.split(separator: mark, omittingEmptySubsequences: false).joined(separator: value)
        }
        let agent = dice.pick(["carla", "carla", "jo", "sam"])
        return .object([
            ("ticket_id", .int(30_000 + number)),
            (
                "opened_at",
                .string(dice.moment(of: dice.day(from: Day(2025, 1, 2), through: Day(2025, 12, 30))).text)
            ),
            ("customer_id", .int(customer.id)),
            ("status", .string(dice.pick(["open", "waiting", "closed", "closed", "closed"]))),
            ("topic", .string(topic)),
            ("assigned_to", .string(agent)),
            ("rating", dice.chance(percent: 50) ? .int(dice.roll(1...5)) : .null),
            (
                "labels",
                .array((0..<dice.roll(0...2)).map { _ in .string(dice.pick(["urgent", "gift", "b2b"])) })
            ),
            ("body", .string(body)),
            ("contact", .object([("name", .string(customer.fullName)), ("email", .text(customer.email))])),
        ])
    }

    private static let forms = [
        ("delivery", "Hello, order {order} hasn't come. Please call me on {phone}.\nBest, {name}"),
        ("delivery", "The parcel went next door again. I live at {street}! Regards, {name} <{email}>"),
        ("return", "These boots are half a size too small 😢 Send the label to {email}, thanks."),
        ("account", "I'm {name} and can't log in with {email}. My phone is still {phone}."),
        ("repair", "The zip of my \"Ridgeline\" jacket broke on day 2. /{name}"),
        ("praise", "👏👏 Your tent stood through a storm at −15°. — {name}"),
        ("privacy", "Under Art. 15 GDPR I want a copy of my data. {name}, {street}, {email}, {phone}"),
    ]
}
