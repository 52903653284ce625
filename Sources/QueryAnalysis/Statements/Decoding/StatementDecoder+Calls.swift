extension StatementDecoder {
    /// A call of a function of the list.
    mutating func call(_ message: SyntaxMessage) throws(StatementError) -> QueryCall {
        var message = message
        let parts = message.messages(1)
        let offset = message.number(11)
        _ = message.number(10)
        guard let name = catalogName(parts) ?? expandArray(parts), mayCall(name) else {
            let written = (names(parts) ?? []).joined(separator: ".")
            throw refusal("function `\(written)`", offset, .function)
        }
        var call = QueryCall(function: name, place: Place(offset: offset))
        call.arguments = try expressions(message.messages(2))
        call.order = try orders(message.messages(3))
        if let node = message.message(4) { call.filter = try expression(node) }
        if let over = message.message(5) { call.window = try window(over, isNamed: false) }
        call.isWithinGroup = message.number(6) == 1
        call.isStar = message.number(7) == 1
        call.isDistinct = message.number(8) == 1
        call.isVariadic = message.number(9) == 1
        try finish(message, "`\(name)`", offset)
        return call
    }

    private func mayCall(_ name: String) -> Bool {
        AllowedFunctions.contains(name) || AllowedFunctions.sessionFacts.contains(name)
            || name == SettingCall.name || CatalogFunctions.plain.contains(name)
            || CatalogFunctions.contains(name)
            || isOurs && CatalogFunctions.ours.contains(name)
    }

    /// The one function of `information_schema` that clients call.
    private func expandArray(_ parts: [SyntaxMessage]) -> String? {
        names(parts) == ["information_schema", "_pg_expandarray"] ? "_pg_expandarray" : nil
    }

    /// A window; a named one stands in a `WINDOW` clause, another one after `OVER`.
    mutating func window(_ message: SyntaxMessage, isNamed: Bool) throws(StatementError) -> QueryWindow {
        var message = message
        let name = message.text(1)
        let base = message.text(2)
        var result = QueryWindow(
            name: isNamed ? name : nil,
            base: isNamed ? base : base ?? name,
            isReference: !isNamed && name != nil
        )
        result.partition = try expressions(message.messages(3))
        result.order = try orders(message.messages(4))
        result.frame = message.number(5)
        if let node = message.message(6) { result.frameStart = try expression(node) }
        if let node = message.message(7) { result.frameEnd = try expression(node) }
        let offset = message.number(8)
        try finish(message, "a window", offset)
        return result
    }
}
