import CatalogModel
import Lineage
import TestSupport
import Testing

@Suite(.aside) struct `Tags along lineage` {
    private static func column(_ number: Int) -> ColumnReference {
        // The names are made here, so they are names.
        ColumnReference(
            table: TableName(parts: ["d", "t\(number / 4)"]) ?? fallback,
            column: ColumnName("c\(number)")
        )
    }

    private static let fallback: TableName = {
        guard let name = TableName("d.t") else { preconditionFailure("d.t is a name") }
        return name
    }()

    @Test func `flow to what is made from a column and stop where something anonymises`() {
        let (a, b, c, d) = (Self.column(0), Self.column(4), Self.column(8), Self.column(12))
        let graph = LineageGraph([
            LineageEdge(input: a, output: b, process: "copy"),
            LineageEdge(input: b, output: c, process: "hash", anonymises: true),
            LineageEdge(input: b, output: d, process: "copy again"),
        ])
        let tags = { (column: ColumnReference) in column == a ? [Tag(TagName("PII"))] : [] }
        func found(_ column: ColumnReference) -> [EffectiveTag] {
            graph.effectiveTags(of: column, columnTags: tags, tableTags: { _ in [] })
        }
        #expect(found(a) == [EffectiveTag(Tag(TagName("PII")), origin: .column)])
        #expect(found(b) == [EffectiveTag(Tag(TagName("PII")), origin: .lineage(path: [a, b]))])
        #expect(found(c).isEmpty)
        #expect(found(d) == [EffectiveTag(Tag(TagName("PII")), origin: .lineage(path: [a, b, d]))])
        #expect(graph.impact(of: a) == [b, c, d])
        #expect(Set(graph.provenance(of: d)) == [a, b])
    }

    @Test func `flow from a table's tag too`() {
        let (a, b) = (Self.column(0), Self.column(4))
        let graph = LineageGraph([LineageEdge(input: a, output: b, process: "copy")])
        let found = graph.effectiveTags(
            of: b,
            columnTags: { _ in [] },
            tableTags: { $0 == a.table ? [Tag(TagName("SECRET"))] : [] }
        )
        #expect(found == [EffectiveTag(Tag(TagName("SECRET")), origin: .lineage(path: [a, b]))])
    }

    @Test(arguments: 0..<50)
    func `are those of a naive fix-point, also in circles`(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let count = 2 + next(14)
        let edges = (0..<next(40)).map { _ in
            LineageEdge(
                input: Self.column(next(count)),
                output: Self.column(next(count)),
                process: "p",
                anonymises: next(4) == 0
            )
        }
        var direct: [ColumnReference: Set<String>] = [:]
        for _ in 0..<next(6) { direct[Self.column(next(count)), default: []].insert("T\(next(3))") }
        var expected = direct
        var changed = true
        while changed {
            changed = false
            for edge in edges where !edge.anonymises {
                let all = expected[edge.output, default: []].union(expected[edge.input, default: []])
                if all != expected[edge.output, default: []] {
                    expected[edge.output] = all
                    changed = true
                }
            }
        }
        let graph = LineageGraph(edges)
        for number in 0..<count {
            let column = Self.column(number)
            let found = graph.effectiveTags(
                of: column,
                columnTags: { direct[$0, default: []].sorted().map { Tag(TagName($0)) } },
                tableTags: { _ in [] }
            )
            #expect(
                Set(found.map(\.tag.name.text)) == expected[column, default: []],
                "seed \(seed), column \(column)"
            )
            for tag in found {
                guard case .lineage(let path) = tag.origin else { continue }
                #expect(path.last == column && path.count >= 2)
                for (input, output) in zip(path, path.dropFirst()) {
                    #expect(edges.contains { $0.input == input && $0.output == output && !$0.anonymises })
                }
            }
        }
    }
}
