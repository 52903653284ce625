/// What a session asked for when it began, of what governing a statement depends on.
package struct SessionManner: Hashable, Sendable {
    /// The schemas in which names without one are looked up, in this order; one that doesn't exist is passed over.
    package var searchPath: [String]
    /// Whether what some tools can't do without is answered: `information_schema`, `RESET ALL` and `DISCARD`.
    package var obligesTools: Bool

    /// - Parameters:
    ///   - searchPath: The schemas of names without one.
    ///   - obligesTools: Whether what some tools can't do without is answered.
    package init(searchPath: [String] = ["public"], obligesTools: Bool = false) {
        self.searchPath = searchPath
        self.obligesTools = obligesTools
    }

    /// Schemas that a path can have.
    private static let pathLimit = 20

    /// Reads a list of schemas as `search_path` has it; nil for what isn't one.
    ///
    /// `pg_catalog` is looked in first in any case, and `"$user"` is a schema like others, which hardly ever exists: both
    /// are left out.
    package static func searchPath(_ text: String) -> [String]? {
        var schemas: [String] = []
        var rest = Substring(text)
        while true {
            rest = rest.drop { $0 == " " }
            guard let schema = CatalogName.next(in: &rest, endingAt: ",") else { return nil }
            if schema != "pg_catalog", schema != "$user", !schemas.contains(schema) { schemas.append(schema) }
            rest = rest.drop { $0 == " " }
            guard let comma = rest.popFirst() else { break }
            guard comma == ",", schemas.count < pathLimit else { return nil }
        }
        return schemas.isEmpty ? nil : schemas
    }
}

extension StatementDecoder {
    /// Why the search path stays.
    var fixedPath: StatementError {
        StatementError(
            code: .setting,
            message: "`search_path` cannot be changed here: connect with options='-c search_path=…'",
            position: nil
        )
    }

    /// Why something is refused that ``SessionManner/obligesTools`` would allow.
    func toolsOnly(_ what: String) -> StatementError {
        StatementError(
            code: .statement,
            message: "\(what) is not permitted here, unless one connects with options='-c steward.tools=on'",
            position: nil
        )
    }
}
