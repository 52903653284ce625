/// A field within a buffer, packed into 64 bits.
///
/// For a quoted field the range is what lies between its quotes; `isEscaped` says that it holds doubled
/// quotes.
struct FieldSpan {
    let bits: UInt64

    @inline(__always)
    init(start: Int, end: Int, isQuoted: Bool = false, isEscaped: Bool = false) {
        bits =
            UInt64(truncatingIfNeeded: start) | UInt64(truncatingIfNeeded: end &- start) << 32
            | (isQuoted ? 1 << 62 : 0) | (isEscaped ? 1 << 63 : 0)
    }

    @inline(__always) var start: Int { Int(truncatingIfNeeded: bits & 0xFFFF_FFFF) }
    @inline(__always) var count: Int { Int(truncatingIfNeeded: (bits >> 32) & 0x3FFF_FFFF) }
    @inline(__always) var isQuoted: Bool { bits & (1 << 62) != 0 }
    @inline(__always) var isEscaped: Bool { bits & (1 << 63) != 0 }
}

/// Finds the fields of one record after another (RFC 4180), eight bytes at a time.
///
/// Fields of columns that nobody planned are found and left alone. Nothing is copied or allocated.
struct CSVTokenizer {
    /// What lies at the beginning of the unread bytes.
    enum Record {
        /// A record; the unread bytes begin behind it.
        case fields
        /// A line without anything on it.
        case blank
        /// A record that doesn't fit; the unread bytes begin behind the line on which that showed.
        case malformed(Malformation)
        /// The buffer ends within the record.
        case incomplete
        /// Nothing.
        case nothing
    }

    private let delimiter: UInt8
    private let delimiters: UInt64
    /// For each column of the file its place in a row of spans; unplanned ones share a place behind the
    /// planned.
    private let places: [Int]

    /// A tokenizer for records of `places.count` fields.
    init(delimiter: UInt8, places: [Int]) {
        self.delimiter = delimiter
        delimiters = UInt64(delimiter) &* CSVTokenizer.ones
        self.places = places
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080
    private static let quotes: UInt64 = 34 * 0x0101_0101_0101_0101
    private static let spaces: UInt64 = 32 * 0x0101_0101_0101_0101

    /// Reads the record that begins at `start`; `end` is where the buffer ends, with zeros behind it.
    ///
    /// `start` moves on for everything but `.incomplete` and `.nothing`; `lines` counts the line ends passed.
    @inline(__always)
    func next(
        in base: UnsafePointer<UInt8>,
        _ start: inout Int,
        _ end: Int,
        isLast: Bool,
        lines: inout Int,
        into spans: UnsafeMutablePointer<FieldSpan>
    ) -> Record {
        guard start < end else { return .nothing }
        return places.withUnsafeBufferPointer { places in
            var scan = Scan(base: base, position: start, end: end, isLast: isLast)
            let record = self.record(&scan, places, spans)
            guard case .incomplete = record else {
                start = scan.position
                lines += scan.lines
                return record
            }
            return .incomplete
        }
    }

    /// Where the scan of one record stands.
    private struct Scan {
        let base: UnsafePointer<UInt8>
        var position: Int
        let end: Int
        let isLast: Bool
        var lines = 0
        /// All bytes passed, or-ed; some behind them too.
        var seen: UInt64 = 0

        @inline(__always)
        mutating func word(at position: Int) -> UInt64 {
            let word = UInt64(littleEndian: UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self))
            seen |= word
            return word
        }
    }

    @inline(__always)
    private func record(
        _ scan: inout Scan,
        _ places: UnsafeBufferPointer<Int>,
        _ spans: UnsafeMutablePointer<FieldSpan>
    ) -> Record {
        let start = scan.position
        let base = scan.base
        var column = 0
        var position = start
        while true {
            let fieldStart = position
            var span: FieldSpan
            if base[position] == 34 {
                switch quoted(&scan, from: position) {
                case .closed(let found, let after):
                    span = found
                    position = after
                case .incomplete: return .incomplete
                case .malformed(let why, let at): return malformed(why, &scan, from: at)
                }
            } else {
                position = fieldEnd(&scan, from: position)
                span = FieldSpan(start: fieldStart, end: position)
            }
            if column < places.count { spans[places[column]] = span }
            column &+= 1
            let byte = base[position]
            if byte == delimiter, position < scan.end {
                position &+= 1
                continue
            }
            if byte == 10 {
                scan.position = position &+ 1
                scan.lines &+= 1
                break
            }
            if position >= scan.end {
                guard scan.isLast else { return .incomplete }
                scan.position = position
                break
            }
            if byte == 13 {
                guard position &+ 1 < scan.end || scan.isLast else { return .incomplete }
                guard position &+ 1 >= scan.end || base[position &+ 1] == 10 else {
                    return malformed(.loneCarriageReturn, &scan, from: position)
                }
                scan.position = min(position &+ 2, scan.end)
                scan.lines &+= 1
                break
            }
            return malformed(
                byte == 0 ? .nul : byte == 34 ? .quoteInsideField : .textAfterQuote,
                &scan,
                from: position
            )
        }
        return finish(&scan, start, position, column)
    }

