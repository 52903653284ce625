import CatalogModel

extension ExpressionBuilder {
    mutating func operation(_ message: SyntaxMessage) throws(ExpressionSyntaxError) -> SQLExpression {
        var message = message
        let location = message.number(5)
        let kind = message.number(1)
        let operatorName = name(message.messages(2)) ?? []
        let left = message.message(3)
        let right = message.message(4)
        try finish(message, "an operator", location)
        guard operatorName.count == 1 else { throw refusal("a qualified operator", location) }
        let symbol = operatorName[0]
        switch kind {
        case 1: return try plainOperation(symbol, left, right, location)
        case 4, 5:
            try begin(location)
            return .isDistinct(try expression(left), try expression(right), negated: kind == 5)
        case 6:
            try begin(location)
            return .nullIf(try expression(left), try expression(right))
        case 7:
            try begin(location)
            return .isIn(try expression(left), try expressions(items(right)), negated: symbol == "<>")
        case 8, 9: return try like(symbol, left, right, ignoringCase: kind == 9, location)
        case 11...14:
            try begin(location)
            let bounds = items(right)
            guard bounds.count == 2 else { throw refusal("this form of BETWEEN", location) }
            return .between(
                try expression(left),
                low: try expression(bounds[0]),
                high: try expression(bounds[1]),
                symmetric: kind >= 13,
                negated: kind % 2 == 0
            )
        case 2, 3: throw refusal("ANY or ALL", location)
        case 10: throw refusal("SIMILAR TO", location)
        default: throw refusal("operator `\(symbol)`", location)
        }
    }

    private func items(_ node: SyntaxMessage?) -> [SyntaxMessage] {
        var node = node
        var list = node?.message(235)
        return list?.messages(1) ?? []
    }

    private mutating func plainOperation(
        _ symbol: String,
        _ left: SyntaxMessage?,
        _ right: SyntaxMessage?,
        _ location: Int
    ) throws(ExpressionSyntaxError) -> SQLExpression {
        guard let left else {
            guard let sign = SQLSign(rawValue: symbol) else {
                throw refusal("operator `\(symbol)`", location)
            }
            try begin(location)
            return .unary(sign, try expression(right))
        }
        guard let known = SQLOperator(rawValue: symbol) else {
            throw refusal("operator `\(symbol)`", location)
        }
        try begin(location)
        return .binary(known, try expression(left), try expression(right))
    }

    private mutating func like(
        _ symbol: String,
        _ left: SyntaxMessage?,
        _ right: SyntaxMessage?,
        ignoringCase: Bool,
        _ location: Int
    ) throws(ExpressionSyntaxError) -> SQLExpression {
        try begin(location)
        let value = try expression(left)
        var pattern = right
        var escape: String?
        var outer = right
        if var call = outer?.message(174), name(call.messages(1)) == ["pg_catalog", "like_escape"] {
            let parts = call.messages(2)
            guard parts.count == 2 else { throw refusal("this form of LIKE", location) }
            var node = parts[1]
            guard var constant = node.message(238), var text = constant.message(4) else {
                throw refusal("an escape that is no quoted character", location)
            }
            escape = text.text(1) ?? ""
            guard (escape?.unicodeScalars.count ?? 0) <= 1 else {
                throw refusal("an escape of several characters", location)
            }
            pattern = parts[0]
        }
        return .like(
            value,
            pattern: try expression(pattern),
            escape: escape,
            ignoringCase: ignoringCase,
            negated: symbol.hasPrefix("!")
        )
    }

    mutating func call(_ message: SyntaxMessage) throws(ExpressionSyntaxError) -> SQLExpression {
        var message = message
        let location = message.number(11)
        let format = message.number(10)
        guard let parts = name(message.messages(1)), !parts.isEmpty else {
            throw refusal("this call", location)
        }
        let arguments = message.messages(2)
        let written = parts[parts.count - 1]
        guard parts.count == 1 || (parts.count == 2 && parts[0] == "pg_catalog") else {
            throw refusal("function `\(parts.joined(separator: "."))`", location)
        }
        if written == "extract" && format == 4 || written == "date_part" || written == "date_trunc" {
            try finish(message, "`\(written)`", location)
            return try dateCall(written, arguments, location)
        }
        guard let function = SQLFunction.named(written) else {
            let advice = SQLFunction.advice[written].map { ": \($0)" } ?? ""
            let refused = refusal("function `\(written)`", location)
            throw ExpressionSyntaxError(message: refused.message + advice, position: refused.position)
        }
        guard message.isSpent else {
            throw refusal("DISTINCT, FILTER, ORDER BY, OVER, VARIADIC or `*` in `\(written)`", location)
        }
        try begin(location)
        return .call(function, try expressions(arguments))
    }

    private mutating func dateCall(
        _ written: String,
        _ arguments: [SyntaxMessage],
        _ location: Int
    ) throws(ExpressionSyntaxError) -> SQLExpression {
        guard arguments.count == 2, written != "date_part" else {
            throw refusal("function `\(written)`", location)
        }
        var node = arguments[0]
        guard var constant = node.message(238), var text = constant.message(4), let unit = text.text(1),
            let field = SQLDateField(rawValue: unit.lowercased())
        else { throw refusal("this unit of `\(written)`", location) }
        try begin(location)
        if written == "extract" { return .extract(field, try expression(arguments[1])) }
        switch field {
        case .year, .quarter, .month, .week, .day, .hour, .minute, .second:
            return .truncateDate(field, try expression(arguments[1]))
        case .dow, .isodow, .doy, .isoyear, .epoch: throw refusal("this unit of `date_trunc`", location)
        }
    }
}

extension SQLFunction {
    /// The function of a name, synonyms included.
    static func named(_ name: String) -> SQLFunction? {
        switch name {
        case "char_length", "character_length": .length
        case "substring": .substring
        case "ceiling": .ceil
        case "position": .position
        case "current_date": nil
        default: SQLFunction(rawValue: name)
        }
    }

    /// What to write instead of functions that other engines have.
    static let advice = [
        "date_sub": "write `date - days`", "date_add": "write `date + days`", "nvl": "write `coalesce`",
        "ifnull": "write `coalesce`", "if": "write `CASE WHEN … THEN … ELSE … END`",
        "instr": "write `strpos`", "year": "write `extract(year from …)`",
        "to_date": "write `CAST(… AS date)`",
        "regexp_replace": "regular expressions are left out",
        "current_year": "write `extract(year from current_date)`",
    ]
}
