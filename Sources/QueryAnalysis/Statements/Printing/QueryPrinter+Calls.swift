extension QueryPrinter {
    mutating func call(_ call: QueryCall) {
        write(call.function == "_pg_expandarray" ? "information_schema." : "pg_catalog.")
        name(call.function)
        write("(")
        if call.isStar { write("*") }
        if call.isDistinct { write("DISTINCT ") }
        for (index, argument) in call.arguments.enumerated() {
            if index > 0 { write(", ") }
            if call.isVariadic, index == call.arguments.count - 1 { write("VARIADIC ") }
            expression(argument)
        }
        if !call.isWithinGroup { orders(call.order) }
        write(")")
        if call.isWithinGroup {
            write(" WITHIN GROUP (")
            orders(call.order)
            write(")")
        }
        if let filter = call.filter {
            write(" FILTER (WHERE ")
            expression(filter)
            write(")")
        }
        guard let window = call.window else { return }
        write(" OVER ")
        if window.isReference, let base = window.base {
            name(base)
        } else {
            self.window(window)
        }
    }

    mutating func window(_ window: QueryWindow) {
        write("(")
        if let base = window.base { name(base) }
        if !window.partition.isEmpty {
            write(" PARTITION BY ")
            separated(window.partition) { $0.expression($1) }
        }
        orders(window.order)
        frame(window)
        write(")")
    }

    /// The frame, when one was written.
    ///
    /// **Source.** The bits are `FRAMEOPTION_…` of PostgreSQL's `parsenodes.h`.
    private mutating func frame(_ window: QueryWindow) {
        guard window.frame & 0x1 != 0 else { return }
        write(window.frame & 0x2 != 0 ? " RANGE" : window.frame & 0x4 != 0 ? " ROWS" : " GROUPS")
        let isBetween = window.frame & 0x10 != 0
        if isBetween { write(" BETWEEN") }
        bound(
            [
                (0x20, "UNBOUNDED PRECEDING"), (0x80, "UNBOUNDED FOLLOWING"), (0x200, "CURRENT ROW"),
                (0x800, "PRECEDING"), (0x2000, "FOLLOWING"),
            ],
            window.frame,
            window.frameStart
        )
        if isBetween {
            write(" AND")
            bound(
                [
                    (0x40, "UNBOUNDED PRECEDING"), (0x100, "UNBOUNDED FOLLOWING"), (0x400, "CURRENT ROW"),
                    (0x1000, "PRECEDING"), (0x4000, "FOLLOWING"),
                ],
                window.frame,
                window.frameEnd
            )
        }
        if window.frame & 0x8000 != 0 { write(" EXCLUDE CURRENT ROW") }
        if window.frame & 0x10000 != 0 { write(" EXCLUDE GROUP") }
        if window.frame & 0x20000 != 0 { write(" EXCLUDE TIES") }
    }

    private mutating func bound(
        _ kinds: [(bit: Int, words: String)],
        _ frame: Int,
        _ offset: QueryExpression?
    ) {
        guard let kind = kinds.first(where: { frame & $0.bit != 0 }) else { return }
        if let offset {
            write(" ")
            parenthesised(offset)
        }
        write(" \(kind.words)")
    }
}
