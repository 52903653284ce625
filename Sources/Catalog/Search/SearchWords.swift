import CatalogModel

/// How text becomes words: runs of letters and digits in lower case, and the parts of names in camel case.
enum SearchWords {
    static let alwaysIndexed: Set<String> = ["description", "comment", "shortDescription", "longDescription"]
    static let longest = 128

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
        var walker = WordWalker()
        walker.walk(text: text) { body(String(decoding: $0, as: UTF8.self)) }
    }

    static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return switch scalar.value {
            case 48...57, 65...90, 97...122: true
            default: false
            }
        }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || scalar.properties.generalCategory == .nonspacingMark
    }
}

/// Finds the words of texts; keeps its memory from one to the next.
struct WordWalker {
    private var lower: [UInt8] = []

    /// Gives each word of a text, perhaps some of them twice.
    @inline(__always)
    mutating func walk(
        _ text: UnsafeBufferPointer<UInt8>,
        _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var start = 0
        var (hasUpper, hasLower) = (false, false)
        for index in 0..<text.count {
            let byte = text[index]
            switch byte {
            case 97...122: hasLower = true
            case 65...90: hasUpper = true
            case 48...57: break
            case 128...: return walk(text: String(decoding: text, as: UTF8.self), body)
            default:
                if start < index { emit(text[start..<index], hasUpper, hasLower, body) }
                start = index + 1
                (hasUpper, hasLower) = (false, false)
            }
        }
        if start < text.count { emit(text[start..<text.count], hasUpper, hasLower, body) }
    }

    private mutating func emit(
        _ word: Slice<UnsafeBufferPointer<UInt8>>,
        _ hasUpper: Bool,
        _ hasLower: Bool,
        _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        let word = UnsafeBufferPointer(rebasing: word.prefix(SearchWords.longest))
        guard hasUpper else { return body(word) }
        lower.removeAll(keepingCapacity: true)
        for byte in word { lower.append(byte >= 65 && byte <= 90 ? byte | 0x20 : byte) }
        lower.withUnsafeBufferPointer { lower in
            body(lower)
            guard hasLower else { return }
            var (start, wasLower) = (0, false)
            for index in 0..<word.count {
                let isUpper = word[index] >= 65 && word[index] <= 90
                if isUpper, wasLower, start < index {
                    body(UnsafeBufferPointer(rebasing: lower[start..<index]))
                    start = index
                }
                wasLower = word[index] >= 97
            }
            if start > 0, start < word.count { body(UnsafeBufferPointer(rebasing: lower[start...])) }
        }
    }

    /// As ``walk(_:_:)``, for texts of any letters.
    mutating func walk(text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var text = text
        let isASCII = text.utf8.allSatisfy { $0 < 128 }
        if isASCII {
            text.withUTF8 { walk($0, body) }
            return
        }
        for word in text.unicodeScalars.split(whereSeparator: { !SearchWords.isPart($0) }) {
            emit(Substring(word), body)
        }
    }

    private func emit(_ word: Substring, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        func give(_ text: String) {
            var text = text
            text.withUTF8 { body($0) }
        }
        let lower = word.prefix(SearchWords.longest).lowercased()
        give(lower)
        guard word.contains(where: \.isUppercase), word.contains(where: \.isLowercase) else { return }
        var part = ""
        var wasLower = false
        for character in word.prefix(SearchWords.longest) {
            if character.isUppercase, wasLower, !part.isEmpty {
                give(part.lowercased())
                part = ""
            }
            part.append(character)
            wasLower = character.isLowercase
        }
        if part.count < lower.count, !part.isEmpty { give(part.lowercased()) }
    }

    /// Gives the words of labels, free texts and business metadata, with how much they count.
    mutating func walk(_ entity: Entity, _ body: (UnsafeBufferPointer<UInt8>, UInt8) -> Void) {
        for label in entity.labels { walk(text: label) { body($0, 5) } }
        for value in entity.customAttributes.values { walk(text: value) { body($0, 2) } }
        for values in entity.businessAttributes.values {
            for pair in values.pairs {
                for text in pair.value.texts { walk(text: text) { body($0, 2) } }
            }
        }
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
