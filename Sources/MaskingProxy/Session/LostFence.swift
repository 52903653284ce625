import QueryAnalysis

/// Statements whose rows come through a view of ours that isn't there, or no longer ours.
extension UpstreamError {
    /// What the client gets, where what is under way reads `reads`.
    ///
    /// A view that may be gone is doubted: what was prepared over it is refused, and the next statement has it looked at, made
    /// again, or has its fence in place. Nothing is ever sent without one.
    func shown(reading reads: () -> [StatementReads]) -> ClientError {
        guard UpstreamError.doubtful.contains(sqlState) else { return forClient }
        let views = reads().flatMap(\.views)
        guard !views.isEmpty else { return forClient }
        for view in views { view.standing.doubt() }
        return UpstreamError.missing.contains(sqlState) ? .unfenced : forClient
    }

    /// Codes of relations and schemas that aren't there.
    private static let missing: Set<String> = ["42P01", "3F000"]
    /// Also those of relations that may not be read, or that went while they were looked up.
    private static let doubtful = missing.union(["42501", "XX000"])
}

extension ClientError {
    /// What a client that keeps prepared statements answers by preparing them again.
    static let unfenced = ClientError(
        sqlState: "0A000",
        message:
            "cached plan must not change result type: the view that filters its rows is gone, send or prepare the "
            + "statement again"
    )
}
