import Catalog
import CatalogModel
import Governance

/// Counts of what there is: now's, and those that were kept.
enum AtlasCountActs {
    @Sendable static func now(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        // Counts tell of what one may not read.
        try view.require(.audits)
        return .value(AtlasCounts.document(view, request.server.version))
    }

    /// What was kept, newest first; without the counts themselves unless `mininfo` is false.
    @Sendable static func list(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let isShort = request.flag("mininfo", else: true)
        return .value(
            .array(try kept(request).reversed().map { .object($0.json(withCounts: !isShort)) })
        )
    }

    /// What was kept at one moment.
    @Sendable static func at(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let time = Int64(request.segment("time"))
        guard let sample = try kept(request).first(where: { $0.time == time }) else {
            throw CatalogError(
                .unknownUniqueValue,
                "Instance \(BaseTypes.countSample) with unique attribute "
                    + "{collectionTime=\(request.segment("time"))} does not exist"
            )
        }
        return .value(.object(sample.json(withCounts: true)))
    }

    /// What was kept in a time, with the counts of some types.
    @Sendable static func range(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let types = request.texts("typeName")
        return .value(
            .array(
                try between(request).map { sample in
                    var object = sample.json(withCounts: false)
                    var counts = JSONObject()
                    for type in types {
                        var states = JSONObject()
                        for state in AtlasCounts.states {
                            states[state.name] = .integer(sample.count(of: type, state.member))
                        }
                        counts[type] = .object(states)
                    }
                    object["typeData"] = .object(counts)
                    return .object(object)
                }
            )
        )
    }

    /// What was kept in a time as lines of a chart: for each type, and each state of entities, times with counts.
    @Sendable static func charts(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let samples = try between(request)
        var charts = JSONObject()
        for type in request.texts("typeName") {
            charts[type] = .array(
                AtlasCounts.states.map { state in
                    [
                        "key": .string(state.name),
                        "values": .array(
                            samples.map {
                                .array([.integer($0.time), .integer($0.count(of: type, state.member))])
                            }
                        ),
                    ]
                }
            )
        }
        return .value(.object(charts))
    }

    private static func between(_ request: AtlasRequest) throws(CatalogError) -> [AtlasCounts.Sample] {
        guard let from = try moment("startTime", request), let until = try moment("endTime", request) else {
            throw CatalogError(.badRequest, "startTime or endTime is null/empty.")
        }
        guard from <= until else { throw CatalogError(.badRequest, "endTime is before startTime") }
        return try kept(request).filter { (from...until).contains($0.time) }
    }

    private static func moment(_ name: String, _ request: AtlasRequest) throws(CatalogError) -> Int64? {
        guard let text = request.text(name) else { return nil }
        guard let moment = Int64(text) else {
            throw CatalogError(.badRequest, "\(name) is no time in milliseconds since 1970")
        }
        return moment
    }

    /// What was kept, oldest first.
    ///
    /// It counts all there was: nothing of it is for those who may not read everything.
    private static func kept(_ request: AtlasRequest) throws(CatalogError) -> [AtlasCounts.Sample] {
        let view = try request.view()
        try view.require(.audits)
        return view.gate.isOpen ? AtlasCounts.kept(view) : []
    }
}
