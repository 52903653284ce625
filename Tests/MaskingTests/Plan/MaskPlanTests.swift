import CatalogModel
import PolicyEngine
import TestSupport
import Testing

@testable import Masking

@Suite(.aside) struct `A mask plan` {
    private let people: [ColumnSchema] = [
        ColumnSchema(ColumnName("name"), .string), ColumnSchema(ColumnName("card"), .char(16)),
        ColumnSchema(ColumnName("pay"), .double), ColumnSchema(ColumnName("open"), .boolean),
    ]
    private let library = ExpressionLibrary([
        "open": .column(ColumnName("open")), "{USER}": .macro(.user), "gone": .column(ColumnName("gone")),
    ])

    private func plan(_ columns: [(String, Treatment)], rowFilter: String? = nil) throws -> MaskPlan {
        let schema = try #require(TableSchema(people))
        let decision = try Choices.decision(columns, rowFilter: rowFilter)
        return try MaskPlan(decision: decision, schema: schema, expressions: library)
    }

    private func batch(_ plan: MaskPlan, _ columns: [[String?]], rows: Int) throws -> RawBatch {
        RawBatch(
            schema: try #require(TableSchema(plan.sourceColumns)),
            columns: columns.map { ColumnVector($0) },
            rowCount: rows
        )
    }

    private func rows(_ batch: MaskedBatch) -> [[String?]] {
        (0..<batch.rowCount).map { row in batch.columns.map { $0.unmaskedText(row) } }
    }

    @Test
    func `rows are filtered and columns masked in the requested order`() throws {
        let plan = try plan(
            [("card", Choices.custom("mask_show_last_n({col}, 4, 'x', 'x', 'x', -1)")), ("name", .clear)],
            rowFilter: "open"
        )
        #expect(plan.sourceColumns.map(\.name.text) == ["card", "name", "open"])
        #expect(plan.outputSchema.columns.map(\.type) == [.char(16), .string])
        #expect(plan.prefilter == .column(ColumnName("open")))
        let cards = ["4111111111111111", "4222222222222222", nil, "4333333333333333"]
        let raw = try batch(
            plan,
            [cards, ["Ana", "Bob", "Cy", nil], ["true", "false", "true", nil]],
            rows: 4
        )
        #expect(rows(try plan.apply(to: raw)) == [["xxxxxxxxxxxx1111", "Ana"], [nil, "Cy"]])
    }

    @Test
    func `a column that is always NULL is not read`() throws {
        let plan = try plan([
            ("name", .masked(Choices.mask("MASK_NULL", nil))), ("pay", Choices.custom("mask({col})")),
        ])
        #expect(plan.sourceColumns.isEmpty)
        #expect(plan.outputSchema.columns.map(\.type) == [.string, .double])
        let result = try plan.apply(to: batch(plan, [], rows: 2))
        #expect(rows(result) == [[nil, nil], [nil, nil]])
    }

    @Test
    func `a hash is a string and no mask leaves a column as it is`() throws {
        let plan = try plan([
            ("card", .masked(Choices.mask("MASK_HASH", "mask_hash({col})"))),
            ("pay", .masked(Choices.mask("MASK_NONE", nil))),
        ])
        #expect(plan.outputSchema.columns.map(\.type) == [.string, .double])
        let result = try plan.apply(to: batch(plan, [[""], ["1.50"]], rows: 1))
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(rows(result) == [[empty, "1.50"]])
    }

    @Test
    func `an expression computes its column`() throws {
        let plan = try plan([("name", Choices.custom("{USER}"))])
        #expect(plan.sourceColumns.isEmpty)
        #expect(rows(try plan.apply(to: batch(plan, [], rows: 1))) == [["ana"]])
    }

    @Test
    func `other columns than planned are refused`() throws {
        let plan = try plan([("name", .clear), ("card", .clear)])
        let (name, card, pay) = (people[0], people[1], people[2])
        let longCard = ColumnSchema(card.name, .string)
        for columns in [[], [name], [card, name], [name, longCard], [name, card, pay]] {
            let raw = RawBatch(
                schema: try #require(TableSchema(columns)),
                columns: columns.map { _ in ColumnVector(["1"]) },
                rowCount: 1
            )
            #expect(throws: MaskError.unexpectedColumns) { try plan.apply(to: raw) }
        }
    }

    @Test
    func `what cannot be carried out whole is refused`() throws {
        let refusals: [(MaskError, [(String, Treatment)], String?)] = [
            (.deniedColumn(ColumnName("card")), [("name", .clear), ("card", .denied)], nil),
            (.unknownColumn(ColumnName("gone")), [("gone", .clear)], nil),
            (.repeatedColumn(ColumnName("name")), [("name", .clear), ("name", .clear)], nil),
            (.unknownMask("MASK_X"), [("name", .masked(Choices.mask("MASK_X", nil)))], nil),
            (.unsupportedArguments(mask: "mask"), [("name", Choices.custom("mask({col}, 'ab', 1.5)"))], nil),
            (.unpublishedExpression(ColumnName("name")), [("name", Choices.custom("mask({col}, 'ab"))], nil),
            (.unfitType(mask: "year", type: .string), [("name", Choices.custom("year({col})"))], nil),
            (.unpublishedExpression(ColumnName("name")), [("name", Choices.custom("upper({col})"))], nil),
            (.unpublishedExpression(nil), [("name", .clear)], "pay > 3"),
            (.failedExpression(ColumnName("name")), [("name", Choices.custom("gone"))], nil),
            (.failedExpression(nil), [("name", .clear)], "gone"),
        ]
        for (error, columns, filter) in refusals {
            #expect(throws: error) { try plan(columns, rowFilter: filter) }
        }
    }

    @Test
    func `a malformed value stops the batch`() throws {
        let schema = try #require(TableSchema([ColumnSchema(ColumnName("born"), .date)]))
        let decision = try Choices.decision([("born", Choices.custom("mask({col})"))])
        let plan = try MaskPlan(decision: decision, schema: schema, expressions: ExpressionLibrary())
        #expect(throws: MaskError.malformedValue(ColumnName("born"))) {
            try plan.apply(to: batch(plan, [["2024-05-17", "soon"]], rows: 2))
        }
    }
}
