/// Someone who buys: the row of `sales.customers`.
struct Customer {
    var id: Int
    var fullName: String
    var email: String?
    var phone: String?
    var birthDate: Day?
    var nationalID: String?
    var country: String
    var city: String
    var loyaltyPoints: Int?
    /// In hundredths.
    var creditLimit: Int?
    var loyaltyCard: Int
    var street: String
    var postalCode: String
    var language: String
    var newsletter: Bool
    var signedUpAt: Moment
    var note: String?
    /// In millionths of degrees; not a column of the customers table.
    var latitude: Int
    var longitude: Int

    static let header = [
        "id", "full_name", "email", "phone", "birth_date", "national_id", "country", "city", "loyalty_points",
        "credit_limit", "loyalty_card", "street", "postal_code", "language", "newsletter", "signed_up_at",
        "note",
    ]

    var fields: [String?] {
        [
            String(id), fullName, email, phone, birthDate?.text, nationalID, country, city,
            loyaltyPoints.map(String.init), creditLimit?.hundredths, String(loyaltyCard), street, postalCode,
            language, newsletter ? "true" : "false", signedUpAt.text, note,
        ]
    }
}

extension Customer {
    /// All customers; the first twenty carry the values that break careless code.
    static func all(seed: UInt64, count: Int) -> [Customer] {
        var dice = Dice(seed: seed, topic: "customers")
        var customers = (1...count).map { random(id: $0, &dice) }
        for (index, change) in rarities.enumerated() { change(&customers[index + 1], &dice) }
        return customers
    }

    private static func random(id: Int, _ dice: inout Dice) -> Customer {
        let country = dice.pick(Country.all, weight: \.weight)
        let city = dice.pick(country.cities)
        let name = country.personName(&dice)
        let born = birthday(&dice)
        return Customer(
            id: id,
            fullName: name,
            email: dice.chance(percent: 97) ? address(of: name, id: id, &dice) : nil,
            phone: dice.chance(percent: 85) ? country.phone(&dice) : nil,
            birthDate: dice.chance(percent: 92) ? born : nil,
            nationalID: dice.chance(percent: 80)
                ? NationalID.number(of: country.code, born: born, &dice) : nil,
            country: country.code,
            city: city.name,
            loyaltyPoints: dice.chance(percent: 93) ? dice.roll(0...48) * dice.roll(0...250) : nil,
            creditLimit: dice.chance(percent: 70) ? dice.roll(1...120) * 25_000 : nil,
            loyaltyCard: 700_000_000_000_000_000 + dice.roll(0...99_999_999) * 1_000_000_000 + id,
            street: country.street(&dice),
            postalCode: city.postalCode,
            language: country.language,
            newsletter: dice.chance(percent: 55),
            signedUpAt: dice.moment(of: dice.day(from: Day(2019, 3, 1), through: Day(2023, 12, 31))),
            note: dice.chance(percent: 12) ? dice.pick(notes) : nil,
            latitude: city.latitude + dice.roll(-20_000...20_000),
            longitude: city.longitude + dice.roll(-20_000...20_000)
        )
    }

    /// Never 1 January: what a mask shows of a year must not look like somebody's birthday.
    static func birthday(_ dice: inout Dice) -> Day {
        if dice.chance(percent: 1) { return Day(dice.pick([1952, 1964, 1976, 1984, 1996]), 2, 29) }
        let day = dice.day(from: Day(1938, 1, 2), through: Day(2001, 12, 31))
        return day.civil.month == 1 && day.civil.day == 1 ? day + 11 : day
    }

    /// An address at a domain that is reserved for examples; the number keeps it unique.
    static func address(of name: String, id: Int, _ dice: inout Dice) -> String {
        let plain = name.lowercased().unicodeScalars.map { plainLetters[$0] ?? String($0) }.joined()
        let local = plain.filter { $0.isASCII && $0 != "'" }.split(separator: " ").joined(separator: ".")
        let domain = dice.pick([
            "post.example", "mail.example", "lighthouse.example", "example.com", "example.org", "example.net",
        ])
        return "\(local)\(id)@\(domain)"
    }

    private static let plainLetters: [Unicode.Scalar: String] = [
        "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae", "é": "e", "è": "e",
        "ë": "e",
        "ï": "i", "î": "i", "ô": "o", "ç": "c", "ń": "n", "ś": "s", "ż": "z", "ź": "z", "ł": "l", "ó": "o",
        "ą": "a", "ę": "e", "ć": "c", "ê": "e", "à": "a",
    ]

    private static let notes = [
        "Prefers deliveries after 17:00.", "Returns are always washed and folded.", "VIP!", "?",
        "Leave parcels with the neighbour, second door.", "Left-handed: glove orders in pairs of two sizes.",
        "Asked for the \"Ridgeline\" catalogue on paper, please.", "Allergic to down; synthetic fill only.",
    ]
}
