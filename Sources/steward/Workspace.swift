import ArgumentParser
import CatalogModel
import DataSources
import Foundation
import Governance
import PolicyEngine
import SQLiteStore
import Scripts

/// Where a command finds the catalog.
struct DataOptions: ParsableArguments {
    @Option(name: .long, help: "The data folder (default: $STEWARD_DATA, else ./steward-data).")
    var data: String?

    /// The folder; relative paths count from the working folder.
    var folder: URL {
        let path = data ?? ProcessInfo.processInfo.environment["STEWARD_DATA"] ?? "steward-data"
        return URL(filePath: path, directoryHint: .isDirectory)
    }

    /// Opens the folder, which must hold a catalog.
    func open() throws(GovernanceError) -> Workspace {
        guard FileManager.default.fileExists(atPath: folder.appending(path: "catalog.sqlite").path) else {
            throw GovernanceError(
                .notFound,
                "there is no catalog in `\(folder.path)`: make one with `steward catalog load FILE` or "
                    + "`steward source add`, or name another folder with --data"
            )
        }
        return try Workspace(folder: folder)
    }
}

/// A data folder put to use: the store, the audit log, the sources and the use cases over them.
struct Workspace: Sendable {
    let folder: URL
    let store: SQLiteCatalogStore
    let cases: UseCases
    private let audit: SQLiteAuditLog
    private let rim: Rim
    /// Whoever types commands at the data folder: may do everything, and stands in the audit log.
    let caller: Caller

    init(folder: URL) throws(GovernanceError) {
        self.folder = folder
        store = try SQLiteCatalogStore(folder: folder)
        let identities = Identities()
        rim = Rim(
            now: { Instant.now },
            makeID: { identities.next().text },
            makeEntityID: { identities.next() }
        )
        audit = try SQLiteAuditLog(folder: folder)
        cases = try UseCases(
            store: store,
            audit: audit,
            sources: FileSources(),
            rim: rim,
            environment: Self.environment
        )
        caller = Caller(user: UserName(NSUserName()), isOperator: true, request: rim.makeID())
    }

    private static var environment: PolicyEnvironment {
        PolicyEnvironment(timeZones: TimeZoneFiles.database, scripts: DuktapeScripts())
    }

    /// Use cases for many changes that are made together or not at all.
    func staged() throws(GovernanceError) -> StagedUseCases {
        try StagedUseCases(
            store: store,
            audit: audit,
            sources: FileSources(),
            rim: rim,
            environment: Self.environment
        )
    }

    /// Adds the services and tag types that every catalog starts with, where they are missing.
    func addStandardServices() throws(GovernanceError) {
        let known = try cases.browsing.services(for: caller)
        let missing = try StandardServices.all().filter { service in
            !known.contains { $0.name == service.name }
        }
        if !missing.isEmpty {
            try cases.policies.apply(services: missing, by: caller)
            try cases.editing.put(StandardServices.tagTypes.map { .putTagType($0) }, by: caller)
        }
    }
}

extension Instant {
    /// The system clock's moment.
    static var now: Instant {
        Instant(microseconds: Int64((Date().timeIntervalSince1970 * 1_000_000).rounded(.down)))
    }
}
