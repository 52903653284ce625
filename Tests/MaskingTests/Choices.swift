import CatalogModel

@testable import PolicyEngine

/// Decisions and mask choices as the policy engine would make them.
enum Choices {
    static func mask(_ type: String, _ text: String?) -> MaskChoice {
        MaskChoice(
            maskType: type,
            transformer: type == "CUSTOM" ? nil : text,
            valueExpression: type == "CUSTOM" ? text : nil
        )
    }

    static func custom(_ text: String) -> Treatment { .masked(mask("CUSTOM", text)) }

    static func decision(_ columns: [(String, Treatment)], rowFilter: String? = nil) throws -> Decision {
        let reason = Reason(steps: [.noPolicy])
        guard let table = TableName("hr.people") else { throw MaskTestFailure.name }
        return Decision(
            subject: Subject(user: UserName("ana")),
            table: table,
            now: Instant(seconds: 0),
            purpose: nil,
            version: 1,
            columns: columns.map {
                ColumnDecision(column: ColumnName($0.0), treatment: $0.1, reason: reason)
            },
            rowFilter: rowFilter.map { RowFilterDecision(expression: $0, reason: reason) },
            isAudited: true
        )
    }
}

enum MaskTestFailure: Error { case name, schema }
