import Governance
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

extension Door {
    /// Thrown after an answer to end the connection.
    private struct ConnectionEnd: Error {}

    /// The response for an answer.
    func response(
        _ answer: Answer,
        to request: Request,
        over channel: any Channel,
        _ progress: Progress
    ) -> Response {
        var headers = headers(progress)
        headers.append(contentsOf: answer.headers)
        switch answer.body {
        case .nothing:
            finish(progress, answer.status)
            return Response(status: answer.status, headers: headers)
        case .bytes(let bytes, let mediaType):
            headers[.contentType] = mediaType
            finish(progress, answer.status)
            guard request.method != .head else {
                headers[.contentLength] = String(bytes.count)
                return Response(status: answer.status, headers: headers)
            }
            return Response(status: answer.status, headers: headers, body: body(bytes, over: channel))
        case .rows(let stream, let first):
            headers[.contentType] = stream.format.mediaType
            if let trailer = HTTPField.Name("Trailer") { headers[trailer] = "Steward-Skipped-Rows" }
            let status = answer.status
            return Response(
                status: status,
                headers: headers,
                body: ResponseBody { writer in
                    do {
                        try await send(stream, first: first, to: &writer, over: channel)
                        finish(progress, status)
                    } catch {
                        // Without its last chunk the answer can't be taken for a whole one.
                        services.metrics.countAbortedStream()
                        let problem = Problem(error, isAdministrative: true)
                        finish(progress, status, cutOffBy: problem)
                        throw error
                    }
                }
            )
        }
    }

    /// The response for a problem.
    func response(_ problem: Problem, _ progress: Progress, isHead: Bool) -> Response {
        var headers = headers(progress)
        headers.append(contentsOf: problem.headers)
        finish(progress, problem.status, problem)
        let bytes: ByteBuffer
        switch progress.dialect {
        case .own:
            headers[.contentType] = "application/problem+json"
            bytes = ByteBuffer(bytes: problem.json(request: progress.request).bytes + [10])
        case .atlas:
            headers[.contentType] = "application/json"
            bytes = ByteBuffer(bytes: problem.atlasJSON())
        }
        headers[.contentLength] = String(bytes.readableBytes)
        if isHead { return Response(status: problem.status, headers: headers) }
        guard problem.endsConnection else {
            return Response(status: problem.status, headers: headers, body: ResponseBody(byteBuffer: bytes))
        }
        headers[.connection] = "close"
        return Response(
            status: problem.status,
            headers: headers,
            body: ResponseBody(contentLength: bytes.readableBytes) { writer in
                try await writer.write(bytes)
                try await writer.finish(nil)
                throw ConnectionEnd()
            }
        )
    }

    /// The most bytes that are handed to the connection at once.
    private static let sliceBytes = 128 << 10

    /// A body that is known whole; a long one is sent as the caller takes it.
    private func body(_ bytes: [UInt8], over channel: any Channel) -> ResponseBody {
        guard bytes.count > Door.sliceBytes else { return ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)) }
        return ResponseBody(contentLength: bytes.count) { writer in
            try await watched(channel) { watch in try await write(bytes, to: &writer, watch) }
            try await writer.finish(nil)
        }
    }

    private func send(
        _ stream: RowStream,
        first: [UInt8],
        to writer: inout any ResponseBodyWriter,
        over channel: any Channel
    ) async throws {
        try await watched(channel) { watch in
            var piece: [UInt8]? = first
            while let bytes = piece {
                services.metrics.countRows(bytes: bytes.count)
                try await write(bytes, to: &writer, watch)
                try Task.checkCancellation()
                guard channel.isActive else { throw CancellationError() }
                piece = try await services.workers.rows { try stream.next() }
            }
        }
        var trailers = HTTPFields()
        if let name = HTTPField.Name("Steward-Skipped-Rows") { trailers[name] = String(stream.skippedRows) }
        try await writer.finish(trailers)
    }

    private func write(
        _ bytes: [UInt8],
        to writer: inout any ResponseBodyWriter,
        _ watch: StallWatch
    ) async throws {
        var offset = 0
        while offset < bytes.count {
            let end = min(offset + Door.sliceBytes, bytes.count)
            watch.progress()
            try await writer.write(ByteBuffer(bytes: bytes[offset..<end]))
            watch.pause()
            offset = end
        }
    }

    /// Runs what writes, and ends the connection when the caller takes nothing for too long.
    private func watched(
        _ channel: any Channel,
        _ body: (StallWatch) async throws -> Void
    ) async throws {
        let watch = StallWatch(limit: services.limits.stallTime)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await watch.untilStalled()
                if !Task.isCancelled { try await channel.close() }
            }
            defer { group.cancelAll() }
            try await body(watch)
        }
    }

    /// The headers that every answer has.
    private func headers(_ progress: Progress) -> HTTPFields {
        var headers: HTTPFields = [.cacheControl: "no-store", .xContentTypeOptions: "nosniff"]
        headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        if let name = RequestIdentity.header { headers[name] = progress.request }
        if isSecure { headers[.strictTransportSecurity] = "max-age=31536000" }
        return headers
    }

    /// Counts and logs a request that has been answered.
    private func finish(
        _ progress: Progress,
        _ status: HTTPResponse.Status,
        _ problem: Problem? = nil,
        cutOffBy cut: Problem? = nil
    ) {
        let took = (ContinuousClock.now - progress.started).components
        let microseconds = Int(took.seconds) * 1_000_000 + Int(took.attoseconds / 1_000_000_000_000)
        services.metrics.end(
            route: progress.route,
            method: progress.method,
            status: status.code,
            problem: problem?.code ?? cut?.code,
            microseconds: microseconds
        )
        var facts: Logger.Metadata = [
            "method": "\(progress.method)", "route": "\(progress.route)", "status": "\(status.code)",
            "microseconds": "\(microseconds)", "request": "\(progress.request)",
        ]
        if let code = problem?.code ?? cut?.code { facts["code"] = "\(code)" }
        if let why = problem?.confidential ?? cut?.confidential {
            logger.error("a request failed: \(why)", metadata: facts)
        } else {
            logger.debug("request", metadata: facts)
        }
    }
}
