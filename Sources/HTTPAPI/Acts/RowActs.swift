import CatalogModel
import Governance
import HTTPTypes
import PolicyEngine

/// Reading rows.
enum RowActs {
    /// Answers that are no longer than this are sent whole, with their length.
    private static let wholeBytes = 64 << 10

    @Sendable static func read(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let read = TableRead(
            table: try call.table(),
            columns: try call.columns(),
            limit: try call.number("limit", atMost: Int(Int32.max)),
            purpose: call.query["purpose"]
        )
        let user = call.query["as"].map { UserName($0) } ?? visitor.caller.user
        let gzipped = Negotiation.acceptsGzip(call.headers[.acceptEncoding])
        let permit = try call.services.reads.enter()
        return try await call.services.workers.rows { [cases = call.services.cases, format = call.format] in
            let rows = try cases.read.open(read, for: visitor.caller, as: user)
            let stream = try RowStream(rows, as: format, gzipped: gzipped, permit: permit)
            // What goes wrong in the first rows is answered with a problem and not with a broken answer.
            var first: [UInt8] = []
            while first.count < wholeBytes, let piece = try stream.next() { first += piece }
            var headers = headers(gzipped: gzipped)
            if let name = HTTPField.Name("Steward-Version") { headers[name] = String(rows.decision.version) }
            if let name = HTTPField.Name("Steward-Rows") {
                headers[name] = rows.decision.rowFilter == nil ? "all" : "filtered"
            }
            guard stream.isEnded else { return Answer(headers: headers, body: .rows(stream, first: first)) }
            if let name = HTTPField.Name("Steward-Skipped-Rows") { headers[name] = String(rows.skippedRows) }
            return Answer(headers: headers, body: .bytes(first, mediaType: format.mediaType))
        }
    }

    /// The headers of an answer with rows.
    static func headers(gzipped: Bool) -> HTTPFields {
        var headers: HTTPFields = [.vary: "Accept, Accept-Encoding, Authorization"]
        if gzipped { headers[.contentEncoding] = "gzip" }
        return headers
    }
}
