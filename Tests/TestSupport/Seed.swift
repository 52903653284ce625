import Foundation

/// Seeds of random tests: the same each time, so that what passed once passes again, and another one by
/// `STEWARD_SEED`.
package enum TestSeed {
    /// The environment's seed, or the usual one.
    package static func value(_ usual: UInt64 = 20_261_127) -> UInt64 {
        ProcessInfo.processInfo.environment["STEWARD_SEED"].flatMap { UInt64($0) } ?? usual
    }
}
