/// The values of one column for the rows of one batch, as text in the type's canonical form.
///
/// **Shape.** One run of bytes and `count + 1` offsets into it, as Arrow lays strings out; a NULL row has no
/// bytes. Every type travels so: a value that policy leaves clear keeps the digits that its source wrote, and
/// only a mask or a filter that needs a number reads one.
/// **Promise.** Values can't be printed: every description is redacted.
package struct ColumnVector: Sendable {
    /// All values, one after another.
    package private(set) var bytes: [UInt8]
    /// Row `i` is `bytes[offsets[i] ..< offsets[i + 1]]`; starts with 0; ascending.
    package private(set) var offsets: [Int32]
    /// One bit a row, set where the value is NULL; empty when no row is.
    package private(set) var nullBits: [UInt64]

    /// An empty vector with room for so many rows and bytes.
    package init(rowCapacity: Int = 0, byteCapacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(byteCapacity)
        offsets = [0]
        offsets.reserveCapacity(rowCapacity + 1)
        nullBits = []
    }

    /// Takes finished parts.
    ///
    /// - Precondition: offsets start with 0, ascend and end with the number of bytes; `nullBits` is empty or has
    ///   a bit for each row.
    package init(bytes: [UInt8], offsets: [Int32], nullBits: [UInt64] = []) {
        precondition(offsets.first == 0 && Int(offsets[offsets.count - 1]) == bytes.count)
        precondition(nullBits.isEmpty || nullBits.count * 64 >= offsets.count - 1)
        self.bytes = bytes
        self.offsets = offsets
        self.nullBits = nullBits
    }

    /// The vector of these values; nil is NULL.
    package init(_ values: [String?]) {
        self.init(rowCapacity: values.count)
        for value in values {
            if let value { append(value.utf8) } else { appendNull() }
        }
    }

    /// Rows.
    package var count: Int { offsets.count - 1 }

    /// Whether any row is NULL.
    package var hasNulls: Bool { !nullBits.isEmpty }

    /// Whether a row is NULL.
    package func isNull(_ row: Int) -> Bool {
        !nullBits.isEmpty && nullBits[row >> 6] & (1 << UInt64(row & 63)) != 0
    }

    /// Where a row's bytes lie.
    package func range(_ row: Int) -> Range<Int> { Int(offsets[row])..<Int(offsets[row + 1]) }

    /// A row's value as a string, nil for NULL; allocates, so not for row loops.
    ///
    /// The danger is in the name: this is the raw value until a ``MaskedBatch`` holds it.
    package func unmaskedText(_ row: Int) -> String? {
        isNull(row) ? nil : String(decoding: bytes[range(row)], as: UTF8.self)
    }

    /// Adds a value.
    ///
    /// - Precondition: the vector stays under 2 GiB.
    package mutating func append(_ value: some Sequence<UInt8>) {
        bytes.append(contentsOf: value)
        endRow()
    }

    /// Adds a value that lies in memory; the cheapest way.
    package mutating func append(_ value: UnsafeBufferPointer<UInt8>) {
        bytes.append(contentsOf: value)
        endRow()
    }

    /// Adds bytes to the value under construction; ``endRow()`` finishes it.
    package mutating func appendPart(_ part: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: part) }

    /// Adds one byte to the value under construction; ``endRow()`` finishes it.
    package mutating func appendPart(_ byte: UInt8) { bytes.append(byte) }

    /// Ends the value under construction.
    package mutating func endRow() {
        offsets.append(Int32(bytes.count))
        if !nullBits.isEmpty, (offsets.count - 2) >> 6 >= nullBits.count { nullBits.append(0) }
    }

    /// Adds a NULL.
    ///
    /// Bytes of a value under construction are dropped.
    package mutating func appendNull() {
        bytes.removeSubrange(Int(offsets[offsets.count - 1])...)
        let row = offsets.count - 1
        offsets.append(Int32(bytes.count))
        while nullBits.count <= row >> 6 { nullBits.append(0) }
        nullBits[row >> 6] |= 1 << UInt64(row & 63)
    }

    /// Takes back the last row, so that a malformed row can be left out whole.
    package mutating func removeLastRow() {
        let row = offsets.count - 2
        offsets.removeLast()
        bytes.removeSubrange(Int(offsets[row])...)
        if !nullBits.isEmpty { nullBits[row >> 6] &= ~(1 << UInt64(row & 63)) }
    }

    /// Takes out all rows and keeps the memory.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        offsets.append(0)
        nullBits.removeAll(keepingCapacity: true)
    }

    /// The rows at these positions, in their order.
    ///
    /// Cost: the bytes that remain.
    package func rows(at selection: [Int32]) -> ColumnVector {
        var result = ColumnVector(rowCapacity: selection.count, byteCapacity: 0)
        bytes.withUnsafeBufferPointer { bytes in
            for row in selection {
                if isNull(Int(row)) {
                    result.appendNull()
                } else {
                    let range = range(Int(row))
                    result.append(UnsafeBufferPointer(rebasing: bytes[range]))
                }
            }
        }
        return result
    }
}

extension ColumnVector: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The number of rows; never a value.
    package var description: String { "\(count) values, redacted" }
    /// The number of rows; never a value.
    package var debugDescription: String { description }
    /// No children: `dump` prints no value either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
