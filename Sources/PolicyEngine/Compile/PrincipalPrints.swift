/// Short prints of principals, to tell most apart without looking at items.
struct PrincipalPrints {
    /// The prints of some principals, or one print over and over.
    typealias Lanes = SIMD8<UInt16>

    private(set) var prints = Lanes()
    /// Whether there are too many, or some item is for everyone or the owner.
    private(set) var isForAnyone: Bool
    private var count = 0

    init(isForAnyone: Bool) { self.isForAnyone = isForAnyone }

    mutating func add(_ items: Stretch, _ parts: PolicyParts) {
        for number in items {
            let item = parts.items[Int(number)]
            if item.isForEveryone || item.isForOwner { isForAnyone = true }
            for principal in item.principals { add(PrincipalPrints.print(of: parts.numbers[Int(principal)])) }
        }
    }

    private mutating func add(_ print: UInt16) {
        for index in 0..<count where prints[index] == print { return }
        guard count < prints.scalarCount else {
            isForAnyone = true
            return
        }
        prints[count] = print
        count += 1
    }

    /// Never 0.
    @inline(__always)
    static func print(of principal: Int32) -> UInt16 {
        UInt16(truncatingIfNeeded: (UInt32(bitPattern: principal) &* 0x9E37_79B1) >> 16) | 1
    }
}
