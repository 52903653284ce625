/// How policies are read.
struct CompileOptions: Sendable {
    /// Compatible with Ranger: what it ignores is ignored, instead of being refused.
    var isLenient = false
    /// How times are read.
    var times = ValidityTimes()

    /// As Ranger reads policies, times that recur in a zone of its machine.
    static func ranger(zones: TimeZoneDatabase, localZone: TimeZoneRules) -> CompileOptions {
        var options = CompileOptions()
        options.isLenient = true
        options.times = ValidityTimes(zones: zones, localZone: localZone, isLenient: true)
        return options
    }
}
