import Catalog
import CatalogModel
import Foundation
import GRDB
import Governance
import HashTreeCollections
import PolicyEngine
import SQLiteStore
import TestSupport
import Testing

@Suite(.aside) struct `The store` {
    @Test func `is the same after it was opened again`() throws {
        let desk = try Desk()
        try desk.furnish()
        try desk.cases.editing.set([(.column(desk.column("mail")), Tag(TagName("EMAIL")))], by: desk.admin)
        let (version, changes) = try desk.store.load()
        let again = try SQLiteCatalogStore(folder: desk.folder)
        let loaded = try again.load()
        #expect(loaded.version == version && loaded.changes.count == changes.count)
        var state = CatalogState()
        try state.apply(loaded.changes)
        #expect(state.tables[desk.people]?.columnTags[2].map(\.tag.name.text) == ["EMAIL", "PII"])
        // The log tells the same story as the records.
        var replayed = CatalogState()
        try replayed.apply(try again.changes(since: 0).map(\.change))
        #expect(replayed.tables.keys.sorted() == state.tables.keys.sorted())
        #expect(replayed.tables[desk.people]?.definition == state.tables[desk.people]?.definition)
        #expect(replayed.policies.values.map(\.name) == state.policies.values.map(\.name))
        #expect(try again.changes(since: version).isEmpty)
    }

    @Test func `refuses files of a newer Steward, and files that aren't ours`() throws {
        let desk = try Desk()
        let newer = desk.folder.appending(path: "newer")
        _ = try SQLiteCatalogStore(folder: newer)
        let file = try DatabaseQueue(path: newer.appending(path: "catalog.sqlite").path)
        try file.inDatabase { try $0.execute(sql: "PRAGMA user_version = 99") }
        #expect(desk.code { _ = try SQLiteCatalogStore(folder: newer) } == .storeVersion)

        // From before there were packs.
        try file.inDatabase {
            try $0.execute(sql: "PRAGMA application_id = \(0x5374_7764); PRAGMA user_version = 1")
        }
        #expect(desk.code { _ = try SQLiteCatalogStore(folder: newer) } == .storeVersion)

        let foreign = desk.folder.appending(path: "foreign")
        try FileManager.default.createDirectory(at: foreign, withIntermediateDirectories: true)
        let stranger = try DatabaseQueue(path: foreign.appending(path: "catalog.sqlite").path)
        try stranger.inDatabase { try $0.execute(sql: "CREATE TABLE theirs (a)") }
        #expect(desk.code { _ = try SQLiteCatalogStore(folder: foreign) } == .storeVersion)
        #expect(
            try stranger.inDatabase { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") } == 1
        )
    }

