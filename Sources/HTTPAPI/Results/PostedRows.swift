import CatalogModel
import Governance

/// A result set that was posted, as far as its form says: columns with their origins, and where its rows lie.
///
/// Types come from the catalog afterwards, and only then are values read.
struct PostedRows: Sendable {
    /// The columns: how the caller calls them, and where they came from.
    let columns: [(label: ColumnName, origin: ColumnReference)]
    /// What the body says of whose view is wanted; nil for nothing.
    var user: UserName?
    /// What the body says of the purpose; nil for nothing.
    var purpose: String?
    private let body: [UInt8]
    private let form: Form

    private enum Form {
        case json(rowsAt: Int)
        case lines(at: Int)
        case csv(rowsAt: Int)
    }

    /// Reads the form of a body.
    ///
    /// - Parameters:
    ///   - body: The bytes.
    ///   - mediaType: What they are.
    ///   - origins: For CSV: the origins of the columns.
    /// - Throws: `malformed-body`.
    init(_ body: [UInt8], mediaType: String?, origins: String?) throws(Problem) {
        self.body = body
        do throws(JSONError) {
            switch mediaType {
            case "text/csv":
                var reader = try CSVReader(body)
                columns = try PostedRows.columns(labels: &reader, origins: origins)
                form = .csv(rowsAt: reader.offset)
            case "application/x-ndjson":
                var reader = try JSONReader(body)
                let head = try Head(&reader, hasRows: false)
                (columns, user, purpose) = (head.columns, head.user, head.purpose)
                form = .lines(at: reader.offset)
            default:
                var reader = try JSONReader(body)
                let head = try Head(&reader, hasRows: true)
                try reader.end()
                guard let rowsAt = head.rowsAt else { throw reader.failure("`rows` is missing") }
                (columns, user, purpose) = (head.columns, head.user, head.purpose)
                form = .json(rowsAt: rowsAt)
            }
        } catch {
            throw Problem(malformed: error, in: body)
        }
    }

    /// The values of each column, as canonical text of its type.
    ///
    /// - Parameters:
    ///   - types: The types of the columns, in their order.
    ///   - limit: The most rows.
    /// - Returns: As many columns as there are types, all of the same length.
    /// - Throws: `malformed-body` with line and byte, never with a value; `limit-exceeded`.
    func values(_ types: [DataType], atMost limit: Int) throws(Problem) -> [ColumnVector] {
        var vectors = types.map { _ in ColumnVector() }
        var count = 0
        var isOver = false
        let cells = types.map { CellReader(type: $0) }
        func row(_ read: (inout [ColumnVector]) throws(JSONError) -> Void) throws(JSONError) {
            guard count < limit else {
                isOver = true
                throw JSONError(problem: "too many rows", offset: 0)
            }
            count += 1
            try read(&vectors)
        }
        do throws(JSONError) {
            switch form {
            case .json(let offset):
                var reader = try JSONReader(body).rewound(to: offset)
                try reader.array { reader throws(JSONError) in
                    try row { vectors throws(JSONError) in try PostedRows.row(&reader, cells, &vectors) }
                }
            case .lines(let offset):
                var reader = try JSONReader(body).rewound(to: offset)
                while try !reader.isAtEnd() {
                    try row { vectors throws(JSONError) in try PostedRows.row(&reader, cells, &vectors) }
                }
            case .csv(let offset):
                var reader = try CSVReader(body).rewound(to: offset)
                while !reader.isAtEnd {
                    try row { vectors throws(JSONError) in try PostedRows.row(&reader, cells, &vectors) }
                }
            }
        } catch {
            guard !isOver else {
                throw Problem(
                    GovernanceError(
                        .limitExceeded,
                        "at most \(limit) rows at once: post them in several requests"
                    )
                )
            }
            throw Problem(malformed: error, in: body)
        }
        return vectors
    }

    private static func row(
        _ reader: inout JSONReader,
        _ cells: [CellReader],
        _ vectors: inout [ColumnVector]
    ) throws(JSONError) {
        let place = reader.offset
        var column = 0
        try reader.array { reader throws(JSONError) in
            guard column < cells.count else {
                throw reader.failure("a row has more values than there are columns")
            }
            try cells[column].read(&reader, into: &vectors[column])
            column += 1
        }
        guard column == cells.count else {
            throw JSONError(problem: "a row has fewer values than there are columns", offset: place)
        }
    }

