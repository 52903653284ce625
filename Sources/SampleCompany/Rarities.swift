extension Customer {
    /// What careless code trips over, one customer each, in rows 2 to 20.
    static let rarities: [@Sendable (inout Customer, inout Dice) -> Void] = [
        quotesAndCommas, rightToLeft, familyEmoji, astralName, bornOnLeapDay, emptyNotNull, linesInFields,
        leadingZeros, oneCharacter, fourCharacters, theWordNull, formula, combiningMarks, largeNumbers,
        allNulls,
        dottedCapital, spacesAround, keycapsAndFlags, markup,
    ]

    private mutating func move(to code: String, city index: Int, _ dice: inout Dice) {
        let land = Country.coded(code)
        let place = land.cities[index]
        country = code
        language = land.language
        city = place.name
        postalCode = place.postalCode
        street = land.street(&dice)
        phone = land.phone(&dice)
        latitude = place.latitude
        longitude = place.longitude
        let born = birthDate ?? Day(1985, 6, 17)
        birthDate = born
        nationalID = NationalID.number(of: code, born: born, &dice)
        email = email ?? "customer.number\(id)@post.example"
    }

    private static let quotesAndCommas: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "DE", city: 0, &dice)
        customer.fullName = "Maximilian \"Moritz\" Sandweiler, Dr."
        customer.email = "moritz.sandweiler2@post.example"
        customer.note = "Says \"call me Moritz\", not \"Doctor\", on parcels"
    }

    private static let rightToLeft: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "SE", city: 0, &dice)
        customer.fullName = "ليلى نجم البحر"
        customer.email = "leila.najmbahr3@mail.example"
        customer.note = "\u{200F}تفضل الرسائل بالعربية\u{200F} (writes Arabic, reads Swedish)"
    }

    private static let familyEmoji: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "AT", city: 0, &dice)
        customer.note = "Hikes with 👩🏽‍🚒 and 👨‍👩‍👧‍👦; dog is called 🐕‍🦺"
        customer.loyaltyPoints = 4_711
    }

    private static let astralName: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "DE", city: 4, &dice)
        customer.fullName = "𠮷浜 みなも"
        customer.email = "minamo.yoshihama5@example.org"
        customer.note = "𝓕𝓪𝓷 of wool socks 🧦"
    }

    private static let bornOnLeapDay: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.birthDate = Day(1996, 2, 29)
        customer.move(to: "AT", city: 1, &dice)
    }

    private static let emptyNotNull: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "FR", city: 0, &dice)
        customer.email = ""
        customer.phone = ""
        customer.nationalID = nil
        customer.note = ""
    }

    private static let linesInFields: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "GB", city: 1, &dice)
        customer.street = "Keeper's Cottage\n3 Puffin Lane"
        customer.note = "First line\r\nSecond, with a comma\n\n\"Fourth\""
    }

    private static let leadingZeros: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.birthDate = Day(2001, 3, 4)
        customer.move(to: "PL", city: 3, &dice)
        customer.note = "0042"
    }

    private static let oneCharacter: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "NO", city: 2, &dice)
        customer.note = "!"
        customer.loyaltyPoints = 7
    }

    private static let fourCharacters: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "SE", city: 1, &dice)
        customer.note = "VIP!"
        customer.loyaltyPoints = 1234
    }

    private static let theWordNull: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "AT", city: 2, &dice)
        customer.fullName = "Jennifer Nullmeier-True"
        customer.email = "jennifer.nullmeier12@example.net"
        customer.note = "NULL"
    }

    private static let formula: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "FI", city: 1, &dice)
        customer.note = "=SUM(A1:A9)"
        customer.creditLimit = 1
    }

    private static let combiningMarks: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "NL", city: 0, &dice)
        customer.fullName = "Zoe\u{308} van der Duinzicht-A\u{30A}keson"
        customer.email = "zoë.duinzicht14@lighthouse.example"
        customer.note = "e\u{301}\u{323} and é are not the same bytes; nor is \"\u{301} a quote less"
    }

    private static let largeNumbers: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "DE", city: 3, &dice)
        customer.loyaltyPoints = 2_147_483_647
        customer.creditLimit = 9_999_999_999
        customer.loyaltyCard = 999_999_999_999_999_999
    }

    private static let allNulls: @Sendable (inout Customer, inout Dice) -> Void = { customer, _ in
        customer.email = nil
        customer.phone = nil
        customer.birthDate = nil
        customer.nationalID = nil
        customer.loyaltyPoints = nil
        customer.creditLimit = nil
        customer.note = nil
    }

    private static let dottedCapital: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "DE", city: 1, &dice)
        customer.fullName = "İpek Denizkızıoğlu"
        customer.email = "ipek.denizkizioglu17@post.example"
        customer.loyaltyPoints = 0
    }

    private static let spacesAround: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "US", city: 2, &dice)
        customer.note = "  two spaces before, one tab after\t"
    }

    private static let keycapsAndFlags: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "NO", city: 3, &dice)
        customer.birthDate = Day(2000, 2, 29)
        customer.nationalID = NationalID.number(of: "NO", born: Day(2000, 2, 29), &dice)
        customer.note = "1️⃣ boots 2️⃣ tent 🏳️‍🌈 🇳🇴 ✅"
    }

    private static let markup: @Sendable (inout Customer, inout Dice) -> Void = { customer, dice in
        customer.move(to: "GB", city: 0, &dice)
        customer.note = "<b>&amp; 'quotes' \\ back\\slashes; -- DROP nothing"
    }
}
