import Foundation

/// The rooms of the house, and what the files of each may import.
enum Rooms {
    /// For each room, the modules that its files may import; everything else is the wrong room.
    static let imports: [String: Set<String>] = [
        "CatalogModel": [],
        "Lineage": ["CatalogModel"],
        "PolicyEngine": ["CatalogModel", "CMemoryHints", "Synchronization"],
        "PolicyVerification": ["CatalogModel", "PolicyEngine"],
        "Scripts": ["PolicyEngine", "CScriptEngine"],
        "Masking": ["CatalogModel", "PolicyEngine", "Crypto"],
        "QueryAnalysis": [
            "CatalogModel", "Masking", "CPgQuery", "Glibc", "Musl", "Darwin", "Synchronization",
        ],
        "Catalog": ["CatalogModel", "HashTreeCollections"],
        "Governance": [
            "Catalog",
            "CatalogModel", "Lineage", "PolicyEngine", "Masking", "QueryAnalysis", "HashTreeCollections",
            "Crypto",
            "CryptoExtras", "Synchronization",
        ],
        "SQLiteStore": [
            "Catalog", "Governance", "CatalogModel", "PolicyEngine", "GRDB", "GRDBSQLite", "Foundation",
        ],
        "DataSources": [
            "Governance", "CatalogModel", "QueryAnalysis", "CLibXML2", "CZlib", "CPQ", "GRDBSQLite",
            "Foundation",
            "Synchronization",
            "Glibc",
            "Musl", "Darwin",
        ],
        "HTTPAPI": [
            "Catalog",
            "Governance", "CatalogModel", "PolicyEngine", "Masking", "CZlib", "Hummingbird",
            "HummingbirdCore",
            "HummingbirdTLS", "HTTPTypes", "NIOCore", "NIOPosix", "NIOSSL", "NIOHTTPTypes", "Logging",
            "ServiceLifecycle", "Synchronization", "Foundation", "Glibc", "Musl", "Darwin",
        ],
        "MaskingProxy": [
            "Governance", "CatalogModel", "QueryAnalysis", "Masking", "SocketTransport", "NIOCore", "NIOSSL",
            "NIOTLS",
            "Crypto",
            "CryptoExtras",
            "Logging", "ServiceLifecycle", "Synchronization",
        ],
        "SocketTransport": [
            "CSocketCalls", "DequeModule", "Dispatch", "Glibc", "HeapModule", "NIOCore", "Synchronization",
        ],
        "SampleCompany": ["GRDB", "Foundation"],
        "steward": [
            "Governance", "CatalogModel", "Catalog", "Lineage", "PolicyEngine", "PolicyVerification",
            "Scripts",
            "Masking",
            "QueryAnalysis",
            "SQLiteStore",
            "DataSources", "HTTPAPI", "MaskingProxy", "NIOSSL", "SampleCompany", "CPolicyFiles",
            "ArgumentParser", "Yams", "Logging",
            "ServiceLifecycle", "UnixSignals", "Foundation", "Dispatch", "Synchronization", "Crypto", "CZlib",
        ],
    ]

    /// Rooms that nothing but values may enter: no I/O, no clock, no randomness, no waiting.
    static let pure = ["CatalogModel", "Catalog", "Lineage", "PolicyEngine", "PolicyVerification", "Masking"]

    /// The folder that has `Package.swift`.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A Swift file, with its lines.
    struct File: Sendable {
        let name: String
        let lines: [String]
    }

    /// The Swift files of a room.
    static func files(of room: String) throws -> [File] { try files(under: "Sources/\(room)") }

    /// The Swift files under a folder of the project.
    static func files(under path: String) throws -> [File] {
        let folder = root.appending(path: path)
        let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        let urls = (found?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
        return try urls.sorted { $0.path < $1.path }.map { url in
            File(
                name: url.lastPathComponent,
                lines: try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n")
            )
        }
    }
}
