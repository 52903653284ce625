import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// Takes in the body of a request, up to a limit of bytes and of time.
struct BodyReader {
    let limits: HTTPLimits
    /// What of a body that isn't wanted is still read, so that the caller sees the answer before the connection ends.
    static let lingerBytes = 16 << 20

    /// The bytes.
    ///
    /// - Throws: `body-too-large`, `request-timeout`.
    func read(_ request: Request, atMost limit: Int) async throws -> [UInt8] {
        let announced = request.headers[.contentLength].flatMap { Int($0) }
        if let announced, announced > limit {
            throw BodyReader.tooLarge(limit, isRead: await drop(request))
        }
        return try await withDeadline(limits.bodyTime) {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(min(announced ?? 0, 1 << 20))
            var dropped = 0
            for try await piece in request.body {
                guard dropped > 0 || bytes.count + piece.readableBytes > limit else {
                    bytes.append(contentsOf: piece.readableBytesView)
                    continue
                }
                dropped += piece.readableBytes
                if dropped > BodyReader.lingerBytes { throw BodyReader.tooLarge(limit, isRead: false) }
            }
            if dropped > 0 { throw BodyReader.tooLarge(limit, isRead: true) }
            return bytes
        }
    }

    /// Reads what of a body arrives soon and forgets it; whether that was all.
    func drop(_ request: Request) async -> Bool {
        let isRead = try? await withDeadline(.seconds(2)) {
            var dropped = 0
            for try await piece in request.body {
                dropped += piece.readableBytes
                if dropped > BodyReader.lingerBytes { return false }
            }
            return true
        }
        return isRead ?? false
    }

    private static func tooLarge(_ limit: Int, isRead: Bool) -> Problem {
        let unit = limit >= 1 << 20 ? "\(limit >> 20) MiB" : "\(limit) bytes"
        var problem = Problem(.bodyTooLarge, "the body has more than \(unit)")
        problem.endsConnection = !isRead
        return problem
    }

    private func withDeadline<Value: Sendable>(
        _ time: Duration,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else {
                var problem = Problem(.requestTimeout, "the body didn't arrive in time")
                problem.endsConnection = true
                throw problem
            }
            return value
        }
    }
}
