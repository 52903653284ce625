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
                var words: [String] = []
                SearchWords.forEach(in: phrase) { words.append($0) }
                // A word that is found as a whole needs no look at the texts.
                if words.count != 1 || words[0] != phrase { phrases.append(phrase) }
                parts += words.map { .word($0) }
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
    /// Where the entities of one part of a question are.
    private struct Sources {
        var places: [(held: Held, position: Int)] = []
        var count = 0

        /// Whether each place has only entities that come after those of the place before.
        var isAscending: Bool {
            for index in places.indices.dropFirst() {
                let before = places[index - 1].held.segment.bounds(at: places[index - 1].position)
                let here = places[index].held.segment.bounds(at: places[index].position)
                if here.0 <= before.1 { return false }
            }
            return true
        }
    }

    /// The entities in which all parts of a question are found, in ascending order.
    ///
    /// Cost: a pass over the entities of the rarest part, and one over those of each other part.
    /// - Parameters:
    ///   - query: The question.
    ///   - count: How many handles there are.
    ///   - isRarityTold: Whether a word counts more that few have, which tells how many have it.
    /// - Returns: The entities with how well they fit.
    func find(_ query: WordQuery, among count: Int, isRarityTold: Bool) -> [Scored] {
        func factor(_ found: Int) -> Float {
            isRarityTold ? SearchIndex.factor(found, among: count) : 1
        }
        let parts = query.parts.map { sources(of: $0) }.sorted { $0.count < $1.count }
        guard let rarest = parts.first else { return [] }
        var result = list(rarest, among: count, factor(rarest.count))
        for part in parts.dropFirst() where !result.isEmpty {
            if part.isAscending {
                result = both(result, part, factor(part.count))
            } else if part.count < count / 8 {
                result = SearchIndex.both(result, list(part, among: count, factor(part.count)))
            } else {
                let factor = factor(part.count)
                let weights = weights(part, among: count)
                result = result.compactMap { scored in
                    let weight = weights[Int(scored.handle)]
                    guard weight > 0 else { return nil }
                    return Scored(handle: scored.handle, score: scored.score + Float(weight) * factor)
                }
            }
        }
        return result
    }

    /// A search block by block, for questions of which every part is found in much; nil for those for which a list is
    /// quicker.
    func dense(_ query: WordQuery, among count: Int, isRarityTold: Bool) -> DenseSearch? {
        let parts = query.parts.map { sources(of: $0) }.sorted { $0.count < $1.count }
        guard let rarest = parts.first, rarest.count >= count / 32, parts.count > 1 || !rarest.isAscending
        else { return nil }
        return DenseSearch(
            parts.map { part in
                (part.places, isRarityTold ? SearchIndex.factor(part.count, among: count) : 1)
            },
            in: self,
            among: count
        )
    }

    /// A word that few have says more; the logarithm by its exponent is close enough for ranking.
    private static func factor(_ found: Int, among count: Int) -> Float {
        Float((Float(count + 1) / Float(min(found, count) + 1)).exponent) + 1
    }

    private func sources(of part: WordQuery.Part) -> Sources {
        var sources = Sources()
        for held in segments {
            let terms = held.segment.terms
            func add(_ position: Int) {
                sources.places.append((held, position))
                sources.count += held.segment.count(at: position)
            }
            switch part {
            case .word(var word):
                word.withUTF8 { word in
                    let position = terms.position(of: word)
                    if terms.isWord(word, at: position) { add(position) }
                }
            case .prefix(var prefix):
                for position in prefix.withUTF8({ terms.range(from: $0) }) { add(position) }
            case .pattern(let pattern):
                for position in 0..<terms.count where pattern.matches(terms.text(position)) { add(position) }
            }
        }
        return sources
    }

    private func list(_ sources: Sources, among count: Int, _ factor: Float) -> [Scored] {
        var found: [Scored] = []
        if sources.isAscending || sources.count < count / 8 {
            found.reserveCapacity(sources.count)
            for (held, position) in sources.places {
                held.segment.forEach(at: position) { handle, weight in
                    if isCurrent(handle, held) {
                        found.append(Scored(handle: handle, score: Float(weight) * factor))
                    }
                }
            }
            return sources.isAscending ? found : SearchIndex.merged(found)
        }
        let weights = weights(sources, among: count)
        found.reserveCapacity(min(sources.count, count))
        weights.withUnsafeBufferPointer { weights in
            for handle in 0..<weights.count where weights[handle] > 0 {
                found.append(Scored(handle: UInt32(handle), score: Float(weights[handle]) * factor))
            }
        }
        return found
    }

    /// How much the part counts in each entity, by handle; 0 where it isn't found.
    private func weights(_ sources: Sources, among count: Int) -> [UInt8] {
        var weights = [UInt8](repeating: 0, count: count)
        weights.withUnsafeMutableBufferPointer { weights in
            for (held, position) in sources.places {
                held.segment.forEach(at: position) { handle, weight in
                    let place = Int(handle)
                    if weight > weights[place], isCurrent(handle, held) { weights[place] = weight }
                }
            }
        }
        return weights
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

    private func both(_ one: [Scored], _ part: Sources, _ factor: Float) -> [Scored] {
        guard one.count < part.count / 8 else { return bothWhole(one, part, factor) }
        // Few of many: jumps from one to the next.
        var result: [Scored] = []
        var left = 0
        for (held, position) in part.places {
            var range = held.segment.range(at: position)
            let last = held.segment.bounds(at: position).1
            while left < one.count, one[left].handle <= last {
                let handle = one[left].handle
                let place = held.segment.seek(handle, in: range)
                range = place..<range.upperBound
                if held.segment.handles[place] == handle, isCurrent(handle, held) {
                    let weight = Float(held.segment.weights[place])
                    result.append(Scored(handle: handle, score: one[left].score + weight * factor))
                }
                left += 1
            }
        }
        return result
    }

    private func bothWhole(_ one: [Scored], _ part: Sources, _ factor: Float) -> [Scored] {
        var result: [Scored] = []
        one.withUnsafeBufferPointer { one in
            var left = 0
            for (held, position) in part.places {
                held.segment.forEach(at: position) { handle, weight in
                    while left < one.count, one[left].handle < handle { left += 1 }
                    if left < one.count, one[left].handle == handle, isCurrent(handle, held) {
                        result.append(
                            Scored(handle: handle, score: one[left].score + Float(weight) * factor)
                        )
                    }
                }
            }
        }
        return result
    }

    // MARK: Completing words

    /// Words that start with a prefix, those that most entities have first.
    ///
    /// Cost: the blocks of words whose most frequent one may be among the wanted.
    func words(from prefix: String, limit: Int) -> [String] {
        var prefix = prefix
        var found: Set<String> = []
        for held in segments {
            let range = prefix.withUTF8 { held.segment.terms.range(from: $0) }
            for position in held.segment.frequent(in: range, limit: max(8, limit)) {
                found.insert(held.segment.terms.text(position))
            }
        }
        let counted = found.map { word in (word: word, count: sources(of: .word(word)).count) }
        return counted.sorted { ($1.count, $0.word) < ($0.count, $1.word) }.prefix(limit).map(\.word)
    }

    /// Words that start with a prefix and that an entity has for which `body` holds, in the order of their bytes.
    ///
    /// Cost: a look at the entities of each word up to the last one given, until one is found for which `body` holds.
    func words(from prefix: String, limit: Int, where body: (UInt32) -> Bool) -> [String] {
        var prefix = prefix
        var left = segments.map { held in prefix.withUTF8 { held.segment.terms.range(from: $0) } }
        var found: [String] = []
        while found.count < limit, let first = least(left) {
            let text = segments[first].segment.terms.text(left[first].lowerBound)
            var isFound = false
            segments[first].segment.terms.word(left[first].lowerBound) { word in
                for (index, held) in segments.enumerated() where !left[index].isEmpty {
                    let position = left[index].lowerBound
                    guard held.segment.terms.isWord(word, at: position) else { continue }
                    isFound =
                        isFound
                        || held.segment.contains(at: position) { isCurrent($0, held) && body($0) }
                    left[index] = left[index].dropFirst()
                }
            }
            if isFound { found.append(text) }
        }
        return found
    }

    /// The segment whose next word comes first; nil when none has one.
    private func least(_ left: [Range<Int>]) -> Int? {
        var least: Int?
        for index in left.indices where !left[index].isEmpty {
            guard let best = least else {
                least = index
                continue
            }
            let order = segments[index].segment.terms.word(left[index].lowerBound) { word in
                segments[best].segment.terms.word(left[best].lowerBound) { TermList.order(word, $0) }
            }
            if order < 0 { least = index }
        }
        return least
    }
}
