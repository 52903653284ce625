import GRDB

/// The layout of the two database files, and how older layouts are brought up to it.
///
/// Forward only.
enum StoreSchema {
    /// Marks the catalog's file as ours: "Stwe"; "Stwd" marked one without packs, which nobody released.
    static let catalogMark: Int32 = 0x5374_7765
    /// The mark of files without packs.
    static let formerCatalogMark: Int32 = 0x5374_7764
    /// Marks the audit log's file as ours: "StwA".
    static let auditMark: Int32 = 0x5374_7741

    /// Each step brings a file from layout `index` to layout `index + 1`.
    static let catalogSteps: [String] = [
        """
        CREATE TABLE change (
            version INTEGER PRIMARY KEY, time INTEGER NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL,
            id TEXT NOT NULL, body TEXT
        ) STRICT;
        CREATE TABLE record (
            kind TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (kind, id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE pack (serial INTEGER PRIMARY KEY, version INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
        CREATE TABLE pack_state (serial INTEGER PRIMARY KEY, live INTEGER NOT NULL, dead BLOB NOT NULL) STRICT;
        CREATE TABLE entity_change (
            entity TEXT NOT NULL, serial INTEGER NOT NULL, PRIMARY KEY (entity, serial)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE password (user TEXT PRIMARY KEY, hash TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE token (
            id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, user TEXT NOT NULL, expires INTEGER
        ) STRICT, WITHOUT ROWID;
        """,
        // What proofs of passwords and tokens are checked against.
        """
        ALTER TABLE password ADD COLUMN verifier TEXT;
        ALTER TABLE token ADD COLUMN verifier TEXT;
        CREATE INDEX token_user ON token (user);
        CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO secret VALUES ('salts', randomblob(32));
        """,
    ]

    /// Each step brings a file from layout `index` to layout `index + 1`.
    static let auditSteps: [String] = [
        """
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY, time INTEGER NOT NULL, user TEXT NOT NULL, resource TEXT NOT NULL,
            body TEXT NOT NULL
        ) STRICT;
        CREATE INDEX audit_user ON audit (user, id);
        CREATE INDEX audit_resource ON audit (resource, id);
        """,
        // Many lines in a row; `id` counts on from `audit`'s, and the other way round.
        """
        CREATE TABLE pack (
            id INTEGER PRIMARY KEY, time INTEGER NOT NULL, lines INTEGER NOT NULL, body BLOB NOT NULL
        ) STRICT;
        CREATE TABLE pack_name (
            kind TEXT NOT NULL, name TEXT NOT NULL, pack INTEGER NOT NULL, PRIMARY KEY (kind, name, pack)
        ) STRICT, WITHOUT ROWID;
        """,
    ]

    /// What a file was found to be.
    enum Finding: Error {
        /// Not empty, and not ours.
        case foreign
        /// Ours, in a layout that this Steward doesn't read any more.
        case former
        /// Written by a newer Steward.
        case newer(layout: Int)
    }

    /// Brings a file up to the newest layout in one transaction; an empty file becomes ours.
    static func prepare(_ database: Database, mark: Int32, steps: [String]) throws {
        let found = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let layout = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if found == formerCatalogMark, found != mark { throw Finding.former }
        if found != mark {
            let objects = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
            guard found == 0, layout == 0, objects == 0 else { throw Finding.foreign }
        }
        guard layout <= steps.count else { throw Finding.newer(layout: layout) }
        for step in steps[layout...] { try database.execute(sql: step) }
        if layout < steps.count {
            try database.execute(sql: "PRAGMA application_id = \(mark)")
            try database.execute(sql: "PRAGMA user_version = \(steps.count)")
        }
    }
}
