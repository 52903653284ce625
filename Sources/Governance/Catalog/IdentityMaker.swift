import CatalogModel

/// Identities of what one transaction makes.
///
/// The first is asked for; those that follow are made of it, so that a hundred thousand of them cost next to nothing. Each
/// is as unlikely to be made twice as the first.
final class IdentityMaker {
    private let make: () -> String
    private var first: (high: UInt64, low: UInt64)?
    private var count: UInt64 = 0

    init(_ make: @escaping () -> String) { self.make = make }

    /// An identity that wasn't given before.
    func next() -> EntityID {
        guard let first else {
            let id = EntityID(make())
            first = id.bits
            return id
        }
        count += 1
        return EntityID(
            bits: IdentityMaker.mixed(first.high &+ count &* 0x9E37_79B9_7F4A_7C15),
            IdentityMaker.mixed(first.low &+ count &* 0xD1B5_4A32_D192_ED03)
        )
    }

    /// The finish of SplitMix64: other numbers for other numbers, without a pattern that shows.
    private static func mixed(_ number: UInt64) -> UInt64 {
        var number = number
        number = (number ^ number >> 30) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ number >> 27) &* 0x94D0_49BB_1331_11EB
        return number ^ number >> 31
    }
}