    private static func row(
        _ reader: inout CSVReader,
        _ cells: [CellReader],
        _ vectors: inout [ColumnVector]
    ) throws(JSONError) {
        let place = reader.offset
        var column = 0
        try reader.record { field, isQuoted, offset throws(JSONError) in
            guard column < cells.count else {
                throw JSONError(problem: "a row has more values than there are columns", offset: offset)
            }
            if field.isEmpty, !isQuoted {
                vectors[column].appendNull()
            } else {
                try cells[column].read(field, at: offset, into: &vectors[column])
            }
            column += 1
        }
        guard column == cells.count else {
            throw JSONError(problem: "a row has fewer values than there are columns", offset: place)
        }
    }

    private static func columns(
        labels reader: inout CSVReader,
        origins: String?
    ) throws(JSONError) -> [(label: ColumnName, origin: ColumnReference)] {
        guard let origins else {
            throw JSONError(
                problem: "the parameter `origins` names the column that each comes from",
                offset: 0
            )
        }
        let references = origins.split(separator: ",", omittingEmptySubsequences: false)
            .map { ColumnReference(String($0)) }
        var labels: [ColumnName] = []
        try reader.record { field, _, _ in labels.append(ColumnName(String(decoding: field, as: UTF8.self))) }
        guard labels.count == references.count else {
            throw JSONError(problem: "`origins` must name as many columns as the header record", offset: 0)
        }
        var columns: [(label: ColumnName, origin: ColumnReference)] = []
        for (label, reference) in zip(labels, references) {
            guard let reference else {
                throw JSONError(problem: "`origins`: write `database.table.column`", offset: 0)
            }
            columns.append((label, reference))
        }
        try Head.check(columns, at: 0)
        return columns
    }
}

/// The object that a JSON body is, or that an NDJSON body starts with.
private struct Head {
    private(set) var columns: [(label: ColumnName, origin: ColumnReference)] = []
    private(set) var user: UserName?
    private(set) var purpose: String?
    /// Where the rows lie.
    private(set) var rowsAt: Int?

    init(_ reader: inout JSONReader, hasRows: Bool) throws(JSONError) {
        var columns: [(label: ColumnName, origin: ColumnReference)] = []
        var (user, purpose): (String?, String?)
        var rowsAt: Int?
        try reader.object { reader, name throws(JSONError) in
            switch name {
            case "columns":
                try reader.array { reader throws(JSONError) in columns.append(try Head.column(&reader)) }
                try Head.check(columns, at: reader.offset)
            case "as": user = try reader.optionalString()
            case "purpose": purpose = try reader.optionalString()
            case "rows" where hasRows: rowsAt = try reader.skip().lowerBound
            default:
                let known = hasRows ? "`as`, `columns`, `purpose`, `rows`" : "`as`, `columns`, `purpose`"
                throw reader.failure("a member that isn't known; known: \(known)")
            }
        }
        guard !columns.isEmpty else { throw reader.failure("`columns` is missing") }
        (self.columns, self.purpose, self.rowsAt) = (columns, purpose, rowsAt)
        self.user = user.map { UserName($0) }
    }

    private static func column(
        _ reader: inout JSONReader
    ) throws(JSONError) -> (label: ColumnName, origin: ColumnReference) {
        var (label, origin): (String?, ColumnReference?)
        try reader.object { reader, name throws(JSONError) in
            switch name {
            case "label": label = try reader.optionalString()
            case "origin":
                guard let reference = ColumnReference(try reader.string()) else {
                    throw reader.failure("`origin`: write `database.table.column`")
                }
                origin = reference
            default: throw reader.failure("a member that isn't known; known: `label`, `origin`")
            }
        }
        guard let origin else { throw reader.failure("`origin` is missing") }
        return (label.map { ColumnName($0) } ?? origin.column, origin)
    }

    /// Labels and origins don't repeat, and are at most 1,000.
    static func check(
        _ columns: [(label: ColumnName, origin: ColumnReference)],
        at offset: Int
    ) throws(JSONError) {
        guard (1...1000).contains(columns.count) else {
            throw JSONError(problem: "1 to 1,000 columns", offset: offset)
        }
        guard Set(columns.map(\.label)).count == columns.count else {
            throw JSONError(problem: "two columns have the same label", offset: offset)
        }
        guard Set(columns.map(\.origin)).count == columns.count else {
            throw JSONError(problem: "two columns have the same origin: post it once", offset: offset)
        }
    }
}

extension JSONReader {
    /// Whether nothing but white space follows.
    mutating func isAtEnd() throws(JSONError) -> Bool {
        var copy = self
        do throws(JSONError) { try copy.end() } catch { return false }
        return true
    }
}
