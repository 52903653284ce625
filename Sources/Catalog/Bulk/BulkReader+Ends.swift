import CatalogModel

/// What a relationship attribute of a draft says, by placeholder.
struct BulkReference {
    let draft: Int32
    let end: Int32
    let placeholder: BulkText
    /// The relationship type that it names.
    let relationshipType: BulkText?
}

extension BulkReader {
    /// Reads relationship attributes; gives those that have a value, as bits of their numbers.
    mutating func ends(_ shape: Int) throws(Unfit) -> UInt64 {
        var given: UInt64 = 0
        var seen: UInt64 = 0
        guard try open("{", "}") else { return 0 }
        repeat {
            guard case .end(let number)? = plan.shapes[shape].member(texts[try name()]) else {
                try skip(depth: 4)
                continue
            }
            guard number < 64, seen & 1 << UInt64(number) == 0 else { throw Unfit() }
            seen |= 1 << UInt64(number)
            if peek == UInt8(ascii: "[") {
                given |= 1 << UInt64(number)
                guard try open("[", "]") else { continue }
                repeat { _ = try reference(number, depth: 5) } while try more("]")
            } else if try reference(number, depth: 4) {
                given |= 1 << UInt64(number)
            }
        } while try more("}")
        return given
    }

    /// Reads a reference; false for null.
    private mutating func reference(_ end: Int, depth: Int) throws(Unfit) -> Bool {
        var (placeholder, type): (BulkText?, BulkText?)
        switch peek {
        case UInt8(ascii: "{"):
            guard try open("{", "}") else { throw Unfit() }
            repeat {
                let name = texts[try name()]
                if name.elementsEqual("guid".utf8) {
                    guard placeholder == nil else { throw Unfit() }
                    placeholder = try self.placeholder(depth: depth + 1)
                } else if name.elementsEqual("relationshipType".utf8) {
                    guard type == nil else { throw Unfit() }
                    if peek == UInt8(ascii: "\"") {
                        type = try plainText()
                    } else {
                        try skip(depth: depth + 1)
                    }
                } else if name.elementsEqual("relationshipAttributes".utf8)
                    || name.elementsEqual("relationshipStatus".utf8)
                {
                    guard try value(depth: depth + 1).isNull else { throw Unfit() }
                } else {
                    try skip(depth: depth + 1)
                }
            } while try more("}")
        case UInt8(ascii: "n"):
            guard try value(depth: depth).isNull else { throw Unfit() }
            return false
        default: placeholder = try self.placeholder(depth: depth)
        }
        guard let placeholder else { throw Unfit() }
        references.append(
            BulkReference(
                draft: Int32(plan.drafts.count),
                end: Int32(end),
                placeholder: placeholder,
                relationshipType: type
            )
        )
        return true
    }

    // MARK: What belongs together

    /// Makes sure that no two drafts have one name, and relates them as they say.
    mutating func relate() throws(Unfit) {
        try checkNames()
        let placeholders = try drafts()
        var last = [Int32](repeating: -1, count: plan.drafts.count)
        // For each candidate and shape whether it fits: 0 when it wasn't asked yet, 1 for no, 2 for yes.
        var verdicts = [UInt8](repeating: 0, count: plan.relationshipTypes.candidates * plan.shapes.count)
        for reference in references {
            let placeholder = texts[reference.placeholder]
            let found = placeholders.find(ByteHash.hash(placeholder, ByteHash.seed)) {
                isPlaceholder(placeholder, of: $0)
            }
            guard let other = found else { throw Unfit() }
            let draft = Int(reference.draft)
            let end = plan.shapes[Int(plan.drafts[draft].shape)].ends[Int(reference.end)]
            guard let candidate = end.candidate(reference.relationshipType.map { texts[$0] }) else {
                throw Unfit()
            }
            let shape = Int(plan.drafts[other].shape)
            let place = candidate.number * plan.shapes.count + shape
            if verdicts[place] == 0 {
                let fits =
                    candidate.type.name != BaseTypes.termAssignment
                    && plan.shapes[shape].shape.isA(candidate.otherType)
                verdicts[place] = fits ? 2 : 1
            }
            guard verdicts[place] == 2 else { throw Unfit() }
            if candidate.index == 0 {
                try connect(draft, other, candidate.type, &last)
            } else {
                try connect(other, draft, candidate.type, &last)
            }
        }
        for index in plan.drafts.indices { plan.drafts[index].lastRelationship = last[index] }
    }

