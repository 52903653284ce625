/// Reads the elements of DER one after the other.
///
/// **Source.** X.690. Lengths of more than four bytes and tags of more than one are no elements here.
struct DERReader {
    /// An element: its tag and its content.
    struct Element {
        let tag: UInt8
        let content: ArraySlice<UInt8>

        /// The elements in it.
        var inside: DERReader { DERReader(content) }
    }

    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31
    static let identifier: UInt8 = 0x06

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next element; nil at the end, and for what is none.
    mutating func next() -> Element? {
        guard let tag = rest.popFirst(), tag & 0x1F != 0x1F, let first = rest.popFirst() else { return nil }
        var length = Int(first)
        if first > 0x80 {
            let count = Int(first & 0x7F)
            guard count <= 4, rest.count >= count else { return nil }
            length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(count)
        } else if first == 0x80 {
            return nil
        }
        guard rest.count >= length else { return nil }
        defer { rest = rest.dropFirst(length) }
        return Element(tag: tag, content: rest.prefix(length))
    }

    /// The content of the next element; nil when it has another tag.
    mutating func next(_ tag: UInt8) -> ArraySlice<UInt8>? {
        guard let element = next(), element.tag == tag else { return nil }
        return element.content
    }
}
