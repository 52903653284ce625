import CatalogModel
import Governance
import HTTPTypes
import Masking

/// Rewriting rows that a caller posts.
enum MaskActs {
    @Sendable static func mask(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let permit = try call.services.reads.enter()
        let gzipped = Negotiation.acceptsGzip(call.headers[.acceptEncoding])
        return try await call.services.workers.rows { [services = call.services] in
            defer { withExtendedLifetime(permit) {} }
            let rows = try PostedRows(call.body, mediaType: call.bodyType, origins: call.query["origins"])
            let user = try one(call.query["as"], rows.user?.text, "as").map { UserName($0) }
            let purpose = try one(call.query["purpose"], rows.purpose, "purpose")
            let reader = user ?? visitor.caller.user
            let types = try services.cases.masking.types(
                of: rows.columns.map(\.origin),
                for: visitor.caller,
                as: reader,
                purpose: purpose
            )
            let posted = PostedResultSet(
                columns: rows.columns,
                values: try rows.values(types, atMost: services.limits.resultSetRows)
            )
            let masked = try services.cases.masking.mask(
                posted,
                for: visitor.caller,
                as: reader,
                purpose: purpose
            )
            return Answer(
                headers: RowActs.headers(gzipped: gzipped),
                body: .bytes(
                    try encode(masked, as: call.format, gzipped: gzipped),
                    mediaType: call.format.mediaType
                )
            )
        }
    }

    private static func encode(
        _ rows: MaskedBatch,
        as format: ResultFormat,
        gzipped: Bool
    ) throws(Problem) -> [UInt8] {
        var encoder = ResultEncoder(format, schema: rows.schema)
        var bytes = encoder.start()
        encoder.append(rows, to: &bytes)
        bytes += encoder.end()
        return gzipped ? try Gzip().finish(bytes) : bytes
    }

    /// What query and body say of one thing: one of them, or both the same.
    private static func one(_ query: String?, _ body: String?, _ name: String) throws(Problem) -> String? {
        guard let query, let body, query != body else { return query ?? body }
        throw Problem(GovernanceError(.invalidRequest, "query and body say different things of `\(name)`"))
    }
}
