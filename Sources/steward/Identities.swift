import CatalogModel
import Foundation
import Synchronization

/// Random UUIDs from the kernel's randomness, fetched for sixteen at once.
final class Identities: Sendable {
    private struct Stock {
        var words = [UInt64](repeating: 0, count: 32)
        var left = 0
    }

    private let stock = Mutex(Stock())

    /// An identity that nobody has.
    func next() -> EntityID {
        stock.withLock { stock in
            if stock.left == 0 {
                Identities.fill(&stock.words)
                stock.left = stock.words.count
            }
            stock.left -= 2
            // What was handed out is nobody else's business any more.
            defer { (stock.words[stock.left], stock.words[stock.left + 1]) = (0, 0) }
            return EntityID(bits: stock.words[stock.left], stock.words[stock.left + 1])
        }
    }

    private static func fill(_ words: inout [UInt64]) {
        let result = words.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) }
        guard result != 0 else { return }
        // Kernels without it have the slow way.
        var generator = SystemRandomNumberGenerator()
        for index in words.indices { words[index] = generator.next() }
    }
}
