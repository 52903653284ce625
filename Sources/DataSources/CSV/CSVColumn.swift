import CatalogModel

/// The fields of one column in one batch, and what they become.
struct CSVColumn {
    let form: CanonicalForm
    let nullText: [UInt8]

    /// What a batch of fields became.
    struct Filled {
        let vector: ColumnVector
        /// Rows whose field is no value of the type, ascending; NULL in the vector.
        let misfits: [Int32]
    }

    /// Copies the fields of `rows` rows, one every `stride` spans.
    ///
    /// - Precondition: `RecordBuffer.padding` bytes behind each field may be read.
    func fill(_ spans: UnsafePointer<FieldSpan>, stride: Int, rows: Int, from base: UnsafePointer<UInt8>)
        -> Filled
    {
        let fast: Filled? =
            switch form.type {
            case .string, .complex: copy(AnyText(), spans, stride, rows, base)
            case .bigint: copy(ShortInteger(digits: 18), spans, stride, rows, base)
            case .int: copy(ShortInteger(digits: 9), spans, stride, rows, base)
            case .smallint: copy(ShortInteger(digits: 4), spans, stride, rows, base)
            case .tinyint: copy(ShortInteger(digits: 2), spans, stride, rows, base)
            case .date: copy(PlainDate(), spans, stride, rows, base)
            case .decimal(let precision, let scale):
                copy(PlainDecimal(whole: precision - scale, scale: scale), spans, stride, rows, base)
            case .double: copy(PlainDecimal(whole: 15, scale: 14), spans, stride, rows, base)
            case .timestamp: copy(PlainTimestamp(), spans, stride, rows, base)
            case .boolean: copy(PlainBoolean(), spans, stride, rows, base)
            case .float, .varchar, .char, .binary, .json, .void:
                copy(Nothing(), spans, stride, rows, base)
            }
        return fast ?? appendEach(spans, stride, rows, base)
    }

    /// Copies canonical fields in whole words; nil when a field's canonical text is longer than the field.
    @inline(__always)
    private func copy(
        _ shortcut: some Shortcut,
        _ spans: UnsafePointer<FieldSpan>,
        _ stride: Int,
        _ rows: Int,
        _ base: UnsafePointer<UInt8>
    ) -> Filled? {
        var room = 32
        var at = 0
        for _ in 0..<rows {
            room &+= spans[at].count
            at &+= stride
        }
        var state = FillState(nullBits: [], misfits: [], scratch: [], grew: false)
        var bytes: [UInt8] = []
        let offsets = [Int32](unsafeUninitializedCapacity: rows + 1) { offsets, offsetCount in
            guard let offsets = offsets.baseAddress else { return }
            offsetCount = rows + 1
            bytes = [UInt8](unsafeUninitializedCapacity: room) { bytes, byteCount in
                guard let bytes = bytes.baseAddress else { return }
                byteCount = write(shortcut, spans, stride, rows, base, bytes, offsets, &state)
            }
        }
        guard !state.grew else { return nil }
        return Filled(
            vector: ColumnVector(bytes: bytes, offsets: offsets, nullBits: state.nullBits),
            misfits: state.misfits
        )
    }

    private struct FillState {
        var nullBits: [UInt64]
        var misfits: [Int32]
        var scratch: [UInt8]
        var grew: Bool

        mutating func setNull(_ row: Int, of rows: Int) {
            if nullBits.isEmpty { nullBits = [UInt64](repeating: 0, count: (rows + 63) >> 6) }
            nullBits[row >> 6] |= 1 << UInt64(row & 63)
        }
    }

    /// Writes the values behind one another; `bytes` has room for all fields and 32 more.
    @inline(__always)
    private func write(
        _ shortcut: some Shortcut,
        _ spans: UnsafePointer<FieldSpan>,
        _ stride: Int,
        _ rows: Int,
        _ base: UnsafePointer<UInt8>,
        _ bytes: UnsafeMutablePointer<UInt8>,
        _ offsets: UnsafeMutablePointer<Int32>,
        _ state: inout FillState
    ) -> Int {
        var length = 0
        var at = 0
        let nullLength = nullText.count
        offsets[0] = 0
        for row in 0..<rows {
            let span = spans[at]
            at &+= stride
            let field = base + span.start
            let count = span.count
            if count == nullLength, !span.isQuoted, isNull(field, count) {
                state.setNull(row, of: rows)
            } else if !span.isEscaped, shortcut.isCanonical(field, count) {
                copyWords(field, to: bytes + length, count)
                length &+= count
            } else {
                length &+= writeSlowly(field, span, row, rows, bytes + length, &state)
                if state.grew { return 0 }
            }
            offsets[row &+ 1] = Int32(truncatingIfNeeded: length)
        }
        return length
    }

