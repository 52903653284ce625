import Foundation
import GRDB

/// The SQLite file of the finance tables, written so that one seed and one SQLite version give the same bytes.
///
/// The file header holds SQLite's own version number, so files of two versions differ there: compare by content.
struct PaymentsDatabase {
    let methods: [PaymentMethod]
    let payments: [Payment]
    let payouts: [Payout]

    /// Writes a new file; the path must be free.
    func write(to path: String) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA page_size = 4096; PRAGMA journal_mode = DELETE")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { database in
            try database.execute(sql: PaymentsDatabase.tables)
            for method in methods { try insert(method, database) }
            for payment in payments { try insert(payment, database) }
            for payout in payouts { try insert(payout, database) }
        }
        try queue.vacuum()
        try queue.close()
    }

    private static let tables = """
        CREATE TABLE payment_methods (
            method_id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, holder TEXT NOT NULL,
            iban TEXT, card_number TEXT, expires TEXT);
        CREATE TABLE payments (
            payment_id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, method_id INTEGER NOT NULL,
            amount_cents INTEGER NOT NULL, currency TEXT NOT NULL, status TEXT NOT NULL, paid_at TEXT NOT NULL,
            receipt BLOB NOT NULL);
        CREATE TABLE payouts (
            payment_id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, holder TEXT NOT NULL, iban TEXT NOT NULL,
            amount_cents INTEGER NOT NULL);
        """

    private func insert(_ method: PaymentMethod, _ database: Database) throws {
        try database.cachedStatement(sql: "INSERT INTO payment_methods VALUES (?, ?, ?, ?, ?, ?)").execute(
            arguments: [
                method.id, method.customer.id, method.customer.fullName, method.iban, method.cardNumber,
                method.expires,
            ]
        )
    }

    private func insert(_ payment: Payment, _ database: Database) throws {
        let receipt = withUnsafeBytes(of: payment.receipt.bigEndian) { Data($0) }
        try database.cachedStatement(sql: "INSERT INTO payments VALUES (?, ?, ?, ?, 'EUR', ?, ?, ?)").execute(
            arguments: [
                payment.id, payment.order.id, payment.method.id, payment.order.total, payment.status,
                payment.paidAt.text, receipt,
            ]
        )
    }

    private func insert(_ payout: Payout, _ database: Database) throws {
        try database.cachedStatement(sql: "INSERT INTO payouts VALUES (?, ?, ?, ?, ?)").execute(
            arguments: [
                payout.payment.id, payout.payment.order.id, payout.payment.method.customer.fullName,
                payout.iban,
                payout.payment.order.total,
            ]
        )
    }
}
