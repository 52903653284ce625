import Foundation
import PolicyEngine

/// The machine's time zones, as the tz database installs them.
enum TimeZoneFiles {
    private static let folder = "/usr/share/zoneinfo/"

    /// Zones by name; nil for names that aren't there.
    static let database = TimeZoneDatabase { name in
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"),
                UInt8(ascii: "-"),
                UInt8(ascii: "+"):
                true
            default: false
            }
        }
        // Three letters such as `PST` mean several zones, and Ranger refuses them too.
        guard isName, !name.hasPrefix("/"), name.contains("/") || name.count > 3,
            let data = FileManager.default.contents(atPath: folder + name)
        else { return nil }
        return TimeZoneRules(compiled: Array(data))
    }
}
