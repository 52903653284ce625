/// What a plugin understands of policies, as Ranger's plugins tell their server: a set of bits.
package struct PluginCapabilities: Hashable, Sendable {
    private let bits: UInt64
    /// Names that no bit stands for.
    private let strangers: Set<String>

    /// Their names in the order of their bits.
    package static let names = [
        "TAG_POLICIES", "MASKING_AND_ROW_FILTERING", "MACROS", "AUDIT_MODE", "RESOURCE_IS_VALID_LEAF",
        "VALIDITY_PERIOD", "POLICY_PRIORITY", "SECURITY_ZONE", "POLICY_LEVEL_CONDITION",
        "DENY_ALL_ELSE_POLICY",
        "ROLE", "ROLE_DOWNLOAD_TIMER", "AUDIT_EXCLUDED_USERS", "CHAINED_PLUGINS", "SUPERUSER_PERMISSIONS",
        "USERSTORE_DOWNLOAD", "AUDIT_POLICY", "UGT_ATTRIBUTES_IN_POLICY", "ADDITIONAL_RESOURCES_IN_POLICY",
        "GDS_POLICIES",
    ].map { "RANGER_PLUGIN_CAPABILITY_\($0)" }

    /// Everything that has a name.
    package static let all = PluginCapabilities(bits: (1 << UInt64(names.count)) - 1, strangers: [])

    private init(bits: UInt64, strangers: Set<String>) {
        self.bits = bits
        self.strangers = strangers
    }

    /// Those with these names.
    package init(names: [String]) {
        let known = names.compactMap { PluginCapabilities.names.firstIndex(of: $0) }
        bits = known.reduce(0) { $0 | 1 << UInt64($1) }
        strangers = Set(names).subtracting(PluginCapabilities.names)
    }

    /// As plugins write it in their requests; nil for text that is no hexadecimal number of 64 bits.
    package init?(hexadecimal text: String) {
        guard let bits = UInt64(text, radix: 16) else { return nil }
        self.bits = bits
        strangers = []
    }

    /// Names of what one of both has and the other hasn't; `unknown` for bits without a name.
    package func difference(from other: PluginCapabilities) -> [String] {
        let different = bits ^ other.bits
        var result = PluginCapabilities.names.enumerated()
            .filter { different >> UInt64($0.offset) & 1 == 1 }.map(\.element)
        if different >> UInt64(PluginCapabilities.names.count) != 0 || strangers != other.strangers {
            result.append("unknown")
        }
        return result
    }
}