    @Test func `lets an older Steward go on no more once a newer one took over`() throws {
        let desk = try Desk()
        try desk.furnish()
        let newer = try DatabaseQueue(path: desk.folder.appending(path: "catalog.sqlite").path)
        try newer.inDatabase { try $0.execute(sql: "PRAGMA user_version = 99") }
        #expect(
            desk.code { try desk.cases.editing.put([.putUser(User(UserName("late")))], by: desk.admin) }
                == .storeVersion
        )
    }

    @Test func `writes all of a transaction or nothing`() throws {
        let desk = try Desk()
        let version = try desk.store.currentVersion()
        func pack(_ name: String) throws -> CatalogChange {
            var transaction = CatalogTransaction(EntityGraph(), user: "t", now: 0) { EntityID(name) }
            let values: JSONObject = ["qualifiedName": .string(name), "name": .string(name)]
            try transaction.write([EntityInput(typeName: "DataSet", guid: nil, attributes: values)])
            return .graph(try #require(transaction.finish().first))
        }
        // Both begin on an empty graph, so that both are its first pack: the second can't be written.
        let clash = [CatalogChange.putUser(User(UserName("u"))), try pack("a"), try pack("b")]
        #expect(
            desk.code {
                _ = try desk.store.commit(clash, by: UserName("t"), at: Instant(seconds: 0), expecting: nil)
            }
                == .storeUnavailable
        )
        #expect(try desk.store.currentVersion() == version)
        #expect(try desk.store.load().changes.isEmpty)
        #expect(
            desk.code {
                _ = try desk.store.commit(
                    [.putUser(User(UserName("u")))],
                    by: UserName("t"),
                    at: Instant(seconds: 0),
                    expecting: version + 7
                )
            } == .conflict
        )
    }

    @Test func `shows one process what another wrote, at its next decision`() throws {
        let desk = try Desk()
        try desk.furnish()
        let other = try UseCases(
            store: try SQLiteCatalogStore(folder: desk.folder),
            audit: try SQLiteAuditLog(folder: desk.folder),
            sources: NoSources(),
            rim: Rim(now: { Instant(seconds: 1_790_000_000) }, makeID: { UUID().uuidString })
        )
        _ = try desk.read(desk.people, as: "alice")
        try other.policies.delete(1, by: desk.admin)
        #expect(desk.code { _ = try desk.read(desk.people, as: "alice") } == .unknownTable)
        try other.editing.put([.putUser(User(UserName("new")))], by: desk.admin)
        #expect(desk.code { _ = try desk.read(desk.people, as: "new") } == .unknownTable)
    }

    private struct NoSources: RowSources {
        func rowSource(for source: SourceDefinition) throws(GovernanceError) -> any RowSource {
            throw GovernanceError(.sourceUnavailable, "this process has no sources")
        }
    }
}

@Suite(.aside) struct `Signing in` {
    @Test func `takes the right password, and says the same to all wrong ones`() throws {
        let desk = try Desk()
        try desk.furnish()
        let door = desk.cases.authentication
        try door.setPassword("correct horse", of: UserName("alice"), by: desk.admin)
        let signIn = { (user: String, password: String) in
            try door.caller(user: UserName(user), password: password, request: "r").user
        }
        #expect(try signIn("alice", "correct horse") == UserName("alice"))
        #expect(try signIn("alice", "correct horse") == UserName("alice"))
        for (user, password) in [("alice", "wrong"), ("ghost", "correct horse"), ("bob", ""), ("alice", "")] {
            #expect(desk.code { _ = try signIn(user, password) } == .unauthenticated)
        }
        try door.setPassword("another horse", of: UserName("alice"), by: desk.caller("alice"))
        #expect(desk.code { _ = try signIn("alice", "correct horse") } == .unauthenticated)
        #expect(
            desk.code { try door.setPassword("x", of: UserName("alice"), by: desk.caller("eve")) }
                == .forbidden
        )
        let hash = try #require(try desk.store.passwordHash(of: UserName("alice")))
        #expect(hash.hasPrefix("scrypt$") && !hash.contains("horse"))
    }

    @Test func `takes tokens until they expire or are revoked`() throws {
        let desk = try Desk()
        try desk.furnish()
        let door = desk.cases.authentication
        let until = try #require(Instant("2026-12-31"))
        let (id, secret) = try door.makeToken(
            for: UserName("alice"),
            expires: until,
            by: desk.caller("alice")
        )
        #expect(try door.caller(token: secret, request: "r").user == UserName("alice"))
        #expect(desk.code { _ = try door.caller(token: secret + "0", request: "r") } == .unauthenticated)
        desk.move(to: try #require(Instant("2026-12-31T00:00:01")))
        #expect(desk.code { _ = try door.caller(token: secret, request: "r") } == .unauthenticated)
        desk.move(to: try #require(Instant("2026-12-01")))
        #expect(desk.code { try door.revokeToken(id: id, by: desk.caller("eve")) } == .notFound)
        try door.revokeToken(id: id, by: desk.caller("alice"))
        #expect(desk.code { _ = try door.caller(token: secret, request: "r") } == .unauthenticated)
        #expect(
            !"\(try desk.cases.auditing.tail(99, user: nil, resource: nil, by: desk.admin))".contains(secret)
        )
    }
}
