import Foundation

/// Parsers under libFuzzer: each reads whatever bytes come and must neither crash nor hang.
///
/// libFuzzer has the main function and calls ``fuzz(_:_:)``. `Tests/Fuzz/run.sh` builds it and runs it; the environment's
/// `STEWARD_FUZZ` names the parser.
enum Fuzz {
    typealias Body = @Sendable ([UInt8]) -> Void

    static let parsers: [String: Body] = [
        "client": WireFuzz.client, "database": WireFuzz.database, "certificate": WireFuzz.certificate,
        "statement": StatementFuzz.statement, "files": StatementFuzz.files,
        "expression": StatementFuzz.expression,
        "policies": DocumentFuzz.policies, "script": DocumentFuzz.script, "json": DocumentFuzz.json,
        "entities": DocumentFuzz.entities, "query": DocumentFuzz.query,
        "csv": SourceFuzz.csv, "ndjson": SourceFuzz.ndjson, "xml": SourceFuzz.xml,
    ]

    /// The parser at hand.
    static let body: Body = {
        let name = ProcessInfo.processInfo.environment["STEWARD_FUZZ"] ?? ""
        guard let body = parsers[name] else {
            FileHandle.standardError.write(
                Data("parsers: \(parsers.keys.sorted().joined(separator: " "))\n".utf8)
            )
            exit(2)
        }
        return body
    }()
}

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.body(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
