import CatalogModel
import Governance

/// Setting tags and taking them away.
enum TagActs {
    @Sendable static func setOnTable(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        try await set(on: .table(try call.table()), call, visitor)
    }

    @Sendable static func removeFromTable(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        try await remove(from: .table(try call.table()), call, visitor)
    }

    @Sendable static func setOnColumn(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        try await set(on: .column(try call.column()), call, visitor)
    }

    @Sendable static func removeFromColumn(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        try await remove(from: .column(try call.column()), call, visitor)
    }

    private static func set(on target: TagTarget, _ call: Call, _ visitor: Visitor) async throws -> Answer {
        let setting =
            call.body.isEmpty ? TagSetting() : try PayloadReader.read(TagSetting.self, from: call.body)
        let tag = Tag(
            TagName(call.segment("tag")),
            attributes: setting.attributes ?? [:],
            validFrom: try moment(setting.validFrom, "validFrom"),
            validUntil: try moment(setting.validUntil, "validUntil")
        )
        try await call.run { cases throws(GovernanceError) in
            try cases.editing.set([(target, tag)], by: visitor.caller)
        }
        return .done
    }

    private static func remove(from target: TagTarget, _ call: Call, _ visitor: Visitor) async throws
        -> Answer
    {
        let tag = TagName(call.segment("tag"))
        try await call.run { cases throws(GovernanceError) in
            try cases.editing.remove(tag, from: target, by: visitor.caller)
        }
        return .done
    }

    /// Reads a moment as the API writes them.
    static func moment(_ text: String?, _ name: String) throws(Problem) -> Instant? {
        guard let text else { return nil }
        guard let moment = Instant(text) else {
            throw Problem(.malformedBody, "`\(name)`: write `2027-01-31` or `2027-01-31T12:00:00Z`")
        }
        return moment
    }
}

/// The body of a tag that is set.
private struct TagSetting: Payload {
    static let members: Set<String> = ["attributes", "validFrom", "validUntil"]
    var attributes: [String: String]?
    var validFrom: String?
    var validUntil: String?
}

extension Call {
    /// The column that the path names.
    fileprivate func column() throws(Problem) -> ColumnReference {
        ColumnReference(table: try table(), column: ColumnName(segment("column")))
    }
}
