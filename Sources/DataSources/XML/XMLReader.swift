import CatalogModel
import Governance

/// Delivers the planned columns of an XML document with a repeated row element.
final class XMLReader: BatchReader {
    var skippedRows: Int { rows.skippedRows }
    private let document: XMLDocument
    private let plan: ScanPlan
    private let columns: XMLColumns
    private let tuning: ReadTuning
    private var elements: XMLRows
    private var rows: RowBuilder
    private var rowsRead = 0
    /// What the row under construction stumbled over first.
    private var fault: (why: Malformation, column: Int?)?
    /// Whether each element of the paths was in the row already.
    private var visited: [Bool]
    private var value: [UInt8] = []
    private var rowBytes = 0

    init(_ document: XMLDocument, _ path: XMLPath, _ plan: ScanPlan, tuning: ReadTuning) {
        self.document = document
        self.plan = plan
        self.tuning = tuning
        columns = XMLColumns(plan.columns.map(\.sourcePath))
        elements = XMLRows(document, path)
        rows = RowBuilder(plan)
        visited = columns.nodes.map { _ in false }
    }

    func nextBatch() throws(GovernanceError) -> RawBatch? {
        while rows.rowCount < tuning.batchRows, rows.byteCount < tuning.chunkBytes {
            guard try readRow() else { break }
        }
        return rows.takeBatch()
    }

    /// Reads the next row element; false when there is none.
    private func readRow() throws(GovernanceError) -> Bool {
        let line: Int
        do throws(XMLDocument.Fault) {
            guard let (isEmpty, begun) = try elements.next() else { return false }
            line = begun
            rowsRead += 1
            fault = nil
            rowBytes = 0
            for node in visited.indices { visited[node] = false }
            try readElement(0, isEmpty: isEmpty)
        } catch { throw error.error(in: plan.table.description, row: max(1, rowsRead)) }
        guard rowBytes <= tuning.recordBytes else {
            throw GovernanceError(
                .limitExceeded,
                "table `\(plan.table)`, row \(rowsRead) (line \(line)): it is longer than "
                    + "\(tuning.recordBytes) bytes"
            )
        }
        if let (why, column) = fault {
            let name = column.map { plan.columns[$0].name }
            try rows.refuse(RowFault(row: rowsRead, line: line, column: name, why: why))
        } else {
            rows.endRow()
        }
        return true
    }

    /// Reads the element on which the document stands to its end; `node` is nil where no path leads.
    private func readElement(_ node: Int?, isEmpty: Bool) throws(XMLDocument.Fault) {
        let texts = node.map { columns.nodes[$0].texts } ?? []
        if let node {
            if visited[node] { note(.repeatedElement, texts.first) }
            visited[node] = true
            readAttributes(node)
        }
        let isNull = !texts.isEmpty && document.isNil
        if !texts.isEmpty { value.removeAll(keepingCapacity: true) }
        var isOpen = !isEmpty
        while isOpen, rowBytes <= tuning.recordBytes {
            guard let next = try document.next() else { break }
            switch next {
            case .element(let isEmpty):
                if !texts.isEmpty, node != 0 { note(.elementWithChildren, texts.first) }
                let child = node.flatMap { parent in
                    document.name.flatMap { columns.child(of: parent, named: $0) }
                }
                let outer = texts.isEmpty ? [] : value
                try readElement(child, isEmpty: isEmpty)
                if !texts.isEmpty { value = outer }
            case .endOfElement: isOpen = false
            case .text:
                let text = document.text
                rowBytes += text.count
                if !texts.isEmpty { value.append(contentsOf: text) }
            case .other: break
            }
        }
        for column in texts { deliver(value, isNull: isNull, to: column) }
    }

    private func readAttributes(_ node: Int) {
        guard !columns.nodes[node].attributes.isEmpty else { return }
        document.eachAttribute { name, text in
            rowBytes += text.count
            for (known, column) in columns.nodes[node].attributes where XMLColumns.equal(known, name) {
                deliver(text, isNull: false, to: column)
            }
        }
    }

    private func deliver(_ text: some Collection<UInt8>, isNull: Bool, to column: Int) {
        guard fault == nil else { return }
        do throws(Malformation) {
            guard !rows.hasValue(column) else { throw .repeatedElement }
            let isNothing = !plan.columns[column].type.isText && text.allSatisfy { $0 <= 32 }
            if isNull || isNothing {
                rows.appendNull(to: column)
            } else {
                try append(Array(text), to: column)
            }
        } catch { note(error, column) }
    }

    private func append(_ text: [UInt8], to column: Int) throws(Malformation) {
        try text.withUnsafeBufferPointer { text throws(Malformation) in try rows.append(text, to: column) }
    }

    private func note(_ why: Malformation, _ column: Int?) {
        if fault == nil { fault = (why, column) }
    }
}
