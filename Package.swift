// swift-tools-version:6.2
import PackageDescription

let package = Package(
    name: "steward",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "steward", targets: ["steward"])],
    dependencies: [
        .package(
            url: "https://github.com/hummingbird-project/hummingbird",
            from: "2.28.1",
            traits: ["FullFoundation"]
        ),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // One line per room: what it is for, and the only rooms it may reach.
        // The nouns: tables, columns, types, values in batches, tags, principals, entities.
        .room("CatalogModel"),
        // What Atlas calls the catalog: types, entities, relationships, tags that flow, search, glossary.
        .room(
            "Catalog",
            reaches: ["CatalogModel"],
            using: [.product(name: "HashTreeCollections", package: "swift-collections")]
        ),
        // The column graph: how tags flow along edges and where they stop.
        .room("Lineage", reaches: ["CatalogModel"]),
        // Ranger-shaped policies compiled to an index; request + tags + now → Decision with reasons.
        .room("PolicyEngine", reaches: ["CatalogModel"], using: ["CMemoryHints"]),
        // Files of tests in Ranger's formats, run against the engine.
        .room("PolicyVerification", reaches: ["CatalogModel", "PolicyEngine"]),
        // Scripts of policies beyond what the engine compiles, in an embedded JavaScript engine.
        .room("Scripts", reaches: ["PolicyEngine"], using: ["CScriptEngine"]),
        // Masks as pure functions on column batches, and the MaskPlan that applies a decision.
        .room(
            "Masking",
            reaches: ["CatalogModel", "PolicyEngine"],
            using: [.product(name: "Crypto", package: "swift-crypto")]
        ),
        // SQL expressions parsed by PostgreSQL's own parser; what the subset lacks is refused.
        .room("QueryAnalysis", reaches: ["CatalogModel", "Masking"], using: ["CPgQuery"]),
        // Use cases (GovernedRead, CatalogEditing, PolicyAdministration …) and the ports they need.
        .room(
            "Governance",
            reaches: ["CatalogModel", "Catalog", "Lineage", "PolicyEngine", "Masking", "QueryAnalysis"],
            using: [
                .product(name: "HashTreeCollections", package: "swift-collections"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]
        ),
        // Fills the store ports with SQLite: migrations, records, change log, audit log.
        .room(
            "SQLiteStore",
            reaches: ["Governance", "Catalog", "CatalogModel", "PolicyEngine"],
            using: [
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        // Fills RowSource, one folder per kind: CSV, NDJSON, XML, SQLite, PostgreSQL.
        .room(
            "DataSources",
            reaches: ["Governance", "CatalogModel", "QueryAnalysis"],
            using: ["CLibXML2", "CZlib", "CPQ", .product(name: "GRDBSQLite", package: "GRDB.swift")]
        ),
        // The HTTP door: /api/v1, OpenAPI, authentication, limits, metrics.
        .room(
            "HTTPAPI",
            reaches: ["Governance", "Catalog", "CatalogModel", "PolicyEngine", "Masking"],
            using: [
                "CZlib",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        // Event loops and channels for NIO, made for passing bytes on.
        .room(
            "SocketTransport",
            using: [
                "CSocketCalls",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "DequeModule", package: "swift-collections"),
            ]
        ),
        // The SQL door: PostgreSQL's protocol in front of governed databases.
        .room(
            "MaskingProxy",
            reaches: ["Governance", "CatalogModel", "QueryAnalysis", "Masking", "SocketTransport"],
            using: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        // The sample company's data, made from a seed.
        .room("SampleCompany", reaches: [], using: [.product(name: "GRDB", package: "GRDB.swift")]),
        // Command line, configuration, composition by hand.
        .executableTarget(
            name: "steward",
            dependencies: [
                "CatalogModel", "Catalog", "Lineage", "PolicyEngine", "PolicyVerification", "Scripts",
                "Masking",
                "QueryAnalysis", "Governance", "SQLiteStore", "DataSources", "HTTPAPI", "MaskingProxy",
                "SampleCompany", "CPolicyFiles", "CZlib",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        // The files under Policies and the sample's manifest, compiled in.
        .target(name: "CPolicyFiles"),

        // What the machine is told about memory: lines that are wanted soon, large pages.
        .target(name: "CMemoryHints"),

        // Duktape with limits on time and memory; needs Debian's duktape-dev.
        .target(name: "CScriptEngine", linkerSettings: [.linkedLibrary("duktape")]),

        // C libraries from Debian's -dev packages.
        .systemLibrary(name: "CSocketCalls"),
        .systemLibrary(name: "CPgQuery", providers: [.apt(["libpg-query-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CPQ", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .tests("ArchitectureTests", of: []),
        .tests("CatalogModelTests", of: ["CatalogModel"]),
        .tests("CatalogTests", of: ["Catalog", "CatalogModel"]),
        .tests("LineageTests", of: ["Lineage", "CatalogModel"]),
        .tests("PolicyEngineTests", of: ["PolicyEngine", "CatalogModel"]),
        .tests("PolicyVerificationTests", of: ["PolicyVerification", "PolicyEngine", "CatalogModel"]),
        .tests("ScriptsTests", of: ["Scripts", "PolicyEngine", "CatalogModel"]),
        .tests("MaskingTests", of: ["Masking", "PolicyEngine", "CatalogModel"]),
        .tests(
            "QueryAnalysisTests",
            of: ["QueryAnalysis", "Masking", "CatalogModel", "PolicyEngine"],
            using: ["CPgQuery"]
        ),
        .tests(
            "DataSourcesTests",
            of: ["DataSources", "Governance", "CatalogModel"],
            using: ["CZlib", .product(name: "GRDBSQLite", package: "GRDB.swift")]
        ),
        .tests(
            "GovernanceTests",
            of: [
                "Governance", "SQLiteStore", "DataSources", "Masking", "PolicyEngine", "CatalogModel",
                "Catalog", "QueryAnalysis",
            ],
            using: [
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HashTreeCollections", package: "swift-collections"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]
        ),
        .tests(
            "HTTPAPITests",
            of: [
                "HTTPAPI", "Governance", "SQLiteStore", "Masking", "PolicyEngine", "CatalogModel", "Catalog",
            ],
            using: [
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .tests(
            "SocketTransportTests",
            of: ["SocketTransport"],
            using: [.product(name: "NIOCore", package: "swift-nio")]
        ),
        .tests(
            "MaskingProxyTests",
            of: [
                "MaskingProxy", "Governance", "SQLiteStore", "DataSources", "QueryAnalysis", "Masking",
                "PolicyEngine", "CatalogModel",
            ],
            using: [
                "CPQ", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .tests(
            "SampleCompanyTests",
            of: ["SampleCompany"],
            using: [.product(name: "GRDB", package: "GRDB.swift")]
        ),
        .tests(
            "StewardTests",
            of: [
                "Governance", "SQLiteStore", "DataSources", "SampleCompany", "CatalogModel", "CPolicyFiles",
                "steward",
            ],
            using: [.product(name: "GRDB", package: "GRDB.swift")]
        ),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu2x
)

// Parsers under libFuzzer, which has to be linked for it: Tests/Fuzz/run.sh.
if Context.environment["STEWARD_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "steward-fuzz",
            dependencies: [
                "Catalog", "CatalogModel", "DataSources", "Governance", "HTTPAPI", "MaskingProxy",
                "PolicyEngine", "QueryAnalysis", .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tests/Fuzz",
            exclude: ["run.sh"],
            swiftSettings: strict
        )
    )
}

/// The settings of every room of ours; packages keep their own.
var strict: [SwiftSetting] {
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
    ]
}

extension Target {
    @MainActor
    static func room(_ name: String, reaches: [String] = [], using: [Dependency] = []) -> Target {
        .target(
            name: name,
            dependencies: reaches.map { .init(stringLiteral: $0) } + using,
            swiftSettings: strict
        )
    }

    @MainActor
    static func tests(_ name: String, of rooms: [String], using: [Dependency] = []) -> Target {
        .testTarget(
            name: name,
            dependencies: rooms.map { .init(stringLiteral: $0) } + ["TestSupport"] + using,
            swiftSettings: strict
        )
    }
}
