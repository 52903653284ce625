import Catalog
import CatalogModel
import Testing

/// A catalog large enough for settled tables of handles, several blocks of a search, and words that few of many have.
struct `A large catalog` {
    /// What the test knows of it: texts by name of entities in use, and their identities.
    private struct Model: Sendable {
        var graph = EntityGraph()
        var texts: [String: [String]] = [:]
        var ids: [String: EntityID] = [:]
        var round: UInt64 = 0

        func transaction() -> CatalogTransaction {
            var count: UInt64 = 0
            return CatalogTransaction(graph, user: "u", now: Int64(round)) { [round] in
                count += 1
                return EntityID(bits: round << 24, count)
            }
        }

        private static func words(_ number: Int) -> [String] {
            var words = ["common", "w\(number % 7)x", "rest\(number % 2)"]
            if number % 2 == 0 { words.append("half") }
            if number % 331 == 0 { words.append("rare") }
            if number % 977 == 0 { words.append("rarest") }
            return words
        }

        /// Adds entities in a bulk request.
        mutating func add(_ numbers: Range<Int>) throws {
            round += 1
            let entities = numbers.map { number in
                let text = Model.words(number).joined(separator: " ")
                return
                    #"{"typeName":"DataSet","attributes":{"qualifiedName":"n\#(number)","name":"\#(text)"}}"#
            }.joined(separator: ",")
            let plan = try #require(BulkPlan(Array(#"{"entities":[\#(entities)]}"#.utf8), graph.types))
            var transaction = transaction()
            let creation = transaction.create(plan)
            #expect(creation != nil)
            _ = transaction.finish()
            graph = transaction.graph
            for number in numbers {
                texts["n\(number)"] = Model.words(number)
                ids["n\(number)"] = try #require(
                    graph.entity(of: "DataSet", "qualifiedName", "n\(number)")?.id
                )
            }
        }

        /// Changes, renames, deletes and purges some; one transaction more is dropped.
        mutating func change(_ random: inout SeededNumbers) throws {
            round += 1
            var transaction = transaction()
            var dropped = transaction
            let names = ids.keys.sorted()
            for _ in 0..<60 {
                let name = names[Int(random.next() % UInt64(names.count))]
                guard let id = ids[name] else { continue }
                var input = EntityInput(typeName: "DataSet", guid: id.text, attributes: JSONObject())
                switch random.next() % 4 {
                case 0:
                    input.attributes = ["qualifiedName": .string(name), "name": "half changed"]
                    try transaction.write([input])
                    texts[name] = ["half", "changed"]
                case 1:
                    let other = "r\(round)\(name)"
                    input.attributes = ["qualifiedName": .string(other), "name": "common changed"]
                    try transaction.write([input])
                    (ids[name], ids[other]) = (nil, id)
                    (texts[name], texts[other]) = (nil, ["common", "changed"])
                case 2:
                    try transaction.delete([id])
                    (ids[name], texts[name]) = (nil, nil)
                default:
                    try transaction.delete([id])
                    try transaction.purge([id])
                    (ids[name], texts[name]) = (nil, nil)
                }
                try dropped.delete([id])
            }
            _ = (transaction.finish(), dropped.finish())
            graph = transaction.graph
        }
    }

    /// Made once for all tests, which change copies.
    private static let made = Result { try furnished() }

    private static func furnished() throws -> (model: Model, random: SeededNumbers) {
        var (model, random) = (Model(), SeededNumbers(seed: 27))
        for first in stride(from: 0, to: 18_000, by: 3000) {
            try model.add(first..<(first + 3000))
            try model.change(&random)
        }
        return (model, random)
    }

    @Test func `finds everything by its name, and nothing by names that nobody has`() throws {
        var (model, random) = try Self.made.get()
        for _ in 0..<4 {
            try model.change(&random)
            for (name, id) in model.ids {
                guard model.graph.entity(of: "DataSet", "qualifiedName", name)?.id == id,
                    model.graph[id]?.qualifiedName == name
                else {
                    Issue.record("\(name)")
                    return
                }
            }
            for number in 0..<18_000 where model.ids["n\(number)"] == nil {
                #expect(model.graph.entity(of: "DataSet", "qualifiedName", "n\(number)") == nil)
            }
            // Names that are free again may be taken, by whichever way.
            let free = (0..<18_000).filter { model.ids["n\($0)"] == nil }
            let first = try #require(free.first)
            try model.add(first..<(first + 1))
        }
    }

    @Test(arguments: [
        "common half", "common rare", "half rare", "rare rarest", "common w3x", "ra*", "w*", "rest*",
        "common w*",
        "ra* half", "common half rest1", "rare", "changed common", "half nothing",
    ])
    func `finds, counts and ranks as a look at each entity does`(text: String) throws {
        let (model, _) = try Self.made.get()
        let parts = text.split(separator: " ").map(String.init)
        func fits(_ part: String, _ word: String) -> Bool {
            part.hasSuffix("*") ? word.hasPrefix(part.dropLast()) : word == part
        }
        let expected = model.texts.filter { _, words in
            parts.allSatisfy { part in words.contains { fits(part, $0) } }
        }.keys
        var question = SearchQuestion()
        question.words = text
        question.excludesDeleted = true
        question.limit = 20_000
        let (found, facets) = try model.graph.searchWithFacets(question, ["__typeName"], OpenGate(), now: 0)
        #expect(Set(found.entities.compactMap(\.qualifiedName)) == Set(expected))
        #expect(found.count == expected.count)
        #expect((facets.first?.counts.first?.count ?? 0) == expected.count)
        // All words count the same here: they come in the order in which the entities came.
        question.limit = 10
        let page = try model.graph.search(question, OpenGate(), now: 0)
        #expect(page.entities == Array(found.entities.prefix(10)))
    }
}
