import Foundation
import PolicyEngine

/// What a caller sends as a small JSON object; members that it doesn't know are refused.
protocol Payload: Decodable, Sendable {
    /// The names that the object may have.
    static var members: Set<String> { get }
}

/// Reads the small JSON documents that administrators send.
enum PayloadReader {
    /// Reads an object.
    ///
    /// - Throws: a ``Problem`` with the place of what is wrong; never what stands there.
    static func read<Value: Payload>(_ type: Value.Type, from bytes: [UInt8]) throws(Problem) -> Value {
        try checkSyntax(of: bytes) { reader throws(JSONError) in
            try reader.object { reader, name throws(JSONError) in
                guard Value.members.contains(name) else {
                    throw reader.failure("a member that isn't known; known: \(known(Value.members))")
                }
                try reader.skip()
            }
        }
        return try decode(type, from: bytes)
    }

    /// Makes sure that bytes are one JSON text that a reader accepts.
    static func checkSyntax(
        of bytes: [UInt8],
        _ read: (inout JSONReader) throws(JSONError) -> Void
    ) throws(Problem) {
        do throws(JSONError) {
            var reader = try JSONReader(bytes)
            try read(&reader)
            try reader.end()
        } catch {
            throw Problem(malformed: error, in: bytes)
        }
    }

    /// Reads a document whose syntax was checked.
    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(Problem) -> Value {
        let decoder = JSONDecoder()
        decoder.userInfo[.strictMembers] = true
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw Problem(.malformedBody, message(of: error))
        } catch {
            throw Problem(.malformedBody, "the body can't be read")
        }
    }

    private static func known(_ names: Set<String>) -> String {
        names.sorted().map { "`\($0)`" }.joined(separator: ", ")
    }

    private static func message(of error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context): "\(place(context.codingPath)): it has the wrong type"
        case .valueNotFound(_, let context): "\(place(context.codingPath)): it must not be null"
        case .keyNotFound(let key, let context):
            "\(place(context.codingPath + [key])): it is missing"
        case .dataCorrupted(let context): "\(place(context.codingPath)): \(context.debugDescription)"
        @unknown default: "the body can't be read"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        guard !path.isEmpty else { return "the body" }
        var words = ""
        for key in path {
            words += key.intValue.map { "[\($0)]" } ?? (words.isEmpty ? "" : ".") + key.stringValue
        }
        return "`\(words)`"
    }
}
