/// Object identifiers as consumers see them.
///
/// PostgreSQL's own count upwards with each object made, so that gaps would tell of hidden ones. These come from names
/// alone: equal in databases that show the same, and the same from one statement to the next.
struct CatalogIdentifiers {
    /// The consumer's role.
    static let role: UInt32 = 16_383
    /// The database.
    static let database: UInt32 = 16_382
    /// Whoever owns what is shown.
    static let owner: UInt32 = 10

    private var taken: Set<UInt32> = []

    /// The identifier of an object of a kind, by its name; deterministic for objects that are asked for in order.
    mutating func next(_ kind: String, _ name: String) -> UInt32 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in Array(kind.utf8) + [0] + Array(name.utf8) {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        // Above all that PostgreSQL makes itself, and below what a signed integer can't hold.
        var identifier = UInt32(0x1000_0000 + (hash ^ hash >> 32) % 0x6000_0000)
        while !taken.insert(identifier).inserted { identifier += 1 }
        return identifier
    }

    /// The fixed identifiers of the catalogs that clients name.
    ///
    /// **Source.** PostgreSQL's `pg_*.h`.
    static let catalogs: [String: UInt32] = [
        "pg_class": 1259, "pg_type": 1247, "pg_proc": 1255, "pg_attribute": 1249, "pg_namespace": 2615,
        "pg_constraint": 2606, "pg_database": 1262, "pg_am": 2601, "pg_trigger": 2620, "pg_index": 2610,
        "pg_attrdef": 2604, "pg_description": 2609, "pg_extension": 3079, "pg_language": 2612,
        "pg_collation": 3456, "pg_operator": 2617, "pg_opclass": 2616, "pg_tablespace": 1213,
        "pg_rewrite": 2618, "pg_cast": 2605, "pg_enum": 3501, "pg_inherits": 2611, "pg_sequence": 2224,
        "pg_policy": 3256, "pg_statistic_ext": 3381, "pg_foreign_server": 1417,
        "pg_foreign_data_wrapper": 2328, "pg_event_trigger": 3466, "pg_publication": 6104,
        "pg_opfamily": 2753, "pg_conversion": 2607, "pg_ts_config": 3602, "pg_ts_dict": 3600,
        "pg_ts_parser": 3601, "pg_ts_template": 3764,
    ]
}
