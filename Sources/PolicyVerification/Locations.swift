import PolicyEngine

/// Where addresses lie, from the files that a service definition's enrichers name.
struct Locations {
    private struct Row {
        let range: ClosedRange<UInt64>
        let values: [String]
    }

    private struct Table {
        let prefix: String
        let names: [String]
        let rows: [Row]
    }

    private var tables: [Table] = []

    /// Tables that aren't there are left out: requests then lie nowhere.
    init(_ definition: ServiceDefinition?, _ context: VerificationContext) {
        for enricher in definition?.contextEnrichers ?? [] {
            let options = enricher.enricherOptions
            guard enricher.enricher.hasSuffix("RangerFileBasedGeolocationProvider"),
                let path = options["FilePath"],
                let text = Locations.text(path, context)
            else { continue }
            let lines = text.split(whereSeparator: \.isNewline).map(String.init)
            let cells = lines.filter { !$0.hasPrefix("#") && !$0.hasPrefix("!") }.map { line in
                line.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != "\"" } }
            }
            guard let head = cells.first, head.count > 2 else { continue }
            let rows = cells.dropFirst().compactMap { row -> Row? in
                guard row.count > 2, let from = Locations.number(row[0]),
                    let until = Locations.number(row[1]),
                    from <= until
                else { return nil }
                return Row(range: from...until, values: Array(row[2...]))
            }
            let prefix = options["geolocation.meta.prefix"] ?? ""
            tables.append(Table(prefix: prefix, names: Array(head[2...]), rows: rows))
        }
    }

    /// A table's text; for Ranger's sample, where there is no such file, the places that it tells.
    private static func text(_ path: String, _ context: VerificationContext) -> String? {
        if let bytes = try? context.companionBytes(path) { return String(decoding: bytes, as: UTF8.self) }
        let name = path.split(separator: "/").last
        return name == "geo.txt" || name == "geo_long.txt" ? SampleLocations.text : nil
    }

    /// What is known of an address, as attributes of the request.
    func attributes(of address: String?) -> [String: String] {
        guard let address, let number = Locations.number(address) else { return [:] }
        var result: [String: String] = [:]
        for table in tables {
            guard let row = table.rows.first(where: { $0.range.contains(number) }) else { continue }
            for (name, value) in zip(table.names, row.values) {
                result["LOCATION_\(table.prefix)\(name)"] = value
            }
        }
        return result
    }

    /// A number, or four of them with dots between.
    private static func number(_ text: String) -> UInt64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt64($0) }
        guard parts.count == 4 else { return parts.count == 1 ? parts[0] : nil }
        return parts.reduce(UInt64?.some(0)) { sum, part in
            guard let sum, let part, part < 256 else { return nil }
            return sum << 8 | part
        }
    }
}
