/// The limits of one statement.
package struct EngineLimits: Sendable {
    /// Bytes that rows may take at once, about.
    package var memory = 1 << 30
    /// Rows that a result, or a step towards it, may have.
    package var rows = 20_000_000
    /// Where what stays after a statement is counted; nil counts nothing.
    package var held: HeldMemory?
    /// Whose statements these are, as ``held`` knows them.
    package var user = ""
    /// When a statement is to be stopped; asked now and then while it runs.
    package var interruption: @Sendable () -> EngineFault? = { nil }

    /// The defaults.
    package init() {}
}

/// What a statement that runs shares among its parts.
final class RunContext {
    let parameters: [Datum]
    /// The rows of each relation, with the columns that the plan asked for.
    let tables: [RelationName: [[Datum]]]
    let limits: EngineLimits
    /// The moment of the statement, in microseconds since 1970.
    let now: Int64
    /// The rows of queries that are the same whatever is outside.
    var kept: [ObjectIdentifier: [[Datum]]] = [:]
    /// The frame in which a query of a `WITH` is to be run.
    var commonFrames: [ObjectIdentifier: Frame?] = [:]
    var commonRows: [ObjectIdentifier: [[Datum]]] = [:]
    var workingRows: [ObjectIdentifier: [[Datum]]] = [:]
    var scalars: [ObjectIdentifier: Datum] = [:]
    var sets: [ObjectIdentifier: Set<DatumKey>] = [:]
    /// Where the rows of a source lie that have a value.
    var indexes: [IndexKey: [DatumKey: [Int32]]] = [:]
    /// What settings become once the statement has run.
    var changedSettings: [SessionSetting: (value: String, isLocal: Bool)] = [:]
    private var ticks = 0
    private var memory = 0

    struct IndexKey: Hashable {
        let source: ObjectIdentifier
        let slot: Int
    }

    init(
        parameters: [Datum],
        tables: [RelationName: [[Datum]]],
        limits: EngineLimits,
        now: Int64
    ) {
        self.parameters = parameters
        self.tables = tables
        self.limits = limits
        self.now = now
    }

    /// Counts a step of work.
    @inline(__always)
    func tick() throws(EngineFault) {
        ticks &+= 1
        if ticks & 0x3FF == 0, let fault = limits.interruption() { throw fault }
    }

    /// Counts a step of work that takes as long as many.
    func tick(_ count: Int) throws(EngineFault) {
        let before = ticks
        ticks &+= max(1, count)
        if ticks >> 10 != before >> 10, let fault = limits.interruption() { throw fault }
    }

    /// Bytes of values that expressions have made and still compute with.
    var held = 0

    /// Counts a value that an expression computes with; ``held`` is set back when it is gone.
    @inline(__always)
    func hold(_ value: Datum) throws(EngineFault) {
        switch value {
        case .null, .truth, .integer, .double, .exact: return
        case .bytes(let bytes):
            held += value.footprint
            // Whatever is done with a long text takes long.
            if bytes.count >= 4096 { try tick(bytes.count / 64) }
        case .list: held += value.footprint
        }
        guard memory + held <= limits.memory else { throw RunContext.tooMuch }
    }

    private static let tooMuch = EngineFault(
        "54000",
        "the statement needs more memory than a statement may have"
    )

    /// How much is taken now; what is more than at an earlier time can be given back when it is gone.
    var taken: Int { memory }

    /// What the rows that are kept for the whole statement take.
    private(set) var retained = 0

    /// What was taken since then is kept for the whole statement.
    func retain(since earlier: Int) { retained += max(0, memory - earlier) }

    /// What was taken since then is gone, but for what is kept.
    func release(to earlier: Int, retained before: Int) {
        memory = min(memory, earlier + retained - before)
    }

    /// Counts rows that were made and stay for a while.
    func keep(_ bytes: Int) throws(EngineFault) {
        memory += bytes
        guard memory <= limits.memory else { throw RunContext.tooMuch }
    }
}

/// The rows that an expression sees: one of each source of its query, and what groups and windows made of them.
final class Frame {
    /// A row of each source; empty where an outer join found none.
    var row: [[Datum]]
    var aggregates: [Datum] = []
    var windows: [Datum] = []
    let outer: Frame?

    init(row: [[Datum]], outer: Frame?) {
        self.row = row
        self.outer = outer
    }

    /// The row of a source; empty also where a group has no rows at all.
    func part(_ item: Int) -> [Datum] { item < row.count ? row[item] : [] }

    /// The frame so many queries further out.
    func frame(at level: Int) -> Frame {
        var frame = self
        for _ in 0..<level {
            guard let outer = frame.outer else { break }
            frame = outer
        }
        return frame
    }
}
