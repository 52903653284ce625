import CatalogModel
import Masking
import QueryAnalysis

/// A column of a test: its name, type and values.
typealias Given = (name: String, type: DataType, values: [String?])

func rows(_ given: [Given]) throws -> RawBatch {
    let columns = given.map { ColumnSchema(ColumnName($0.name), $0.type) }
    guard let schema = TableSchema(columns) else { throw ExpressionError.otherColumns }
    let count = given.first?.values.count ?? 0
    return RawBatch(schema: schema, columns: given.map { ColumnVector($0.values) }, rowCount: count)
}

func compiled(_ text: String, _ batch: RawBatch, column: String? = nil) throws -> CompiledExpression {
    try CompiledExpression(
        try ExpressionParser.parse(text),
        schema: batch.schema,
        subject: Subject(user: UserName("alice")),
        now: Instant(seconds: 1_700_000_000),
        maskedColumn: column.map { ColumnName($0) }
    )
}

func selected(_ text: String, _ batch: RawBatch) throws -> [Int32] {
    try compiled(text, batch).selection(over: batch)
}

func shown(_ text: String, _ batch: RawBatch, column: String? = nil) throws -> [String?] {
    let vector = try compiled(text, batch, column: column).column(over: batch)
    return (0..<vector.count).map { vector.unmaskedText($0) }
}

func refusal(_ text: String) -> String? {
    do {
        _ = try ExpressionParser.parse(text)
        return nil
    } catch {
        return error.message
    }
}

/// SplitMix64, so that a seed gives the same expressions everywhere.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
