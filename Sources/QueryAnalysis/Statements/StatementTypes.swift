/// What the wire has to know of types.
package enum StatementTypes {
    /// Whether a client may give a parameter this type, by PostgreSQL's identifier; 0 leaves it open.
    package static func mayBeParameter(_ identifier: UInt32) -> Bool {
        AllowedTypes.parameterIdentifiers.contains(identifier) || identifier == 26
    }

    /// Whether a relation of PostgreSQL's own is one of which governed catalogs show built-in rows.
    package static func isBuiltInCatalog(_ identifier: UInt32) -> Bool {
        builtInCatalogs.contains(identifier)
    }

    /// `pg_type`, `pg_proc`, `pg_operator`, `pg_language`, `pg_collation`, `pg_cast`, `pg_range`, `pg_opclass`.
    private static let builtInCatalogs: Set<UInt32> = [1247, 1255, 2617, 2612, 3456, 2605, 3541, 2616]
}
