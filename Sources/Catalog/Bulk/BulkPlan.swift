import CatalogModel

/// Entities that are new, read straight from the bytes of a request and checked against their types.
///
/// **Shape.** Numbers in flat arrays that point into the bytes. What a plan can't say is not in one: whoever gets none
/// takes the general way, which knows all rules and words all refusals.
package struct BulkPlan: Sendable {
    /// The bytes of the request.
    let body: [UInt8]
    /// Texts that stand in the request with escapes, as they are meant.
    var unescaped: [UInt8] = []
    /// Values that aren't plain.
    var others: [JSONValue] = []
    var shapes: [BulkShape] = []
    var drafts: [BulkDraft] = []
    /// The values of all drafts: for each one as many as its type has attributes, in the type's order.
    var values: [BulkValue] = []
    var relationshipTypes = BulkRelationshipTypes()
    var relationships: [BulkRelationship] = []
    /// The unique values of all drafts.
    var names: [BulkName] = []

    init(body: [UInt8]) { self.body = body }

    /// How many entities there are.
    package var count: Int { drafts.count }

    /// Reads a request; nil for one that takes the general way.
    ///
    /// Cost: one pass over the bytes.
    package init?(_ body: [UInt8], _ types: TypeRegistry) {
        let plan = body.withUnsafeBufferPointer { bytes -> BulkPlan? in
            guard bytes.count < BulkText.firstUnescaped else { return nil }
            var reader = BulkReader(bytes, body, types)
            defer { reader.free() }
            do throws(Unfit) {
                try reader.request()
                try reader.relate()
            } catch {
                return nil
            }
            return reader.whole
        }
        guard let plan else { return nil }
        self = plan
    }
}

/// An entity of a ``BulkPlan``.
struct BulkDraft: Sendable {
    /// Which of the plan's shapes.
    var shape: Int32 = 0
    /// Where its values begin.
    var firstValue: Int32 = 0
    /// The placeholder that stands for it; nil for none.
    var placeholder: BulkText?
    /// Its relationship that came last; -1 for none.
    var lastRelationship: Int32 = -1
}

/// Where a text lies: in the request, or in what was unescaped.
struct BulkText: Sendable {
    /// Places in what was unescaped follow those of the longest request.
    static let firstUnescaped = 1 << 30

    let start: UInt32
    let count: UInt32

    init(_ start: Int, _ count: Int) { (self.start, self.count) = (UInt32(start), UInt32(count)) }
}

/// A value of an attribute.
struct BulkValue: Sendable {
    enum Kind: UInt8, Sendable {
        /// Not given.
        case absent
        case null
        /// `bits` say where.
        case text
        case no
        case yes
        /// `bits` are the number.
        case whole
        /// `bits` are its place in ``BulkPlan/others``.
        case other
    }

    let kind: Kind
    let bits: UInt64

    init(_ kind: Kind, _ bits: UInt64 = 0) { (self.kind, self.bits) = (kind, bits) }

    init(_ text: BulkText) { self.init(.text, UInt64(text.start) << 32 | UInt64(text.count)) }

    @inline(__always)
    var text: BulkText {
        BulkText(Int(bits >> 32), Int(UInt32(truncatingIfNeeded: bits)))
    }
}

/// A relationship between two drafts.
struct BulkRelationship: Sendable {
    let type: Int32
    let end1: Int32
    let end2: Int32
    /// The one before it at its ends; -1 for none.
    let before1: Int32
    let before2: Int32
}

/// A unique value of a draft.
struct BulkName: Sendable {
    let draft: Int32
    /// Which of its shape's unique attributes.
    let unique: Int32
    let hash: UInt32
}

extension BulkPlan {
    /// The bytes of texts, as long as somebody needs them.
    struct Bytes {
        let body: UnsafeBufferPointer<UInt8>
        let unescaped: UnsafeBufferPointer<UInt8>

        @inline(__always)
        subscript(text: BulkText) -> UnsafeBufferPointer<UInt8> {
            let (start, count) = (Int(text.start), Int(text.count))
            return start < BulkText.firstUnescaped
                ? UnsafeBufferPointer(rebasing: body[start..<(start + count)])
                : UnsafeBufferPointer(
                    rebasing: unescaped[
                        (start - BulkText.firstUnescaped)..<(start - BulkText.firstUnescaped + count)
                    ]
                )
        }
    }

    @inline(__always)
    func withBytes<Result>(_ body: (Bytes) -> Result) -> Result {
        self.body.withUnsafeBufferPointer { bytes in
            unescaped.withUnsafeBufferPointer { body(Bytes(body: bytes, unescaped: $0)) }
        }
    }
}
