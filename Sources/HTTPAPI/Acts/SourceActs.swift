import CatalogModel
import Governance
import HTTPTypes

/// Where tables come from.
enum SourceActs {
    @Sendable static func list(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let sources = try await call.run { cases throws(GovernanceError) in
            try cases.editing.allSources(by: visitor.caller)
        }
        return .json(.object([("sources", .array(sources.map(json)))]))
    }

    @Sendable static func put(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let setting = try PayloadReader.read(SourceSetting.self, from: call.body)
        let source = try setting.definition()
        try await call.run { cases throws(GovernanceError) in
            try cases.editing.put(source, by: visitor.caller)
        }
        return .json(json(source))
    }

    @Sendable static func scan(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let name = SourceName(call.segment("name"))
        let report = try await call.run { cases throws(GovernanceError) in
            try cases.editing.scan(name, by: visitor.caller)
        }
        return .json(
            .object([
                ("added", .strings(report.added.map(\.description))),
                ("changed", .strings(report.changed.map(\.description))),
                ("unchanged", .strings(report.unchanged.map(\.description))),
                ("missing", .strings(report.missing.map(\.description))),
            ])
        )
    }

    private static func json(_ source: SourceDefinition) -> JSONText {
        .object([
            ("name", .string(source.name.text)), ("kind", .string(source.kind.rawValue)),
            ("path", .string(source.path)), ("service", .string(source.service.text)),
            ("database", .string(source.database)), ("rowRule", .string(source.rowRule.rawValue)),
            ("delimiter", JSONText(source.options.delimiter)),
            ("header", source.options.header.map(JSONText.bool) ?? .null),
            ("nullText", JSONText(source.options.nullText)),
            ("rowElement", JSONText(source.options.rowElement)),
            ("viewSchema", JSONText(source.options.viewSchema)),
        ])
    }
}

/// The body of a source that is added.
private struct SourceSetting: Payload {
    static let members: Set<String> = [
        "name", "kind", "path", "service", "database", "rowRule", "delimiter", "header", "nullText",
        "rowElement",
    ]
    let name: SourceName
    let kind: String
    let path: String
    let service: ServiceName?
    let database: String?
    let rowRule: String?
    let delimiter: String?
    let header: Bool?
    let nullText: String?
    let rowElement: String?

    func definition() throws(Problem) -> SourceDefinition {
        guard let kind = SourceKind(rawValue: kind) else {
            throw Problem(.malformedBody, "`kind` is csv, ndjson, xml or sqlite")
        }
        guard let rule = RowRule(rawValue: rowRule ?? RowRule.fail.rawValue) else {
            throw Problem(.malformedBody, "`rowRule` is fail or skip")
        }
        guard path.hasPrefix("/") else {
            throw Problem(.malformedBody, "`path` must be absolute: it is a path of the server")
        }
        return SourceDefinition(
            name: name,
            kind: kind,
            path: path,
            service: service ?? ServiceName("files"),
            database: database ?? name.text,
            rowRule: rule,
            options: SourceOptions(
                delimiter: delimiter,
                header: header,
                nullText: nullText,
                rowElement: rowElement
            )
        )
    }
}
