import Catalog
import CatalogModel
import TestSupport
import Testing

@Suite(.aside) struct `Search for those who may not read everything` {
    /// Hides what is called `secret…`.
    private struct NameGate: CatalogGate {
        var isOpen: Bool { false }
        func permits(_ privilege: CatalogPrivilege, type: String, category: TypeCategory) -> Bool { true }
        func permits(_ privilege: CatalogPrivilege, on entity: EntityFacts, detail: String?) -> Bool {
            !entity.name.hasPrefix("secret")
        }
        func permits(
            _ privilege: CatalogPrivilege,
            relationship: String,
            _ end1: EntityFacts,
            _ end2: EntityFacts
        ) -> Bool { true }
        func permits(_ privilege: CatalogPrivilege) -> Bool { true }
        func shown(_ entity: Entity) -> Entity { entity }
    }

    private static let texts = ["order", "order payment", "payment city", "outer order"]

    /// A catalog of data sets called `open…`, with so many called `secret…` before each of them.
    private static func graph(_ count: Int, hidden: Int) throws -> EntityGraph {
        var made: UInt64 = 0
        var transaction = CatalogTransaction(EntityGraph(), user: "u", now: 0) {
            made += 1
            return EntityID(bits: 0, made)
        }
        func input(_ name: String, _ text: String) -> EntityInput {
            EntityInput(
                typeName: "DataSet",
                guid: nil,
                attributes: [
                    "qualifiedName": .string(name), "name": .string(name), "description": .string(text),
                ]
            )
        }
        try transaction.write(
            (0..<count).flatMap { number in
                (0..<hidden).map { input("secret-\(number)-\($0)", "order payment orderly obelisk") }
                    + [input("open-\(number)", texts[number % texts.count])]
            }
        )
        _ = transaction.finish()
        return transaction.graph
    }

    private static var questions: [SearchQuestion] {
        var questions: [SearchQuestion] = []
        for words in ["order", "pay*", "order payment", "*er", "\"order payment\"", ""] {
            for (offset, limit) in [(0, 5), (20, 10), (0, 1000), (1000, 5)] {
                var question = SearchQuestion()
                (question.words, question.offset, question.limit) = (words, offset, limit)
                if words.isEmpty { question.types = ["DataSet"] }
                questions.append(question)
                question.sortBy = "name"
                questions.append(question)
            }
        }
        return questions
    }

    @Test func `answers as if what is hidden weren't there, however much it is`() throws {
        let (bare, full) = (try Self.graph(60, hidden: 0), try Self.graph(60, hidden: 40))
        for question in Self.questions {
            let answers = try [bare, full].map { graph in
                let (found, facets) = try graph.searchWithFacets(
                    question,
                    ["__typeName", "description"],
                    NameGate(),
                    now: 0
                )
                let plain = try graph.search(question, NameGate(), now: 0)
                return [found, plain].map { finding in
                    let names = finding.entities.compactMap(\.qualifiedName)
                    return "\(names) \(finding.count) \(finding.hasMore)"
                } + facets.map { "\($0)" }
            }
            #expect(answers[0] == answers[1], "\(question)")
        }
        for graph in [bare, full] {
            #expect(graph.suggestions(for: "o", NameGate()) == ["open", "order", "outer"])
            #expect(graph.suggestions(for: "ob", NameGate()).isEmpty)
        }
    }

    @Test func `counts up to a bound or the end of the page`() throws {
        let graph = try Self.graph(SearchQuestion.mostCounted + 10, hidden: 0)
        var question = SearchQuestion()
        question.types = ["DataSet"]
        question.limit = 10
        let first = try graph.search(question, NameGate(), now: 0)
        #expect(first.count == SearchQuestion.mostCounted && first.hasMore && first.entities.count == 10)
        question.offset = SearchQuestion.mostCounted + 5
        let last = try graph.search(question, NameGate(), now: 0)
        #expect(last.count == SearchQuestion.mostCounted + 10 && !last.hasMore && last.entities.count == 5)
        question.offset = .max
        #expect(throws: CatalogError.self) { try graph.search(question, NameGate(), now: 0) }
    }
}
