/// Names of prepared statements, portals and cursors that mean the same here and in PostgreSQL.
///
/// Swift takes two texts for the same that are written with different characters (`é` as one or as two, the sign of Kelvin
/// for `K`), where PostgreSQL compares bytes; and PostgreSQL looks at the first 63 bytes of a name alone. Whoever keeps
/// books on names must know which ones mean one thing, so others are refused.
package enum SessionName {
    /// Bytes of a name that PostgreSQL looks at: `NAMEDATALEN` less its end.
    package static let limit = 63

    /// Whether a name is ASCII, and short enough.
    ///
    /// **Cost.** A look at each byte.
    package static func isPlain(_ name: String) -> Bool {
        name.utf8.count <= limit && name.utf8.allSatisfy { $0 < 0x80 }
    }
}
