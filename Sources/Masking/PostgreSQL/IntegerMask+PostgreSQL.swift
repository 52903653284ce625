extension IntegerMask {
    /// The mask as an expression: digits are replaced in the text of the magnitude, then the number wraps as Hive's does.
    var postgreSQL: String {
        let digits = "CAST(abs(CAST({col} AS numeric)) AS text)"
        let masked = "CAST(\(extent.postgreSQL(digits) { "repeat('\(digit)', length(\($0)))" }) AS numeric)"
        let signed = "CASE WHEN {col} < 0 THEN - \(masked) ELSE \(masked) END"
        let (type, modulus, half, lowest) = limits
        // Four whole turns more keep the remainder's dividend positive.
        let turned = "(\(signed) + \(half) + 4.0 * \(modulus)) % \(modulus) - \(half)"
        return
            "CASE WHEN {col} = \(lowest.value) THEN \(lowest.masked) ELSE CAST(trunc(\(turned)) AS \(type)) END"
    }

    /// The type, how many numbers it has, half of them, and its lowest number with what becomes of it: its magnitude
    /// isn't in the type.
    private var limits: (type: String, modulus: String, half: String, lowest: (value: String, masked: String))
    {
        switch width {
        case .byte, .short:
            ("int2", "65536", "32768", lowest(Int16.min, "int2"))
        case .int:
            ("int4", "4294967296", "2147483648", lowest(Int32.min, "int4"))
        case .long:
            ("int8", "18446744073709551616", "9223372036854775808", lowest(Int64.min, "int8"))
        }
    }

    private func lowest(
        _ value: some FixedWidthInteger & SignedInteger,
        _ type: String
    ) -> (value: String, masked: String) {
        ("CAST('\(value)' AS \(type))", "CAST('\(masked(value))' AS \(type))")
    }
}

extension MaskExtent {
    /// A text with its hidden part replaced.
    ///
    /// - Parameters:
    ///   - text: An expression.
    ///   - replaced: Makes the expression of a hidden part from that of the part.
    /// - Returns: The whole again.
    func postgreSQL(_ text: String, replaced: (String) -> String) -> String {
        let rest = { (count: Int) in "greatest(length(\(text)) - \(count), 0)" }
        switch self {
        case .all: return replaced(text)
        case .first(let count):
            return "(\(replaced("left(\(text), \(count))")) || substr(\(text), \(count + 1)))"
        case .last(let count):
            return "(left(\(text), \(rest(count))) || \(replaced("right(\(text), \(count))")))"
        case .allButFirst(let count):
            return "(left(\(text), \(count)) || \(replaced("substr(\(text), \(count + 1))")))"
        case .allButLast(let count):
            return "(\(replaced("left(\(text), \(rest(count)))")) || right(\(text), \(count)))"
        }
    }
}
