import Synchronization

/// Memory for plain questions that waits to be used again, by whoever asks next; nobody waits for anybody.
// INVARIANT: a place holds the address of memory that nobody uses, or 0; who takes it out owns it.
final class ScratchPool: @unchecked Sendable {
    /// What is given back while this many wait goes to the system.
    private static let most = 16
    private let places = UnsafeMutablePointer<Atomic<UInt>>.allocate(capacity: most)

    init() {
        for place in 0..<ScratchPool.most { (places + place).initialize(to: Atomic(0)) }
    }

    deinit {
        for place in 0..<ScratchPool.most {
            free(places[place].exchange(0, ordering: .acquiring))
            (places + place).deinitialize(count: 1)
        }
        places.deallocate()
    }

    func take() -> UnsafeMutablePointer<PlainScratch> {
        for place in 0..<ScratchPool.most where places[place].load(ordering: .relaxed) != 0 {
            let address = places[place].exchange(0, ordering: .acquiring)
            if let scratch = UnsafeMutablePointer<PlainScratch>(bitPattern: address) { return scratch }
        }
        let scratch = UnsafeMutablePointer<PlainScratch>.allocate(capacity: 1)
        scratch.initialize(to: PlainScratch())
        return scratch
    }

    func giveBack(_ scratch: UnsafeMutablePointer<PlainScratch>) {
        let address = UInt(bitPattern: scratch)
        for place in 0..<ScratchPool.most {
            let attempt = places[place].compareExchange(expected: 0, desired: address, ordering: .releasing)
            if attempt.exchanged { return }
        }
        free(address)
    }

    private func free(_ address: UInt) {
        guard let scratch = UnsafeMutablePointer<PlainScratch>(bitPattern: address) else { return }
        scratch.pointee.free()
        scratch.deallocate()
    }
}
