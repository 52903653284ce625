import Catalog
import CatalogModel
import Foundation
import GRDB
import Governance

/// Packs of entities and relationships as rows: one for each pack, and which of its entries still count.
struct PackStore {
    /// All packs of which entries still count; nil for a store that never had one.
    func load(_ database: Database) throws -> CatalogChange? {
        guard let last = try Int64.fetchOne(database, sql: "SELECT max(serial) FROM pack") else { return nil }
        let sql = """
            SELECT pack.serial, pack.body, pack_state.dead FROM pack_state JOIN pack USING (serial)
            WHERE live > 0 ORDER BY serial
            """
        var packs: [LivePack] = []
        let rows = try Row.fetchCursor(database, sql: sql)
        while let row = try rows.next() {
            let pack = try pack(row[0], row.withUnsafeData(atIndex: 1) { $0.map { [UInt8]($0) } })
            packs.append(LivePack(pack: pack, dead: [UInt8](row[2] as Data)))
        }
        return .graph(.load(packs, lastSerial: last))
    }

    private func pack(_ serial: Int64, _ bytes: [UInt8]?) throws -> GraphPack {
        guard let bytes, let pack = GraphPack(serial: serial, bytes: bytes) else {
            throw GovernanceError(.storeUnavailable, "a pack of the change log is damaged")
        }
        return pack
    }

    private func pack(_ serial: Int64, in database: Database) throws -> (pack: GraphPack, version: Int64) {
        let sql = "SELECT body, version FROM pack WHERE serial = ?"
        let row = try Row.fetchOne(database, sql: sql, arguments: [serial])
        let bytes = try row?.withUnsafeData(atIndex: 0) { $0.map { [UInt8]($0) } }
        return (try pack(serial, bytes), row?[1] ?? 0)
    }

    /// A pack as a change, by the identity that the change log has.
    func change(_ id: String, in database: Database) throws -> CatalogChange {
        .graph(.pack(GraphPackChange(try pack(Int64(id) ?? 0, in: database).pack)))
    }

    /// Writes a pack, and that it stands in for entries of earlier ones.
    func write(_ change: GraphPackChange, version: Int64, in database: Database) throws {
        let pack = change.pack
        try database.cachedStatement(sql: "INSERT INTO pack (serial, version, body) VALUES (?, ?, ?)")
            .execute(arguments: [pack.serial, version, Data(pack.bytes)])
        try database.cachedStatement(sql: "INSERT INTO pack_state (serial, live, dead) VALUES (?, ?, ?)")
            .execute(arguments: [pack.serial, change.live, Data()])
        for (serial, places) in Dictionary(grouping: change.replaced, by: \.serial) {
            try bury(places.map(\.index), of: serial, in: database)
        }
        for id in change.changed {
            try database.cachedStatement(
                sql: "INSERT OR IGNORE INTO entity_change (entity, serial) VALUES (?, ?)"
            ).execute(arguments: [id.text, pack.serial])
        }
        for id in change.gone {
            try database.cachedStatement(sql: "DELETE FROM record WHERE kind = ? AND id >= ? AND id < ?")
                .execute(arguments: [ChangeKind.tag.rawValue, "\(id)/", "\(id)0"])
        }
    }

    private func bury(_ indices: [Int], of serial: Int64, in database: Database) throws {
        let state = try database.cachedStatement(sql: "SELECT live, dead FROM pack_state WHERE serial = ?")
        guard let row = try Row.fetchOne(state, arguments: [serial]) else { return }
        var live: Int = row[0]
        var dead = [UInt8](row[1] as Data)
        for index in indices {
            while dead.count <= index >> 3 { dead.append(0) }
            let bit: UInt8 = 1 << UInt8(index & 7)
            if dead[index >> 3] & bit == 0 { live -= 1 }
            dead[index >> 3] |= bit
        }
        try database.cachedStatement(sql: "UPDATE pack_state SET live = ?, dead = ? WHERE serial = ?")
            .execute(arguments: [live, Data(dead), serial])
    }

    /// What happened to an entity, newest first.
    func history(of id: EntityID, birth: Int64?, in database: Database) throws -> [EntityHistory] {
        let sql = "SELECT serial FROM entity_change WHERE entity = ?"
        var serials = Set(try Int64.fetchAll(database, sql: sql, arguments: [id.text]))
        if let birth {
            serials.insert(GraphPack.serial(ofBirth: birth))
        } else if let last = serials.max() {
            // What tells that it is gone also tells where it came from.
            let pack = try pack(last, in: database).pack
            for index in 0..<pack.count where pack.isEnd(index, of: id) {
                serials.insert(GraphPack.serial(ofBirth: pack.firstBirth(index)))
            }
        }
        return try serials.sorted(by: >).flatMap { serial in
            let (pack, version) = try pack(serial, in: database)
            let row = try Row.fetchOne(
                database,
                sql: "SELECT time, actor FROM change WHERE version = ?",
                arguments: [version]
            )
            return pack.history(of: id).map { happened in
                EntityHistory(
                    version: version,
                    time: Instant(microseconds: row?[0] ?? 0),
                    actor: UserName(row?[1] ?? ""),
                    events: happened.events,
                    entity: happened.entity
                )
            }
        }
    }
}
