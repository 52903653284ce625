import Governance
import HTTPTypes

/// How the server is doing, and what it can do.
enum StatusActs {
    @Sendable static func health(_ call: Call) async throws -> Answer {
        .json(.object([("status", .string("ok"))]))
    }

    @Sendable static func ready(_ call: Call) async throws -> Answer {
        _ = try await call.run { cases throws(GovernanceError) in try cases.browsing.version() }
        return .json(.object([("status", .string("ready"))]))
    }

    @Sendable static func metrics(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let version = try await call.run { cases throws(GovernanceError) in try cases.browsing.version() }
        let text = call.services.metrics.text(
            version: call.services.version,
            catalogVersion: version,
            reads: call.services.reads.count
        )
        return Answer(body: .bytes(Array(text.utf8), mediaType: "text/plain; version=0.0.4; charset=utf-8"))
    }

    @Sendable static func openapi(_ call: Call) async throws -> Answer {
        .json(call.services.description)
    }
}
