import Foundation
import GRDB
import Governance

/// Opening a database file of ours, with failures told as the store's errors.
enum StoreFile {
    /// Opens or makes a file and brings it up to the newest layout.
    ///
    /// WAL with an fsync for each commit: what was acknowledged survives a power cut.
    static func open(
        _ url: URL,
        mark: Int32,
        steps: [String],
        failing code: GovernanceErrorCode
    ) throws(GovernanceError) -> DatabasePool {
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.maximumReaderCount = 4
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
            }
            let pool = try DatabasePool(path: url.path, configuration: configuration)
            try pool.write { try StoreSchema.prepare($0, mark: mark, steps: steps) }
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
            return pool
        } catch StoreSchema.Finding.foreign {
            throw GovernanceError(
                .storeVersion,
                "`\(url.lastPathComponent)` is not a file of Steward's: choose another data folder"
            )
        } catch StoreSchema.Finding.former {
            throw GovernanceError(
                .storeVersion,
                "`\(url.lastPathComponent)` was written by a Steward before the first release, in a layout that isn't read "
                    + "any more: export with that one (`admin/export`), and import that into a new data folder"
            )
        } catch StoreSchema.Finding.newer(let layout) {
            throw GovernanceError(
                .storeVersion,
                "`\(url.lastPathComponent)` has layout \(layout), written by a newer Steward; this one knows up to "
                    + "\(steps.count): use the newer one"
            )
        } catch {
            throw failure(error, code)
        }
    }

    /// A database error without its statement or values.
    static func failure(_ error: any Error, _ code: GovernanceErrorCode) -> GovernanceError {
        if let known = error as? GovernanceError { return known }
        let detail = (error as? DatabaseError).map { "SQLite \($0.extendedResultCode.rawValue)" }
        return GovernanceError(code, "the data folder can't be used: \(detail ?? "unexpected failure")")
    }
}
