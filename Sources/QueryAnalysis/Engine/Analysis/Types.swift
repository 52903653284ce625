/// PostgreSQL's rules for types that have to agree.
enum Types {
    /// The one type of several values.
    ///
    /// **Source.** `select_common_type` of PostgreSQL's `parse_coerce.c`.
    /// The type of a row.
    ///
    /// - Throws: when rows are nested so deep that their texts, which double all quotes, would grow without measure.
    static func record(_ fields: [EngineType.Field]) throws(EngineFault) -> EngineType {
        let type = EngineType(.record(fields))
        guard type.recordDepth <= 4 else { throw .missing("rows inside of rows of more than 4 levels") }
        return type
    }

    /// The type of the first of two values as the operator `=` takes it.
    ///
    /// Whole numbers, floating ones and moments are compared with others of their kind as they are.
    static func first(_ type: EngineType, comparedWith other: EngineType) throws(EngineFault) -> EngineType {
        let isAlone = type.isInteger && other.isInteger || type.momentRank != nil && other.momentRank != nil
        let isFloating = [type, other].allSatisfy { $0.kind == .float4 || $0.kind == .float8 }
        if isAlone || isFloating { return type }
        if type.kind == .varchar { return .text }
        if type.kind == other.kind || type.kind != .unknown && other.kind == .unknown { return type }
        return try common([type, other], in: "NULLIF")
    }

    static func common(_ types: [EngineType], in place: String) throws(EngineFault) -> EngineType {
        let known = types.filter { $0.kind != .unknown }
        guard var result = known.first else { return .text }
        for type in known.dropFirst() where type.kind != result.kind {
            guard isRelated(result, type) else {
                throw .mismatch("\(place) types \(result.title) and \(type.title) cannot be matched")
            }
            let forth = Casting.strength(result, type) == .implicit
            let back = Casting.strength(type, result) == .implicit
            let isPreferred = [.text, .float8, .timestamptz].contains(result.kind)
            if forth, !isPreferred, !back || type.kind == .text { result = type }
        }
        for type in known where type.kind != result.kind {
            guard Casting.strength(type, result) == .implicit else {
                throw EngineFault("42846", "\(place) could not convert type \(type.title) to \(result.title)")
            }
        }
        let sharesModifier = known.allSatisfy { $0 == result } && known.count == types.count
        guard result.kind == .bpchar, !sharesModifier else {
            return sharesModifier ? result : result.plain
        }
        throw .missing("\(place) of char(n) with others")
    }

    private static func isRelated(_ left: EngineType, _ right: EngineType) -> Bool {
        left.numberRank != nil && right.numberRank != nil || left.isText && right.isText
            || left.momentRank != nil && right.momentRank != nil
    }

    /// Columns under the names that an alias gives.
    static func renamed(_ columns: [OutputColumn], _ names: [String]) -> [OutputColumn] {
        columns.enumerated().map { index, column in
            OutputColumn(name: index < names.count ? names[index] : column.name, type: column.type)
        }
    }

    /// Columns of which none is left without a type.
    static func settled(_ columns: [OutputColumn]) -> [OutputColumn] {
        columns.map { $0.type.kind == .unknown ? OutputColumn(name: $0.name, type: .text) : $0 }
    }
}
