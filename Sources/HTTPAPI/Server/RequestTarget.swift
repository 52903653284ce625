import Foundation

/// The path and query of a request, taken apart and decoded.
struct RequestTarget {
    /// The segments of the path, decoded; empty segments are kept, so that `//` is no route.
    let segments: [String]
    /// Whether it lies below `/api/atlas`.
    let isAtlas: Bool
    /// Names and values of the query in order, decoded.
    let query: [(name: String, value: String)]

    /// Reads a target; nil when it doesn't start with `/`, an escape is broken, or what it stands for isn't UTF-8 or
    /// holds a control character; values that Atlas's clients send may have lines and tabs.
    init?(_ text: String) {
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
            .split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var segments: [String] = []
        for part in parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let segment = RequestTarget.decoded(part) else { return nil }
            segments.append(segment)
        }
        isAtlas = segments.count > 1 && segments[0] == "api" && segments[1] == "atlas"
        var query: [(String, String)] = []
        for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = sides.count > 1 ? sides[1].replacing("+", with: "%20")[...] : ""
            guard let name = RequestTarget.decoded(sides[0]),
                let decoded = RequestTarget.decoded(value, allowing: isAtlas ? [0x09, 0x0A, 0x0D] : [])
            else {
                return nil
            }
            query.append((name, decoded))
        }
        // Atlas's clients end paths in a slash, and double one here and there.
        self.segments = isAtlas ? segments.filter { !$0.isEmpty } : segments
        self.query = query
    }

    private static func decoded(_ text: Substring, allowing controls: Set<UInt32> = []) -> String? {
        guard let decoded = text.removingPercentEncoding,
            decoded.unicodeScalars.allSatisfy({
                $0.value >= 0x20 && $0.value != 0x7F || controls.contains($0.value)
            })
        else { return nil }
        return decoded
    }

    /// Whether an address that may be none begins like those below `/api/atlas`.
    static func isAtlas(_ address: String) -> Bool { address.hasPrefix("/api/atlas/") }
}
