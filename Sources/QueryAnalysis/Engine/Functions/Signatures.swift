/// The functions whose types don't depend on each other, with what they take and give.
enum Signatures {
    struct Signature: Sendable {
        let arguments: [EngineType]
        let result: EngineType
        let builtin: Builtin
    }

    /// Each overload, by name.
    static let all: [String: [Signature]] = {
        var all: [String: [Signature]] = [:]
        for (names, arguments, result, builtin) in texts + numbers + moments {
            for name in names.split(separator: " ") {
                all[String(name), default: []].append(
                    Signature(
                        arguments: arguments.map { EngineType($0) },
                        result: EngineType(result),
                        builtin: builtin
                    )
                )
            }
        }
        return all
    }()

    /// Functions that PostgreSQL also has for `numeric`, with digits that aren't those of a double.
    static let rounded: Set = ["sqrt", "power", "pow", "exp", "ln", "log", "log10"]

    private typealias Row = (String, [EngineType.Kind], EngineType.Kind, Builtin)

    private static let texts: [Row] = [
        ("lower", [.text], .text, .lower), ("upper", [.text], .text, .upper),
        ("length char_length character_length", [.text], .int4, .length),
        ("length octet_length", [.bytea], .int4, .byteLength), ("octet_length", [.text], .int4, .byteLength),
        ("bit_length", [.text], .int4, .bitLength), ("bit_length", [.bytea], .int4, .bitLength),
        ("reverse", [.text], .text, .reverse), ("md5", [.text], .text, .md5), ("md5", [.bytea], .text, .md5),
        ("left", [.text, .int4], .text, .left), ("right", [.text, .int4], .text, .right),
        ("lpad", [.text, .int4], .text, .leftPad), ("lpad", [.text, .int4, .text], .text, .leftPad),
        ("rpad", [.text, .int4], .text, .rightPad), ("rpad", [.text, .int4, .text], .text, .rightPad),
        ("btrim", [.text], .text, .trim), ("btrim", [.text, .text], .text, .trim),
        ("ltrim", [.text], .text, .trimStart), ("ltrim", [.text, .text], .text, .trimStart),
        ("rtrim", [.text], .text, .trimEnd), ("rtrim", [.text, .text], .text, .trimEnd),
        ("substr substring", [.text, .int4], .text, .substring),
        ("substr substring", [.text, .int4, .int4], .text, .substringTo),
        ("strpos position", [.text, .text], .int4, .position),
        ("replace", [.text, .text, .text], .text, .replace),
        ("repeat", [.text, .int4], .text, .repeatText),
        ("split_part", [.text, .text, .int4], .text, .splitPart),
        ("starts_with", [.text, .text], .bool, .startsWith), ("ascii", [.text], .int4, .ascii),
        ("chr", [.int4], .text, .character), ("initcap", [.text], .text, .initialCapitals),
        ("translate", [.text, .text, .text], .text, .translate),
        ("overlay", [.text, .text, .int4], .text, .overlay),
        ("overlay", [.text, .text, .int4, .int4], .text, .overlayTo),
        ("quote_ident", [.text], .text, .quoteIdentifier),
        ("quote_literal", [.text], .text, .quoteLiteral),
        ("quote_nullable", [.text], .text, .quoteNullable),
        ("to_hex", [.int4], .text, .toHexadecimal), ("to_hex", [.int8], .text, .toHexadecimal),
        ("encode", [.bytea, .text], .text, .encode), ("decode", [.text, .text], .bytea, .decode),
        ("convert_to", [.text, .name], .bytea, .convertTo),
        ("convert_from", [.bytea, .name], .text, .convertFrom),
        ("sha256", [.bytea], .bytea, .sha256),
        ("string_to_array", [.text, .text], .array(.text), .textToArray),
        ("string_to_array", [.text, .text, .text], .array(.text), .textToArray),
        ("regexp_like", [.text, .text], .bool, .matchesExpression),
        ("json_array_length", [.json], .int4, .jsonArrayLength),
        ("json_typeof", [.json], .text, .jsonTypeof),
    ]

