import TestSupport
import Testing

@Suite(.aside) struct `Invented numbers` {
    @Test func `cards pass Luhn`() throws {
        let cards = try Committed.rows(
            "SELECT card_number FROM payment_methods WHERE card_number IS NOT NULL"
        )
        .map(digits)
        #expect(cards.count > 500)
        for card in cards { #expect(card.count == 16 && luhn(card) == 0) }
    }

    @Test func `accounts pass remainder 97 and belong to no bank`() throws {
        let books = try Committed.rows("SELECT iban FROM payment_methods WHERE iban IS NOT NULL")
            .map { $0.filter { $0.isUppercase || $0.isNumber } }
        let staff = try Committed.elements("hr/staff.xml", row: "employee").compactMap { $0["iban"] }
        #expect(books.count > 500 && staff.count > 100)
        let lengths = [
            "DE": 22, "AT": 20, "SE": 24, "NO": 15, "FI": 18, "FR": 27, "GB": 22, "NL": 18, "PL": 28,
        ]
        for iban in books + staff {
            #expect(iban.count == lengths[String(iban.prefix(2))])
            #expect(iban.dropFirst(4).hasPrefix("999") || iban.dropFirst(4).hasPrefix("ZZZZ"))
            var rest = 0
            for character in iban.dropFirst(4) + iban.prefix(4) {
                let value = try #require(Int(String(character), radix: 36))
                rest = (rest * (value > 9 ? 100 : 10) + value) % 97
            }
            #expect(rest == 1)
        }
    }

    @Test func `national numbers pass their country's check`() throws {
        let customers = try Committed.table("sales/customers.csv").map { ($0["country"], $0["national_id"]) }
        let staff = try Committed.elements("hr/staff.xml", row: "employee")
            .map { ($0["country"], $0["national_id"]) }
        var seen: Set<String> = []
        for case (let country?, let number?) in customers + staff {
            seen.insert(country)
            #expect(passes(number, in: country), "a number of \(country) is wrong")
        }
        #expect(seen.count == 10)
    }

    private func passes(_ text: String, in country: String) -> Bool {
        let number = digits(text)
        switch country {
        case "DE":
            var product = 10
            for digit in number.dropLast() {
                let sum = (digit + product) % 10
                product = 2 * (sum == 0 ? 10 : sum) % 11
            }
            return number.count == 11 && number[0] == 0 && (product + number[10]) % 10 == 1
        case "AT":
            return number.count == 10 && sum(number, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == number[3]
        case "SE": return number.count == 12 && number[8] == 9 && luhn(Array(number.dropFirst(2))) == 0
        case "NO":
            return number.count == 11 && sum(number, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 == 0
                && sum(number, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0 && number[2] >= 8
        case "PL":
            return number.count == 11 && sum(number, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 == 0
        case "NL": return number.count == 9 && sum(number, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 == 0
        case "FR":
            let (payload, key) = (Int(text.prefix(13)) ?? 0, Int(text.suffix(2)) ?? 0)
            return number.count == 15 && (payload + key) % 97 == 0
        case "FI":
            let letters = Array("0123456789ABCDEFHJKLMNPRSTUVWXY")
            let payload = Int(text.dropLast().filter(\.isNumber).map(String.init).joined()) ?? 0
            return text.count == 11 && text.last == letters[payload % 31]
        case "GB": return text.wholeMatch(of: /QQ[0-9]{6}[A-D]/) != nil
        case "US": return text.wholeMatch(of: /666-[0-9]{2}-[0-9]{4}/) != nil
        default: return false
        }
    }

    private func digits(_ text: String) -> [Int] { text.filter(\.isASCII).compactMap(\.wholeNumberValue) }

    private func sum(_ number: [Int], _ weights: [Int]) -> Int {
        zip(number, weights).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private func luhn(_ number: [Int]) -> Int {
        let doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]
        return number.reversed().enumerated()
            .reduce(0) { $0 + ($1.offset.isMultiple(of: 2) ? $1.element : doubled[$1.element]) } % 10
    }
}
