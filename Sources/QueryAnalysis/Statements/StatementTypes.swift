/// What the wire has to know of types.
package enum StatementTypes {
    /// Whether a client may give a parameter this type, by PostgreSQL's identifier; 0 leaves it open.
    package static func mayBeParameter(_ identifier: UInt32) -> Bool {
        AllowedTypes.parameterIdentifiers.contains(identifier) || identifier == 26
    }
}
