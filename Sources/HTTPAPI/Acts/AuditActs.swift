import CatalogModel
import Foundation
import Governance

/// Reading the audit log.
enum AuditActs {
    @Sendable static func tail(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let count = try call.number("count", atMost: 10_000) ?? 20
        let table = call.query["table"]
        var user = call.query["user"].map { UserName($0) }
        // Without a word about whose, people mean their own.
        if user == nil, table == nil, !visitor.isAdmin { user = visitor.caller.user }
        let records = try await call.run { [user] cases throws(GovernanceError) in
            try cases.auditing.tail(count, user: user, resource: table, by: visitor.caller)
        }
        return .json(.object([("lines", .array(records.map(json)))]))
    }

    private static func json(_ record: AuditRecord) -> JSONText {
        .object([
            ("time", .string(record.time.description)), ("request", .string(record.request)),
            ("user", .string(record.user.text)), ("actor", JSONText(record.actor?.text)),
            ("act", .string(record.act.rawValue)), ("resource", .string(record.resource)),
            ("purpose", JSONText(record.purpose)), ("columns", .strings(record.columns)),
            ("policies", .strings(record.policies)), ("outcome", .string(record.outcome.rawValue)),
            ("code", JSONText(record.errorCode)), ("rows", record.rows.map(JSONText.integer) ?? .null),
            ("version", record.version.map { .integer(Int($0)) } ?? .null),
        ])
    }
}
