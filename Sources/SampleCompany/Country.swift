/// A country that the company delivers to: how its people, places and numbers look.
struct Country {
    let code: String
    let language: String
    let currency: String
    /// How many of a hundred customers live there.
    let weight: Int
    let firstNames: [String]
    /// Invented surnames: any of the first with any of the second.
    let surnames: ([String], [String])
    let streets: [String]
    let cities: [City]

    /// A place with a postal code, in millionths of degrees.
    struct City {
        let name: String
        let postalCode: String
        let latitude: Int
        let longitude: Int

        init(_ name: String, _ postalCode: String, _ latitude: Int, _ longitude: Int) {
            self.name = name
            self.postalCode = postalCode
            self.latitude = latitude
            self.longitude = longitude
        }
    }

    func personName(_ dice: inout Dice) -> String {
        "\(dice.pick(firstNames)) \(dice.pick(surnames.0))\(dice.pick(surnames.1))"
    }

    func street(_ dice: inout Dice) -> String {
        let number = dice.roll(1...98)
        let street = dice.pick(streets)
        return ["GB", "US", "FR"].contains(code) ? "\(number) \(street)" : "\(street) \(number)"
    }

    /// A number of the range that the country keeps for films; where none is kept, one that begins with 000.
    func phone(_ dice: inout Dice) -> String {
        switch code {
        case "DE":
            dice.pick(["+49 30 23125 ", "+49 69 90009 ", "+49 40 66969 ", "+49 89 99998 "]) + dice.digits(3)
        case "SE": "+46 70 1740 6" + dice.roll(5...99).padded(2)
        case "FR": "+33 6 39 98 \(dice.digits(2)) \(dice.digits(2))"
        case "GB": dice.pick(["+44 7700 900", "+44 20 7946 0"]) + dice.digits(3)
        case "US": "+1 \(dice.pick(["206", "303", "503", "617"]))-555-01\(dice.digits(2))"
        case "AT": "+43 000 555 " + dice.digits(4)
        case "NO": "+47 000 " + dice.digits(5)
        case "FI": "+358 000 555 " + dice.digits(4)
        case "NL": "+31 000 555 " + dice.digits(4)
        default: "+48 000 555 " + dice.digits(4)
        }
    }

    /// An account at a bank that doesn't exist (all nines, or ZZZZ); nil where accounts have no IBAN.
    func iban(_ dice: inout Dice) -> String? {
        switch code {
        case "DE": CheckDigits.iban(code, "99999999" + dice.digits(10))
        case "AT": CheckDigits.iban(code, "99999" + dice.digits(11))
        case "SE": CheckDigits.iban(code, "999" + dice.digits(17))
        case "NO": CheckDigits.iban(code, "9999" + dice.digits(7))
        case "FI": CheckDigits.iban(code, "999999" + dice.digits(8))
        case "FR": CheckDigits.iban(code, "9999999999" + dice.digits(13))
        case "GB": CheckDigits.iban(code, "ZZZZ999999" + dice.digits(8))
        case "NL": CheckDigits.iban(code, "ZZZZ" + dice.digits(10))
        case "PL": CheckDigits.iban(code, "99999999" + dice.digits(16))
        default: nil
        }
    }
}
