import Foundation
import SampleCompany
import TestSupport
import Testing

@Suite(.aside) struct `The sample company` {
    @Test func `is the committed data, byte for byte`() throws {
        try inScratch { folder in
            try SampleCompany().write(to: folder.path)
            for path in Committed.texts {
                let made = try Data(contentsOf: folder.appending(path: path))
                let kept = try Data(contentsOf: Committed.folder.appending(path: path))
                #expect(made == kept, "\(path) differs: write it again with the generator")
            }
            for (table, extra) in [("payment_methods", "1"), ("payments", "hex(receipt)"), ("payouts", "1")] {
                let sql = "SELECT *, \(extra) AS bytes FROM \(table) ORDER BY 1"
                #expect(try Committed.rows(sql, in: folder) == Committed.rows(sql), "\(table) differs")
            }
        }
    }

    @Test func `is the same twice, replacing what was there`() throws {
        try inScratch { folder in
            try SampleCompany(seed: 7).write(to: folder.path)
            let path = folder.appending(path: "finance/payments.sqlite")
            let first = try Data(contentsOf: path)
            try SampleCompany(seed: 7).write(to: folder.path)
            #expect(try Data(contentsOf: path) == first)
        }
    }

    @Test func `is another one for another seed`() throws {
        try inScratch { folder in
            try SampleCompany(seed: 7).write(to: folder.path)
            for path in ["sales/customers.csv", "web/events.ndjson", "hr/staff.xml"] {
                let made = try Data(contentsOf: folder.appending(path: path))
                #expect(made != Data(try Committed.text(path).utf8))
            }
        }
    }

    @Test func `says why when it can't be written`() throws {
        try inScratch { folder in
            let file = folder.appending(path: "sales")
            try Data("in the way".utf8).write(to: file)
            #expect(throws: (any Error).self) { try SampleCompany().write(to: folder.path) }
        }
    }

    @Test func `has enough rows and stays small`() throws {
        let csv = try Committed.texts.filter { $0.hasSuffix(".csv") }
            .reduce(0) { try $0 + Committed.table($1).count }
        let lines = try Committed.texts.filter { $0.hasSuffix(".ndjson") }
            .reduce(0) { try $0 + Committed.objects($1).count }
        let staff = try Committed.elements("hr/staff.xml", row: "employee").count
        let shipments = try Committed.elements("logistics/shipments.xml", row: "shipment").count
        let finance = try ["payment_methods", "payments", "payouts"]
            .reduce(0) { try $0 + Committed.rows("SELECT 1 FROM \($1)").count }
        #expect(csv + lines + staff + shipments + finance > 40_000)
        let bytes = try (Committed.texts + [Committed.database]).reduce(0) {
            try $0 + Data(contentsOf: Committed.folder.appending(path: $1)).count
        }
        #expect(bytes < 12_000_000)
    }

    private func inScratch(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sample-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }
}
