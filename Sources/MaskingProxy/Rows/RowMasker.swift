import Masking
import NIOCore
import QueryAnalysis

/// Applies masks to the rows of one result on their way to the client.
struct RowMasker {
    private struct Step {
        let position: Int
        let mask: ValueMask
        let isBinary: Bool
    }

    private let fieldCount: Int
    /// By position.
    private let steps: [Step]
    /// Bytes by which a row can get longer.
    private let growth: Int

    /// The masks of a result's columns, whose values come in these formats.
    init(_ columns: [LateColumn?], _ formats: ResultFormats) {
        fieldCount = columns.count
        var steps: [Step] = []
        for (position, column) in columns.enumerated() {
            guard let mask = column?.mask.values else { continue }
            steps.append(Step(position: position, mask: mask, isBinary: formats.isBinary(position)))
        }
        self.steps = steps
        growth = steps.reduce(0) { $0 + $1.mask.growth }
    }

    /// Writes whole `DataRow` messages with their values masked.
    ///
    /// - Throws: when they aren't rows of the result; nothing of them is written then.
    func mask(_ rows: ByteBuffer, into output: inout ByteBuffer) throws(WireFault) {
        let isFine = rows.withUnsafeReadableBytes { raw in
            let input = raw.bindMemory(to: UInt8.self)
            guard let count = RowMasker.rows(in: input) else { return false }
            var isFine = true
            output.writeWithUnsafeMutableBytes(minimumWritableBytes: input.count + count * growth) { room in
                guard let start = room.bindMemory(to: UInt8.self).baseAddress,
                    let written = masked(input, to: start)
                else {
                    isFine = false
                    return 0
                }
                return written
            }
            return isFine
        }
        guard isFine else { throw WireFault(message: "the database sent rows that are not expected") }
    }

    /// How many messages there are; nil when they aren't whole.
    private static func rows(in input: UnsafeBufferPointer<UInt8>) -> Int? {
        var count = 0
        var index = 0
        while index < input.count {
            guard input.count - index >= 7, let length = input.int32(at: index + 1), length >= 6 else {
                return nil
            }
            index += length + 1
            count += 1
        }
        return index == input.count ? count : nil
    }

    private func masked(
        _ input: UnsafeBufferPointer<UInt8>,
        to output: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        steps.withUnsafeBufferPointer { steps in
            var written = 0
            var start = 0
            while start < input.count {
                guard let length = input.int32(at: start + 1), input[start] == UInt8(ascii: "D") else {
                    return nil
                }
                let end = start + 1 + length
                let row = UnsafeBufferPointer(rebasing: input[start..<end])
                guard let size = mask(row, steps, to: output + written) else { return nil }
                written += size
                start = end
            }
            return written
        }
    }

    /// One row; returns its new size, nil when it isn't as it should be.
    private func mask(
        _ row: UnsafeBufferPointer<UInt8>,
        _ steps: UnsafeBufferPointer<Step>,
        to output: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        guard let source = row.baseAddress, Int(row[5]) << 8 | Int(row[6]) == fieldCount else { return nil }
        var index = 7
        var field = 0
        var copied = 0
        var written = 0
        for step in steps {
            while field < step.position {
                guard let length = row.int32(at: index), length >= -1 else { return nil }
                index += 4 + max(0, length)
                field += 1
            }
            guard let length = row.int32(at: index), length >= -1 else { return nil }
            index += 4
            field += 1
            guard length >= 0 else { continue }
            guard index + length <= row.count else { return nil }
            (output + written).update(from: source + copied, count: index - copied)
            written += index - copied
            let value = UnsafeBufferPointer(start: source + index, count: length)
            guard let size = step.mask.write(value, isBinary: step.isBinary, to: output + written) else {
                return nil
            }
            output.set(Int32(truncatingIfNeeded: size), at: written - 4)
            written += size
            index += length
            copied = index
        }
        (output + written).update(from: source + copied, count: row.count - copied)
        written += row.count - copied
        output.set(Int32(truncatingIfNeeded: written - 1), at: 1)
        return written
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// A number that stands at a place; nil when it isn't all there.
    @inline(__always)
    fileprivate func int32(at index: Int) -> Int? {
        guard index + 4 <= count, let base = baseAddress else { return nil }
        return Int(
            Int32(bigEndian: UnsafeRawPointer(base + index).loadUnaligned(as: Int32.self))
        )
    }
}

extension UnsafeMutablePointer<UInt8> {
    @inline(__always)
    fileprivate func set(_ number: Int32, at index: Int) {
        UnsafeMutableRawPointer(self + index).storeBytes(of: number.bigEndian, as: Int32.self)
    }
}
