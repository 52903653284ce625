import CatalogModel

/// What replaces upper-case letters, lower-case letters, digits and all other characters; nil keeps them.
///
/// **Source.** Hive looks at single UTF-16 units with Java's `Character.getType`: Lu, Ll and Nd of the basic plane are
/// letters and digits, everything else is other.
struct CharacterClasses: Hashable, Sendable {
    let upper: UInt32?
    let lower: UInt32?
    let digit: UInt32?
    let other: UInt32?

    private var all: [UInt32?] { [upper, lower, digit, other] }

    /// Whether every replacement is one byte of UTF-8.
    var isASCII: Bool { all.allSatisfy { $0 ?? 0 < 0x80 } }

    /// Whether every replacement is one UTF-16 unit.
    var isBasic: Bool { all.allSatisfy { $0 ?? 0 <= 0xFFFF } }

    /// The replacement of a UTF-16 unit, itself when it is kept.
    func replacement(of unit: UInt16) -> UInt32 {
        guard let scalar = Unicode.Scalar(unit) else { return other ?? UInt32(unit) }
        if scalar.isASCII {
            let byte = UInt8(truncatingIfNeeded: unit)
            let replacement =
                !byte.isASCIILetter ? (byte.isASCIIDigit ? digit : other) : byte & 0x20 == 0 ? upper : lower
            return replacement ?? UInt32(unit)
        }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter: upper ?? UInt32(unit)
        case .lowercaseLetter: lower ?? UInt32(unit)
        case .decimalNumber: digit ?? UInt32(unit)
        case .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .enclosingMark,
            .letterNumber, .otherNumber, .connectorPunctuation, .dashPunctuation, .openPunctuation,
            .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol,
            .currencySymbol, .modifierSymbol, .otherSymbol, .spaceSeparator, .lineSeparator,
            .paragraphSeparator, .control, .format, .surrogate, .privateUse, .unassigned:
            other ?? UInt32(unit)
        @unknown default: other ?? UInt32(unit)
        }
    }
}

/// Replaces characters by class in the hidden part of each value.
struct CharacterMask: Sendable {
    let extent: MaskExtent
    let classes: CharacterClasses
    /// The replacement of each ASCII byte; empty when one of them is longer than a byte.
    private let table: [UInt8]

    /// Whether a value keeps its number of UTF-16 units.
    var keepsLength: Bool { classes.isBasic }

    init(extent: MaskExtent, classes: CharacterClasses) {
        self.extent = extent
        self.classes = classes
        table =
            classes.isASCII
            ? (0..<128).map { UInt8(truncatingIfNeeded: classes.replacement(of: $0)) }
                + [UInt8](repeating: 63, count: 128)
            : []
    }

    func apply(to vector: ColumnVector) throws(VectorFault) -> ColumnVector {
        if !table.isEmpty, vector.bytes.isASCII { return applyToASCII(vector) }
        var result = VectorBuilder(rows: vector.count, bytes: vector.bytes.count)
        for row in 0..<vector.count {
            let range = vector.range(row)
            if vector.bytes[range].isASCII, !table.isEmpty {
                let hidden = extent.hidden(of: range.count)
                result.bytes.append(contentsOf: vector.bytes[range])
                let start = result.bytes.count - range.count
                for index in hidden { result.bytes[start + index] = table[Int(result.bytes[start + index])] }
            } else {
                appendUnits(of: vector.bytes[range], to: &result.bytes)
            }
            try result.endRow()
        }
        return result.finish(nullsOf: vector)
    }

