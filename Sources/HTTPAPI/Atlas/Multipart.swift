import Catalog

/// The parts of a form that holds files, by name.
struct Multipart {
    private(set) var parts: [String: [UInt8]] = [:]

    /// The most parts of a form.
    static let mostParts = 16

    /// Reads a body of type `multipart/form-data`.
    ///
    /// - Throws: `.badRequest` for another type, or a body that isn't one.
    init(_ body: [UInt8], type: String?) throws(CatalogError) {
        guard let type, type.lowercased().hasPrefix("multipart/form-data"),
            let boundary = Multipart.parameter("boundary", in: type), !boundary.isEmpty
        else { throw CatalogError(.badRequest, "send a form: multipart/form-data with a boundary") }
        let mark = Array("--\(boundary)".utf8)
        var starts: [Int] = []
        var from = 0
        while let position = Multipart.find(mark, in: body, from: from) {
            starts.append(position)
            from = position + mark.count
            guard starts.count <= Multipart.mostParts + 1 else {
                throw CatalogError(.badRequest, "the form has more than \(Multipart.mostParts) parts")
            }
        }
        for (start, end) in zip(starts, starts.dropFirst()) { read(body[(start + mark.count)..<end]) }
        guard !parts.isEmpty else { throw CatalogError(.badRequest, "the form has no parts") }
    }

    private mutating func read(_ part: ArraySlice<UInt8>) {
        let blank = Array("\r\n\r\n".utf8)
        guard let head = Multipart.find(blank, in: part, from: part.startIndex) else { return }
        let header = String(decoding: part[part.startIndex..<head], as: UTF8.self)
        for line in header.split(whereSeparator: \.isNewline) {
            guard line.lowercased().hasPrefix("content-disposition:"),
                let name = Multipart.parameter("name", in: String(line))
            else { continue }
            var content = part[(head + blank.count)...]
            if content.suffix(2).elementsEqual([13, 10]) { content = content.dropLast(2) }
            parts[name] = Array(content)
        }
    }

    private static func parameter(_ name: String, in text: String) -> String? {
        for piece in text.split(separator: ";").dropFirst() {
            let sides = piece.split(separator: "=", maxSplits: 1)
            guard sides.count == 2, sides[0].filter({ $0 != " " }).lowercased() == name else { continue }
            let value = sides[1].filter { $0 != "\r" }
            return value.first == "\"" ? String(value.dropFirst().prefix { $0 != "\"" }) : String(value)
        }
        return nil
    }

    private static func find(_ needle: [UInt8], in bytes: some RandomAccessCollection<UInt8>, from start: Int)
        -> Int?
    {
        let bytes = bytes as? ArraySlice<UInt8> ?? ArraySlice(bytes)
        guard let first = needle.first, bytes.count >= needle.count else { return nil }
        var index = start
        let last = bytes.endIndex - needle.count
        while index <= last {
            if bytes[index] == first, bytes[index..<(index + needle.count)].elementsEqual(needle) {
                return index
            }
            index += 1
        }
        return nil
    }
}
