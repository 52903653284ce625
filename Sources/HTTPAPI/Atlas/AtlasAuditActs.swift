import Catalog
import CatalogModel
import Governance

/// What was done to the server as a whole, as the audit log tells it: purging, carrying parts over, types, its start.
enum AtlasAuditActs {
    /// How acts are called in the audit log, with what Atlas calls them.
    private static let operations: [(act: String, operation: String)] = [
        ("purge ", "PURGE"), ("export ", "EXPORT"), ("import ", "IMPORT"), ("add types ", "TYPE_DEF_CREATE"),
        ("change types ", "TYPE_DEF_UPDATE"), ("delete types ", "TYPE_DEF_DELETE"),
    ]

    /// The types of an entry's members, for filters.
    private static let types = [
        "userName": "string", "operation": "string", "params": "string", "startTime": "date",
        "endTime": "date", "clientId": "string", "resultCount": "long", "guid": "string", "result": "string",
    ]

    @Sendable static func search(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let body = try request.object()
        let search = try AtlasSearch(["limit": body["limit"] ?? .null, "offset": body["offset"] ?? .null])
        let view = try request.view()
        try view.require(.audits)
        let filter = try SearchFilter(body["auditFilters"])
        var found: [JSONObject] = []
        for entry in try entries(request) {
            if let filter {
                guard try filter.holds(for: entry, of: types, owner: "__AtlasAuditEntry", now: view.now)
                else { continue }
            }
            found.append(entry)
        }
        let sortBy = body.text("sortBy") ?? "startTime"
        let isAscending = body.text("sortOrder")?.uppercased() == "ASCENDING"
        guard types[sortBy] != nil else {
            throw CatalogError(.unknownAttribute, "Attribute \(sortBy) not found for type __AtlasAuditEntry")
        }
        // Numbers sort as numbers; entries of one moment stay in the order in which they happened, or its reverse.
        let keyed = found.enumerated().map { (key: Key($1[sortBy], $0), entry: $1) }
        let sorted = keyed.sorted { isAscending ? $0.key < $1.key : $1.key < $0.key }.map(\.entry)
        let page = sorted.dropFirst(search.question.offset).prefix(search.question.limit)
        return .value(.array(page.map { .object($0) }))
    }

    private struct Key: Comparable {
        let number: Int64
        let text: String
        let position: Int

        init(_ value: JSONValue?, _ position: Int) {
            number = value?.integer ?? 0
            text = value?.text ?? ""
            self.position = position
        }

        static func < (left: Key, right: Key) -> Bool {
            (left.number, left.text, left.position) < (right.number, right.text, right.position)
        }
    }

    /// All there are, oldest first; only the caller's own for those who don't administer.
    static func entries(_ request: AtlasRequest) throws(CatalogError) -> [JSONObject] {
        let lines: [AuditRecord]
        do throws(GovernanceError) {
            lines = try request.auditing.tail(
                10_000,
                user: request.isAdmin ? nil : request.caller.user,
                resource: nil,
                by: request.caller
            )
        } catch { throw CatalogError(error.code == .forbidden ? .forbidden : .unavailable, error.message) }
        let start = request.memory.started
        let started = entry("server-\(start)", "steward", "SERVER_START", "", start, request.server.version)
        let done = lines.compactMap { line -> JSONObject? in
            guard line.outcome == .allowed, line.resource.hasPrefix(AtlasRequest.actPrefix) else {
                return nil
            }
            let act = line.resource.dropFirst(AtlasRequest.actPrefix.count)
            guard let known = operations.first(where: { act.hasPrefix($0.act) }) else { return nil }
            return entry(
                line.request,
                line.user.text,
                known.operation,
                String(act.dropFirst(known.act.count)),
                line.time.microseconds / 1000,
                line.version.map { "version \($0)" } ?? ""
            )
        }
        return [started] + done
    }

    private static func entry(
        _ id: String,
        _ user: String,
        _ operation: String,
        _ parameters: String,
        _ time: Int64,
        _ result: String
    ) -> JSONObject {
        let count = parameters.isEmpty ? 0 : parameters.split(separator: ",").count
        return [
            "guid": .string(id), "userName": .string(user), "operation": .string(operation),
            "params": .string(parameters), "startTime": .integer(time), "endTime": .integer(time),
            "clientId": "", "result": .string(result), "resultCount": .integer(Int64(count)),
        ]
    }
}
