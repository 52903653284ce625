import Foundation
import GRDB
import SampleCompany
import Testing

/// The sample data as it lies in the project.
enum Committed {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "SampleData")

    static let texts = [
        "sales/customers.csv", "sales/products.csv", "sales/orders.csv", "sales/order_items.csv",
        "analytics/customer_value.csv", "analytics/marketing_list.csv", "analytics/orders_daily.csv",
        "analytics/pay_by_department.csv", "logistics/stores.csv", "logistics/shipments.xml", "hr/staff.xml",
        "web/events.ndjson", "web/support_tickets.ndjson",
    ]

    static let database = "finance/payments.sqlite"

    static func text(_ path: String) throws -> String {
        try String(decoding: Data(contentsOf: folder.appending(path: path)), as: UTF8.self)
    }

    /// The rows of a CSV file, by column; a missing key is NULL.
    static func table(_ path: String) throws -> [[String: String]] {
        let records = try CSVRecords.read(text(path))
        let header = try #require(records.first).map { $0 ?? "" }
        return records.dropFirst().map { record in
            #expect(record.count == header.count, "\(path) has a record of another width")
            return Dictionary(
                uniqueKeysWithValues: zip(header, record).compactMap { name, value in value.map { (name, $0) }
                }
            )
        }
    }

    static func objects(_ path: String) throws -> [[String: Any]] {
        try text(path).split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    /// The elements of an XML file whose rows are flat, by element name.
    static func elements(_ path: String, row: String) throws -> [[String: String]] {
        var rows: [[String: String]] = []
        for line in try text(path).split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) }) {
            if line == "<\(row)>" {
                rows.append([:])
            } else if let parts = line.wholeMatch(of: /<([a-z_]+)>(.*)<\/[a-z_]+>/) {
                rows[rows.count - 1][String(parts.1)] = String(parts.2)
            }
        }
        return rows
    }

    /// All rows of a query as texts; the database is opened read-only.
    static func rows(_ sql: String, in folder: URL = folder) throws -> [String] {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(
            path: folder.appending(path: database).path,
            configuration: configuration
        )
        return try queue.read { try Row.fetchAll($0, sql: sql).map(\.description) }
    }
}

/// A small reader of its own, so that the writer isn't checked by itself.
enum CSVRecords {
    static func read(_ text: String) -> [[String?]] {
        var records: [[String?]] = []
        var record: [String?] = []
        var field = String.UnicodeScalarView()
        var wasQuoted = false
        var isQuoted = false
        var scalars = text.unicodeScalars.makeIterator()
        var waiting = scalars.next()
        while let scalar = waiting {
            waiting = scalars.next()
            if isQuoted {
                if scalar != "\"" {
                    field.append(scalar)
                } else if waiting == "\"" {
                    field.append(scalar)
                    waiting = scalars.next()
                } else {
                    isQuoted = false
                }
            } else if scalar == "\"" {
                (isQuoted, wasQuoted) = (true, true)
            } else if scalar == "," || scalar == "\n" {
                record.append(field.isEmpty && !wasQuoted ? nil : String(field))
                field = .init()
                wasQuoted = false
                if scalar == "\n" {
                    records.append(record)
                    record = []
                }
            } else {
                field.append(scalar)
            }
        }
        return records
    }
}
