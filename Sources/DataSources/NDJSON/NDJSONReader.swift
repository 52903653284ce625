import CatalogModel
import Governance

/// Delivers the planned columns of a file with a JSON object on each line.
final class NDJSONReader: BatchReader {
    var skippedRows: Int { rows.skippedRows }
    private let lines: LineReader
    private let plan: ScanPlan
    private let paths: JSONPaths
    private let tuning: ReadTuning
    private var rows: RowBuilder
    private var rowsRead = 0
    private var decoded: [UInt8] = []
    private var failedColumn: Int?
    /// A column whose path led to a second value in the line.
    private var columnWithTwo: Int?

    init(_ lines: LineReader, _ plan: ScanPlan, tuning: ReadTuning) {
        self.lines = lines
        self.plan = plan
        self.tuning = tuning
        paths = JSONPaths(plan.columns.map(\.sourcePath))
        rows = RowBuilder(plan)
    }

    func nextBatch() throws(GovernanceError) -> RawBatch? {
        while rows.rowCount < tuning.batchRows, rows.byteCount < tuning.chunkBytes {
            guard let line = try nextLine() else { break }
            rowsRead += 1
            failedColumn = nil
            do throws(Malformation) {
                try read(line)
                rows.endRow()
            } catch {
                let column = failedColumn.map { plan.columns[$0].name }
                try rows.refuse(RowFault(row: rowsRead, line: lines.line, column: column, why: error))
            }
        }
        return rows.takeBatch()
    }

    private func nextLine() throws(GovernanceError) -> Bytes? {
        do throws(GovernanceError) { return try lines.next() } catch {
            throw GovernanceError(error.code, "table `\(plan.table)`: \(error.message)")
        }
    }

    private func read(_ line: Bytes) throws(Malformation) {
        guard UTF8Check.isValid(line) else { throw .invalidUTF8 }
        var scanner = JSONScanner(line, depthLimit: tuning.jsonDepth)
        guard scanner.next() == UInt8(ascii: "{") else { throw .notAnObject }
        columnWithTwo = nil
        try readObject(&scanner, node: 0)
        try scanner.end()
        // Only now: a key that is there twice is the better reason.
        if let column = columnWithTwo {
            failedColumn = column
            throw .ambiguousPath
        }
    }

    private func readObject(_ scanner: inout JSONScanner, node: Int) throws(Malformation) {
        try scanner.object { scanner, key throws(Malformation) in
            guard let child = self.child(of: node, key, scanner.text) else {
                _ = try scanner.value()
                return
            }
            let leadsOn = !self.paths.nodes[child].children.isEmpty
            let start = scanner.position
            if leadsOn, scanner.next() == UInt8(ascii: "{") {
                try self.readObject(&scanner, node: child)
                let value = JSONScanner.Value(
                    kind: .nested,
                    range: start..<scanner.position,
                    isEscaped: false
                )
                try self.deliver(value, scanner.text, to: child)
                return
            }
            let value = try scanner.value()
            if leadsOn, value.kind != .null { throw .noObjectOnPath }
            try self.deliver(value, scanner.text, to: child)
        }
    }

    private func child(of node: Int, _ key: JSONScanner.Value, _ text: Bytes) -> Int? {
        let inside = Bytes(rebasing: text[(key.range.lowerBound + 1)..<(key.range.upperBound - 1)])
        guard key.isEscaped else { return paths.child(of: node, key: inside) }
        return KeyLedger.decoded(key, text).withUnsafeBufferPointer { paths.child(of: node, key: $0) }
    }

    /// Gives a value to the columns whose path ends at a node.
    private func deliver(_ value: JSONScanner.Value, _ text: Bytes, to node: Int) throws(Malformation) {
        for column in paths.nodes[node].columns {
            guard !rows.hasValue(column) else {
                columnWithTwo = column
                continue
            }
            failedColumn = column
            let raw = Bytes(rebasing: text[value.range])
            switch (value.kind, plan.columns[column].type) {
            case (.null, _): rows.appendNull(to: column)
            case (_, .json): rows.append(json: raw, to: column)
            case (.nested, .complex): try rows.append(raw, to: column)
            case (.nested, _): throw .nestedValue
            case (.number, _), (.boolean, _): try rows.append(raw, to: column)
            case (.string, _):
                let inside = Bytes(rebasing: raw[1..<(raw.count - 1)])
                if value.isEscaped {
                    decoded.removeAll(keepingCapacity: true)
                    JSONText.decode(inside, to: &decoded)
                    try decoded.withUnsafeBufferPointer { text throws(Malformation) in
                        try rows.append(text, to: column)
                    }
                } else {
                    try rows.append(inside, to: column)
                }
            }
            failedColumn = nil
        }
    }
}