    @inline(__always)
    private func isNull(_ field: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        for index in 0..<count where field[index] != nullText[index] { return false }
        return true
    }

    /// Copies `count` bytes, and up to 15 more that the next value overwrites.
    @inline(__always)
    private func copyWords(
        _ source: UnsafePointer<UInt8>,
        to target: UnsafeMutablePointer<UInt8>,
        _ count: Int
    ) {
        guard count <= 32 else {
            target.update(from: source, count: count)
            return
        }
        let from = UnsafeRawPointer(source)
        let to = UnsafeMutableRawPointer(target)
        let (first, second) = (from.loadUnaligned(as: UInt64.self), (from + 8).loadUnaligned(as: UInt64.self))
        to.storeBytes(of: first, as: UInt64.self)
        (to + 8).storeBytes(of: second, as: UInt64.self)
        guard count > 16 else { return }
        let (third, fourth) = (
            (from + 16).loadUnaligned(as: UInt64.self), (from + 24).loadUnaligned(as: UInt64.self)
        )
        (to + 16).storeBytes(of: third, as: UInt64.self)
        (to + 24).storeBytes(of: fourth, as: UInt64.self)
    }

    /// Unescapes and canonicalises a field; the bytes written.
    @inline(never)
    private func writeSlowly(
        _ field: UnsafePointer<UInt8>,
        _ span: FieldSpan,
        _ row: Int,
        _ rows: Int,
        _ target: UnsafeMutablePointer<UInt8>,
        _ state: inout FillState
    ) -> Int {
        var unescaped: [UInt8] = []
        return CSVColumn.withText(field, span, &unescaped) { text in
            switch form.fit(text, &state.scratch) {
            case .asIs:
                if let start = text.baseAddress { target.update(from: start, count: text.count) }
                return text.count
            case .rewritten:
                guard state.scratch.count <= span.count else {
                    state.grew = true
                    return 0
                }
                for (index, byte) in state.scratch.enumerated() { target[index] = byte }
                return state.scratch.count
            case .misfit:
                state.setNull(row, of: rows)
                state.misfits.append(Int32(row))
                return 0
            }
        }
    }

    /// The long way round, for columns whose canonical text is longer than what the file has.
    private func appendEach(
        _ spans: UnsafePointer<FieldSpan>,
        _ stride: Int,
        _ rows: Int,
        _ base: UnsafePointer<UInt8>
    ) -> Filled {
        var vector = ColumnVector(rowCapacity: rows)
        var misfits: [Int32] = []
        var scratch: [UInt8] = []
        var unescaped: [UInt8] = []
        for row in 0..<rows {
            let span = spans[row * stride]
            let field = base + span.start
            if span.count == nullText.count, !span.isQuoted, isNull(field, span.count) {
                vector.appendNull()
                continue
            }
            CSVColumn.withText(field, span, &unescaped) { text in
                switch form.fit(text, &scratch) {
                case .asIs: vector.append(text)
                case .rewritten: scratch.withUnsafeBufferPointer { vector.append($0) }
                case .misfit:
                    vector.appendNull()
                    misfits.append(Int32(row))
                }
            }
        }
        return Filled(vector: vector, misfits: misfits)
    }

    /// Hands on a field's text, with doubled quotes made single.
    @inline(__always)
    static func withText<Result>(
        _ field: UnsafePointer<UInt8>,
        _ span: FieldSpan,
        _ unescaped: inout [UInt8],
        _ body: (Bytes) -> Result
    ) -> Result {
        let raw = Bytes(start: field, count: span.count)
        guard span.isEscaped else { return body(raw) }
        unescaped.removeAll(keepingCapacity: true)
        var index = 0
        while index < raw.count {
            unescaped.append(raw[index])
            index += raw[index] == 34 ? 2 : 1
        }
        return unescaped.withUnsafeBufferPointer { body($0) }
    }
}
