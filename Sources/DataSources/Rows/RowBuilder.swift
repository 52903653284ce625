import CatalogModel
import Governance

/// Rows under construction, column by column, for sources that deliver a value at a time.
///
/// Each row gives each column one value or none (NULL); a row that turns out malformed is taken back whole.
struct RowBuilder {
    private let plan: ScanPlan
    private var vectors: [ColumnVector]
    private var filled: [Bool]
    private var scratch: [UInt8] = []
    private(set) var rowCount = 0
    private(set) var byteCount = 0
    private(set) var skippedRows = 0

    init(_ plan: ScanPlan) {
        self.plan = plan
        vectors = plan.columns.map { _ in ColumnVector() }
        filled = plan.columns.map { _ in false }
    }

    /// Whether a column of the row has its value already.
    func hasValue(_ column: Int) -> Bool { filled[column] }

    /// Gives a column its value, in canonical form.
    ///
    /// The text must be valid UTF-8.
    /// - Throws: a value that isn't one of the column's type.
    mutating func append(_ text: Bytes, to column: Int) throws(Malformation) {
        guard !text.contains(0) else { throw .nul }
        switch plan.forms[column].fit(text, &scratch) {
        case .asIs: vectors[column].append(text)
        case .rewritten: scratch.withUnsafeBufferPointer { vectors[column].append($0) }
        case .misfit: throw .misfit(plan.columns[column].type)
        }
        filled[column] = true
        byteCount += text.count
    }

    /// Gives a `json` column a JSON text that was checked.
    mutating func append(json text: Bytes, to column: Int) {
        vectors[column].append(text)
        filled[column] = true
        byteCount += text.count
    }

    /// Gives a column NULL.
    mutating func appendNull(to column: Int) {
        vectors[column].appendNull()
        filled[column] = true
    }

    /// Ends the row: columns without a value are NULL.
    mutating func endRow() {
        for column in filled.indices {
            if !filled[column] { vectors[column].appendNull() }
            filled[column] = false
        }
        rowCount += 1
    }

    /// Takes the row under construction back.
    mutating func dropRow() {
        for column in filled.indices where filled[column] {
            vectors[column].removeLastRow()
            filled[column] = false
        }
    }

    /// Takes the row back and counts it, or ends the read with it, as the source's rule says.
    ///
    /// - Throws: `.malformedRow`.
    mutating func refuse(_ fault: RowFault) throws(GovernanceError) {
        dropRow()
        guard plan.rule == .skip, !fault.why.endsTable else { throw fault.error(in: plan.table) }
        skippedRows += 1
    }

    /// The rows so far as a batch, nil when there are none; begins anew.
    mutating func takeBatch() -> RawBatch? {
        guard rowCount > 0 else { return nil }
        let batch = RawBatch(schema: plan.schema, columns: vectors, rowCount: rowCount)
        vectors = vectors.map { ColumnVector(rowCapacity: $0.count, byteCapacity: $0.bytes.count + 256) }
        rowCount = 0
        byteCount = 0
        return batch
    }
}
