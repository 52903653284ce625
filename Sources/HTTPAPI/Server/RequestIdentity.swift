import HTTPTypes

/// The identity of a request: the caller's own when it is well formed, else a fresh one.
enum RequestIdentity {
    /// The header that carries it both ways.
    static let header = HTTPField.Name("X-Request-ID")

    /// The identity: 1 to 64 letters, digits, dots, hyphens or underscores.
    static func of(_ headers: HTTPFields, orElse fresh: () -> String) -> String {
        guard let header, let given = headers[header], (1...64).contains(given.utf8.count),
            given.utf8.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            })
        else { return fresh() }
        return given
    }
}

/// The methods that logs and metrics name; callers can't make labels up.
enum KnownMethods {
    static func label(_ method: HTTPRequest.Method) -> String {
        let known: [HTTPRequest.Method] = [.get, .head, .post, .put, .delete, .patch, .options, .trace]
        return known.contains(method) ? method.rawValue : "other"
    }
}

/// Media types as headers write them.
enum MediaType {
    /// The type without parameters, in lower case; nil for none.
    static func bare(_ header: String?) -> String? {
        header.map { value in
            value.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        }
    }
}