    @inline(__always)
    private func isPlaceholder(_ text: UnsafeBufferPointer<UInt8>, of draft: Int) -> Bool {
        plan.drafts[draft].placeholder.map { ByteHash.isSame(texts[$0], text) } ?? false
    }

    /// Adds a relationship unless it is there; both ends must be free for it.
    private mutating func connect(
        _ end1: Int,
        _ end2: Int,
        _ type: BulkRelationshipType,
        _ last: inout [Int32]
    ) throws(Unfit) {
        let asked = type.isSingle.0 ? end1 : end2
        var (isThere, isTaken) = (false, false)
        plan.forEachRelationship(of: asked, from: last[asked]) { other in
            guard other.type == type.number else { return }
            if other.end1 == end1, other.end2 == end2 { isThere = true }
            if type.isSymmetric, other.end2 == end1, other.end1 == end2 { isThere = true }
        }
        if isThere { return }
        if type.isSingle.0 {
            plan.forEachRelationship(of: end1, from: last[end1]) { other in
                if other.type == type.number, other.end1 == end1 { isTaken = true }
            }
        }
        if type.isSingle.1 {
            plan.forEachRelationship(of: end2, from: last[end2]) { other in
                if other.type == type.number, other.end2 == end2 { isTaken = true }
            }
        }
        guard !isTaken else { throw Unfit() }
        plan.relationships.append(
            BulkRelationship(
                type: Int32(type.number),
                end1: Int32(end1),
                end2: Int32(end2),
                before1: last[end1],
                before2: last[end2]
            )
        )
        last[end1] = Int32(plan.relationships.count - 1)
        last[end2] = Int32(plan.relationships.count - 1)
    }

    private func checkNames() throws(Unfit) {
        var table = BulkTable(capacity: plan.names.count)
        for (number, name) in plan.names.enumerated() {
            let (draft, text) = (plan.drafts[Int(name.draft)], texts[plan.text(of: name)])
            let isFree = table.insert(number, UInt64(name.hash)) { known in
                let other = plan.names[known]
                return other.unique == name.unique && plan.drafts[Int(other.draft)].shape == draft.shape
                    && ByteHash.isSame(texts[plan.text(of: other)], text)
            }
            guard isFree else { throw Unfit() }
        }
    }

    /// The drafts by their placeholders, of which no two have one.
    private func drafts() throws(Unfit) -> BulkTable {
        var table = BulkTable(capacity: plan.drafts.count)
        for (number, draft) in plan.drafts.enumerated() {
            guard let placeholder = draft.placeholder else { continue }
            let text = texts[placeholder]
            let isFree = table.insert(number, ByteHash.hash(text, ByteHash.seed)) {
                isPlaceholder(text, of: $0)
            }
            guard isFree else { throw Unfit() }
        }
        return table
    }
}

extension BulkPlan {
    /// Where a unique value lies.
    func text(of name: BulkName) -> BulkText {
        let draft = drafts[Int(name.draft)]
        let attribute = shapes[Int(draft.shape)].unique[Int(name.unique)].attribute
        return values[Int(draft.firstValue) + attribute].text
    }

    /// Gives the relationships of a draft, the last one first.
    @inline(__always)
    func forEachRelationship(of draft: Int, from last: Int32, _ body: (BulkRelationship) -> Void) {
        var next = last
        while next >= 0 {
            let relationship = relationships[Int(next)]
            body(relationship)
            next = relationship.end1 == draft ? relationship.before1 : relationship.before2
        }
    }
}

/// Numbers by hashes of what they stand for.
struct BulkTable {
    private var slots: [Int32]

    init(capacity: Int) {
        var count = 16
        while count < 2 * capacity { count *= 2 }
        slots = [Int32](repeating: -1, count: count)
    }

    /// False when a number is there for which `isSame` holds.
    @inline(__always)
    mutating func insert(_ number: Int, _ hash: UInt64, _ isSame: (Int) -> Bool) -> Bool {
        var slot = place(hash)
        while slots[slot] >= 0 {
            if isSame(Int(slots[slot])) { return false }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(number)
        return true
    }

    @inline(__always)
    private func place(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: ByteHash.mix(hash ^ ByteHash.seed, ByteHash.other)) & (slots.count - 1)
    }

    /// The number for which `isSame` holds.
    @inline(__always)
    func find(_ hash: UInt64, _ isSame: (Int) -> Bool) -> Int? {
        var slot = place(hash)
        while slots[slot] >= 0 {
            if isSame(Int(slots[slot])) { return Int(slots[slot]) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }
}
