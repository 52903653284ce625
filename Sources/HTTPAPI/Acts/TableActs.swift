import CatalogModel
import Governance
import PolicyEngine

/// Looking tables up.
enum TableActs {
    @Sendable static func list(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let size = max(1, try call.number("limit", atMost: 1000) ?? 100)
        let after = call.query["after"].flatMap(TableName.init(_:))
        guard call.query["after"] == nil || after != nil else {
            throw GovernanceError(.invalidRequest, "`after` is the `next` of the page before")
        }
        let tables = try await call.run { cases throws(GovernanceError) in
            try cases.browsing.tables(for: visitor.caller, after: after, count: size + 1)
        }
        let page = tables.prefix(size)
        let next = tables.count > size ? page.last?.definition.name.description : nil
        return .json(.object([("tables", .array(page.map(entry))), ("next", JSONText(next))]))
    }

    /// Who may see what of a table.
    @Sendable static func access(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let name = try call.table()
        let columns = try call.columns()
        let purpose = call.query["purpose"]
        let found = try await call.run { cases throws(GovernanceError) in
            try cases.policies.access(to: name, columns: columns, purpose: purpose, by: visitor.caller)
        }
        let entries = found.map { one -> JSONText in
            .object([
                ("kind", .string(one.principal.kind.rawValue)), ("name", .string(one.principal.name)),
                (
                    "columns",
                    .array(
                        one.columns.map { column in
                            .object([
                                ("name", .string(column.name.text)),
                                ("treatment", .string(column.treatment.label)),
                            ])
                        }
                    )
                ),
                ("rowFilter", JSONText(one.rowFilter)),
            ])
        }
        return .json(.object([("access", .array(entries))]))
    }

    @Sendable static func show(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let name = try call.table()
        let table = try await call.run { cases throws(GovernanceError) in
            try cases.browsing.table(name, for: visitor.caller)
        }
        let columns = table.definition.columns.indices.map { index -> JSONText in
            let column = table.definition.columns[index]
            return .object([
                ("name", .string(column.name.text)), ("type", .string(column.type.description)),
                ("summary", .string(column.summary)), ("treatment", .string(table.treatments[index].label)),
                ("tags", .array(table.tags[index].map(tag))),
            ])
        }
        let definition = table.definition
        var members: [(String, JSONText)] = [
            ("name", .string(definition.name.description)), ("summary", .string(definition.summary)),
            ("owner", JSONText(definition.owner?.text)), ("source", .string(definition.source.text)),
            ("service", .string(definition.service.text)), ("filtered", .bool(table.isFiltered)),
            ("tags", .array(table.tableTags.map(tag))), ("columns", .array(columns)),
        ]
        if !definition.location.isEmpty { members.append(("location", .string(definition.location))) }
        return .json(.object(members))
    }

    private static func entry(_ table: BrowsedTable) -> JSONText {
        .object([
            ("name", .string(table.definition.name.description)),
            ("summary", .string(table.definition.summary)),
            ("owner", JSONText(table.definition.owner?.text)),
            ("columns", .integer(table.definition.columns.count)), ("filtered", .bool(table.isFiltered)),
        ])
    }

    private static func tag(_ tag: EffectiveTag) -> JSONText {
        .object([
            ("name", .string(tag.tag.name.text)),
            (
                "attributes",
                .object(tag.tag.attributes.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
            ),
            ("validFrom", JSONText(tag.tag.validFrom?.description)),
            ("validUntil", JSONText(tag.tag.validUntil?.description)),
            ("origin", .string(tag.origin.sentence)),
        ])
    }
}
