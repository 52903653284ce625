import Foundation
import Governance

/// An HTTP client for measuring: one kept connection, one request at a time, no more work than bytes in and out.
final class CatalogClient {
    private let descriptor: Int32
    private let head: String
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    /// What the server answered.
    struct Answer {
        let status: Int
        let body: [UInt8]
    }

    /// Connects to a port of this machine.
    init(port: Int, token: String) throws(GovernanceError) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        head =
            "Host: 127.0.0.1:\(port)\r\nAuthorization: Bearer \(token)\r\nContent-Type: application/json\r\n"
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        guard descriptor >= 0, result == 0 else {
            throw GovernanceError(.internalError, "no connection to port \(port)")
        }
    }

    deinit { close(descriptor) }

    /// Sends a request and waits for the answer.
    ///
    /// - Throws: when the connection ends or the answer has no `Content-Length` and isn't chunked.
    func send(_ method: String, _ path: String, _ body: [UInt8] = []) throws(GovernanceError) -> Answer {
        let start = "\(method) \(path) HTTP/1.1\r\n\(head)Content-Length: \(body.count)\r\n\r\n"
        try write(Array(start.utf8) + body)
        var bytes: [UInt8] = []
        var end: Int?
        while end == nil {
            try read(into: &bytes)
            end = CatalogClient.endOfHead(bytes)
        }
        let bodyStart = end ?? 0
        let text = String(decoding: bytes[..<bodyStart], as: UTF8.self)
        let lines = text.split(separator: "\r\n")
        let status =
            lines.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? 0
        var length: Int?
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            if parts[0].lowercased() == "content-length" { length = Int(parts[1].drop { $0 == " " }) }
        }
        guard let length else {
            throw GovernanceError(.internalError, "an answer without a length")
        }
        while bytes.count < bodyStart + length { try read(into: &bytes) }
        return Answer(status: status, body: Array(bytes[bodyStart..<(bodyStart + length)]))
    }

    /// As ``send(_:_:_:)``, and refuses answers that aren't 200.
    func ask(_ method: String, _ path: String, _ body: [UInt8] = []) throws(GovernanceError) -> [UInt8] {
        let answer = try send(method, path, body)
        guard answer.status == 200 else {
            let text = String(decoding: answer.body.prefix(400), as: UTF8.self)
            throw GovernanceError(
                .internalError,
                "\(method) \(path) was answered with \(answer.status): \(text)"
            )
        }
        return answer.body
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in 0...(bytes.count - 4)
        where bytes[index] == 13 && bytes[index + 1] == 10 && bytes[index + 2] == 13 && bytes[index + 3] == 10
        {
            return index + 4
        }
        return nil
    }

    private func write(_ bytes: [UInt8]) throws(GovernanceError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Foundation.send(descriptor, buffer.baseAddress?.advanced(by: sent), bytes.count - sent, 0)
            }
            guard count > 0 else { throw GovernanceError(.internalError, "the server closed the connection") }
            sent += count
        }
    }

    private func read(into bytes: inout [UInt8]) throws(GovernanceError) {
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { throw GovernanceError(.internalError, "the server closed the connection") }
        bytes += buffer[..<count]
    }
}
