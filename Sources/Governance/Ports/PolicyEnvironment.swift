package import PolicyEngine

/// What policies need of the machine that decides: names of time zones, and an engine for their scripts.
package struct PolicyEnvironment: Sendable {
    /// Zones that validity periods may name; policies that name others are refused when they are published.
    package let timeZones: TimeZoneDatabase
    /// Runs scripts beyond the compiled part of the language; nil for none: a condition with such a script then fails.
    package let scripts: (any ScriptEngine)?

    /// An environment; without arguments zones are distances from UTC only, and scripts stay in the compiled part.
    package init(timeZones: TimeZoneDatabase = .fixedOnly, scripts: (any ScriptEngine)? = nil) {
        self.timeZones = timeZones
        self.scripts = scripts
    }
}
