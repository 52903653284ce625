/// The check digits that make invented numbers look real to a detector.
enum CheckDigits {
    /// The digit that completes a payment card or a Swedish personal number (Luhn).
    static func luhn(_ payload: String) -> Int {
        var sum = 0
        for (index, digit) in numbers(payload).reversed().enumerated() {
            let doubled = index.isMultiple(of: 2) ? digit * 2 : digit
            sum += doubled > 9 ? doubled - 9 : doubled
        }
        return (10 - sum % 10) % 10
    }

    /// An IBAN of the country and its basic account number (ISO 13616, remainder 97).
    static func iban(_ country: String, _ account: String) -> String {
        var remainder = 0
        for character in account + country + "00" {
            let value = character.wholeNumberValue ?? Int(character.asciiValue ?? 65) - 55
            remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
        }
        return country + (98 - remainder).padded(2) + account
    }

    /// The last digit of a German tax number (ISO 7064, MOD 11,10).
    static func mod11And10(_ payload: String) -> Int {
        var product = 10
        for digit in numbers(payload) {
            let sum = (digit + product) % 10
            product = (sum == 0 ? 10 : sum) * 2 % 11
        }
        return (11 - product) % 10
    }

    /// The sum of digits times weights.
    static func weighted(_ payload: String, _ weights: [Int]) -> Int {
        zip(numbers(payload), weights).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private static func numbers(_ text: String) -> [Int] { text.compactMap(\.wholeNumberValue) }
}

/// National identity numbers: valid check digits, in ranges that are issued to nobody or kept for tests.
enum NationalID {
    static func number(of country: String, born: Day, _ dice: inout Dice) -> String {
        switch country {
        case "DE": german(&dice)
        case "AT": austrian(born, &dice)
        case "SE": swedish(born, &dice)
        case "NO": norwegian(born, &dice)
        case "FI": finnish(born, &dice)
        case "FR": french(born, &dice)
        case "NL": dutch(&dice)
        case "PL": polish(born, &dice)
        case "GB": "QQ\(dice.digits(6))\(dice.pick(["A", "B", "C", "D"]))"
        default: "666-\(dice.roll(1...99).padded(2))-\(dice.roll(1...9999).padded(4))"
        }
    }

    /// A tax number that begins with 0, as only test numbers do; one digit of the first ten occurs twice.
    private static func german(_ dice: inout Dice) -> String {
        var digits = Array(1...9)
        dice.shuffle(&digits)
        let place = dice.roll(0...8)
        digits[place] = digits[(place + dice.roll(1...8)) % 9]
        let payload = "0" + digits.map(String.init).joined()
        return payload + String(CheckDigits.mod11And10(payload))
    }

    /// A social insurance number with a serial below 100, where issued ones begin.
    private static func austrian(_ born: Day, _ dice: inout Dice) -> String {
        let (year, month, day) = born.civil
        let date = day.padded(2) + month.padded(2) + (year % 100).padded(2)
        while true {
            let serial = dice.roll(1...99).padded(3)
            let check = CheckDigits.weighted(serial + date, [3, 7, 9, 5, 8, 4, 2, 1, 6]) % 11
            if check < 10 { return serial + String(check) + date }
        }
    }

    /// A personal number with a birth number of 980 and up, as kept for tests.
    private static func swedish(_ born: Day, _ dice: inout Dice) -> String {
        let date = compact(born)
        let number = String(dice.roll(980...999))
        return "\(date)-\(number)\(CheckDigits.luhn(date.dropFirst(2) + number))"
    }

    /// A birth number with 80 added to the month, as synthetic persons have.
    private static func norwegian(_ born: Day, _ dice: inout Dice) -> String {
        let (year, month, day) = born.civil
        let date = day.padded(2) + (month + 80).padded(2) + (year % 100).padded(2)
        while true {
            let serial = year < 2000 ? dice.roll(0...499) : dice.roll(500...999)
            let nine = date + serial.padded(3)
            let first = (11 - CheckDigits.weighted(nine, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11
            let ten = nine + String(first)
            let second = (11 - CheckDigits.weighted(ten, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11
            if first < 10, second < 10 { return ten + String(second) }
        }
    }

    /// An identity code with an individual number of 900 and up, which no register issues.
    private static func finnish(_ born: Day, _ dice: inout Dice) -> String {
        let (year, month, day) = born.civil
        let date = day.padded(2) + month.padded(2) + (year % 100).padded(2)
        let number = String(dice.roll(900...999))
        let letters = Array("0123456789ABCDEFHJKLMNPRSTUVWXY")
        let check = letters[(Int(date + number) ?? 0) % 31]
        return date + (year < 2000 ? "-" : "A") + number + String(check)
    }

    /// A social security number of someone born in the country 999, which doesn't exist.
    private static func french(_ born: Day, _ dice: inout Dice) -> String {
        let (year, month, _) = born.civil
        let payload = "\(dice.roll(1...2))\((year % 100).padded(2))\(month.padded(2))99999\(dice.digits(3))"
        return payload + (97 - (Int(payload) ?? 0) % 97).padded(2)
    }

    /// A citizen service number of the test range 9999.
    private static func dutch(_ dice: inout Dice) -> String {
        while true {
            let payload = "9999" + dice.digits(4)
            let check = CheckDigits.weighted(payload, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
            if check < 10 { return payload + String(check) }
        }
    }

    /// A PESEL of the century 1800, whose children are no longer customers; some begin with zeros.
    private static func polish(_ born: Day, _ dice: inout Dice) -> String {
        let (year, month, day) = born.civil
        let payload = (year % 100).padded(2) + (month + 80).padded(2) + day.padded(2) + dice.digits(4)
        let sum = CheckDigits.weighted(payload, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3])
        return payload + String((10 - sum % 10) % 10)
    }

    private static func compact(_ day: Day) -> String { day.text.filter { $0 != "-" } }
}
