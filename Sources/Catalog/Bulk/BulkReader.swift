import CatalogModel

/// That a request says more than a ``BulkPlan`` can.
struct Unfit: Error {}

/// Reads a bulk request in one pass over its bytes.
///
/// It takes new entities with plain values that relate to each other, and leaves all else, what is wrong included, to
/// the general way.
struct BulkReader {
    let scanner: Scanner
    let texts: BulkTexts
    let types: TypeRegistry
    var position = 0
    var plan: BulkPlan
    /// Reads values that aren't plain.
    var values: JSONReader
    var references: [BulkReference] = []
    private var keptCount = 0
    private var shapeNumbers: [String: Int] = [:]
    private var lastShape = (name: BulkText(0, 0), number: -1)

    typealias Scanner = UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ body: [UInt8], _ types: TypeRegistry) {
        scanner = bytes
        texts = BulkTexts(bytes)
        self.types = types
        plan = BulkPlan(body: body)
        values = JSONReader(bytes)
    }

    /// The plan with all its texts.
    var whole: BulkPlan {
        var plan = plan
        plan.unescaped = Array(texts.kept[..<keptCount])
        return plan
    }

    /// Gives memory back; texts mustn't be asked for any more.
    func free() { texts.kept.deallocate() }

    // MARK: The request

    mutating func request() throws(Unfit) {
        var isRead = false
        skipSpace()
        guard try open("{", "}") else { throw Unfit() }
        repeat {
            switch BulkKey(texts[try name()]) {
            case .entities?:
                guard !isRead, try open("[", "]") else { throw Unfit() }
                isRead = true
                repeat { try entity() } while try more("]")
            case .referredEntities?: try nothing(depth: 1)
            default: try skip(depth: 1)
            }
        } while try more("}")
        skipSpace()
        guard position == scanner.count, isRead else { throw Unfit() }
    }

    private mutating func entity() throws(Unfit) {
        var draft = BulkDraft()
        var (seen, ends): (UInt64, UInt64) = (0, 0)
        var shape = -1
        // Where these begin that came before the type's name.
        var (earlyAttributes, earlyEnds): (Int?, Int?)
        guard try open("{", "}") else { throw Unfit() }
        repeat {
            guard let key = BulkKey(texts[try name()]) else {
                try skip(depth: 3)
                continue
            }
            guard seen & key.bit == 0 else { throw Unfit() }
            seen |= key.bit
            switch key {
            case .typeName:
                shape = try self.shape(named: try plainText())
                draft.shape = Int32(shape)
                draft.firstValue = Int32(plan.values.count)
                plan.values.append(
                    contentsOf: repeatElement(BulkValue(.absent), count: plan.shapes[shape].attributes.count)
                )
            case .guid: draft.placeholder = try placeholder(depth: 3)
            case .attributes where shape < 0:
                earlyAttributes = position
                try skip(depth: 3)
            case .attributes: try attributes(shape, draft)
            case .relationshipAttributes where shape < 0:
                earlyEnds = position
                try skip(depth: 3)
            case .relationshipAttributes: ends = try self.ends(shape)
            case .classifications, .labels, .customAttributes, .businessAttributes: try nothing(depth: 3)
            case .isIncomplete: guard try value(depth: 3).bool != true else { throw Unfit() }
            case .homeId, .provenanceType, .proxy: guard try value(depth: 3).isNull else { throw Unfit() }
            case .entities, .referredEntities: try skip(depth: 3)
            }
        } while try more("}")
        guard shape >= 0 else { throw Unfit() }
        let end = position
        if let earlyAttributes {
            position = earlyAttributes
            try attributes(shape, draft)
        }
        if let earlyEnds {
            position = earlyEnds
            ends = try self.ends(shape)
        }
        position = end
        try check(draft, ends)
        plan.drafts.append(draft)
    }

    private mutating func shape(named text: BulkText) throws(Unfit) -> Int {
        if lastShape.number >= 0, ByteHash.isSame(texts[lastShape.name], texts[text]) {
            return lastShape.number
        }
        let name = String(decoding: texts[text], as: UTF8.self)
        if let known = shapeNumbers[name] {
            lastShape = (text, known)
            return known
        }
        guard let shape = types.entityTypes[name], plan.shapes.count < 1000,
            shape.attributes.count + shape.ends.count <= BulkNames.most
        else { throw Unfit() }
        let number = plan.shapes.count
        plan.shapes.append(BulkShape(shape, types, &plan.relationshipTypes))
        shapeNumbers[name] = number
        lastShape = (text, number)
        return number
    }

    /// A placeholder; nil for none.
    mutating func placeholder(depth: Int) throws(Unfit) -> BulkText? {
        switch peek {
        case UInt8(ascii: "\""):
            let text = try plainText()
            guard text.count > 0 else { return nil }
            guard texts[text][0] == UInt8(ascii: "-") else { throw Unfit() }
            return text
        case UInt8(ascii: "-"):
            guard case .integer(let number) = try value(depth: depth), number < 0 else { throw Unfit() }
            return try keep(String(number))
        default:
            guard try value(depth: depth).isNull else { throw Unfit() }
            return nil
        }
    }

    /// Keeps a text that doesn't stand in the request.
    mutating func keep(_ text: String) throws(Unfit) -> BulkText {
        guard text.utf8.count <= texts.kept.count - keptCount else { throw Unfit() }
        let start = keptCount
        for byte in text.utf8 {
            texts.kept[keptCount] = byte
            keptCount += 1
        }
        return BulkText(BulkText.firstUnescaped + start, keptCount - start)
    }

    // MARK: Attributes

    private mutating func attributes(_ shape: Int, _ draft: BulkDraft) throws(Unfit) {
        guard try open("{", "}") else { return }
        repeat {
            switch plan.shapes[shape].member(texts[try name()]) {
            case .attribute(let number)?:
                plan.values[Int(draft.firstValue) + number] = try value(of: shape, number)
            // Relationships among the attributes.
            case .end?: throw Unfit()
            case nil: try skip(depth: 4)
            }
        } while try more("}")
    }

    private mutating func value(of shape: Int, _ number: Int) throws(Unfit) -> BulkValue {
        let first = peek
        if first == UInt8(ascii: "n") {
            guard try value(depth: 4).isNull else { throw Unfit() }
            return BulkValue(.null)
        }
        switch plan.shapes[shape].attributes[number].kind {
        case .text where first == UInt8(ascii: "\""): return BulkValue(try text())
        case .truth where first == UInt8(ascii: "t") || first == UInt8(ascii: "f"):
            return BulkValue(try value(depth: 4).bool == true ? .yes : .no)
        case .whole(let range):
            if let whole = wholeNumber() {
                guard range.contains(whole) else { throw Unfit() }
                return BulkValue(.whole, UInt64(bitPattern: whole))
            }
        case .reference: throw Unfit()
        case .text, .truth, .other: break
        }
        let attribute = plan.shapes[shape].attributes[number].shape
        var checking = ValueChecking(types: types)
        let value = checking.value(try value(depth: 4), of: attribute, at: "")
        guard checking.problems.isEmpty, !value.isNull else { throw Unfit() }
        if case .string(let text) = value { return BulkValue(try keep(text)) }
        plan.others.append(value)
        return BulkValue(.other, UInt64(plan.others.count - 1))
    }

    /// Whether an entity has all that it must have, and its unique values.
    private mutating func check(_ draft: BulkDraft, _ ends: UInt64) throws(Unfit) {
        let shape = plan.shapes[Int(draft.shape)]
        let first = Int(draft.firstValue)
        for number in shape.mandatory {
            guard plan.values[first + number].isGiven else { throw Unfit() }
        }
        guard let mandatoryEnds = shape.mandatoryEnds, ends & mandatoryEnds == mandatoryEnds else {
            throw Unfit()
        }
        for (index, unique) in shape.unique.enumerated() {
            let value = plan.values[first + unique.attribute]
            guard value.isGiven else {
                guard shape.attributes[unique.attribute].initial == nil else { throw Unfit() }
                continue
            }
            // Texts beyond ASCII are equal in more ways than by their bytes.
            guard value.kind == .text, texts[value.text].allSatisfy({ $0 < 0x80 }) else { throw Unfit() }
            plan.names.append(
                BulkName(
                    draft: Int32(plan.drafts.count),
                    unique: Int32(index),
                    hash: HandleMap.hash(unique.seed, texts[value.text])
                )
            )
        }
    }
}

