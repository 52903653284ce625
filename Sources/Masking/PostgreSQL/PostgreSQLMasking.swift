package import CatalogModel
package import PolicyEngine

/// How PostgreSQL itself must deliver a column so that it shows what a ``MaskPlan`` would have shown.
package enum PostgreSQLRule: Hashable, Sendable {
    /// As it is.
    case clear
    /// Through an expression in PostgreSQL's SQL, in which `{col}` stands for the column; with the mask that gives the
    /// same bytes on the way back, where there is one.
    case masked(String, late: LateMask? = nil)
    /// Not at all.
    case withheld
}

/// Decisions carried out by PostgreSQL, for statements that compute with masked columns.
package enum PostgreSQLMasking {
    /// The rule of each decided column, in the decision's order.
    ///
    /// **Promise.** Hive's masks give the same bytes as ``MaskPlan`` does, for every value that PostgreSQL can hold in UTF-8.
    /// `show_first` and `show_last` hide values whole here that have characters of several code points, or rare ones.
    /// - Parameters:
    ///   - decision: What policy says.
    ///   - schema: The table's columns.
    /// - Returns: One rule a column.
    /// - Throws: `.unknownColumn`; what makes a mask unfit; `.unfitType` also for masks that PostgreSQL can't carry out.
    package static func rules(
        of decision: Decision,
        schema: TableSchema
    ) throws(MaskError) -> [(column: ColumnName, rule: PostgreSQLRule)] {
        var rules: [(ColumnName, PostgreSQLRule)] = []
        for item in decision.columns {
            guard let type = schema.type(of: item.column) else { throw .unknownColumn(item.column) }
            rules.append((item.column, try rule(of: item.treatment, on: type)))
        }
        return rules
    }

    /// The rule of one treatment on a column of a type.
    package static func rule(of treatment: Treatment, on type: DataType) throws(MaskError) -> PostgreSQLRule {
        switch treatment {
        case .clear: return .clear
        case .denied: return .withheld
        case .masked(let choice):
            switch try MaskText(choice) {
            case .expression(let text): return .masked(text)
            case .call(let call):
                let function = try MaskFunction(call, on: type)
                if case .unchanged = function { return .clear }
                guard let text = function.postgreSQL(on: type) else {
                    throw .unfitType(mask: choice.maskType, type: type)
                }
                return .masked(text, late: LateMask(function, on: type))
            }
        }
    }
}

extension MaskFunction {
    /// The mask as an expression over `{col}`; nil when there is none that can't fail.
    func postgreSQL(on type: DataType) -> String? {
        let value = PostgreSQLText.value(of: type)
        switch self {
        case .unchanged: return "{col}"
        case .null: return "CAST(NULL AS \(PostgreSQLText.type(of: type)))"
        case .redacted: return "CASE WHEN {col} IS NULL THEN NULL ELSE '*****' END"
        case .characters(let mask): return mask.postgreSQL(value)
        case .integer(let mask): return mask.postgreSQL
        case .date(let mask): return mask.postgreSQL
        case .yearOfTimestamp: return "CASE WHEN isfinite({col}) THEN date_trunc('year', {col}) END"
        case .hash: return "encode(sha256(convert_to(\(value), 'UTF8')), 'hex')"
        case .clusters(let mask): return mask.postgreSQL(value)
        case .emailDomain: return PostgreSQLText.emailDomain(value)
        }
    }
}

/// Text of expressions that several masks share.
enum PostgreSQLText {
    /// The column's value as text, as a client would read it.
    static func value(of type: DataType) -> String {
        switch type {
        case .char(let length): "rpad(CAST({col} AS text), \(length))"
        case .string, .varchar, .boolean, .tinyint, .smallint, .int, .bigint, .float, .double, .decimal,
            .date,
            .timestamp, .binary, .json, .complex, .void:
            "CAST({col} AS text)"
        }
    }

    /// The type that a NULL in the column's place has.
    static func type(of type: DataType) -> String {
        switch type {
        case .boolean: "bool"
        case .tinyint, .smallint: "int2"
        case .int: "int4"
        case .bigint: "int8"
        case .float: "float4"
        case .double: "float8"
        case .decimal: "numeric"
        case .date: "date"
        case .timestamp: "timestamp"
        case .binary: "bytea"
        case .json: "jsonb"
        case .string, .varchar, .char, .complex, .void: "text"
        }
    }

    /// A quoted text.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    /// Shows the domain of what is clearly an e-mail address.
    ///
    /// **Source.** The rule of ``MaskFunction/emailDomain``, label by label.
    static func emailDomain(_ value: String) -> String {
        let label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
        let last = "[A-Za-z]([A-Za-z-]{0,61}[A-Za-z])"
        return """
            CASE WHEN \(value) COLLATE "C" ~ '^[^@]+@(\(label)[.])+\(last)$' \
            THEN '***' || substr(\(value), strpos(\(value), '@')) WHEN {col} IS NOT NULL THEN '***' END
            """
    }
}

extension ClusterMask {
    /// Characters that are one code point each whatever stands beside them; PostgreSQL can't count others as people do.
    static let simpleRanges: [ClosedRange<UInt32>] = [
        0x20...0x7E, 0xA1...0x2FF, 0x370...0x482, 0x48A...0x556, 0x3041...0x3096, 0x30A1...0x30FA,
        0x4E00...0x9FFF, 0xAC00...0xD7A3,
    ]

    /// The same as the inside of a bracket expression of PostgreSQL's regular expressions.
    private static let simple = simpleRanges.map { range in
        [range.lowerBound, range.upperBound].compactMap(Unicode.Scalar.init).map { String(Character($0)) }
            .joined(separator: "-")
    }.joined()

    /// A value with other characters is hidden whole: better than to show more of it than ``apply(to:)`` does.
    fileprivate func postgreSQL(_ value: String) -> String {
        let stars = "repeat('*', length(\(value)) - \(shown))"
        let some = atEnd ? "\(stars) || right(\(value), \(shown))" : "left(\(value), \(shown)) || \(stars)"
        return """
            CASE WHEN length(\(value)) / 2 >= \(shown) AND \(value) COLLATE "C" !~ '[^\(Self.simple)]' \
            THEN \(shown == 0 ? stars : some) ELSE repeat('*', length(\(value))) END
            """
    }
}

extension DateMask {
    /// Nil when a day that is kept may not exist in a month that isn't.
    fileprivate var postgreSQL: String? {
        guard let day, day <= 28 || month.map({ [1, 3, 5, 7, 8, 10, 12].contains($0) }) == true else {
            return month == nil && year == nil && day == nil ? "{col}" : nil
        }
        let part = { (number: Int?, name: String) in
            number.map(String.init) ?? "CAST(extract(\(name) FROM {col}) AS int4)"
        }
        // PostgreSQL has no year 0: what comes before year 1 is counted from 1 BC, as -1.
        let year = year.map { $0 > 0 ? $0 : $0 - 1 }
        return """
            CASE WHEN isfinite({col}) THEN make_date(\(part(year, "year")), \(part(month, "month")), \(day)) END
            """
    }
}
