import CatalogModel
import Governance
import PolicyEngine

/// Security zones, governed sharing, and settings of services.
enum ZoneActs {
    @Sendable static func list(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let zones = try await call.run { cases throws(GovernanceError) in
            try cases.policies.zones(by: visitor.caller)
        }
        return .json(.written(Array(SecurityZone.list(zones).jsonText.utf8)))
    }

    @Sendable static func apply(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let zones = try RecordBody.read(SecurityZone.self, call.body)
        let done = try await call.run { cases throws(GovernanceError) in
            try cases.policies.apply(zones: zones, by: visitor.caller)
        }
        return RecordBody.answer(done)
    }

    @Sendable static func delete(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let name = call.segment("name")
        try await call.run { cases throws(GovernanceError) in
            try cases.policies.delete(zone: name, by: visitor.caller)
        }
        return .done
    }

    @Sendable static func listShared(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let records = try await call.run { cases throws(GovernanceError) in
            try cases.policies.shared(by: visitor.caller)
        }
        return .json(.written(Array(SharedRecord.document(of: records).jsonText.utf8)))
    }

    @Sendable static func applyShared(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let records = try RecordBody.readShared(call.body)
        let done = try await call.run { cases throws(GovernanceError) in
            try cases.policies.apply(shared: records, by: visitor.caller)
        }
        return RecordBody.answer(done)
    }

    @Sendable static func deleteShared(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        guard let key = SharedRecord.Key("\(call.segment("kind"))/\(call.segment("id"))") else {
            throw GovernanceError(.notFound, "records are named by kind and number, such as `dataset/3`")
        }
        try await call.run { cases throws(GovernanceError) in
            try cases.policies.delete(shared: key, by: visitor.caller)
        }
        return .done
    }

    @Sendable static func services(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let services = try await call.run { cases throws(GovernanceError) in
            try cases.browsing.services(for: visitor.caller)
        }
        return .json(.object([("services", .array(services.map(entry)))]))
    }

    @Sendable static func change(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let change = try PayloadReader.read(ServiceSetting.self, from: call.body)
        let name = ServiceName(call.segment("service"))
        try await call.run { cases throws(GovernanceError) in
            try cases.policies.change(settings: change.settings, of: name, by: visitor.caller)
        }
        return .done
    }

    private static func entry(_ service: PolicyService) -> JSONText {
        .object([
            ("name", .string(service.name.text)), ("type", .string(service.definition.name)),
            ("tagService", JSONText(service.tagService?.text)),
            (
                "settings",
                .object(service.settings.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
            ),
        ])
    }
}

/// Bodies of records in Ranger's JSON.
enum RecordBody {
    /// Reads one record, a list of them, or an object with a list.
    static func read<Record: KeptRecord>(_ type: Record.Type, _ body: [UInt8]) throws -> [Record] {
        // A body that is no JSON is the same problem as everywhere.
        try PayloadReader.checkSyntax(of: body) { reader throws(JSONError) in try reader.skip() }
        do throws(PolicyError) { return try Record.read(body, name: "body") } catch {
            throw Problem(.malformedBody, "\(error)")
        }
    }

    /// Reads records of governed sharing.
    static func readShared(_ body: [UInt8]) throws -> [SharedRecord] {
        try PayloadReader.checkSyntax(of: body) { reader throws(JSONError) in try reader.skip() }
        do throws(PolicyError) { return try SharedRecord.read(body, name: "body") } catch {
            throw Problem(.malformedBody, "\(error)")
        }
    }

    /// What publishing them did.
    static func answer(_ done: PublishedRecords) -> Answer {
        .json(
            .object([
                ("created", .strings(done.created)), ("updated", .strings(done.updated)),
                ("unchanged", .strings(done.unchanged)), ("version", .integer(Int(done.version))),
            ])
        )
    }
}

/// The body of changed settings.
private struct ServiceSetting: Payload {
    static let members: Set<String> = ["settings"]
    let settings: [String: String]
}
