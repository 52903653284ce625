import CatalogModel

extension ColumnVector {
    /// Five stars for every value, however long it is.
    func redacted() throws(VectorFault) -> ColumnVector {
        var result = VectorBuilder(rows: count, bytes: count * 5)
        for row in 0..<count {
            if !isNull(row) { result.bytes.append(contentsOf: "*****".utf8) }
            try result.endRow()
        }
        return result.finish(nullsOf: self)
    }

    /// `***@` and the domain of an e-mail address; `***` for a value that isn't clearly one.
    func emailDomains() throws(VectorFault) -> ColumnVector {
        var result = VectorBuilder(rows: count, bytes: bytes.count + count * 4)
        for row in 0..<count {
            if !isNull(row) {
                result.bytes.append(contentsOf: "***".utf8)
                let start = range(row).lowerBound
                let at = bytes.withUnsafeBufferPointer {
                    UnsafeBufferPointer(rebasing: $0[range(row)]).startOfDomain
                }
                if let at { result.bytes.append(contentsOf: bytes[start + at..<range(row).upperBound]) }
            }
            try result.endRow()
        }
        return result.finish(nullsOf: self)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The position of the only `@`, when something stands before it and a dotted host name after it.
    ///
    /// Strict, since what passes is shown: labels of letters, digits and inner hyphens, the last one without digits.
    var startOfDomain: Int? {
        guard let at = firstIndex(of: 64), at > 0 else { return nil }
        var start = at + 1
        var dots = 0
        var digits = false
        for index in at + 1...count {
            let byte = index < count ? self[index] : 46
            if byte == 46 {
                guard isLabel(start..<index) else { return nil }
                if index < count {
                    dots += 1
                    digits = false
                    start = index + 1
                }
            } else {
                guard byte.isASCIILetter || byte.isASCIIDigit || byte == 45 else { return nil }
                digits = digits || byte.isASCIIDigit
            }
        }
        return dots > 0 && !digits && count - start > 1 ? at : nil
    }

    private func isLabel(_ range: Range<Int>) -> Bool {
        (1..<64).contains(range.count) && self[range.lowerBound] != 45 && self[range.upperBound - 1] != 45
    }
}
