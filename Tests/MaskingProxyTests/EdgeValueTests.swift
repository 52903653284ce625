import CatalogModel
import Foundation
import TestSupport
import Testing

@testable import QueryAnalysis

/// Every function, operator and conversion of the engine over files, on the values at the ends of their types: answered as
/// PostgreSQL answers, or refused, and the process lives on.
@Suite(.aside) struct `Values at the ends of their types` {
    /// How many; CI runs more by `STEWARD_STATEMENTS`.
    static let count = min(6000, `Random statements`.count * 2)

    /// What may be refused that PostgreSQL answers: by rules, as not supported, as unknown, or as too large.
    private static let refusals: Set = ["42501", "0A000", "42883", "54000", "54001"]

    @Test func `are computed with as PostgreSQL does`() async throws {
        let cluster = try PostgreSQLCluster.shared.get()
        let desk = try ProxyDesk()
        let file = desk.folder.appending(path: "edge.csv")
        try Data("id\n1\n".utf8).write(to: file)
        try desk.addFiles("edge", .csv, file.path)
        try desk.publish([ProxyDesk.allow(["*"])])
        let port = try await desk.open()
        let client = try WireClient(port: port, user: "alice", password: "open alice", database: "edge")
        let direct = try DirectClient(uri: cluster.uri(of: "postgres") + "?options=-ctimezone%3DUTC")
        let seed = UInt64(ProcessInfo.processInfo.environment["STEWARD_SEED"] ?? "") ?? 20_261_127
        var values = EdgeValues(seed: seed)
        var answered = 0
        for _ in 0..<Self.count {
            await Task.yield()
            let sql = "SELECT " + values.expression()
            let answer = client.simple(sql)
            try #require(answer.last?.kind == "Z", "seed \(seed), no answer: \(sql)")
            let expected = direct.rows(of: sql)
            if let code = answer.errors.first {
                let isRight = expected == nil || Self.refusals.contains(code)
                #expect(isRight, "seed \(seed), failed with \(code): \(sql)")
                continue
            }
            answered += 1
            let rows = answer.rows.map { $0.map { $0 ?? "NULL" } }
            #expect(
                expected.map { $0.map { $0.map { $0 ?? "NULL" } } } == rows,
                "seed \(seed), another answer: \(sql)"
            )
        }
        #expect(answered * 5 > Self.count, "only \(answered) of \(Self.count) were answered")
        withExtendedLifetime(desk) {}
    }
}

/// Random calls on values at the ends of their types.
struct EdgeValues {
    private var random: EdgeRandom

    init(seed: UInt64) { random = EdgeRandom(state: seed) }

    private static let texts = [
        "''", "'a'", "'Straße ÄÖ'", "'  x  '", "'%'", "'a,b,,c'", "'😀é'", "'[a-z]+'", "'\\'", "'0'", "'year'",
        "'hex'", "'utf8'", "'ab' || chr(1)", "repeat('ab', 40)", "'NULL'", "'a_b%c'", "'1e3'", "'{a, b}'",
    ]
    private static let pool: [String: [String]] = [
        "text": texts, "name": ["'a'", "'utf8'"], "varchar": texts, "bpchar": ["'a '", "''"],
        "int2": ["(-32768)::int2", "32767::int2", "0::int2", "7::int2", "(-1)::int2"],
        "int4": ["(-2147483648)::int4", "2147483647", "0", "1", "-1", "2", "-7", "1114112", "100000"],
        "int8": ["(-9223372036854775808)::int8", "9223372036854775807", "0::int8", "-1::int8", "6::int8"],
        "numeric": [
            "0.0", "-0.5", "1.005", "2.5", "-2.5", "99999999999999999999999999999999999999",
            "0.00000000000000000001",
            "1e20", "-3", "12345.678900",
        ],
        "float4": ["'NaN'::float4", "1e38::float4", "0.1::float4", "-0.0::float4", "1e-40::float4"],
        "float8": [
            "'NaN'::float8", "'infinity'::float8", "'-infinity'::float8", "1e308::float8", "5e-324::float8",
            "0::float8",
            "-0.0::float8", "0.5::float8", "2.5::float8", "-1.5::float8", "9007199254740993::float8",
            "1e15::float8",
        ],
        "bool": ["true", "false"],
        "date": ["'0001-01-01'::date", "'9999-12-31'::date", "'2024-02-29'::date", "'1970-01-01'::date"],
        "timestamp": [
            "'0001-01-01 00:00:00'::timestamp", "'9999-12-31 23:59:59.999999'::timestamp",
            "'2024-02-29 12:34:56.789'::timestamp", "'1969-12-31 23:59:59.5'::timestamp",
        ],
        "timestamptz": [
            "'2024-02-29 12:34:56.789+00'::timestamptz", "'9999-12-31 23:59:59+00'::timestamptz",
        ],
        "bytea": ["'\\x'::bytea", "'\\x00ff'::bytea", "'\\x61c3'::bytea"],
        "uuid": ["'00000000-0000-0000-0000-000000000000'::uuid"],
        "text[]": ["'{}'::text[]", "'{a,NULL,\"b c\"}'::text[]", "ARRAY['x','y']", "'{ a , b }'::text[]"],
        "int4[]": ["'{}'::int4[]", "ARRAY[1,2,NULL]", "ARRAY[2147483647]"],
    ]
    private static let types = pool.keys.sorted()

