extension QueryPrinter {
    mutating func statement(_ statement: Statement) {
        switch statement {
        case .query(let query): self.query(query)
        case .copyOut(let query, let options):
            write("COPY (")
            self.query(query)
            write(") TO STDOUT")
            copyOptions(options)
        case .prepare(let name, let types, let query):
            write("PREPARE ")
            self.name(name)
            if !types.isEmpty {
                write("(")
                separated(types) { $0.type($1) }
                write(")")
            }
            write(" AS ")
            self.query(query)
        case .execute(let name, let arguments):
            write("EXECUTE ")
            self.name(name)
            if !arguments.isEmpty {
                write("(")
                separated(arguments) { $0.expression($1) }
                write(")")
            }
        case .deallocate(let name): named("DEALLOCATE", name)
        case .declare(let name, let options, let query):
            write("DECLARE ")
            self.name(name)
            if options.isBinary { write(" BINARY") }
            if let scrolls = options.isScrollable { write(scrolls ? " SCROLL" : " NO SCROLL") }
            write(options.isHeld ? " CURSOR WITH HOLD FOR " : " CURSOR FOR ")
            self.query(query)
        case .fetch(let name, let amount, let isMove):
            write(isMove ? "MOVE " : "FETCH ")
            fetch(amount)
            write(" FROM ")
            self.name(name)
        case .close(let name): named("CLOSE", name)
        case .transaction(let act): transaction(act)
        case .set(let setting, let value, let isLocal):
            write(isLocal ? "SET LOCAL " : "SET SESSION ")
            name(setting.rawValue)
            write(" TO ")
            if let value { quoted(value) } else { write("DEFAULT") }
        case .show(let name):
            write("SHOW ")
            self.name(name)
        case .resetAll: write("RESET ALL")
        case .unlisten: write("UNLISTEN *")
        case .discardAll: write("DISCARD ALL")
        case .discard(let part): write("DISCARD \(part.rawValue)")
        }
    }

    private mutating func named(_ keyword: String, _ name: String?) {
        write("\(keyword) ")
        if let name { self.name(name) } else { write("ALL") }
    }

    private mutating func fetch(_ amount: FetchAmount) {
        switch amount {
        case .forward(let count): write(count == FetchAmount.all ? "FORWARD ALL" : "FORWARD \(count)")
        case .backward(let count): write(count == FetchAmount.all ? "BACKWARD ALL" : "BACKWARD \(count)")
        case .absolute(let count): write("ABSOLUTE \(count)")
        case .relative(let count): write("RELATIVE \(count)")
        }
    }

    private mutating func transaction(_ act: TransactionAct) {
        switch act {
        case .begin(let isolation, let isDeferrable):
            write("BEGIN TRANSACTION")
            characteristics(isolation, isDeferrable)
        case .commit(let chain): write(chain ? "COMMIT AND CHAIN" : "COMMIT")
        case .rollback(let chain): write(chain ? "ROLLBACK AND CHAIN" : "ROLLBACK")
        case .savepoint(let name): named("SAVEPOINT", name)
        case .release(let name): named("RELEASE", name)
        case .rollbackTo(let name): named("ROLLBACK TO", name)
        case .characteristics(let isolation, let isDeferrable, let isSession):
            write(isSession ? "SET SESSION CHARACTERISTICS AS TRANSACTION" : "SET TRANSACTION")
            characteristics(isolation, isDeferrable)
        }
    }

    /// Reading only always goes along.
    private mutating func characteristics(_ isolation: String?, _ isDeferrable: Bool?) {
        if let isolation { write(" ISOLATION LEVEL \(isolation.uppercased()),") }
        write(" READ ONLY")
        if let isDeferrable { write(isDeferrable ? ", DEFERRABLE" : ", NOT DEFERRABLE") }
    }

    private mutating func copyOptions(_ options: [CopyOption]) {
        guard !options.isEmpty else { return }
        write(" WITH (")
        separated(options) { printer, option in
            switch option {
            case .format(let format): printer.write("FORMAT \(format)")
            case .delimiter(let text): printer.option("DELIMITER", text)
            case .null(let text): printer.option("NULL", text)
            case .header(let flag): printer.write("HEADER \(flag)")
            case .quote(let text): printer.option("QUOTE", text)
            case .escape(let text): printer.option("ESCAPE", text)
            case .forceQuoteAll: printer.write("FORCE_QUOTE *")
            case .forceQuote(let columns):
                printer.write("FORCE_QUOTE (")
                printer.names(columns)
                printer.write(")")
            }
        }
        write(")")
    }

    private mutating func option(_ keyword: String, _ value: String) {
        write("\(keyword) ")
        quoted(value)
    }
}
