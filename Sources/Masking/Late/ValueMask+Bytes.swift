import Crypto

extension ValueMask {
    /// Writes the masked form of one value.
    ///
    /// - Parameters:
    ///   - value: The value as PostgreSQL sent it.
    ///   - isBinary: Whether it came in binary format.
    ///   - output: Room for as many bytes as the value has and ``growth`` more.
    /// - Returns: The bytes written; nil when the value isn't one that it is for, with whatever then stands in the room.
    ///
    /// **Cost.** No allocation but the digest's own.
    package func write(
        _ value: UnsafeBufferPointer<UInt8>,
        isBinary: Bool,
        to output: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        switch work {
        case .characters(let mask): mask.write(value, to: output)
        case .hash: ValueMask.writeHash(of: value, to: output)
        case .emailDomain: ValueMask.writeDomain(of: value, to: output)
        case .clusters(let mask): mask.writeAsPostgreSQL(value, to: output)
        case .integer(let mask):
            isBinary ? mask.writeBinary(value, to: output) : mask.writeText(value, to: output)
        }
    }

    private static func writeHash(
        of value: UnsafeBufferPointer<UInt8>,
        to output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var hash = SHA256()
        hash.update(bufferPointer: UnsafeRawBufferPointer(value))
        var end = 0
        hash.finalize().withUnsafeBytes { digest in
            for byte in digest {
                output[end] = hexadecimal(byte >> 4)
                output[end + 1] = hexadecimal(byte & 15)
                end += 2
            }
        }
        return end
    }

    @inline(__always)
    private static func hexadecimal(_ digit: UInt8) -> UInt8 { digit &+ (digit < 10 ? 48 : 87) }

    private static func writeDomain(
        of value: UnsafeBufferPointer<UInt8>,
        to output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        output.update(repeating: UInt8(ascii: "*"), count: 3)
        guard let at = value.startOfDomain else { return 3 }
        for index in at..<value.count { output[3 + index - at] = value[index] }
        return 3 + value.count - at
    }
}

extension ClusterMask {
    /// As PostgreSQL's expression does it: by code points, and a value with any that may join others is hidden whole.
    fileprivate func writeAsPostgreSQL(
        _ value: UnsafeBufferPointer<UInt8>,
        to output: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        var count = 0
        var isPlain = true
        var index = 0
        while index < value.count {
            guard let (scalar, length) = value.scalar(at: index) else { return nil }
            if isPlain, !ClusterMask.isSimple(scalar) { isPlain = false }
            index += length
            count += 1
        }
        let kept = isPlain && count / 2 >= shown ? shown : 0
        var end = 0
        if !atEnd { end = value.copy(0..<value.end(of: kept), to: output, at: 0) }
        output.advanced(by: end).update(repeating: UInt8(ascii: "*"), count: count - kept)
        end += count - kept
        if atEnd { end += value.copy(value.start(ofLast: kept)..<value.count, to: output, at: end) }
        return end
    }

    private static func isSimple(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 { return scalar >= 0x20 && scalar < 0x7F }
        return simpleRanges.contains { $0.contains(scalar) }
    }
}

extension IntegerMask {
    fileprivate func writeText(
        _ value: UnsafeBufferPointer<UInt8>,
        to output: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        guard let masked = maskedText(value) else { return nil }
        return UnsafeMutableBufferPointer(start: output, count: 20).write(masked, at: 0)
    }

    private func maskedText(_ value: UnsafeBufferPointer<UInt8>) -> Int64? {
        switch width {
        case .byte: nil
        case .short: Int16(decimal: value, 0..<value.count).map { Int64(masked($0)) }
        case .int: Int32(decimal: value, 0..<value.count).map { Int64(masked($0)) }
        case .long: Int64(decimal: value, 0..<value.count).map { masked($0) }
        }
    }

    fileprivate func writeBinary(
        _ value: UnsafeBufferPointer<UInt8>,
        to output: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        switch width {
        case .byte: nil
        case .short: writeBinary(value, to: output, as: Int16.self)
        case .int: writeBinary(value, to: output, as: Int32.self)
        case .long: writeBinary(value, to: output, as: Int64.self)
        }
    }

    /// Numbers travel with the high byte first.
    private func writeBinary<Number: FixedWidthInteger & SignedInteger>(
        _ value: UnsafeBufferPointer<UInt8>,
        to output: UnsafeMutablePointer<UInt8>,
        as type: Number.Type
    ) -> Int? {
        guard value.count == MemoryLayout<Number>.size else { return nil }
        var number: Number = 0
        for byte in value { number = number << 8 | Number(truncatingIfNeeded: byte) }
        var rest = masked(number)
        for index in stride(from: value.count - 1, through: 0, by: -1) {
            output[index] = UInt8(truncatingIfNeeded: rest)
            rest >>= 8
        }
        return value.count
    }
}
