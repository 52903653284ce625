/// Reads posted CSV, strict after RFC 4180; lines may end with LF or CRLF.
struct CSVReader {
    let bytes: [UInt8]
    private(set) var offset = 0

    /// A reader at the start of a text.
    ///
    /// - Throws: when the bytes are no UTF-8.
    init(_ bytes: [UInt8]) throws(JSONError) {
        self.bytes = bytes
        if let offset = UTF8Check.firstInvalid(in: bytes) {
            throw JSONError(problem: "the text is not UTF-8", offset: offset)
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    /// A second reader of the same text at a place that this one has been to.
    func rewound(to offset: Int) -> CSVReader {
        var copy = self
        copy.offset = offset
        return copy
    }

    /// Whether there is no further record.
    var isAtEnd: Bool { offset >= bytes.count }

    /// Reads a record, handing each field over with whether it was quoted and where it starts.
    mutating func record(
        _ field: (ArraySlice<UInt8>, _ isQuoted: Bool, _ offset: Int) throws(JSONError) -> Void
    ) throws(JSONError) {
        while true {
            let start = offset
            if offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") {
                try field(try quoted()[...], true, start)
            } else {
                while offset < bytes.count, !isEndOfField(bytes[offset]) {
                    if bytes[offset] == UInt8(ascii: "\"") {
                        throw failure("a quote inside a field without quotes")
                    }
                    offset += 1
                }
                try field(bytes[start..<offset], false, start)
            }
            guard offset < bytes.count else { return }
            switch bytes[offset] {
            case UInt8(ascii: ","): offset += 1
            case UInt8(ascii: "\n"):
                offset += 1
                return
            case UInt8(ascii: "\r") where offset + 1 < bytes.count && bytes[offset + 1] == UInt8(ascii: "\n"):
                offset += 2
                return
            default: throw failure("a comma or the end of the line was expected")
            }
        }
    }

    private func isEndOfField(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    private mutating func quoted() throws(JSONError) -> [UInt8] {
        var text: [UInt8] = []
        offset += 1
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            guard byte == UInt8(ascii: "\"") else {
                text.append(byte)
                continue
            }
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else { return text }
            text.append(byte)
            offset += 1
        }
        throw failure("a quoted field doesn't end")
    }

    private func failure(_ problem: String) -> JSONError { JSONError(problem: problem, offset: offset) }
}