/// The bytes of texts while a request is read.
struct BulkTexts {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Texts that were unescaped, which are no longer than the request.
    let kept: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        // As large as it may become: memory that nobody writes to costs nothing.
        kept = .allocate(capacity: bytes.count)
    }

    @inline(__always)
    subscript(text: BulkText) -> UnsafeBufferPointer<UInt8> {
        let (start, count) = (Int(text.start), Int(text.count))
        if start < BulkText.firstUnescaped {
            return UnsafeBufferPointer(rebasing: bytes[start..<(start + count)])
        }
        let first = start - BulkText.firstUnescaped
        return UnsafeBufferPointer(UnsafeMutableBufferPointer(rebasing: kept[first..<(first + count)]))
    }
}

/// The names that members of a request and of an entity have.
enum BulkKey: Int, CaseIterable {
    case typeName, guid, attributes, relationshipAttributes, classifications, labels, customAttributes
    case businessAttributes, isIncomplete, homeId, provenanceType, proxy, entities, referredEntities

    private static let names = BulkNames(allCases.map { "\($0)" })

    @inline(__always)
    init?(_ name: UnsafeBufferPointer<UInt8>) {
        guard let number = BulkKey.names.number(of: name) else { return nil }
        self.init(rawValue: number)
    }

    var bit: UInt64 { 1 << UInt64(rawValue) }
}

extension BulkValue {
    /// Whether there is something that isn't null.
    @inline(__always)
    var isGiven: Bool { kind != .absent && kind != .null }
}
