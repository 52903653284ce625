import CatalogModel
import Foundation
import Governance

/// The files of a source, and the tables that they are.
struct SourceFiles: Sendable {
    let source: SourceDefinition

    /// A file that is a table.
    struct TableFile: Sendable {
        let name: TableName
        let path: String
    }

    /// Looks whether something that can be a source lies at the path.
    ///
    /// - Throws: `.invalidRequest` for a path that isn't absolute, `.sourceUnavailable`.
    func checkPath() throws(GovernanceError) {
        guard source.path.hasPrefix("/"), !source.path.utf8.contains(0) else {
            throw GovernanceError(.invalidRequest, "source `\(source.name)`: its path must be absolute")
        }
        switch try Self.mode(of: source.path) {
        case S_IFREG: return
        case S_IFDIR where source.kind != .sqlite: return
        case S_IFDIR:
            throw GovernanceError(
                .invalidRequest,
                "source `\(source.name)`: a SQLite source is one database file, and `\(source.path)` is a "
                    + "folder"
            )
        case nil:
            throw GovernanceError(
                .sourceUnavailable,
                "source `\(source.name)`: there is nothing at `\(source.path)`"
            )
        default:
            throw GovernanceError(
                .sourceUnavailable,
                "source `\(source.name)`: `\(source.path)` is neither a file nor a folder"
            )
        }
    }

    /// The files that become tables, sorted by table; other files, hidden ones and links in a folder are
    /// passed over.
    ///
    /// - Throws: `.sourceUnavailable`; `.conflict` when two files give the same table name.
    func tables() throws(GovernanceError) -> [TableFile] {
        guard try Self.mode(of: source.path) == S_IFDIR else {
            return [TableFile(name: try tableName(ofFile: Self.name(of: source.path)), path: source.path)]
        }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: source.path) } catch {
            throw GovernanceError(
                .sourceUnavailable,
                "source `\(source.name)`: folder `\(source.path)` can't be listed"
            )
        }
        var files: [TableName: String] = [:]
        for name in names.sorted() where !name.hasPrefix(".") && isOfKind(name) {
            let path = source.path + (source.path.hasSuffix("/") ? "" : "/") + name
            guard try Self.mode(of: path, followingLinks: false) == S_IFREG else { continue }
            let table = try tableName(ofFile: name)
            if let other = files.updateValue(path, forKey: table) {
                throw GovernanceError(
                    .conflict,
                    "source `\(source.name)`: files `\(Self.name(of: other))` and `\(name)` would both be "
                        + "table `\(table)`: rename one"
                )
            }
        }
        return files.map { TableFile(name: $0, path: $1) }.sorted { $0.name < $1.name }
    }

    /// Opens the file at a catalogued location, unpacking gzip.
    ///
    /// - Throws: `.sourceUnavailable`, also for a location that isn't this source's.
    func open(_ location: String) throws(GovernanceError) -> any ByteStream {
        let isWhole = location == source.path
        let folder = location.lastIndex(of: "/").map { String(location[..<$0]) }
        guard isWhole || folder == source.path || folder.map({ $0 + "/" }) == source.path else {
            throw GovernanceError(
                .sourceUnavailable,
                "source `\(source.name)` has no file `\(Self.name(of: location))`: scan it again"
            )
        }
        let file = try PlainFile(path: location, followingLinks: isWhole)
        let name = Self.name(of: location)
        let packed = try GzipSniffer(file, name: name)
        return packed.isGzip ? try GzipStream(packed, name: name) : packed
    }

    /// The last part of a path.
    static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// A file's name in lower case without `.gz`.
    static func bareName(_ name: String) -> Substring {
        name.lowercased().hasSuffix(".gz") ? name.dropLast(3) : name[...]
    }

    private func isOfKind(_ name: String) -> Bool {
        let bare = Self.bareName(name).lowercased()
        return extensions.contains { bare.hasSuffix("." + $0) }
    }

    private var extensions: [String] {
        switch source.kind {
        case .csv: ["csv", "tsv"]
        case .ndjson: ["ndjson", "jsonl"]
        case .xml: ["xml"]
        case .sqlite: ["sqlite", "sqlite3", "db"]
        case .postgres: []
        }
    }

    private func tableName(ofFile name: String) throws(GovernanceError) -> TableName {
        let bare = Self.bareName(name)
        let stem = bare.lastIndex(of: ".").flatMap { $0 == bare.startIndex ? nil : bare[..<$0] } ?? bare
        return try Naming.table(stem, of: source)
    }

    /// The kind bits of what lies at a path; nil when nothing does.
    private static func mode(of path: String, followingLinks: Bool = true) throws(GovernanceError) -> mode_t?
    {
        var facts = stat()
        guard (followingLinks ? stat(path, &facts) : lstat(path, &facts)) != 0 else {
            return facts.st_mode & S_IFMT
        }
        guard errno == ENOENT || errno == ENOTDIR else {
            throw GovernanceError(
                .sourceUnavailable,
                "`\(path)` can't be reached: \(String(cString: strerror(errno)).lowercased())"
            )
        }
        return nil
    }
}

/// A file whose first bytes were looked at to see whether it is gzip.
final class GzipSniffer: ByteStream {
    let isGzip: Bool
    private let file: PlainFile
    private var head: [UInt8] = []

    init(_ file: PlainFile, name: String) throws(GovernanceError) {
        self.file = file
        var bytes: [UInt8] = []
        while bytes.count < 2 {
            var byte: UInt8 = 0
            let count = try withUnsafeMutableBytes(of: &byte) { buffer throws(GovernanceError) in
                try file.read(into: buffer)
            }
            guard count > 0 else { break }
            bytes.append(byte)
        }
        isGzip = bytes == [0x1F, 0x8B] || name.lowercased().hasSuffix(".gz")
        head = bytes
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(GovernanceError) -> Int {
        guard !head.isEmpty else { return try file.read(into: buffer) }
        let count = min(head.count, buffer.count)
        buffer.copyBytes(from: head.prefix(count))
        head.removeFirst(count)
        return count
    }
}
