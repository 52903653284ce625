import CatalogModel
import QueryAnalysis
import TestSupport
import Testing

@testable import Governance

/// Swift takes two names for the same that PostgreSQL tells apart by their bytes.
@Suite(.aside) struct `Names that are the same but for how they are written` {
    private static let names = ["caf\u{E9}", "cafe\u{301}"]

    @Test func `of relations leave none of them`() {
        let relations = (Self.names + ["tea"]).enumerated().map { number, name in
            UpstreamRelation(
                name: RelationName(schema: "public", name: name),
                identifier: UInt32(number + 1),
                columns: [],
                numbers: [],
                types: [],
                view: nil
            )
        }
        let shape = UpstreamShape(relations)
        #expect(shape.relations.keys.map(\.name) == ["tea"])
        #expect((1...3).map { shape.relation(identifier: $0)?.name.name } == [nil, nil, "tea"])
    }

    @Test func `of columns make a relation ungovernable`() throws {
        let relation = RelationName(schema: "public", name: "t")
        let columns = Self.names.map { UpstreamColumn(name: $0, type: "text") }
        let threads = try #require(ParserThreads(count: 1))
        @Sendable func code(_ rules: [ColumnRule]) -> StatementErrorCode? {
            do throws(StatementError) {
                _ = try PolicyText(relations: [relation: columns], user: "u").relation(
                    relation,
                    columns: zip(columns, rules).map { ($0, $1) },
                    filter: nil
                )
                return nil
            } catch { return error.code }
        }
        #expect(threads.run { code([.clear, .withheld]) } == .ungovernable)
        // Whoever may see nothing of it isn't told that it is there.
        #expect(threads.run { code([.withheld, .withheld]) } == nil)
    }
}
