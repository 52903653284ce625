import CatalogModel

/// Decides a table that may lie in security zones, whole or column by column.
struct ZonedReader {
    private let request: ReadRequest
    private let zones: ServiceZones
    private let levels: [String]
    private let make: (CompiledService, String?) -> TableReader?
    private let unzoned: CompiledService
    /// What has been made, by zone; `""` for outside of zones.
    private var readers: [String: TableReader] = [:]
    private let zoneOfTable: String?

    /// Nil when the table's name doesn't fit the service.
    init?(
        _ request: ReadRequest,
        _ service: CompiledService,
        _ zones: ServiceZones,
        _ make: @escaping (CompiledService, String?) -> TableReader?
    ) {
        guard let path = service.columnPath(parts: request.table.parts.count) else { return nil }
        self.request = request
        self.zones = zones
        self.make = make
        unzoned = service
        levels = path.map { service.definition.resources[$0].name }
        zoneOfTable = zones.zone(holding: ZonedReader.resource(request.table, nil, levels))
    }

    private static func resource(_ table: TableName, _ column: ColumnName?, _ levels: [String])
        -> [String: [String]]
    {
        let parts = table.parts + (column.map { [$0.text] } ?? [])
        return Dictionary(zip(levels, parts.map { [$0] }), uniquingKeysWith: { first, _ in first })
    }

    /// Whether any policy of any zone asked for an audit line, or none had a say.
    var isAudited: Bool { readers.values.contains(where: \.isAudited) }

    /// The row filter of the table, by the zone that holds it whole.
    ///
    /// - Throws: when the table can't be read at all.
    mutating func rowFilter() throws(Unreadable) -> RowFilterDecision? {
        try using(zoneOfTable) { $0.rowFilter() }
    }

    /// How one column may be seen, by the zone that holds it.
    ///
    /// - Throws: when the table can't be read at all.
    mutating func column(at index: Int) throws(Unreadable) -> ColumnDecision {
        var zone = zoneOfTable
        if zones.splitsTables {
            zone = zones.zone(
                holding: ZonedReader.resource(request.table, request.columns[index], levels)
            )
        }
        return try using(zone) { $0.column(at: index) }
    }

    /// That a table can't be read at all.
    struct Unreadable: Error {}

    private mutating func using<Result>(
        _ zone: String?,
        _ body: (inout TableReader) -> Result
    ) throws(Unreadable) -> Result {
        let service = zone.flatMap { zones.services[$0] } ?? unzoned
        guard var reader = readers.removeValue(forKey: zone ?? "") ?? make(service, zone) else {
            throw Unreadable()
        }
        let result = body(&reader)
        readers[zone ?? ""] = reader
        return result
    }
}
