import Governance
import HTTPTypes

/// What a caller accepts, from `Accept` and `Accept-Encoding`, by RFC 9110 §12.5.
struct Negotiation {
    /// How much the caller wants a media type, in thousandths; 0 for not at all.
    static func weight(of mediaType: String, accepted header: String?) -> Int {
        guard let header, !header.allSatisfy({ $0 == " " }) else { return 1000 }
        let kind = mediaType.prefix { $0 != "/" }
        var best = (precision: 0, weight: 0)
        for (range, weight) in ranges(header) {
            let precision =
                switch range {
                case mediaType: 3
                case "\(kind)/*": 2
                case "*/*": 1
                default: 0
                }
            if precision > best.precision { best = (precision, weight) }
        }
        return best.weight
    }

    /// The form of rows to answer with; nil when none is acceptable.
    ///
    /// The first of equals, in the order JSON, NDJSON, CSV.
    static func format(accepted header: String?) -> ResultFormat? {
        var best: (format: ResultFormat, weight: Int)?
        for format in [ResultFormat.json, .ndjson, .csv] {
            let weight = names(of: format).map { Self.weight(of: $0, accepted: header) }.max() ?? 0
            if weight > best?.weight ?? 0 { best = (format, weight) }
        }
        return best?.format
    }

    /// Whether an answer may be gzipped: only when the caller names it.
    static func acceptsGzip(_ header: String?) -> Bool {
        guard let header else { return false }
        let weights = Dictionary(ranges(header).map { ($0.0, $0.1) }, uniquingKeysWith: { $1 })
        return (weights["gzip"] ?? weights["x-gzip"] ?? 0) > 0
    }

    /// The names by which a form may be asked for.
    static func names(of format: ResultFormat) -> [String] {
        switch format {
        case .csv: ["text/csv"]
        case .ndjson: ["application/x-ndjson", "application/ndjson", "application/jsonl"]
        case .json: ["application/json"]
        }
    }

    /// Each range of a list with its weight in thousandths; at most 50.
    private static func ranges(_ header: String) -> [(String, Int)] {
        header.split(separator: ",").prefix(50).map { part in
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }
            return (pieces.first ?? "", quality.map { thousandths(of: $0.dropFirst(2)) } ?? 1000)
        }
    }

    private static func thousandths(of text: Substring) -> Int {
        guard let first = text.first, first == "0" || first == "1", text.count <= 5 else { return 0 }
        let fraction = text.dropFirst(2)
        guard fraction.allSatisfy({ ("0"..."9").contains($0) }) else { return 0 }
        let padded = fraction + String(repeating: "0", count: 3 - fraction.count)
        return first == "1" ? 1000 : Int(padded) ?? 0
    }
}
