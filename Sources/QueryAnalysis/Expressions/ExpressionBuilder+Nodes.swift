import CatalogModel

extension ExpressionBuilder {
    mutating func boolean(_ message: SyntaxMessage) throws(ExpressionSyntaxError) -> SQLExpression {
        var message = message
        let location = message.number(4)
        let kind = message.number(2)
        let parts = message.messages(3)
        try finish(message, "a condition", location)
        try begin(location)
        let arguments = try expressions(parts)
        switch (kind, arguments.count) {
        case (1, 2...): return .and(arguments)
        case (2, 2...): return .or(arguments)
        case (3, 1): return .not(arguments[0])
        default: throw refusal("this condition", location)
        }
    }

    mutating func cases(_ message: SyntaxMessage) throws(ExpressionSyntaxError) -> SQLExpression {
        var message = message
        let location = message.number(7)
        let operandNode = message.message(4)
        let whens = message.messages(5)
        let otherwiseNode = message.message(6)
        try finish(message, "CASE", location)
        try begin(location)
        var operand: SQLExpression?
        if let operandNode { operand = try expression(operandNode) }
        var branches: [SQLBranch] = []
        for node in whens {
            var node = node
            guard var when = node.message(28) else { throw refusal("this form of CASE", location) }
            _ = when.number(4)
            let condition = try expression(when.message(2))
            let result = try expression(when.message(3))
            try finish(when, "CASE", location)
            branches.append(SQLBranch(when: condition, then: result))
        }
        var otherwise: SQLExpression?
        if let otherwiseNode { otherwise = try expression(otherwiseNode) }
        return .cases(operand: operand, branches: branches, otherwise: otherwise)
    }

    mutating func coalesce(_ message: SyntaxMessage) throws(ExpressionSyntaxError) -> SQLExpression {
        var message = message
        let location = message.number(5)
        let parts = message.messages(4)
        try finish(message, "COALESCE", location)
        try begin(location)
        return .coalesce(try expressions(parts))
    }

    mutating func extreme(_ message: SyntaxMessage) throws(ExpressionSyntaxError) -> SQLExpression {
        var message = message
        let location = message.number(7)
        let kind = message.number(5)
        let parts = message.messages(6)
        try finish(message, "GREATEST", location)
        try begin(location)
        return .extreme(kind == 1 ? .greatest : .least, try expressions(parts))
    }

    mutating func requestFact(_ message: SyntaxMessage) throws(ExpressionSyntaxError) -> SQLExpression {
        var message = message
        let location = message.number(5)
        let kind = message.number(2)
        try begin(location)
        switch kind {
        case 1: return .call(.currentDate, [])
        case 4, 8: return .call(.now, [])
        case 11, 12: return .macro(.user)
        default: throw refusal("this session value", location)
        }
    }

    mutating func nullTest(_ message: SyntaxMessage) throws(ExpressionSyntaxError) -> SQLExpression {
        var message = message
        let location = message.number(5)
        let kind = message.number(3)
        let part = message.message(2)
        try finish(message, "IS NULL", location)
        try begin(location)
        return .isNull(try expression(part), negated: kind == 2)
    }

    mutating func truthTest(_ message: SyntaxMessage) throws(ExpressionSyntaxError) -> SQLExpression {
        var message = message
        let location = message.number(4)
        let kind = message.number(3)
        let part = message.message(2)
        try finish(message, "IS", location)
        try begin(location)
        let arguments = try expression(part)
        switch kind {
        case 1, 2: return .isTruth(arguments, .isTrue, negated: kind == 2)
        case 3, 4: return .isTruth(arguments, .isFalse, negated: kind == 4)
        case 5, 6: return .isTruth(arguments, .isUnknown, negated: kind == 6)
        default: throw refusal("this form of IS", location)
        }
    }

