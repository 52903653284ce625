import CatalogModel

/// The words of all entities, as segments of which each holds some batches of changes.
///
/// An entity that changes is written anew into the newest segment; what older ones say of it counts no more. Segments
/// are merged so that there are about as many as the count of words has binary digits.
struct SearchIndex: Sendable {
    private(set) var segments: [SearchSegment] = []
    /// The batch in which each entity was written last, by handle; 0 for none.
    private var stamps = ChunkedArray<UInt32>()
    private var batch: UInt32 = 0
    private(set) var touched: Set<UInt32> = []

    mutating func touch(_ handle: UInt32) { touched.insert(handle) }

    mutating func takeTouched() -> [UInt32] {
        defer { touched = [] }
        return touched.sorted()
    }

    /// Whether what a segment says of an entity still counts.
    func isCurrent(_ handle: UInt32, _ segment: SearchSegment) -> Bool {
        segment.batches.contains(stamps[Int(handle)])
    }

    /// Writes the words of entities, in place of all that was known of them.
    mutating func add(_ handles: [UInt32], _ postings: [SearchSegment.Posting]) {
        batch += 1
        for handle in handles {
            while stamps.count <= Int(handle) { stamps.append(0) }
            stamps[Int(handle)] = batch
        }
        guard !postings.isEmpty else { return }
        segments.append(SearchSegment(batches: batch...batch, postings))
        while segments.count > 1, segments[segments.count - 2].count <= 2 * segments[segments.count - 1].count
        {
            let later = segments.removeLast()
            let earlier = segments.removeLast()
            segments.append(SearchSegment.merged(earlier, later, isCurrent: isCurrent))
        }
    }
}

extension EntityGraph {
    mutating func settleIndex() {
        let handles = index.takeTouched()
        guard !handles.isEmpty else { return }
        var postings: [SearchSegment.Posting] = []
        for handle in handles {
            guard let entity = entity(handle), let shape = types.entityTypes[entity.typeName] else {
                continue
            }
            forEachWord(of: entity, shape) { word, weight in
                postings.append(SearchSegment.Posting(word: word, handle: handle, weight: weight))
            }
        }
        index.add(handles, postings)
    }

    /// Gives each word by which an entity is found, with how much it counts.
    ///
    /// Beside Atlas, which leaves descriptions out, all texts of `description` attributes count.
    private func forEachWord(of entity: Entity, _ shape: EntityShape, _ body: (String, UInt8) -> Void) {
        for pair in entity.attributes.pairs {
            guard let definition = shape.attribute(pair.name)?.definition else { continue }
            guard definition.isIndexable || SearchWords.alwaysIndexed.contains(pair.name) else { continue }
            let weight = SearchWords.weight(of: definition)
            for text in pair.value.texts { SearchWords.forEach(in: text) { body($0, weight) } }
        }
        for label in entity.labels { SearchWords.forEach(in: label) { body($0, 5) } }
        for value in entity.customAttributes.values { SearchWords.forEach(in: value) { body($0, 2) } }
        for values in entity.businessAttributes.values {
            for pair in values.pairs {
                for text in pair.value.texts { SearchWords.forEach(in: text) { body($0, 2) } }
            }
        }
        for name in tagNames(on: entity.id) { SearchWords.forEach(in: name.text) { body($0, 4) } }
    }
}

extension JSONValue {
    /// The text, or the texts of a list.
    fileprivate var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let list): list.compactMap(\.text)
        case .null, .bool, .integer, .number, .object: []
        }
    }
}

/// How text becomes words: runs of letters and digits in lower case, and the parts of names in camel case.
enum SearchWords {
    static let alwaysIndexed: Set<String> = ["description", "comment", "shortDescription", "longDescription"]
    private static let longest = 128

    static func weight(of attribute: AttributeDefinition) -> UInt8 {
        if attribute.searchWeight > 0 { return UInt8(clamping: attribute.searchWeight) }
        return switch attribute.name {
        case "name", "displayName": 10
        case "qualifiedName": 6
        default: 3
        }
    }

    /// Gives each word of a text, perhaps some of them twice.
    static func forEach(in text: String, _ body: (String) -> Void) {
        var start = text.unicodeScalars.startIndex
        let scalars = text.unicodeScalars
        var index = start
        while index < scalars.endIndex {
            if isPart(scalars[index]) {
                index = scalars.index(after: index)
                continue
            }
            if start < index { emit(text[start..<index], body) }
            index = scalars.index(after: index)
            start = index
        }
        if start < index { emit(text[start..<index], body) }
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return switch scalar.value {
            case 48...57, 65...90, 97...122: true
            default: false
            }
        }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || scalar.properties.generalCategory == .nonspacingMark
    }

    private static func emit(_ word: Substring, _ body: (String) -> Void) {
        let lower = word.prefix(longest).lowercased()
        body(lower)
        guard word.utf8.contains(where: { $0 >= 65 && $0 <= 90 }), word.utf8.contains(where: { $0 >= 97 })
        else {
            return
        }
        var part = ""
        var wasLower = false
        for character in word.prefix(longest) {
            if character.isUppercase, wasLower, !part.isEmpty {
                body(part.lowercased())
                part = ""
            }
            part.append(character)
            wasLower = character.isLowercase
        }
        if part.count < lower.count, !part.isEmpty { body(part.lowercased()) }
    }
}
