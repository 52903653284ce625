/// What is wrong with a JSON text, and where; never what stands there.
struct JSONError: Error, Hashable {
    /// In words, lower case, no full stop.
    let problem: String
    /// The byte at which it was noticed, from 0.
    let offset: Int

    /// The line of the offset, from 1.
    func line(in bytes: [UInt8]) -> Int {
        1 + bytes.prefix(min(offset, bytes.count)).reduce(0) { $1 == 10 ? $0 + 1 : $0 }
    }
}