    private static let numbers: [Row] = [
        ("abs", [.int2], .int2, .absolute), ("abs", [.int4], .int4, .absolute),
        ("abs", [.int8], .int8, .absolute), ("abs", [.numeric], .numeric, .absolute),
        ("abs", [.float4], .float4, .absolute), ("abs", [.float8], .float8, .absolute),
        ("mod", [.int2, .int2], .int2, .mod), ("mod", [.int4, .int4], .int4, .mod),
        ("mod", [.int8, .int8], .int8, .mod), ("mod", [.numeric, .numeric], .numeric, .mod),
        ("div", [.numeric, .numeric], .numeric, .div),
        ("round", [.numeric], .numeric, .round), ("round", [.float8], .float8, .round),
        ("round", [.numeric, .int4], .numeric, .roundTo),
        ("trunc", [.numeric], .numeric, .truncate), ("trunc", [.float8], .float8, .truncate),
        ("trunc", [.numeric, .int4], .numeric, .truncateTo),
        ("floor", [.numeric], .numeric, .floor), ("floor", [.float8], .float8, .floor),
        ("ceil ceiling", [.numeric], .numeric, .ceiling), ("ceil ceiling", [.float8], .float8, .ceiling),
        ("sign", [.numeric], .numeric, .sign), ("sign", [.float8], .float8, .sign),
        ("sqrt", [.float8], .float8, .squareRoot), ("cbrt", [.float8], .float8, .cubeRoot),
        ("power pow", [.float8, .float8], .float8, .power), ("exp", [.float8], .float8, .exponential),
        ("ln", [.float8], .float8, .logarithm), ("log log10", [.float8], .float8, .logarithm10),
        ("pi", [], .float8, .pi), ("degrees", [.float8], .float8, .degrees),
        ("radians", [.float8], .float8, .radians), ("gcd", [.int4, .int4], .int4, .gcd),
        ("gcd", [.int8, .int8], .int8, .gcd), ("lcm", [.int4, .int4], .int4, .lcm),
        ("lcm", [.int8, .int8], .int8, .lcm), ("scale", [.numeric], .int4, .scaleOf),
        ("trim_scale", [.numeric], .numeric, .trimScale), ("sin", [.float8], .float8, .sine),
        ("cos", [.float8], .float8, .cosine), ("tan", [.float8], .float8, .tangent),
        ("asin", [.float8], .float8, .arcSine), ("acos", [.float8], .float8, .arcCosine),
        ("atan", [.float8], .float8, .arcTangent), ("atan2", [.float8, .float8], .float8, .arcTangent2),
    ]

    private static let moments: [Row] = [
        ("date_part", [.text, .date], .float8, .datePart),
        ("date_part", [.text, .timestamp], .float8, .datePart),
        ("extract", [.text, .date], .numeric, .extract),
        ("extract", [.text, .timestamp], .numeric, .extract),
        ("date_trunc", [.text, .timestamp], .timestamp, .dateTruncate),
        ("date_trunc", [.text, .timestamptz], .timestamptz, .dateTruncate),
        ("make_date", [.int4, .int4, .int4], .date, .makeDate),
        ("isfinite", [.date], .bool, .isFinite), ("isfinite", [.timestamp], .bool, .isFinite),
        ("now transaction_timestamp", [], .timestamptz, .now), ("version", [], .text, .version),
        ("set_config", [.text, .text, .bool], .text, .changeSetting),
        ("pg_advisory_unlock_all", [], .text, .releaseLocks),
    ]

    /// The overload for arguments of these types; nil when none fits.
    ///
    /// **Source.** `func_select_candidate` of PostgreSQL's `parse_func.c`, as far as these overloads need it.
    static func find(_ name: String, _ types: [EngineType]) throws(EngineFault) -> Signature? {
        var best: (score: Int, signature: Signature)?
        var isUnique = true
        for signature in all[name] ?? [] where signature.arguments.count == types.count {
            var score = 0
            var fits = true
            for (type, wanted) in zip(types, signature.arguments) {
                if type.kind == wanted.kind {
                    score += 100
                } else if type.kind == .unknown {
                    // What is open is taken for a text, or else for the preferred type.
                    score += wanted.isText ? 3 : wanted.kind == .float8 || wanted.kind == .timestamptz ? 2 : 1
                } else if Casting.strength(type, wanted) == .implicit {
                    let isPreferred = [.float8, .text, .timestamptz].contains(wanted.kind)
                    score += isPreferred ? 11 : 10
                } else {
                    fits = false
                }
            }
            guard fits else { continue }
            if best?.score == score { isUnique = false }
            if best == nil || score > best?.score ?? 0 {
                best = (score, signature)
                isUnique = true
            }
        }
        guard isUnique || types.contains(where: { $0.kind == .unknown }) else {
            throw EngineFault(
                "42725",
                "function \(name)(\(types.map(\.title).joined(separator: ", "))) is not unique"
            )
        }
        return best?.signature
    }
}
