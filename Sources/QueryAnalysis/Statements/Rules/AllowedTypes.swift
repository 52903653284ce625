/// The types that statements may name, cast to, and give their parameters.
///
/// Left out: `xml`, the `reg…` types, `record`, `cstring`, enumerations and everything that users or extensions define;
/// their input reads catalogs, runs code or quotes values in errors.
enum AllowedTypes {
    /// The name in `pg_catalog` of each name that the grammar gives.
    static let names: Set<String> = [
        "bool", "int2", "int4", "int8", "float4", "float8", "numeric", "text", "varchar", "bpchar", "name",
        "date", "time", "timetz", "timestamp", "timestamptz", "interval", "uuid", "json", "jsonb", "bytea",
        "inet", "cidr", "macaddr", "money", "bit", "varbit", "jsonpath", "tsvector", "tsquery",
        "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange",
        "int4multirange", "int8multirange", "nummultirange", "tsmultirange", "tstzmultirange",
        "datemultirange",
    ]

    /// Words that the grammar passes on as they are.
    private static let synonyms = ["decimal": "numeric"]

    static func name(_ written: String) -> String? {
        let name = synonyms[written] ?? written
        return names.contains(name) ? name : nil
    }

    /// A type that statements about catalogs use; those that name objects stand in consumers' text alone, but for
    /// `regproc`, by which catalogs show PostgreSQL's own functions.
    static func catalogName(_ written: String, isOurs: Bool) -> String? {
        let own: Set<String> = ["oid", "char", "int2vector", "oidvector", "xid"]
        let isReference = CatalogReference.types.contains(written)
        return own.contains(written) || isReference && (!isOurs || written == "regproc") ? written : nil
    }

    /// How many modifiers a type may have, as in `numeric(10,2)`.
    static func modifierLimit(_ name: String) -> Int {
        switch name {
        case "numeric", "interval": 2
        case "varchar", "bpchar", "bit", "varbit", "time", "timetz", "timestamp", "timestamptz": 1
        default: 0
        }
    }

    /// The fields of an interval as the grammar writes them, by the bits that it makes of them; the last may have a
    /// precision.
    ///
    /// **Source.** `opt_interval` of PostgreSQL's `gram.y`, and `INTERVAL_MASK` of `timestamp.h`.
    static func intervalFields(_ modifiers: [Int]) -> String? {
        guard let bits = modifiers.first, modifiers.count <= 2 else { return nil }
        let fields = [
            4: "year", 2: "month", 8: "day", 1024: "hour", 2048: "minute", 4096: "second",
            6: "year to month", 1032: "day to hour", 3080: "day to minute", 7176: "day to second",
            3072: "hour to minute", 7168: "hour to second", 6144: "minute to second",
        ]
        guard modifiers.count == 2 else { return fields[bits].map { " " + $0 } }
        guard (0...100).contains(modifiers[1]) else { return nil }
        let precision = "(\(modifiers[1]))"
        if bits == 0x7FFF { return precision }
        return fields[bits].flatMap { $0.hasSuffix("second") ? " " + $0 + precision : nil }
    }

    /// The object identifiers that a client may give its parameters: the same types and their arrays.
    ///
    /// **Source.** PostgreSQL's `pg_type.dat`; fixed for ever.
    static let parameterIdentifiers: Set<UInt32> = [
        0, 705, 16, 17, 19, 20, 21, 23, 25, 114, 700, 701, 790, 829, 869, 650, 1042, 1043, 1082, 1083, 1114,
        1184, 1186, 1266, 1560, 1562, 1700, 2950, 3802,
        1000, 1001, 1003, 1016, 1005, 1007, 1009, 199, 1021, 1022, 791, 1040, 1041, 651, 1014, 1015, 1182,
        1183, 1115, 1185, 1187, 1270, 1561, 1563, 1231, 2951, 3807,
        4072, 4073, 3614, 3643, 3615, 3645, 3904, 3905, 3906, 3907, 3908, 3909, 3910, 3911, 3912, 3913, 3926,
        3927, 4451, 4532, 4533, 4534, 4535, 4536, 6150, 6151, 6152, 6153, 6155, 6157,
    ]
}
