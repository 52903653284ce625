import TestSupport
import Testing

@testable import QueryAnalysis

/// The lists of what statements may name.
@Suite(.aside) struct `Permitted names` {
    @Test(.enabled(if: PostgresCluster.installed != nil))
    func `are names that PostgreSQL has`() throws {
        let cluster = try PostgresCluster()
        func names(_ sql: String) throws -> Set<String> {
            Set(try cluster.psql(sql + ";\n").split(separator: "\n").map(String.init))
        }
        let functions = try names("SELECT DISTINCT proname FROM pg_proc")
        let own = AllowedFunctions.scalar.union(AllowedFunctions.rows.keys)
        // What the grammar makes of words has no function of that name.
        let missing = own.subtracting(functions).subtracting(["greatest", "least", "_pg_expandarray"])
        #expect(missing.isEmpty, "\(missing.sorted())")
        let types = try names("SELECT typname FROM pg_type WHERE typnamespace = 11")
        #expect(AllowedTypes.names.subtracting(types).isEmpty)
    }
}
