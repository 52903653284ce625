extension StatementDecoder {
    /// `SET`, `RESET` of one setting, and `SET TRANSACTION`.
    mutating func setVariable(_ message: SyntaxMessage) throws(StatementError) -> Statement {
        var message = message
        let kind = message.number(1)
        let name = (message.text(2) ?? "").lowercased()
        let arguments = message.messages(3)
        let isLocal = message.number(4) == 1
        try finish(message, "SET", -1)
        if kind == 4 {
            guard name == "transaction" || name == "session characteristics" else {
                throw refusal("SET \(name.uppercased())", -1, .setting)
            }
            let (isolation, isDeferrable) = try transactionOptions(arguments)
            return .transaction(
                .characteristics(
                    isolation: isolation,
                    isDeferrable: isDeferrable,
                    isSession: name != "transaction"
                )
            )
        }
        if kind == 6 { return .resetAll }
        guard let setting = SessionSetting(rawValue: name) else {
            throw refusal("setting `\(name)`", -1, .setting)
        }
        switch kind {
        case 1:
            let value = try settingValue(arguments, of: setting)
            return .set(setting, value: value, isLocal: isLocal)
        case 2, 5: return .set(setting, value: nil, isLocal: isLocal)
        default: throw refusal("this form of SET", -1, .setting)
        }
    }

    private func settingValue(
        _ arguments: [SyntaxMessage],
        of setting: SessionSetting
    ) throws(StatementError) -> String {
        var parts: [String] = []
        for argument in arguments {
            guard let constant = SyntaxNode(argument), constant.kind == SyntaxKind.constant.rawValue else {
                throw refusal("this value of `\(setting.rawValue)`", -1, .setting)
            }
            switch try literal(constant.message) {
            case .text(let text): parts.append(text)
            case .number(let digits): parts.append(digits)
            case .boolean(let flag): parts.append(flag ? "on" : "off")
            case .null, .bits: throw refusal("this value of `\(setting.rawValue)`", -1, .setting)
            }
        }
        guard let value = setting.accepted(parts.joined(separator: ", ")) else {
            throw refusal("this value of `\(setting.rawValue)`", -1, .setting)
        }
        return value
    }

    /// `SHOW` of a setting that says nothing of the server.
    func show(_ message: SyntaxMessage) throws(StatementError) -> Statement {
        var message = message
        let name = (message.text(1) ?? "").lowercased()
        try finish(message, "SHOW", -1)
        let harmless: Set<String> = [
            "server_version", "server_version_num", "server_encoding", "client_encoding", "integer_datetimes",
            "standard_conforming_strings", "transaction_isolation", "transaction_read_only",
            "max_identifier_length",
            "default_transaction_isolation", "default_transaction_read_only", "bytea_output", "lc_collate",
            "search_path",
        ]
        guard harmless.contains(name) || SessionSetting(rawValue: name) != nil else {
            throw refusal("setting `\(name)`", -1, .setting)
        }
        return .show(name)
    }

    /// `COPY … TO STDOUT`; a table stands for all of its columns.
    mutating func copy(_ message: SyntaxMessage) throws(StatementError) -> Statement {
        var message = message
        guard message.number(4) == 0 else { throw refusal("COPY FROM", -1, .statement) }
        guard message.number(5) == 0, message.text(6) == nil else {
            throw refusal("COPY to a file or program", -1, .statement)
        }
        let query: Query
        if let node = message.message(1) {
            let relation = try relation(node)
            guard let columns = names(message.messages(3)) else { throw unreadable }
            var plain = PlainQuery(from: [.relation(relation)])
            plain.targets = columns.map {
                QueryTarget(value: .expression(.name([$0], relation.place)), name: nil)
            }
            mentions.add(columns: columns)
            if columns.isEmpty {
                mentions.addAll()
                plain.targets = [QueryTarget(value: .everything(of: nil, relation.place), name: nil)]
            }
            query = Query(body: .plain(plain))
        } else {
            query = try self.query(message.message(2))
        }
        var options: [CopyOption] = []
        for node in message.messages(7) { options.append(try copyOption(node)) }
        try finish(message, "COPY", -1)
        return .copyOut(query, options)
    }

    private func copyOption(_ node: SyntaxMessage) throws(StatementError) -> CopyOption {
        guard var option = SyntaxNode(node), option.kind == SyntaxKind.option.rawValue else {
            throw unreadable
        }
        let name = option.message.text(2) ?? ""
        let offset = option.message.number(5)
        var value: String?
        var isStar = false
        var columns: [String]?
        if let argument = option.message.message(3), var node = SyntaxNode(argument) {
            switch SyntaxKind(rawValue: node.kind) {
            case .string: value = node.message.text(1)
            case .integer: value = String(node.message.number(1))
            case .star: isStar = true
            case .list: columns = names(node.message.messages(1))
            default: if node.kind == 232 { value = node.message.number(1) == 1 ? "true" : "false" }
            }
        }
        switch (name, value) {
        case ("format", let format?) where ["text", "csv", "binary"].contains(format): return .format(format)
        case ("delimiter", let text?): return .delimiter(text)
        case ("null", let text?): return .null(text)
        case ("header", nil): return .header(true)
        case ("header", let flag?): return .header(["true", "on", "1"].contains(flag.lowercased()))
        case ("quote", let text?): return .quote(text)
        case ("escape", let text?): return .escape(text)
        case ("force_quote", nil) where isStar: return .forceQuoteAll
        case ("force_quote", nil):
            guard let columns else { throw refusal("option `\(name)` of COPY", offset) }
            return .forceQuote(columns)
        default: throw refusal("option `\(name)` of COPY", offset)
        }
    }
}
