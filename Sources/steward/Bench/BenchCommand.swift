import ArgumentParser

/// `steward bench`: how fast, beside peers where there are any.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure, beside peers where there are any.",
        discussion: "Build with `-c release` first: a debug build measures nothing.",
        subcommands: [
            AuditBench.self, CatalogBench.self, DecideBench.self, LateMaskBench.self, MaskBench.self,
            ProxyBench.self,
        ]
    )
}
