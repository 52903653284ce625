/// The arguments of a Hive mask after the column: `[n,] upper, lower, digit, other, number, day, month, year`.
///
/// **Source.** Hive's `BaseMaskUDF` and `GenericUDFMask…`: missing, NULL and empty ones take their defaults, numbers
/// out of range too; -1 keeps a class or a date's part; more arguments than these mean nothing.
struct HiveArguments {
    let extent: MaskExtent
    let classes: CharacterClasses
    let number: Int
    let dateMask: DateMask

    init(_ call: MaskCall) throws(MaskError) {
        guard let parsed = HiveArguments.parse(call) else {
            throw .unsupportedArguments(mask: call.name.rawValue)
        }
        self = parsed
    }

    func integerMask(_ width: IntegerMask.Width) -> IntegerMask {
        IntegerMask(extent: extent, digit: number, width: width)
    }

    private init(extent: MaskExtent, classes: CharacterClasses, number: Int, dateMask: DateMask) {
        self.extent = extent
        self.classes = classes
        self.number = number
        self.dateMask = dateMask
    }

    private static func parse(_ call: MaskCall) -> HiveArguments? {
        let counted = call.name != .mask
        let reader = ArgumentReader(arguments: call.arguments)
        let first = counted ? 1 : 0
        guard let count = counted ? reader.integer(0, default: 4) : 0,
            let upper = reader.replacement(first, default: UInt32(UInt8(ascii: "X"))),
            let lower = reader.replacement(first + 1, default: UInt32(UInt8(ascii: "x"))),
            let digit = reader.replacement(first + 2, default: UInt32(UInt8(ascii: "n"))),
            let other = reader.replacement(first + 3, default: nil),
            let number = reader.integer(first + 4, default: 1),
            let day = reader.integer(first + 5, default: 1),
            let month = reader.integer(first + 6, default: 0),
            let year = reader.integer(first + 7, default: 0),
            year == -1 || (-9999...9999).contains(year)
        else { return nil }
        guard let extent = MaskExtent(call.name, count: max(0, Int(count))) else { return nil }
        return HiveArguments(
            extent: extent,
            classes: CharacterClasses(upper: upper, lower: lower, digit: digit, other: other),
            number: (0...9).contains(number) ? Int(number) : 1,
            dateMask: DateMask(
                day: day == -1 ? nil : (1...31).contains(day) ? Int(day) : 1,
                month: month == -1 ? nil : (0...11).contains(month) ? Int(month) + 1 : 1,
                year: year == -1 ? nil : Int(year)
            )
        )
    }
}

/// Which characters or digits of a value a mask hides.
enum MaskExtent: Sendable, Hashable {
    case all
    case first(Int), last(Int)
    case allButFirst(Int), allButLast(Int)

    init?(_ name: MaskName, count: Int) {
        switch name {
        case .mask: self = .all
        case .maskFirst: self = .first(count)
        case .maskLast: self = .last(count)
        case .maskShowFirst: self = .allButFirst(count)
        case .maskShowLast: self = .allButLast(count)
        case .maskHash, .redact, .showFirst, .showLast, .emailDomain, .year, .null, .unchanged: return nil
        }
    }

    /// The hidden positions of a value of so many characters or digits, from its start.
    @inline(__always)
    func hidden(of length: Int) -> Range<Int> {
        switch self {
        case .all: 0..<length
        case .first(let count): 0..<min(count, length)
        case .last(let count): max(0, length - count)..<length
        case .allButFirst(let count): min(count, length)..<length
        case .allButLast(let count): 0..<max(0, length - count)
        }
    }
}

/// Reads arguments as Hive converts its constants.
private struct ArgumentReader {
    let arguments: [MaskCall.Argument]

    /// A replacement character as its code point; inner nil keeps the class, outer nil is a code that is none.
    func replacement(_ index: Int, default fallback: UInt32?) -> UInt32?? {
        guard index < arguments.count else { return .some(fallback) }
        switch arguments[index] {
        case .null: return .some(fallback)
        case .text(let text): return .some(text.utf16.first.map(UInt32.init) ?? fallback)
        case .number(let number):
            let code = Int32(truncatingIfNeeded: number)
            if code == -1 { return .some(nil) }
            return code >= 0 && code <= 0x10FFFF ? .some(UInt32(code)) : nil
        }
    }

    /// A number, cut to 32 bits; nil for text that is none.
    func integer(_ index: Int, default fallback: Int32) -> Int32? {
        guard index < arguments.count else { return fallback }
        switch arguments[index] {
        case .null: return fallback
        case .text(let text): return text.isEmpty ? fallback : Int32(text)
        case .number(let number): return Int32(truncatingIfNeeded: number)
        }
    }
}
