import CZlib
import Governance

/// Files of recorded workloads, plain or compressed.
enum BenchFile {
    private static let mostBytes = 1 << 30

    /// What a file holds, decompressed when it begins as gzip does.
    ///
    /// - Throws: `.notFound` when it can't be opened, `.invalidRequest` when it is damaged or holds more than 1 GB.
    static func bytes(_ path: String) throws(GovernanceError) -> [UInt8] {
        guard let file = gzopen(path, "rb") else {
            throw GovernanceError(.notFound, "there is no file `\(path)`")
        }
        defer { gzclose_r(file) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = gzread(file, &buffer, UInt32(buffer.count))
            guard count >= 0 else { throw GovernanceError(.invalidRequest, "`\(path)` is damaged") }
            if count == 0 { break }
            result.append(contentsOf: buffer[..<Int(count)])
            guard result.count <= mostBytes else {
                throw GovernanceError(.invalidRequest, "`\(path)` holds more than 1 GB")
            }
        }
        var error: Int32 = 0
        _ = gzerror(file, &error)
        guard error == Z_OK || error == Z_STREAM_END else {
            throw GovernanceError(.invalidRequest, "`\(path)` is cut off")
        }
        return result
    }
}
