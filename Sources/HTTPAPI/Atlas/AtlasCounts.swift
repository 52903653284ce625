import Catalog
import CatalogModel
import Governance

/// Counts of what there is in the catalog, as Atlas tells them and keeps them.
enum AtlasCounts {
    /// The states of entities that are counted: what charts call them, and the member of a document that has them.
    static let states = [
        (name: "Active", member: "entityActive"), (name: "Deleted", member: "entityDeleted"),
        (name: "Shell", member: "entityShell"),
    ]

    /// All that the one of a view may know of.
    ///
    /// Cost: a look at each entity.
    static func document(_ view: CatalogView, _ version: String) -> JSONValue {
        var data = counted(view)
        data["system"] = [
            "memory": [:], "os": [:], "runtime": ["name": "steward", "version": .string(version)],
        ]
        return ["data": .object(data)]
    }

    private static func counted(_ view: CatalogView) -> JSONObject {
        let counts = view.graph.counts()
        func object(_ counts: [String: Int]) -> JSONValue {
            .object(JSONObject(counts.mapValues { .integer(Int64($0)) }))
        }
        return [
            "general": [
                "collectionTime": .integer(view.now), "stats": [:],
                "entityCount": .integer(Int64(counts.entities)),
                "typeCount": .integer(Int64(counts.types)),
                "tagCount": .integer(Int64(counts.tagTypes)),
                "typeUnusedCount": .integer(Int64(counts.unusedTypes)),
            ],
            "entity": [
                "entityActive": object(counts.active), "entityDeleted": object(counts.deleted),
                "entityShell": object(counts.shells),
                "entityActive-typeAndSubTypes": object(counts.activeWithSubTypes),
                "entityDeleted-typeAndSubTypes": [:], "entityShell-typeAndSubTypes": [:],
            ],
            "tag": ["tagEntities": object(counts.tagged)],
        ]
    }

    // MARK: Keeping

    /// Counts of one moment that were kept.
    struct Sample {
        let id: EntityID
        /// When, in milliseconds since 1970.
        let time: Int64
        private let entity: Entity

        init?(_ entity: Entity) {
            guard let time = entity.attributes["collectionTime"]?.integer else { return nil }
            (id, self.time, self.entity) = (entity.id, time, entity)
        }

        private var counts: JSONObject {
            let text = entity.attributes.text("metrics") ?? "{}"
            return (try? CatalogModel.JSONReader.value(of: Array(text.utf8)))?.object ?? JSONObject()
        }

        /// How many entities of a type were in a state; `member` is one of ``AtlasCounts/states``.
        func count(of type: String, _ member: String) -> Int64 {
            counts["data"]?.object?["entity"]?.object?[member]?.object?[type]?.integer ?? 0
        }

        func json(withCounts: Bool) -> JSONObject {
            var object: JSONObject = ["guid": .string(id.text)]
            for name in ["metricsId", "collectionTime", "timeToLiveMillis"] {
                object[name] = entity.attributes[name]
            }
            if withCounts { object["metrics"] = .object(counts) }
            return object
        }
    }

    /// What was kept, oldest first.
    static func kept(_ view: CatalogView) -> [Sample] {
        view.graph.entities(ofExactly: BaseTypes.countSample).compactMap(Sample.init)
            .sorted { $0.time < $1.time }
    }

    /// Keeps now's counts, and gives up those that are too old.
    ///
    /// - Parameters:
    ///   - view: The catalog as one sees it who may read everything.
    ///   - transaction: What the counts are written in.
    /// - Throws: what writing an entity may be refused for.
    static func keep(_ view: CatalogView, in transaction: inout CatalogTransaction) throws(CatalogError) {
        let document: JSONValue = ["data": .object(counted(view))]
        let sample = EntityInput(
            typeName: BaseTypes.countSample,
            guid: "-1",
            attributes: [
                "metricsId": .string("\(view.now)@atlas.metrics.stat"),
                "collectionTime": .integer(view.now), "timeToLiveMillis": .integer(CountSchedule.longest),
                "metrics": .string(document.json),
            ]
        )
        try transaction.write([sample])
        let old = kept(view)
        let doomed = Set(CountSchedule.superfluous(among: old.map(\.time), at: view.now))
        try transaction.delete(old.filter { doomed.contains($0.time) }.map(\.id))
    }
}

/// When counts are kept, and for how long: each hour for two days, then the first of each day.
enum CountSchedule {
    static let hour: Int64 = 3_600_000
    private static let day = 24 * hour
    /// How long all are kept.
    static let dense = 2 * day
    /// How long any are kept.
    static let longest = 400 * day

    /// How long it is until counts are to be kept again, given when that was done last.
    static func wait(since last: Int64?, at now: Int64) -> Int64 {
        guard let last, last <= now else { return 0 }
        return max(0, last + hour - now)
    }

    /// The moments, of some in order, that needn't be kept any more.
    static func superfluous(among times: [Int64], at now: Int64) -> [Int64] {
        var seen: Set<Int64> = []
        return times.filter { time in
            let isFirstOfDay = seen.insert(time / day).inserted
            return now - time > longest || now - time > dense && !isFirstOfDay
        }
    }
}
