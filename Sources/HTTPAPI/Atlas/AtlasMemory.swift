import CatalogModel
import Synchronization

/// What Atlas's clients ask a server to keep for them while it runs: downloads that they ordered, imports they sent.
///
/// Kept in memory, the oldest given up for new ones; a server that starts has none.
final class AtlasMemory: Sendable {
    /// The most that are kept for one user.
    static let mostKept = 100

    /// The most bytes of a search that is kept.
    static let mostBytes = 65_536

    /// A table that somebody ordered.
    ///
    /// What stands in it is looked up when it is fetched: what policy hides by then isn't in it.
    struct Download: Sendable {
        /// What is asked for the rows.
        enum Kind: String {
            case basic, dsl, glossary
        }

        let fileName: String
        let kind: Kind
        let parameters: JSONObject
        /// In milliseconds since 1970.
        let time: Int64
    }

    /// An import that was done.
    struct Import: Sendable {
        let id: String
        let document: JSONObject
    }

    private let downloads = Mutex<[UserName: [Download]]>([:])
    private let imports = Mutex<[UserName: [Import]]>([:])
    /// When the server began, in milliseconds since 1970.
    let started: Int64

    init(started: Int64) { self.started = started }

    func add(_ download: Download, of user: UserName) {
        downloads.withLock { $0[user] = Self.newest($0[user, default: []] + [download]) }
    }

    /// Newest first.
    func downloads(of user: UserName) -> [Download] { downloads.withLock { $0[user] ?? [] }.reversed() }

    func add(_ done: Import, of user: UserName) {
        imports.withLock { $0[user] = Self.newest($0[user, default: []] + [done]) }
    }

    /// Newest first.
    func imports(of user: UserName) -> [Import] { imports.withLock { $0[user] ?? [] }.reversed() }

    private static func newest<Kept>(_ list: [Kept]) -> [Kept] { Array(list.suffix(mostKept)) }
}