    /// Checks the record as a whole.
    @inline(__always)
    private func finish(_ scan: inout Scan, _ start: Int, _ end: Int, _ found: Int) -> Record {
        if found != places.count {
            if found == 1, start == end { return .blank }
            return .malformed(.wrongFieldCount(found: found, expected: places.count))
        }
        guard scan.seen & CSVTokenizer.highs != 0 else { return .fields }
        let bytes = UnsafeBufferPointer(start: scan.base + start, count: end - start)
        return UTF8Check.isValid(bytes) ? .fields : .malformed(.invalidUTF8)
    }

    /// The first delimiter, quote, line end or NUL from here on.
    @inline(__always)
    private func fieldEnd(_ scan: inout Scan, from start: Int) -> Int {
        var position = start
        while true {
            let word = scan.word(at: position)
            let delimiterHits = word ^ delimiters
            let quoteHits = word ^ CSVTokenizer.quotes
            // The lowest bit of each is right; higher ones may be wrong by a borrow, so only the lowest is
            // used.
            let hits =
                (((delimiterHits &- CSVTokenizer.ones) & ~delimiterHits)
                    | ((quoteHits &- CSVTokenizer.ones) & ~quoteHits)
                    | ((word &- CSVTokenizer.spaces) & ~word)) & CSVTokenizer.highs
            guard hits != 0 else {
                position &+= 8
                continue
            }
            position &+= hits.trailingZeroBitCount >> 3
            let byte = scan.base[position]
            if byte >= 32 || byte == delimiter || byte == 10 || byte == 13 || byte == 0 { return position }
            position &+= 1
        }
    }

    private enum Quoted {
        case closed(FieldSpan, after: Int)
        case incomplete
        case malformed(Malformation, at: Int)
    }

    /// The field between the quote at `start` and the one that closes it.
    @inline(__always)
    private func quoted(_ scan: inout Scan, from start: Int) -> Quoted {
        let base = scan.base
        var position = start &+ 1
        var isEscaped = false
        var hasNUL = false
        while true {
            let word = scan.word(at: position)
            let quoteHits = word ^ CSVTokenizer.quotes
            let hits =
                (((quoteHits &- CSVTokenizer.ones) & ~quoteHits) | ((word &- CSVTokenizer.spaces) & ~word))
                & CSVTokenizer.highs
            guard hits != 0 else {
                position &+= 8
                continue
            }
            position &+= hits.trailingZeroBitCount >> 3
            if position >= scan.end {
                guard scan.isLast else { return .incomplete }
                return .malformed(.unterminatedQuote, at: scan.end)
            }
            let byte = base[position]
            if byte == 34 {
                guard position &+ 1 < scan.end || scan.isLast else { return .incomplete }
                if base[position &+ 1] == 34 {
                    isEscaped = true
                    position &+= 2
                    continue
                }
                guard !hasNUL else { return .malformed(.nul, at: position) }
                guard endsField(base[position &+ 1], at: position &+ 1, scan) else {
                    return .malformed(.textAfterQuote, at: position)
                }
                let span = FieldSpan(start: start &+ 1, end: position, isQuoted: true, isEscaped: isEscaped)
                return .closed(span, after: position &+ 1)
            }
            if byte == 10 { scan.lines &+= 1 }
            if byte == 0 { hasNUL = true }
            position &+= 1
        }
    }

    @inline(__always)
    private func endsField(_ byte: UInt8, at position: Int, _ scan: Scan) -> Bool {
        byte == delimiter || byte == 10 || byte == 13 || position >= scan.end
    }

    /// Goes on behind the end of the line on which something was wrong.
    private func malformed(_ why: Malformation, _ scan: inout Scan, from start: Int) -> Record {
        var position = start
        while position < scan.end, scan.base[position] != 10 { position += 1 }
        guard position < scan.end || scan.isLast else { return .incomplete }
        scan.position = min(position + 1, scan.end)
        if position < scan.end { scan.lines += 1 }
        return .malformed(why)
    }
}
