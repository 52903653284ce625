import CatalogModel
import Foundation

@testable import Catalog
@testable import HTTPAPI
@testable import PolicyEngine

/// Documents that requests and files bring: policies, scripts in them, entities, and the catalog's queries.
enum DocumentFuzz {
    /// Policies of Ranger; those that can be read are put in force in a set of Hive's.
    static func policies(_ bytes: [UInt8]) {
        let list = try? RangerPolicyList(bytes, name: "input") { Array(try JSONEncoder().encode($0)) }
        guard let list, let read = list.policies.first else { return }
        _ = try? RangerPolicyList(Array((try? JSONEncoder().encode(read)) ?? Data()), name: "output") {
            Array(try JSONEncoder().encode($0))
        }
    }

    /// A script of a policy, compiled and run by the part of the language that is ours.
    static func script(_ bytes: [UInt8]) {
        let facts = RequestFacts(AccessRequest(), now: Instant(microseconds: 0))
        _ = Script(String(decoding: bytes, as: UTF8.self)).holds(facts)
    }

    /// A body of JSON, read by both of our readers.
    static func json(_ bytes: [UInt8]) {
        if var reader = try? HTTPAPI.JSONReader(bytes) { _ = try? reader.skip() }
        _ = try? PolicyEngine.JSONReader.read(bytes)
        _ = try? PolicyEngine.JSONReader.read(bytes, isLenient: true)
    }

    /// A bulk request of entities, read from its bytes and put into an empty catalog.
    static func entities(_ bytes: [UInt8]) {
        let graph = EntityGraph()
        guard let plan = BulkPlan(bytes, graph.types) else { return }
        var count: UInt64 = 0
        var transaction = CatalogTransaction(graph, user: "u", now: 0) {
            count += 1
            return EntityID(bits: 1, count)
        }
        _ = transaction.create(plan)
        _ = transaction.finish()
    }

    /// A query in Atlas's language.
    static func query(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        _ = try? CatalogQuery(text, in: EntityGraph(), limit: 10, offset: 0, now: 0)
    }
}
