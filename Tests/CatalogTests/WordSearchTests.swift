import Catalog
import CatalogModel
import TestSupport
import Testing

@Suite(.aside) struct `Search by words` {
    private static let words = ["order", "orders", "payment", "pay", "customer", "city", "address", "audit"]

    /// Changes a catalog at random; words of one vocabulary in names and descriptions.
    private func change(_ graph: EntityGraph, _ round: Int, _ random: inout SeededNumbers) throws
        -> EntityGraph
    {
        var count = 0
        var transaction = CatalogTransaction(graph, user: "u", now: 0) {
            count += 1
            return EntityID(bits: UInt64(round) << 24, UInt64(count))
        }
        let inputs = (0..<40).map { _ in
            let text = (0..<3).map { _ in Self.words[Int(random.next() % 8)] }
            return EntityInput(
                typeName: random.next() % 2 == 0 ? "DataSet" : "Process",
                guid: nil,
                attributes: [
                    "qualifiedName": .string("q\(random.next() % 200)"), "name": .string(text[0]),
                    "description": .string("\(text[1]) \(text[2])"),
                    "owner": .string("o\(random.next() % 3)"),
                ]
            )
        }
        try transaction.write(inputs)
        let all = transaction.graph.entities(ofExactly: "DataSet")
        try transaction.delete([all[Int(random.next() % UInt64(all.count))].id])
        _ = transaction.finish()
        return transaction.graph
    }

    private func texts(_ entity: Entity) -> [String] {
        ["name", "description"].flatMap {
            (entity.attributes.text($0) ?? "").split(separator: " ").map(String.init)
        }
    }

    /// What a naive search finds: all words, the last one as a beginning where it ends in `*`.
    private func naive(_ graph: EntityGraph, _ words: [String], active: Bool) -> [Entity] {
        ["DataSet", "Process"].flatMap { graph.entities(ofExactly: $0) }.filter { entity in
            (!active || entity.isActive)
                && words.allSatisfy { word in
                    let prefix = word.hasSuffix("*") ? String(word.dropLast()) : nil
                    return texts(entity).contains { prefix.map($0.hasPrefix) ?? ($0 == word) }
                }
        }
    }

    @Test func `finds and counts what a look at each entity finds, after many changes`() throws {
        var random = SeededNumbers(seed: 5)
        var graph = EntityGraph()
        for round in 0..<40 {
            graph = try change(graph, round, &random)
            let words = (0..<(1 + random.next() % 2)).map { index in
                let word = Self.words[Int(random.next() % 8)]
                return random.next() % 3 == 0 ? "\(word.prefix(3))*" : word
            }
            var question = SearchQuestion()
            question.words = words.joined(separator: " ")
            question.excludesDeleted = random.next() % 2 == 0
            question.limit = 10_000
            let expected = naive(graph, words, active: question.excludesDeleted)
            let (found, facets) = try graph.searchWithFacets(
                question,
                ["owner", "__typeName"],
                OpenGate(),
                now: 0
            )
            #expect(Set(found.entities.map(\.id)) == Set(expected.map(\.id)), "\(words) in round \(round)")
            #expect(found.count == expected.count && !found.hasMore)
            let owners = Dictionary(grouping: expected, by: { $0.attributes.text("owner") ?? "" }).mapValues(
                \.count
            )
            let counted = try #require(facets.first).counts
            #expect(Dictionary(uniqueKeysWithValues: counted.map { ($0.value, $0.count) }) == owners)
            // A page is the beginning of the whole answer.
            question.limit = 3
            let page = try graph.search(question, OpenGate(), now: 0)
            #expect(page.entities == Array(found.entities.prefix(3)) && page.count == found.count)
        }
    }

    @Test func `completes words that most entities have first`() throws {
        var random = SeededNumbers(seed: 6)
        var graph = EntityGraph()
        for round in 0..<10 { graph = try change(graph, round, &random) }
        let found = graph.suggestions(for: "o", OpenGate())
        #expect(Set(found) == ["order", "orders", "o0", "o1", "o2"])
        #expect(graph.suggestions(for: "zz", OpenGate()).isEmpty)
    }
}