    private mutating func value(_ type: String) -> String {
        if random.below(12) == 0 { return "NULL::\(type)" }
        return random.pick(Self.pool[type] ?? Self.texts)
    }

    private mutating func any() -> String { value(random.pick(Self.types)) }

    private static let ofAny = [
        "concat", "concat_ws", "format", "num_nulls", "num_nonnulls", "to_json", "json_build_array",
        "json_build_object", "array_to_json", "array_to_string", "cardinality", "array_length", "array_upper",
        "array_lower", "array_append", "array_prepend", "array_cat", "array_position", "array_remove",
        "array_replace", "coalesce", "nullif", "greatest", "least", "quote_literal", "quote_nullable",
    ]
    private static let operators = [
        "+", "-", "*", "/", "%", "=", "<>", "<", ">=", "||", "~", "~*", "!~", "LIKE", "ILIKE", "NOT LIKE",
        "@>",
        "<@", "&&", "^", "&", "|", "#", "<<", ">>", "IS DISTINCT FROM",
    ]
    private static let names = Signatures.all.keys.filter {
        $0 != "version" && !$0.hasSuffix("timestamp") && $0 != "now"
    }
    .sorted()

    /// A call, an operator or a conversion.
    mutating func expression() -> String {
        switch random.below(10) {
        case 0...4:
            let name = random.pick(Self.names)
            let signature = random.pick(Signatures.all[name] ?? [])
            var arguments: [String] = []
            for type in signature.arguments {
                arguments.append(random.below(10) == 0 ? any() : value(title(type)))
            }
            if random.below(20) == 0 { arguments.append(any()) }
            if name == "extract" || name == "date_part" || name == "date_trunc", !arguments.isEmpty {
                arguments[0] = random.pick([
                    "'year'", "'month'", "'week'", "'dow'", "'isodow'", "'doy'", "'epoch'", "'quarter'",
                    "'century'",
                    "'decade'", "'millennium'", "'isoyear'", "'hour'", "'second'", "'milliseconds'",
                    "'nothing'",
                ])
            }
            if name == "extract", arguments.count == 2 {
                return "extract(\(arguments[0].filter { $0 != "'" }) FROM \(arguments[1]))"
            }
            // A position is IN something; as a call it is another function.
            if name == "position", arguments.count == 2 {
                return "position(\(arguments[0]) IN \(arguments[1]))"
            }
            if name == "overlay" || name == "regexp_like" { return "lower('A')" }
            return "\(name)(\(arguments.joined(separator: ", ")))"
        case 5:
            let name = random.pick(Self.ofAny)
            var arguments: [String] = []
            for _ in 0..<random.below(4) { arguments.append(any()) }
            return "\(name)(\(arguments.joined(separator: ", ")))"
        case 6...7:
            let type = random.pick(Self.types)
            let other = random.below(3) == 0 ? any() : value(type)
            return "\(value(type)) \(random.pick(Self.operators)) \(other)"
        case 8: return "(\(any()))::\(random.pick(Self.types))"
        default: return "\(random.pick(["-", "+", "@ ", "NOT ", "|/ "]))(\(any()))"
        }
    }

    private func title(_ type: EngineType) -> String {
        switch type.title {
        case "integer": "int4"
        case "bigint": "int8"
        case "smallint": "int2"
        case "real": "float4"
        case "double precision": "float8"
        case "boolean": "bool"
        case "timestamp without time zone": "timestamp"
        case "timestamp with time zone": "timestamptz"
        default: type.title
        }
    }
}

/// A generator that gives the same for the same seed.
private struct EdgeRandom {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }
}
