/// Where the values of a plain question lie: one for each level that it names, and their bytes.
///
/// Two places, so that passing it on copies nothing else.
struct PlainValues: BitwiseCopyable {
    let levels: UnsafeMutablePointer<PlainLevel>
    fileprivate let bytes: UnsafeMutablePointer<UInt8>

    init(levels: UnsafeMutablePointer<PlainLevel>, bytes: UnsafeMutablePointer<UInt8>) {
        self.levels = levels
        self.bytes = bytes
    }

    /// Takes the value of one level; false when there is no room for it.
    func set(_ level: Int, to value: String, _ used: inout Int) -> Bool {
        let short = withUnsafePointer(to: value) { ShortText(at: $0) }
        return short.isLong || short.mayFold
            ? setLong(level, to: value, &used) : set(level, toLower: short, &used)
    }

    /// The same for a short value that doesn't look otherwise in lower case.
    @inline(__always)
    func set(_ level: Int, toLower value: ShortText, _ used: inout Int) -> Bool {
        guard used + ShortText.mostBytes <= PlainScratch.mostBytes else { return false }
        let place = bytes + used
        value.write(to: place)
        used += ShortText.mostBytes
        let hash = value.hash
        levels[level] = PlainLevel(
            raw: place,
            folded: place,
            rawCount: Int32(truncatingIfNeeded: value.count),
            foldedCount: Int32(truncatingIfNeeded: value.count),
            rawHash: hash,
            foldedHash: hash,
            isAll: value.count == 0 || value.count == 1 && value.first == UInt64(UInt8(ascii: "*"))
        )
        return true
    }

    /// Any value: one that is long, or may look otherwise in lower case.
    @inline(never)
    func setLong(_ level: Int, to value: String, _ used: inout Int) -> Bool {
        if let isSet = value.utf8.withContiguousStorageIfAvailable({ set(level, to: $0, &used) }) {
            return isSet
        }
        var copy = value
        return copy.withUTF8 { set(level, to: $0, &used) }
    }

    private func set(_ level: Int, to value: UnsafeBufferPointer<UInt8>, _ used: inout Int) -> Bool {
        guard used + 2 * value.count <= PlainScratch.mostBytes else { return false }
        let raw = bytes + used
        var isFolded = true
        for index in 0..<value.count {
            let byte = value[index]
            raw[index] = byte
            if Folding.mayChange(byte) { isFolded = false }
        }
        used += value.count
        let rawHash = NameTable.hash(UnsafeBufferPointer(start: raw, count: value.count))
        var folded = raw
        var foldedCount = value.count
        var foldedHash = rawHash
        if !isFolded {
            folded = bytes + used
            let text = ContiguousArray(Folding.fold(String(decoding: value, as: UTF8.self)).utf8)
            foldedCount = text.count
            guard used + foldedCount <= PlainScratch.mostBytes else { return false }
            for (index, byte) in text.enumerated() { folded[index] = byte }
            used += foldedCount
            foldedHash = NameTable.hash(UnsafeBufferPointer(start: folded, count: foldedCount))
        }
        levels[level] = PlainLevel(
            raw: raw,
            folded: folded,
            rawCount: Int32(value.count),
            foldedCount: Int32(foldedCount),
            rawHash: rawHash,
            foldedHash: foldedHash,
            isAll: value.isEmpty || value.count == 1 && value[0] == UInt8(ascii: "*")
        )
        return true
    }
}
