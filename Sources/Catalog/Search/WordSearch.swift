import CatalogModel

/// A question in words: all of them must be found.
struct WordQuery: Sendable {
    /// One thing that must be found.
    enum Part: Hashable, Sendable {
        /// A word.
        case word(String)
        /// A word that starts so.
        case prefix(String)
        /// A word that fits.
        case pattern(WildcardPattern)
    }

    private(set) var parts: [Part] = []
    /// Texts that must stand in an attribute as they are.
    private(set) var phrases: [String] = []
    /// Whether it asks for anything there is.
    private(set) var isEverything = false

    /// Reads words, `"phrases"`, and words with `*`.
    init(_ text: String) {
        var isQuoted = false
        for (index, piece) in text.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            isQuoted = index % 2 == 1
            if isQuoted {
                let phrase = String(piece).lowercased()
                guard !phrase.isEmpty else { continue }
                phrases.append(phrase)
                SearchWords.forEach(in: phrase) { parts.append(.word($0)) }
            } else {
                for token in piece.split(separator: " ") { read(token) }
            }
        }
        parts = Array(Set(parts))
        if parts.isEmpty, phrases.isEmpty, text.contains("*") { isEverything = true }
    }

    private mutating func read(_ token: Substring) {
        guard token.contains(where: { $0 == "*" || $0 == "?" }) else {
            SearchWords.forEach(in: token.lowercased()) { parts.append(.word($0)) }
            return
        }
        if token.dropLast().contains(where: { $0 == "*" || $0 == "?" }) || token.last == "?" {
            let bare = token.filter { $0 != "*" && $0 != "?" }
            guard !bare.isEmpty else { return }
            // Words have no punctuation; what a pattern has of it splits it too.
            for piece in token.split(whereSeparator: {
                !$0.isLetter && !$0.isNumber && $0 != "*" && $0 != "?"
            }) {
                parts.append(.pattern(WildcardPattern(String(piece))))
            }
            return
        }
        var words: [String] = []
        SearchWords.forEach(in: token.lowercased()) { words.append($0) }
        for word in words.dropLast() { parts.append(.word(word)) }
        if let last = words.last { parts.append(.prefix(last)) }
    }
}

/// An entity that was found, with how well it fits.
struct Scored: Sendable {
    let handle: UInt32
    var score: Float
}

extension SearchIndex {
    /// The entities in which all parts of a question are found, sorted by handle.
    ///
    /// `count` is that of all entities, for words to count more that few have; nil when that mustn't be told.
    func find(_ query: WordQuery, among count: Int?) -> [Scored] {
        let lists = query.parts.map { find($0, among: count) }.sorted { $0.count < $1.count }
        guard var result = lists.first else { return [] }
        for list in lists.dropFirst() where !result.isEmpty { result = SearchIndex.both(result, list) }
        return result
    }

    private func find(_ part: WordQuery.Part, among count: Int?) -> [Scored] {
        var found: [Scored] = []
        var sources = 0
        for segment in segments {
            let (first, end): (Int, Int)
            switch part {
            case .word(let word):
                first = segment.position(of: word)
                end = first < segment.words.count && segment.words[first] == word ? first + 1 : first
            case .prefix(let prefix):
                first = segment.position(of: prefix)
                var last = first
                while last < segment.words.count, segment.words[last].hasPrefix(prefix) { last += 1 }
                end = last
            case .pattern: (first, end) = (0, segment.words.count)
            }
            for position in first..<end {
                if case .pattern(let pattern) = part, !pattern.matches(segment.words[position]) { continue }
                sources += 1
                segment.forEach(at: position) { handle, weight in
                    if isCurrent(handle, segment) {
                        found.append(Scored(handle: handle, score: Float(weight)))
                    }
                }
            }
        }
        if sources > 1 { found = SearchIndex.merged(found) }
        guard let count else { return found }
        let rarity = Float(count + 1) / Float(found.count + 1)
        // A word that few have says more; the logarithm by its exponent is close enough for ranking.
        let factor = Float(rarity.exponent) + 1
        for index in found.indices { found[index].score *= factor }
        return found
    }

    private static func merged(_ found: [Scored]) -> [Scored] {
        var result: [Scored] = []
        for scored in found.sorted(by: { $0.handle < $1.handle }) {
            if result.last?.handle == scored.handle {
                result[result.count - 1].score = max(result[result.count - 1].score, scored.score)
            } else {
                result.append(scored)
            }
        }
        return result
    }

    private static func both(_ one: [Scored], _ other: [Scored]) -> [Scored] {
        var result: [Scored] = []
        var (left, right) = (0, 0)
        while left < one.count, right < other.count {
            if one[left].handle == other[right].handle {
                result.append(Scored(handle: one[left].handle, score: one[left].score + other[right].score))
                left += 1
                right += 1
            } else if one[left].handle < other[right].handle {
                left += 1
            } else {
                right += 1
            }
        }
        return result
    }

    /// Words that start with a prefix, those that most entities have first.
    func words(from prefix: String, limit: Int) -> [String] {
        var counts: [String: Int] = [:]
        for segment in segments {
            var position = segment.position(of: prefix)
            while position < segment.words.count, segment.words[position].hasPrefix(prefix) {
                counts[segment.words[position], default: 0] += segment.count(at: position)
                position += 1
            }
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(limit).map(\.key)
    }
}
