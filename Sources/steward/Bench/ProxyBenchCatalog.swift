import CatalogModel
import Foundation
import Governance

/// The catalog of the SQL door's benchmark.
enum ProxyBenchCatalog {
    /// Sees everything as it is.
    static let plainUser = "plain"
    /// Sees people masked.
    static let maskedUser = "masked"
    /// Sees people under three masks of different kinds.
    static let exportingUser = "exporting"

    /// Makes a data folder that knows the benchmark's database and its consumers.
    static func make(in folder: URL, port: Int) throws {
        let workspace = try Workspace(folder: folder)
        try workspace.addStandardServices()
        let users = [plainUser, maskedUser, exportingUser].map { UserName($0) }
        try workspace.cases.editing.put(users.map { .putUser(User($0)) }, by: workspace.caller)
        for user in users {
            try workspace.cases.authentication.setPassword(
                ProxyBenchServers.password,
                of: user,
                by: workspace.caller
            )
        }
        let database = ProxyBenchServers.database
        let source = SourceDefinition(
            name: SourceName(database),
            kind: .postgres,
            path: "postgresql://\(ProxyBenchServers.reader)@localhost:\(port)/\(database)",
            service: ServiceName(StandardServices.postgres),
            database: database
        )
        _ = try workspace.cases.editing.add(source, replacing: false, by: workspace.caller)
        let files = try PolicyFiles(texts: [("bench.yaml", policies)])
        _ = try workspace.cases.policies.apply(files.policies, tests: [], by: workspace.caller)
    }

    /// Three masks, as a table of people has them: a hash, all but the last characters, and a date's year.
    private static let policies = """
        service: postgres
        policies:
          - name: everybody reads
            resources: {database: bench, schema: public, table: "*", column: "*"}
            allow: [{users: [plain, masked, exporting], access: [select]}]
          - name: numbers are cut
            resources: {database: bench, schema: public, table: people, column: [phone, card_number]}
            mask: [{users: [masked, exporting], access: [select], type: MASK_SHOW_LAST_4}]
          - name: addresses are hidden
            resources: {database: bench, schema: public, table: people, column: email}
            mask: [{users: [masked, exporting], access: [select], type: MASK_HASH}]
          - name: names are replaced
            resources: {database: bench, schema: public, table: people, column: full_name}
            mask: [{users: [exporting], access: [select], type: MASK}]
        """
}