    /// Bytes in place: every value keeps its length, so the offsets stay as they are.
    private func applyToASCII(_ vector: ColumnVector) -> ColumnVector {
        let count = vector.bytes.count
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
            vector.bytes.withUnsafeBufferPointer { input in
                switch extent {
                case .all: replaceAll(input, into: output)
                case .allButFirst(let shown), .allButLast(let shown):
                    replaceAll(input, into: output)
                    if shown > 0 { restore(vector.offsets, from: input, into: output) }
                case .first, .last:
                    _ = output.update(fromContentsOf: input)
                    replaceHidden(vector.offsets, in: output)
                }
            }
            initialized = count
        }
        return ColumnVector(bytes: bytes, offsets: vector.offsets, nullBits: vector.nullBits)
    }

    private func replaceAll(
        _ input: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutableBufferPointer<UInt8>
    ) {
        guard let source = input.baseAddress, let target = output.baseAddress else { return }
        let other = Replacement(classes.other)
        let upper = Replacement(classes.upper)
        let lower = Replacement(classes.lower)
        let digit = Replacement(classes.digit)
        // Without branches, so that the compiler makes vector instructions of it.
        for index in 0..<input.count {
            let byte = source[index]
            var result = other.of(byte)
            result = byte &- 65 < 26 ? upper.of(byte) : result
            result = byte &- 97 < 26 ? lower.of(byte) : result
            result = byte &- 48 < 10 ? digit.of(byte) : result
            target[index] = result
        }
    }

    /// What a class of bytes becomes: those of `kept` bits stay, `set` ones are put in.
    private struct Replacement {
        let kept: UInt8
        let set: UInt8

        init(_ code: UInt32?) {
            kept = code == nil ? 0xFF : 0
            set = UInt8(truncatingIfNeeded: code ?? 0)
        }

        @inline(__always)
        func of(_ byte: UInt8) -> UInt8 { byte & kept | set }
    }

    /// Puts the shown part of each value back.
    private func restore(
        _ offsets: [Int32],
        from input: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutableBufferPointer<UInt8>
    ) {
        offsets.withUnsafeBufferPointer { offsets in
            var start = Int(offsets[0])
            for row in 1..<max(1, offsets.count) {
                let end = Int(offsets[row])
                let hidden = extent.hidden(of: end - start)
                for index in start..<start + hidden.lowerBound { output[index] = input[index] }
                for index in start + hidden.upperBound..<end { output[index] = input[index] }
                start = end
            }
        }
    }

    private func replaceHidden(_ offsets: [Int32], in output: UnsafeMutableBufferPointer<UInt8>) {
        table.withUnsafeBufferPointer { table in
            var start = 0
            for end in offsets.dropFirst().lazy.map(Int.init) {
                let hidden = extent.hidden(of: end - start)
                for index in start + hidden.lowerBound..<start + hidden.upperBound {
                    output[index] = table[Int(output[index])]
                }
                start = end
            }
        }
    }

    private func appendUnits(of value: ArraySlice<UInt8>, to output: inout [UInt8]) {
        let units = Array(String(decoding: value, as: UTF8.self).utf16)
        let hidden = extent.hidden(of: units.count)
        var masked: [UInt16] = []
        masked.reserveCapacity(units.count)
        for (index, unit) in units.enumerated() {
            let code = hidden.contains(index) ? classes.replacement(of: unit) : UInt32(unit)
            if let scalar = Unicode.Scalar(code), code > 0xFFFF {
                masked.append(contentsOf: UTF16.encode(scalar).map(Array.init) ?? [])
            } else {
                masked.append(UInt16(truncatingIfNeeded: code))
            }
        }
        output.append(javaUnits: masked)
    }
}

extension [UInt8] {
    /// Appends UTF-16 as Java encodes it to UTF-8: half a surrogate pair becomes `?`.
    fileprivate mutating func append(javaUnits units: [UInt16]) {
        var index = 0
        while index < units.count {
            let unit = units[index]
            index += 1
            if let scalar = Unicode.Scalar(unit) {
                append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
            } else if UTF16.isLeadSurrogate(unit), index < units.count, UTF16.isTrailSurrogate(units[index]) {
                let code = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(units[index]) - 0xDC00)
                index += 1
                append(contentsOf: Unicode.Scalar(code).flatMap(UTF8.encode).map(Array.init) ?? [])
            } else {
                append(UInt8(ascii: "?"))
            }
        }
    }
}
