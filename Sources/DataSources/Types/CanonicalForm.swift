import CatalogModel

/// How a text stands to the canonical form of a type.
enum Fit {
    /// It is the canonical text.
    case asIs
    /// The canonical text is another one, and lies in the scratch bytes.
    case rewritten
    /// It is no value of the type.
    case misfit
}

typealias Bytes = UnsafeBufferPointer<UInt8>

/// The canonical text of one column type: what `ColumnVector` may hold for it.
///
/// Numbers keep the digits that the source wrote; only what readers of the type may not meet is rewritten: a
/// plus sign, leading zeros, outer spaces, other spellings of truth, a `T` in a timestamp. Docs/Sources.md
/// has the table.
struct CanonicalForm: Sendable {
    let type: DataType

    /// Compares a text, which must be valid UTF-8 without NUL, with the type's form.
    func fit(_ text: Bytes, _ scratch: inout [UInt8]) -> Fit {
        switch type {
        case .string, .complex: return .asIs
        case .varchar(let length): return TextForm.cut(text, to: length, &scratch)
        case .char(let length): return TextForm.pad(text, to: length, &scratch)
        case .void: return .misfit
        case .json: return JSONScanner.isDocument(text) ? .asIs : .misfit
        case .boolean, .tinyint, .smallint, .int, .bigint, .float, .double, .decimal, .date, .timestamp,
            .binary:
            let core = Self.trimmed(text)
            guard !core.isEmpty else { return .misfit }
            let fit = fitTrimmed(core, &scratch)
            guard fit == .asIs, core.count < text.count else { return fit }
            scratch.removeAll(keepingCapacity: true)
            scratch.append(contentsOf: core)
            return .rewritten
        }
    }

    private func fitTrimmed(_ text: Bytes, _ scratch: inout [UInt8]) -> Fit {
        switch type {
        case .boolean: BooleanForm.fit(text, &scratch)
        case .tinyint: IntegerForm.fit(text, Int64(Int8.min)...Int64(Int8.max), &scratch)
        case .smallint: IntegerForm.fit(text, Int64(Int16.min)...Int64(Int16.max), &scratch)
        case .int: IntegerForm.fit(text, Int64(Int32.min)...Int64(Int32.max), &scratch)
        case .bigint: IntegerForm.fit(text, Int64.min...Int64.max, &scratch)
        case .float: FloatForm.fit(text, isSingle: true, &scratch)
        case .double: FloatForm.fit(text, isSingle: false, &scratch)
        case .decimal(let precision, let scale): DecimalForm.fit(text, precision, scale, &scratch)
        case .date: DateForm.fit(text)
        case .timestamp: TimestampForm.fit(text, &scratch)
        case .binary: BinaryForm.fit(text, &scratch)
        case .string, .varchar, .char, .json, .complex, .void: .misfit
        }
    }

    /// Without spaces, tabs and line ends at both ends.
    static func trimmed(_ text: Bytes) -> Bytes {
        var (start, end) = (0, text.count)
        while start < end, isSpace(text[start]) { start += 1 }
        while end > start, isSpace(text[end - 1]) { end -= 1 }
        return start == 0 && end == text.count ? text : Bytes(rebasing: text[start..<end])
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }
}

extension UInt8 {
    /// Whether it is an ASCII digit.
    @inline(__always)
    var isDigit: Bool { self &- 48 <= 9 }
}
