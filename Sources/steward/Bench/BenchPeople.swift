import CatalogModel
import Foundation

/// Invented people, the same for the same seed: what the mask benchmark masks.
struct BenchPeople {
    private var state: UInt64
    private var row = 0
    private static let given = [
        "Ada", "Bela", "Carla", "Dmitri", "Esra", "Fritz", "Gudrun", "Hugo", "Ines", "Jonas", "Katka", "Liam",
        "Mira", "Nils", "Oda", "Pavel",
    ]
    private static let family = [
        "Ahlgren", "Bergmann", "Castell", "Dvorak", "Eriksen", "Fontaine", "Gruber", "Haug", "Ivarsson",
        "Jansen",
        "Keller", "Lindqvist", "Moretti", "Novak", "Olsen", "Petrov",
    ]
    private static let hosts = ["example.com", "mail.example.org", "post.example.net", "example.co"]

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    /// The columns of a row, in the order of ``next()``.
    static let columns = ["id", "full_name", "email", "phone", "card_number", "birth_date", "salary"]

    /// The next row.
    mutating func next() -> [String] {
        row += 1
        let given = Self.given[draw(16)]
        let family = Self.family[draw(16)]
        let card = "4" + digits(15)
        return [
            String(row), "\(given) \(family)",
            "\(given.lowercased()).\(family.lowercased())\(draw(99_999))@\(Self.hosts[draw(4)])",
            "+49 \(digits(3)) \(digits(7))", card,
            "\(1950 + draw(55))-\(twoDigits(1 + draw(12)))-\(twoDigits(1 + draw(28)))",
            String(20_000 + draw(280_000)),
        ]
    }

    private mutating func draw(_ bound: UInt64) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % bound)
    }

    private mutating func digits(_ count: Int) -> String {
        String(decoding: (0..<count).map { _ in UInt8(48 + draw(10)) }, as: UTF8.self)
    }

    private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}

extension BenchPeople {
    /// Batches of rows with the columns at some positions, as a source would deliver them.
    static func batches(
        seed: UInt64,
        rows: Int,
        batchRows: Int,
        columns positions: [Int]
    ) -> [[ColumnVector]] {
        var people = BenchPeople(seed: seed)
        var batches: [[ColumnVector]] = []
        var left = rows
        while left > 0 {
            let count = min(left, batchRows)
            var vectors = positions.map { _ in ColumnVector(rowCapacity: count) }
            for _ in 0..<count {
                let row = people.next()
                for (index, position) in positions.enumerated() { vectors[index].append(row[position].utf8) }
            }
            batches.append(vectors)
            left -= count
        }
        return batches
    }

    /// Writes a CSV file of so many rows: a block of distinct ones, again and again.
    static func write(seed: UInt64, rows: Int, distinct: Int, to file: URL) throws {
        var people = BenchPeople(seed: seed)
        var block = Data()
        let count = min(rows, distinct)
        for _ in 0..<count { block.append(contentsOf: (people.next().joined(separator: ",") + "\n").utf8) }
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try handle.write(contentsOf: Data((columns.joined(separator: ",") + "\n").utf8))
        for _ in 0..<(rows / max(1, count)) { try handle.write(contentsOf: block) }
    }
}
