/// Someone who works for the company: the row of `hr.staff`.
struct Employee {
    let number: Int
    let name: String
    let initials: String
    let country: Country
    let city: Country.City
    let born: Day
    let nationalID: String
    let phone: String
    let homeEmail: String?
    let department: String
    let role: String
    let manager: Int?
    let hiredOn: Day
    /// In hundredths of euros a year.
    let salary: Int
    let iban: String?
    let review: String?

    var element: XMLElement {
        XMLElement(
            name: "employee",
            children: [
                XMLElement(name: "employee_id", text: "E-" + number.padded(4)),
                XMLElement(name: "full_name", text: name),
                XMLElement(name: "initials", text: initials),
                XMLElement(name: "department", text: department),
                XMLElement(name: "role", text: role),
            ] + XMLElement.optional("manager_id", manager.map { "E-" + $0.padded(4) }) + [
                XMLElement(name: "country", text: country.code),
                XMLElement(name: "city", text: city.name),
                XMLElement(name: "birth_date", text: born.text),
                XMLElement(name: "national_id", text: nationalID),
                XMLElement(name: "phone", text: phone),
            ] + XMLElement.optional("home_email", homeEmail) + [
                XMLElement(name: "hired_on", text: hiredOn.text),
                XMLElement(name: "salary", text: salary.hundredths),
            ] + XMLElement.optional("iban", iban) + XMLElement.optional("review", review)
        )
    }

    static func all(seed: UInt64, count: Int) -> [Employee] {
        var dice = Dice(seed: seed, topic: "staff")
        return (1...count).map { number in
            let country = dice.pick(Array(Country.all.prefix(5)))
            let name = number == 7 ? "Ō Kaisō" : country.personName(&dice)
            let born =
                number == 3 ? Day(1988, 2, 29) : dice.day(from: Day(1961, 3, 2), through: Day(1993, 12, 31))
            let department = number == 1 ? departments[0] : dice.pick(departments, weight: \.weight)
            return Employee(
                number: number,
                name: name,
                initials: name.split(separator: " ").compactMap(\.first).map(String.init).joined(),
                country: country,
                city: dice.pick(country.cities),
                born: born,
                nationalID: NationalID.number(of: country.code, born: born, &dice),
                phone: country.phone(&dice),
                homeEmail: dice.chance(percent: 90)
                    ? Customer.address(of: name, id: 9000 + number, &dice) : nil,
                department: department.name,
                role: dice.pick(department.roles),
                manager: number == 1 ? nil : dice.roll(1...max(1, number / 8)),
                hiredOn: dice.day(from: Day(2012, 5, 1), through: Day(2025, 10, 1)),
                salary: dice.roll(2_900_000...9_800_000),
                iban: country.iban(&dice),
                review: dice.chance(percent: 30) ? dice.pick(reviews) : nil
            )
        }
    }

    private struct Department {
        let name: String
        let weight: Int
        let roles: [String]
    }

    private static let departments = [
        Department(name: "management", weight: 2, roles: ["director", "head of shops"]),
        Department(name: "shops", weight: 40, roles: ["shop assistant", "shop lead", "boot fitter"]),
        Department(name: "warehouse", weight: 25, roles: ["picker", "shift lead", "repair tailor"]),
        Department(name: "support", weight: 14, roles: ["agent", "agent, phones"]),
        Department(name: "data & web", weight: 10, roles: ["engineer", "analyst"]),
        Department(name: "finance", weight: 5, roles: ["accountant", "controller"]),
        Department(name: "people", weight: 4, roles: ["recruiter", "payroll clerk"]),
    ]

    private static let reviews = [
        "Calm with queues & storms. <3", "Wants fewer Saturdays; agreed on two a month.",
        "Knows every knot. Could write more down.", "On parental leave until spring.",
        "Asked for a raise, \"or at least a better kettle\".",
    ]
}
