import CatalogModel
import Foundation
import Governance

/// A CSV file read through the governed read, every column but one masked, and written as CSV to nowhere.
struct MaskStream {
    let folder: URL
    let file: URL

    struct Result {
        let seconds: Double
        let fileBytes: Int
        let writtenBytes: Int
        let peakMemory: Int?
    }

    private static let masks = [
        ("full_name", "MASK"), ("email", "MASK_HASH"), ("phone", "MASK_SHOW_LAST_4"),
        ("card_number", "MASK_SHOW_LAST_4"), ("birth_date", "MASK_DATE_SHOW_YEAR"), ("salary", "MASK_NULL"),
    ]

    /// Policies that let everybody read, through these masks.
    static func policies(masks: [(column: String, mask: String)]) -> String {
        var text = """
            service: files
            policies:
              - name: everybody reads
                resources: {database: bench, table: "*", column: "*"}
                allow: [{groups: [public], access: [read]}]

            """
        for (column, mask) in masks {
            text += """
                  - name: mask \(column)
                    resources: {database: bench, table: people, column: \(column)}
                    mask: [{groups: [public], access: [read], type: \(mask)}]

                """
        }
        return text
    }

    func run() throws -> Result {
        let workspace = try Workspace(folder: folder)
        try workspace.addStandardServices()
        let source = SourceDefinition(
            name: SourceName("bench"),
            kind: .csv,
            path: file.deletingLastPathComponent().path,
            service: ServiceName(StandardServices.files),
            database: "bench"
        )
        try workspace.cases.editing.put(source, by: workspace.caller)
        _ = try workspace.cases.editing.scan(source.name, by: workspace.caller)
        let user = UserName("reader")
        try workspace.cases.editing.put([.putUser(User(user))], by: workspace.caller)
        let files = try PolicyFiles(texts: [("bench.yaml", Self.policies(masks: Self.masks))])
        _ = try workspace.cases.policies.apply(files.policies, tests: [], by: workspace.caller)
        var written = 0
        let table = try TableName.argument("bench.people")
        let seconds = try BenchMeasure.cpuSeconds {
            let rows = try workspace.cases.read.open(TableRead(table: table), for: workspace.caller, as: user)
            var encoder = ResultEncoder(.csv, schema: rows.schema)
            var bytes = encoder.start()
            while let batch = try rows.next() {
                encoder.append(batch, to: &bytes)
                written += bytes.count
                bytes.removeAll(keepingCapacity: true)
            }
        }
        let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int
        return Result(
            seconds: seconds,
            fileBytes: size ?? 0,
            writtenBytes: written,
            peakMemory: BenchMeasure.peakMemory()
        )
    }
}
