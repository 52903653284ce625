import CatalogModel

/// The type that the sampled values of a column suggest.
///
/// Careful: a type is only guessed when every sampled value is written in its canonical form already, so that
/// guessing never changes what a reader sees. Leading zeros (`007`), other spellings of truth (`TRUE`), a
/// time zone or a value too large keep a column `string`; so does a column of nothing but NULL.
struct TypeGuess {
    private var candidates = Candidates.all
    private var sawValue = false
    private var sawFiniteNumber = false
    private var sawNested = false
    private var scratch: [UInt8] = []

    private struct Candidates: OptionSet {
        let rawValue: UInt8
        static let boolean = Candidates(rawValue: 1)
        static let bigint = Candidates(rawValue: 2)
        static let decimal = Candidates(rawValue: 4)
        static let double = Candidates(rawValue: 8)
        static let date = Candidates(rawValue: 16)
        static let timestamp = Candidates(rawValue: 32)
        static let json = Candidates(rawValue: 64)
        static let all: Candidates = [.boolean, .bigint, .decimal, .double, .date, .timestamp, .json]
        static let numbers: Candidates = [.bigint, .decimal, .double, .json]
        static let days: Candidates = [.date, .timestamp, .json]
        static let truths: Candidates = [.boolean, .json]
    }

    /// Takes in a text that may be anything; it must be valid UTF-8.
    mutating func see(text: Bytes) { narrow(to: Candidates.all.subtracting(.json), text) }

    /// Takes in a JSON string: it may be a day or a moment, never a number.
    mutating func see(jsonString text: Bytes) { narrow(to: .days, text) }

    /// Takes in a JSON number.
    mutating func see(jsonNumber text: Bytes) { narrow(to: .numbers, text) }

    /// Takes in a JSON `true` or `false`.
    mutating func see(jsonBoolean text: Bytes) { narrow(to: .truths, text) }

    /// Takes in a JSON object or array.
    mutating func seeNested() {
        sawValue = true
        sawNested = true
        candidates.formIntersection(.json)
    }

    /// The type; `string` when nothing else holds.
    var type: DataType {
        guard sawValue else { return .string }
        if sawNested { return candidates.contains(.json) ? .json : .string }
        if candidates.contains(.boolean) { return .boolean }
        if candidates.contains(.bigint) { return .bigint }
        if candidates.contains(.decimal) { return .decimal(precision: 38, scale: 18) }
        if candidates.contains(.double), sawFiniteNumber { return .double }
        if candidates.contains(.date) { return .date }
        if candidates.contains(.timestamp) { return .timestamp }
        return .string
    }

    private mutating func narrow(to possible: Candidates, _ text: Bytes) {
        sawValue = true
        candidates.formIntersection(possible)
        guard !candidates.subtracting(.json).isEmpty else { return }
        test(.boolean, .boolean, text)
        test(.bigint, .bigint, text)
        test(.decimal, .decimal(precision: 38, scale: 18), text)
        test(.double, .double, text)
        test(.date, .date, text)
        test(.timestamp, .timestamp, text)
        guard candidates.contains(.decimal) || candidates.contains(.double), let parts = NumberParts(text)
        else {
            return
        }
        sawFiniteNumber = true
        // Many digits after the point are a measurement, and many before it are an identifier.
        if parts.fraction.count > 9 { candidates.remove(.decimal) }
        if parts.whole.count > 18, !candidates.contains(.bigint) {
            candidates.subtract([.decimal, .double])
        }
    }

    private mutating func test(_ candidate: Candidates, _ type: DataType, _ text: Bytes) {
        guard candidates.contains(candidate) else { return }
        if CanonicalForm(type: type).fit(text, &scratch) != .asIs { candidates.remove(candidate) }
    }
}
