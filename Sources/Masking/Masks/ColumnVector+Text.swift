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
                if let at = bytes[range(row)].startOfDomain {
                    result.bytes.append(contentsOf: bytes[at..<range(row).upperBound])
                }
            }
            try result.endRow()
        }
        return result.finish(nullsOf: self)
    }
}

extension ArraySlice<UInt8> {
    /// The position of the only `@`, when something stands before it and a dotted host name after it.
    ///
    /// Strict, since what passes is shown: labels of letters, digits and inner hyphens, the last one without digits.
    fileprivate var startOfDomain: Int? {
        guard let at = firstIndex(of: 64), at > startIndex, !self[(at + 1)...].contains(64) else {
            return nil
        }
        let labels = self[(at + 1)...].split(separator: 46, omittingEmptySubsequences: false)
        guard labels.count > 1, let last = labels.last, last.count > 1, !last.contains(where: \.isASCIIDigit)
        else { return nil }
        for label in labels {
            guard label.first != 45, label.last != 45, !label.isEmpty, label.count < 64,
                label.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || $0 == 45 })
            else { return nil }
        }
        return at
    }
}