    mutating func column(_ message: SyntaxMessage) throws(ExpressionSyntaxError) -> SQLExpression {
        var message = message
        let location = message.number(2)
        guard let parts = name(message.messages(1)) else { throw refusal("`*`", location) }
        try finish(message, "a column", location)
        guard parts.count == 1 else {
            throw refusal("the qualified name `\(parts.joined(separator: "."))`", location)
        }
        try begin(location)
        return .column(ColumnName(parts[0]))
    }

    mutating func macro(_ message: SyntaxMessage) throws(ExpressionSyntaxError) -> SQLExpression {
        var message = message
        let number = message.number(1)
        let location = message.number(2)
        guard let macro = ExpressionMacro.allCases.first(where: { $0.parameterNumber == number }) else {
            throw refusal("a parameter", location)
        }
        try begin(location)
        return .macro(macro)
    }

    mutating func literal(_ message: SyntaxMessage) throws(ExpressionSyntaxError) -> SQLExpression {
        var message = message
        let location = message.number(11)
        try begin(location)
        if message.number(10) == 1 { return .literal(.null) }
        if var value = message.message(1) { return .literal(.integer(Int64(value.number(1)))) }
        if var value = message.message(2) {
            let digits = value.text(1) ?? ""
            return .literal(Int64(digits).map { .integer($0) } ?? .numeric(digits))
        }
        if var value = message.message(3) { return .literal(.boolean(value.number(1) == 1)) }
        if var value = message.message(4) { return .literal(.text(value.text(1) ?? "")) }
        throw refusal("this constant", location)
    }

    mutating func cast(_ message: SyntaxMessage) throws(ExpressionSyntaxError) -> SQLExpression {
        var message = message
        var location = message.number(3)
        guard let argument = message.message(1), var type = message.message(2) else {
            throw refusal("this cast", location)
        }
        let typeLocation = type.number(8)
        if location < 0 { location = typeLocation }
        let modifierNodes = type.messages(5)
        _ = type.number(6)
        guard let parts = name(type.messages(1)), type.isSpent, message.isSpent,
            parts.count == 1 || (parts.count == 2 && parts[0] == "pg_catalog")
        else { throw refusal("this type", typeLocation) }
        var modifiers: [Int] = []
        for var node in modifierNodes {
            guard var constant = node.message(238), var value = constant.message(1) else {
                throw refusal("this type", typeLocation)
            }
            modifiers.append(value.number(1))
        }
        let typeName = parts[parts.count - 1]
        guard let target = SQLCastType(name: typeName, modifiers: modifiers) else {
            throw refusal("type `\(typeName)`", typeLocation)
        }
        try begin(location)
        return .cast(try expression(argument), target)
    }
}

extension SQLCastType {
    /// The type of a name as PostgreSQL's parser gives it; nil when the subset has none such.
    init?(name: String, modifiers: [Int]) {
        switch (name, modifiers.count) {
        case ("bool", 0), ("boolean", 0): self = .boolean
        case ("int2", 0), ("smallint", 0): self = .smallint
        case ("int4", 0), ("int", 0), ("integer", 0): self = .integer
        case ("int8", 0), ("bigint", 0): self = .bigint
        case ("numeric", 0): self = .numeric(precision: nil, scale: 0)
        case ("numeric", 1), ("numeric", 2):
            let scale = modifiers.count == 2 ? modifiers[1] : 0
            guard (1...38).contains(modifiers[0]), (0...modifiers[0]).contains(scale) else { return nil }
            self = .numeric(precision: modifiers[0], scale: scale)
        case ("float4", 0), ("real", 0): self = .real
        case ("float8", 0): self = .double
        case ("text", 0), ("varchar", 0): self = .text(limit: nil)
        case ("varchar", 1):
            guard modifiers[0] >= 1 else { return nil }
            self = .text(limit: modifiers[0])
        case ("date", 0): self = .date
        case ("timestamp", 0): self = .timestamp
        default: return nil
        }
    }
}
