import CatalogModel
import Foundation
import Governance

/// Which options each kind knows.
enum SourceOptionRules {
    /// - Throws: `.invalidRequest` naming the option.
    static func check(_ source: SourceDefinition) throws(GovernanceError) {
        let options = source.options
        let csv = source.kind == .csv
        try refuse(options.delimiter != nil && !csv, "delimiter", source)
        try refuse(options.header != nil && !csv, "header", source)
        try refuse(options.nullText != nil && !csv, "nullText", source)
        try refuse(options.rowElement != nil && source.kind != .xml, "rowElement", source)
        try refuse(options.viewSchema != nil && source.kind != .postgres, "viewSchema", source)
        if let schema = options.viewSchema { try check(viewSchema: schema, of: source) }
        guard TableName("\(source.database).t") != nil else {
            throw GovernanceError(
                .invalidRequest,
                "source `\(source.name)`: `\(source.database)` can't be the first part of a table's name"
            )
        }
        if csv { _ = try CSVDialect(source, fileName: "") }
        if source.kind == .postgres { try checkURI(of: source) }
    }

    /// A name that a schema of Steward's own may have.
    private static func check(viewSchema: String, of source: SourceDefinition) throws(GovernanceError) {
        let isName = !viewSchema.isEmpty && viewSchema.utf8.count <= 63 && !viewSchema.utf8.contains(0)
        guard isName, !viewSchema.hasPrefix("pg_"), viewSchema != "information_schema", viewSchema != "public"
        else {
            throw GovernanceError(
                .invalidRequest,
                "source `\(source.name)`: `\(viewSchema)` can't be the schema of Steward's views, which is for nothing else"
            )
        }
    }

    /// Only URIs, and none with a secret in it: the path of a source stands in the change log and in lists.
    private static func checkURI(of source: SourceDefinition) throws(GovernanceError) {
        let secrets: Set = ["password", "sslpassword"]
        guard source.path.hasPrefix("postgresql://") || source.path.hasPrefix("postgres://"),
            let parts = URLComponents(string: source.path), parts.password == nil,
            parts.queryItems?.contains(where: { secrets.contains($0.name.lowercased()) }) != true
        else {
            throw GovernanceError(
                .invalidRequest,
                "source `\(source.name)`: write the database as postgresql://user@host/name, without its password: "
                    + "PGPASSWORD or libpq's password file has that"
            )
        }
    }

    private static func refuse(_ isWrong: Bool, _ option: String, _ source: SourceDefinition)
        throws(GovernanceError)
    {
        guard isWrong else { return }
        throw GovernanceError(
            .invalidRequest,
            "source `\(source.name)`: a source of kind `\(source.kind.rawValue)` has no option `\(option)`"
        )
    }
}
