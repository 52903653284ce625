import CatalogModel
import Governance

/// An XML document with a repeated row element, or a folder of them.
struct XMLSource: RowSource {
    let files: SourceFiles
    let rowElement: XMLPath
    let tuning: ReadTuning

    func discover() throws(GovernanceError) -> [TableDefinition] {
        var tables: [TableDefinition] = []
        for file in try files.tables() {
            var sample = XMLSample(table: file.name, tuning: tuning)
            let document = try XMLDocument(try files.open(file.path))
            tables.append(
                TableDefinition(
                    name: file.name,
                    source: files.source.name,
                    service: files.source.service,
                    location: file.path,
                    columns: try sample.columns(of: document, rowElement)
                )
            )
        }
        return tables
    }

    func open(_ scan: ScanRequest) throws(GovernanceError) -> any RowCursor {
        let plan = try ScanPlan(scan, rule: files.source.rowRule)
        let document = try XMLDocument(try files.open(scan.table.location))
        return ReaderCursor(XMLReader(document, rowElement, plan, tuning: tuning))
    }
}
